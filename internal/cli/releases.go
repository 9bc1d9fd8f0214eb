package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

func (a *app) releaseCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "release", Short: "Make and list releases: versions of the project that can be deployed"}
	cmd.AddCommand(a.releaseCreateCommand(), a.releaseListCommand(), a.releaseShowCommand())
	return cmd
}

func (a *app) releaseCreateCommand() *cobra.Command {
	var (
		file      string
		artifacts map[string]string
		notes     string
	)
	cmd := &cobra.Command{
		Use:   "create VERSION",
		Short: "Upload the artifacts and freeze the services as a version",
		Long: `Packs and uploads the artifact of each service that names one, and records
how the services run as the applied matrix says now. Artifact paths are taken
from the applied matrix, relative to -f's folder or the current one;
--artifact SERVICE=PATH overrides one. Uploads that broke off are continued.`,
		Example: "  lockstep release create 2.1.0 --artifact backend=./dist/backend",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			paths, err := a.artifactPaths(cmd.Context(), c, file)
			if err != nil {
				return err
			}
			for service, path := range artifacts {
				paths[service] = path
			}
			req := client.NewRelease{Version: args[0], Notes: notes, Artifacts: map[string]string{}, Source: gitSource(cmd.Context())}
			for _, service := range sortedKeys(paths) {
				digest, err := a.upload(cmd.Context(), c, service, paths[service])
				if err != nil {
					return err
				}
				req.Artifacts[service] = digest
			}
			release, err := c.CreateRelease(cmd.Context(), req)
			if err != nil {
				return err
			}
			return a.print(release, func(w io.Writer) {
				var names []string
				for _, s := range release.Services {
					names = append(names, s.Name)
				}
				line(w, "Release %s: %s.", release.Version, strings.Join(names, ", "))
				line(w, "Deploy it: lockstep deploy ENV %s", release.Version)
			})
		},
	}
	cmd.Flags().StringVarP(&file, "file", "f", "", "matrix file whose folder artifact paths are relative to")
	cmd.Flags().StringToStringVar(&artifacts, "artifact", nil, "SERVICE=PATH, instead of the matrix's path")
	cmd.Flags().StringVar(&notes, "notes", "", "what changed, for people")
	return cmd
}

// artifactPaths reads service → path from the applied matrix, so that a
// release never mixes the services of one file with the artifacts of another.
func (a *app) artifactPaths(ctx context.Context, c *client.Client, file string) (map[string]string, error) {
	source, _, err := c.Matrix(ctx)
	if err != nil {
		return nil, err
	}
	m, err := matrix.Parse(source, "the applied matrix")
	if err != nil {
		return nil, err
	}
	base := "."
	if file != "" {
		base = filepath.Dir(file)
	}
	out := map[string]string{}
	for service, path := range m.Desired().Artifacts {
		if !filepath.IsAbs(path) {
			path = filepath.Join(base, path)
		}
		out[service] = path
	}
	return out, nil
}

// gitSource names the commit that is checked out here, where there is one.
func gitSource(ctx context.Context) lockstep.ReleaseSource {
	ask := func(args ...string) string {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		out, err := exec.CommandContext(ctx, "git", args...).Output()
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(out))
	}
	return lockstep.ReleaseSource{Commit: ask("rev-parse", "HEAD"), Branch: ask("rev-parse", "--abbrev-ref", "HEAD")}
}

func (a *app) releaseListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List releases, newest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			list, err := c.Releases(cmd.Context(), client.Page{Limit: 100})
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				if len(list.Items) == 0 {
					line(w, "No releases yet: lockstep release create VERSION")
					return
				}
				t := table{head: []string{"VERSION", "CREATED", "BY", "SERVICES", "NOTES"}}
				for _, r := range list.Items {
					t.add(r.Version, ago(time.Now(), r.CreatedAt), r.CreatedBy, fmt.Sprint(len(r.Services)), r.Notes)
				}
				t.write(w)
			})
		},
	}
}

func (a *app) releaseShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show VERSION",
		Short: "Show a release: its services and artifacts",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			r, err := c.Release(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(r, func(w io.Writer) {
				pairs(w, "version", r.Version, "created", r.CreatedAt.Format(time.RFC3339)+" by "+r.CreatedBy,
					"commit", r.Source.Commit, "branch", r.Source.Branch, "notes", r.Notes)
				t := table{head: []string{"SERVICE", "ARTIFACT", "COMMAND"}}
				for _, s := range r.Services {
					t.add(s.Name, dash(lockstep.ShortHash(s.Artifact)), strings.Join(s.Command, " "))
				}
				t.write(w)
			})
		},
	}
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// spool makes a temporary file that is gone from the directory at once, so
// that nothing stays behind however the command ends.
func spool() (*os.File, error) {
	f, err := os.CreateTemp("", "lockstep-artifact-*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	return f, nil
}
