package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) templateCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "template",
		Short: "Configuration templates: what configurations are made from",
		Long: `A template makes sections, variables and files of an environment's
configuration from a few values. It has versions, and what each made in an
environment is kept, so that the next version can be brought in without losing
what people changed there.

They are another thing than the templates of the matrix (lockstep create
--template standard, production, preview), which say how an environment is
deployed.`,
	}, a.templateListCommand(), a.templateShowCommand(), a.templateVersionsCommand(), a.templateCreateCommand(), a.templateUpdateCommand(),
		a.templateDeleteCommand(), a.templateRenderCommand(), a.templatePreviewCommand(), a.templateApplyCommand(), a.templateUpgradeCommand(),
		a.templateAppliedCommand(), a.templateExportCommand())
}

func (a *app) templateListCommand() *cobra.Command {
	var kind, of string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the templates of the project and the built-in ones",
		Example: "  lockstep template list\n  lockstep template list --for production",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			all, err := c.Templates(cmd.Context(), lockstep.TemplateType(kind), lockstep.EnvironmentType(of))
			if err != nil {
				return err
			}
			return a.print(all, func(w io.Writer) {
				if len(all) == 0 {
					line(w, "No templates are like that.")
					return
				}
				t := table{head: []string{"TEMPLATE", "VERSION", "TYPE", "FOR", "BY"}}
				for _, one := range all {
					t.add(one.Name, one.Metadata.Version, string(one.Type), kindsText(one.EnvironmentTypes), templateMaker(one))
				}
				t.write(w)
			})
		},
	}
	cmd.Flags().StringVar(&kind, "type", "", "only of this type: full_environment, service_config, variables_only, infrastructure, custom")
	cmd.Flags().StringVar(&of, "for", "", "only those for environments of this type")
	return cmd
}

func kindsText(kinds []lockstep.EnvironmentType) string {
	if len(kinds) == len(lockstep.EnvironmentTypes()) {
		return "all"
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

func templateMaker(t lockstep.ConfigTemplate) string {
	if t.BuiltIn {
		return "built in"
	}
	return t.Metadata.UpdatedBy + ", " + ago(time.Now(), t.Metadata.UpdatedAt)
}

func (a *app) templateShowCommand() *cobra.Command {
	return a.onTemplate("show TEMPLATE", "Show a template: its variables and what it makes", "  lockstep template show production-baseline\n  lockstep template show shop-base@1.0.0",
		(*client.Client).Template, a.writeTemplate)
}

func (a *app) templateVersionsCommand() *cobra.Command {
	return onTemplate(a, "versions TEMPLATE", "List a template's versions, the newest first", "", (*client.Client).TemplateVersions, func(w io.Writer, all []lockstep.ConfigTemplate) {
		t := table{head: []string{"VERSION", "BY", "WHY"}}
		for _, one := range all {
			t.add(one.Metadata.Version, templateMaker(one), one.Metadata.Message)
		}
		t.write(w)
	})
}

func (a *app) onTemplate(use, short, example string, get func(*client.Client, context.Context, string) (lockstep.ConfigTemplate, error), write func(io.Writer, lockstep.ConfigTemplate)) *cobra.Command {
	return onTemplate(a, use, short, example, get, write)
}

func onTemplate[T any](a *app, use, short, example string, get func(*client.Client, context.Context, string) (T, error), write func(io.Writer, T)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Example: example, Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			v, err := get(c, cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(v, func(w io.Writer) { write(w, v) })
		},
	}
}

func (a *app) writeTemplate(w io.Writer, t lockstep.ConfigTemplate) {
	line(w, "%s %s  %s", t.Name, t.Metadata.Version, t.Description)
	pairs(w, "  type", string(t.Type), "  for", kindsText(t.EnvironmentTypes), "  by", templateMaker(t), "  why", t.Metadata.Message)
	if len(t.Variables) > 0 {
		line(w, "")
		line(w, "Variables")
		var rows table
		for _, v := range t.Variables {
			rows.add("  "+v.Key, first(string(v.Type), string(lockstep.VariableString)), defaultText(v), v.Description)
		}
		rows.write(w)
	}
	line(w, "")
	line(w, "Makes")
	var made table
	if sections, ok := t.Template.Sections.(map[string]any); ok {
		for _, s := range lockstep.ConfigSections() {
			if part, has := sections[string(s)].(map[string]any); has {
				made.add("  section "+string(s), strings.Join(sortedKeys(part), ", "))
			} else if _, has := sections[string(s)]; has {
				made.add("  section "+string(s), "")
			}
		}
	} else if t.Template.Sections != nil {
		made.add("  sections", "by one text")
	}
	if list, ok := t.Template.Variables.([]any); ok {
		for _, item := range list {
			v, _ := item.(map[string]any)
			made.add("  variable "+leafText(v["key"]), leafText(v["value"]))
		}
	} else if t.Template.Variables != nil {
		made.add("  variables", "by one text")
	}
	for _, path := range sortedKeys(t.Template.Files) {
		made.add("  file "+path, count(strings.Count(t.Template.Files[path], "\n"), "line"))
	}
	made.write(w)
}

func defaultText(v lockstep.TemplateVariable) string {
	switch {
	case v.Sensitive || v.Type == lockstep.VariableSecret:
		if v.Required {
			return "required, sensitive"
		}
		return "sensitive"
	case v.DefaultValue != nil:
		return "default " + leafText(v.DefaultValue)
	case v.Required:
		return "required"
	}
	return "optional"
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (a *app) templateDeleteCommand() *cobra.Command {
	var force, yes bool
	cmd := &cobra.Command{
		Use:   "delete TEMPLATE",
		Short: "Delete a template with its versions; what it made stays",
		Long: `Refused where the template made an environment's configuration: that would stay,
and could not be upgraded any more. --force deletes it all the same.`,
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			if !yes {
				if err := a.confirm(fmt.Sprintf("Delete %s with all of its versions?", args[0])); err != nil {
					return err
				}
			}
			t, err := c.DeleteTemplate(cmd.Context(), args[0], force)
			if err != nil {
				return err
			}
			return a.print(t, func(w io.Writer) { line(w, "%s is deleted. What it made stays.", t.Name) })
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "although it made an environment's configuration")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}
