package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/template"
)

// maxTemplate is more than any template's file and less than what would hurt.
const maxTemplate = 1 << 20

// readTemplate reads a template from a folder, a YAML file, or standard input.
func (a *app) readTemplate(file string) (template.Source, error) {
	var text []byte
	var err error
	switch {
	case file == "":
		return template.Source{}, lockstep.Invalid("file", "name the template's file or folder (-f)")
	case file == "-":
		text, err = io.ReadAll(io.LimitReader(a.In, maxTemplate+1))
	default:
		var info os.FileInfo
		if info, err = os.Stat(file); err == nil && info.IsDir() {
			root, err := os.OpenRoot(file) // so that no link leads out of it
			if err != nil {
				return template.Source{}, lockstep.Errorf(lockstep.CodeInvalid, "the template cannot be read: %w", err)
			}
			defer func() { _ = root.Close() }() // it was only read
			name, err := filepath.Abs(file)
			if err != nil {
				return template.Source{}, fmt.Errorf("path: %w", err)
			}
			s, err := template.ReadFolder(root.FS(), filepath.Base(name))
			return s, err
		}
		if err == nil {
			text, err = os.ReadFile(file)
		}
	}
	if err != nil {
		return template.Source{}, lockstep.Errorf(lockstep.CodeInvalid, "the template cannot be read: %w", err)
	}
	if len(text) > maxTemplate {
		return template.Source{}, lockstep.Errorf(lockstep.CodeTooLarge, "%s is larger than any template: at most 1 MiB", inputName(file))
	}
	return template.Read(inputName(file), text)
}

// placed is an error with the lines of the file that the template came from.
func placed(s template.Source, err error) error {
	var e *lockstep.Error
	if !errors.As(err, &e) || len(e.Problems) == 0 {
		return err
	}
	out := *e
	out.Problems = make([]lockstep.Problem, len(e.Problems))
	for i, p := range e.Problems {
		out.Problems[i] = s.Place(p)
	}
	slices.SortStableFunc(out.Problems, func(a, b lockstep.Problem) int { return a.Line - b.Line })
	return &out
}

func (a *app) templateCreateCommand() *cobra.Command {
	var file, name string
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "create -f FILE|FOLDER",
		Short: "Record a template from a YAML file or a folder",
		Long: `A YAML file has name, type, environmentTypes, variables and template (sections,
variables, files). In a folder, template.yaml is that file, and every other file
is one that the template makes; without a template.yaml all of them are, and
their upper-case placeholders such as {{SENTRY_DSN}} are its variables.

Every placeholder is checked; mistakes are told with line and column.`,
		Example: "  lockstep template create -f shop-base.yaml\n  lockstep template create -f templates/environments/production --name sunday-production",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.readTemplate(file)
			if err != nil {
				return err
			}
			s.Name = first(name, s.Name)
			c, err := a.client()
			if err != nil {
				return err
			}
			t, err := c.CreateTemplate(cmd.Context(), s.ConfigTemplateConfig, client.ChangeOptions{DryRun: dryRun})
			if err != nil {
				return placed(s, err)
			}
			return a.print(t, func(w io.Writer) {
				if dryRun {
					line(w, "%s %s is a good template. Nothing was changed.", t.Name, t.Metadata.Version)
					return
				}
				line(w, "Recorded %s %s: lockstep template apply ENV %s", t.Name, t.Metadata.Version, t.Name)
			})
		},
	}
	f := cmd.Flags()
	f.StringVarP(&file, "file", "f", "", "a YAML file or a folder; - reads standard input")
	f.StringVar(&name, "name", "", "its name (default: what the file says, or the folder's)")
	f.BoolVar(&dryRun, "dry-run", false, "check it, change nothing")
	return cmd
}

func (a *app) templateUpdateCommand() *cobra.Command {
	var file, message, base string
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "update TEMPLATE -f FILE|FOLDER",
		Short: "Make a template's next version",
		Long: `The versions before it stay as they are, and so does what they made: lockstep
template upgrade brings the new one in. The same text once more makes none.

A version that the file names is the next one's, and must be higher than all
before; one that is there already says what the change was made for (--base),
and is refused where somebody made another since.`,
		Example: "  lockstep template update shop-base -f shop-base.yaml --message \"more connections\"",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.readTemplate(file)
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			before, err := c.Template(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			s.Name, s.Message = before.Name, first(message, s.Message)
			versions, err := c.TemplateVersions(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			// A version that is there already says what the text was exported from.
			if slices.ContainsFunc(versions, func(v lockstep.ConfigTemplate) bool { return v.Metadata.Version == s.Version }) {
				base, s.Version = first(base, s.Version), ""
			}
			t, err := c.UpdateTemplate(cmd.Context(), args[0], first(base, before.Metadata.Version), s.ConfigTemplateConfig, client.ChangeOptions{DryRun: dryRun})
			if err != nil {
				return placed(s, err)
			}
			return a.print(t, func(w io.Writer) {
				switch {
				case t.Number == before.Number:
					line(w, "%s %s says that already.", t.Name, t.Metadata.Version)
				case dryRun:
					line(w, "%s would be at %s, after %s. Nothing was changed.", t.Name, t.Metadata.Version, before.Metadata.Version)
				default:
					line(w, "%s is at %s, after %s: lockstep template upgrade ENV %s", t.Name, t.Metadata.Version, before.Metadata.Version, t.Name)
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVarP(&file, "file", "f", "", "a YAML file or a folder; - reads standard input")
	f.StringVarP(&message, "message", "m", "", "why, for people")
	f.StringVar(&base, "base", "", "the version that the change was made for (default: the newest)")
	f.BoolVar(&dryRun, "dry-run", false, "check it, change nothing")
	return cmd
}

func (a *app) templateExportCommand() *cobra.Command {
	var dir, file string
	cmd := &cobra.Command{
		Use:   "export TEMPLATE",
		Short: "Write a template as a YAML file or a folder, to be created or changed from",
		Example: "  lockstep template export production-baseline > ours.yaml\n" +
			"  lockstep template export shop-base@1.0.0 --dir shop-base",
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			t, err := c.Template(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			written := template.Config(t)
			files := written.Template.Files
			if dir != "" {
				written.Template.Files = nil
			}
			text, err := yaml.MarshalWithOptions(written, yaml.UseJSONMarshaler(), yaml.UseLiteralStyleIfMultiline(true), yaml.IndentSequence(true))
			if err != nil {
				return fmt.Errorf("encode: %w", err)
			}
			switch {
			case dir != "":
				all := map[string]string{template.Manifest: string(text)}
				for path, content := range files {
					all[path] = content
				}
				return a.writeFiles(dir, all)
			case file != "":
				if err := os.WriteFile(file, text, 0o644); err != nil { //nolint:gosec // a template holds no secrets and is meant to be shared
					return lockstep.Errorf(lockstep.CodeInvalid, "the template cannot be written: %w", err)
				}
				line(a.Err, "Wrote %s.", file)
				return nil
			}
			_, err = a.Out.Write(text)
			return err
		},
	}
	cmd.Flags().StringVarP(&file, "file", "f", "", "write to a file instead")
	cmd.Flags().StringVar(&dir, "dir", "", "write a folder instead")
	return cmd
}

// writeFiles writes files below a folder, and nowhere else.
func (a *app) writeFiles(dir string, files map[string]string) error {
	cannot := func(err error) error {
		return lockstep.Errorf(lockstep.CodeInvalid, "%s cannot be written: %w", dir, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // to be shared, as what is in it
		return cannot(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return cannot(err)
	}
	defer func() { _ = root.Close() }() // its files were closed one by one
	for _, path := range sortedKeys(files) {
		if at := strings.LastIndexByte(path, '/'); at > 0 {
			if err := root.MkdirAll(path[:at], 0o755); err != nil {
				return cannot(err)
			}
		}
		if err := root.WriteFile(path, []byte(files[path]), 0o644); err != nil {
			return cannot(err)
		}
		line(a.Err, "Wrote %s.", filepath.Join(dir, filepath.FromSlash(path)))
	}
	return nil
}
