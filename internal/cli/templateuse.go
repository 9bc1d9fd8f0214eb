package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// templateUse is what the commands that use a template share.
type templateUse struct {
	client.TemplateUse
	values templateValues
	dir    string
	dryRun bool
	noWait bool
	yes    bool
}

// prepare finds environment and template among the arguments, and reads the
// values.
func (u *templateUse) prepare(a *app, cmd *cobra.Command, args []string) (*client.Client, lockstep.ConfigTemplate, error) {
	var none lockstep.ConfigTemplate
	env, name, err := environmentAnd(cmd, args, "name the environment and the template")
	if err != nil {
		return nil, none, err
	}
	c, err := a.client()
	if err != nil {
		return nil, none, err
	}
	u.Environment = env
	t, err := c.Template(cmd.Context(), name)
	if err != nil {
		return nil, none, err
	}
	if _, at, both := strings.Cut(name, "@"); both && u.Version == "" {
		u.Version = at
	}
	u.Variables, err = u.values.read(a, t)
	return c, t, err
}

func (a *app) templateRenderCommand() *cobra.Command {
	var u templateUse
	cmd := &cobra.Command{
		Use:   "render TEMPLATE",
		Short: "Show what a template makes, or write its files",
		Long: `With --environment the values of that environment are known: its name, type,
project and the release that runs. Without one, give what the template asks for
with --set: ENVIRONMENT_NAME, VERSION. Sensitive variables may be left out.`,
		Example: "  lockstep template render kubernetes-config -e production --set SENTRY_DSN=https://… --set ANALYTICS_ID=UA-1 --dir out",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			t, err := c.Template(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if u.Variables, err = u.values.read(a, t); err != nil {
				return err
			}
			result, err := c.PreviewTemplate(cmd.Context(), args[0], u.TemplateUse)
			if err != nil {
				return err
			}
			if u.dir != "" {
				return a.writeFiles(u.dir, result.AppliedConfig.Files)
			}
			return a.print(result.AppliedConfig, func(w io.Writer) { writeRendered(w, *result.AppliedConfig) })
		},
	}
	cmd.Flags().StringVarP(&u.Environment, "environment", "e", "", "of which it is made")
	cmd.Flags().StringVar(&u.dir, "dir", "", "write its files below this folder instead")
	u.values.flags(cmd)
	return cmd
}

// writeRendered shows what was made as one YAML document a part.
func writeRendered(w io.Writer, r lockstep.RenderedTemplate) {
	state := table{}
	for _, s := range lockstep.ConfigSections() {
		addLeaves(&state, string(s), r.Sections[s])
	}
	for _, v := range r.Variables {
		value := ""
		if v.Value != nil {
			value = *v.Value
		}
		state.add("variables."+v.Slot(), value)
	}
	state.write(w)
	for _, path := range sortedKeys(r.Files) {
		line(w, "")
		line(w, "# %s", path)
		fmt.Fprint(w, r.Files[path])
		if !strings.HasSuffix(r.Files[path], "\n") {
			line(w, "")
		}
	}
}

func addLeaves(t *table, path string, v any) {
	if object, ok := v.(map[string]any); ok && len(object) > 0 {
		for _, k := range sortedKeys(object) {
			addLeaves(t, path+"."+k, object[k])
		}
		return
	}
	if v != nil {
		t.add(path, leafText(v))
	}
}

func (a *app) templatePreviewCommand() *cobra.Command {
	var u templateUse
	cmd := &cobra.Command{
		Use:     "preview ENV TEMPLATE",
		Short:   "Say what a template would change in an environment",
		Example: "  lockstep template preview production production-baseline --set region=eu-west-1",
		Args:    atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, t, err := u.prepare(a, cmd, args)
			if err != nil {
				return err
			}
			result, err := c.PreviewTemplate(cmd.Context(), t.Name, u.TemplateUse)
			if err != nil {
				return err
			}
			return a.print(result, func(w io.Writer) { a.writeApplied(w, result, true) })
		},
	}
	u.values.flags(cmd)
	cmd.Flags().StringVar(&u.Version, "version", "", "of the template (default: the newest)")
	environmentFlag(cmd)
	return cmd
}

func (a *app) templateApplyCommand() *cobra.Command {
	var u templateUse
	cmd := &cobra.Command{
		Use:   "apply ENV TEMPLATE",
		Short: "Make an environment's configuration what a template says",
		Long: `Prints what would change and carries it out after a yes, all of it or nothing.
What the template does not name stays. What runs changes with the next deployment
that takes the newest configuration (lockstep deploy --with-config latest), or
at once with --apply.`,
		Example: "  lockstep template apply production production-baseline --set region=eu-west-1\n" +
			"  lockstep template apply staging shop-base --secret DB_PASSWORD --yes < password",
		Args: atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, t, err := u.prepare(a, cmd, args)
			if err != nil {
				return err
			}
			look, err := c.ApplyTemplate(cmd.Context(), t.Name, u.TemplateUse, client.ChangeOptions{DryRun: true})
			if err != nil || u.dryRun {
				return a.shown(look, err, func(w io.Writer) { a.writeApplied(w, look, true) })
			}
			if !u.yes {
				a.writeApplied(a.Err, look, true)
				if err := a.confirm("Apply it?"); err != nil {
					return err
				}
			}
			u.BaseVersion = look.ConfigVersion
			result, err := c.ApplyTemplate(cmd.Context(), t.Name, u.TemplateUse, client.ChangeOptions{})
			if err = a.shown(result, err, func(w io.Writer) { a.writeApplied(w, result, false) }); err != nil {
				return err
			}
			return a.shipped(cmd.Context(), c, result.DeploymentID, u.noWait)
		},
	}
	u.values.flags(cmd)
	u.changeFlags(cmd)
	return cmd
}

func (u *templateUse) changeFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&u.Version, "version", "", "of the template (default: the newest)")
	f.BoolVar(&u.ApplyImmediately, "apply", false, "deploy what runs with it, and watch that go")
	f.BoolVar(&u.dryRun, "dry-run", false, "say what would change, change nothing")
	f.BoolVar(&u.noWait, "no-wait", false, "with --apply: return once the deployment is queued")
	f.BoolVarP(&u.yes, "yes", "y", false, "do not ask")
	environmentFlag(cmd)
}

// shipped follows the deployment that a change asked for, where it did.
func (a *app) shipped(ctx context.Context, c *client.Client, id string, noWait bool) error {
	if id == "" {
		return nil
	}
	d, err := c.Deployment(ctx, id)
	if err != nil {
		return err
	}
	return a.started(ctx, c, d, noWait)
}

// shown prints a result, unless there is none.
func (a *app) shown(v any, err error, write func(io.Writer)) error {
	if err != nil {
		return err
	}
	return a.print(v, write)
}

func (a *app) templateUpgradeCommand() *cobra.Command {
	var u templateUse
	cmd := &cobra.Command{
		Use:   "upgrade ENV TEMPLATE",
		Short: "Bring a template's newer version into what an older one made",
		Long: `Compares what the older version made, what is there, and what the newer one
makes. What only the template changed follows; what only people changed stays;
what both changed is a conflict: it stays as it is, and is listed. --take PATH
takes the template's there (--take "*" everywhere).

Values that were given when it was applied are taken again, and so is its time;
sensitive ones stay what they are unless they are given anew.`,
		Example: "  lockstep template upgrade staging shop-base --dry-run\n  lockstep template upgrade staging shop-base --take variables.LOG_LEVEL.value",
		Args:    atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, t, err := u.prepare(a, cmd, args)
			if err != nil {
				return err
			}
			look, err := c.UpgradeTemplate(cmd.Context(), t.Name, u.TemplateUse, client.ChangeOptions{DryRun: true})
			if err != nil || u.dryRun {
				return a.shown(look, err, func(w io.Writer) { a.writeUpgrade(w, look, true) })
			}
			if !u.yes {
				a.writeUpgrade(a.Err, look, true)
				if err := a.confirm("Carry it out?"); err != nil {
					return err
				}
			}
			u.BaseVersion = look.ConfigVersion
			result, err := c.UpgradeTemplate(cmd.Context(), t.Name, u.TemplateUse, client.ChangeOptions{})
			if err = a.shown(result, err, func(w io.Writer) { a.writeUpgrade(w, result, false) }); err != nil {
				return err
			}
			return a.shipped(cmd.Context(), c, result.DeploymentID, u.noWait)
		},
	}
	u.values.flags(cmd)
	u.changeFlags(cmd)
	cmd.Flags().StringArrayVar(&u.Take, "take", nil, "the path of a conflict in which the template's is taken; * for all")
	return cmd
}

func (a *app) templateAppliedCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "applied ENV [TEMPLATE]",
		Short:   "List the templates that made an environment's configuration, or show what one made",
		Example: "  lockstep template applied production\n  lockstep template applied production kubernetes-config --dir out",
		Args:    atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			env, rest, err := environmentArg(cmd, args)
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			if len(rest) == 0 {
				return a.listApplied(cmd.Context(), c, env)
			}
			one, err := c.AppliedTemplate(cmd.Context(), env, rest[0])
			if err != nil {
				return err
			}
			if dir != "" {
				return a.writeFiles(dir, one.Rendered.Files)
			}
			return a.print(one, func(w io.Writer) { writeRendered(w, one.Rendered) })
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "write the files that it made below this folder")
	environmentFlag(cmd)
	return cmd
}

func (a *app) listApplied(ctx context.Context, c *client.Client, env string) error {
	all, err := c.AppliedTemplates(ctx, env)
	return a.shown(all, err, func(w io.Writer) {
		if len(all) == 0 {
			line(w, "No template was applied to %s: lockstep template apply %s TEMPLATE", env, env)
			return
		}
		t := table{head: []string{"TEMPLATE", "VERSION", "NEWEST", "CONFIG", "APPLIED"}}
		for _, one := range all {
			newest := first(one.Newest, "deleted")
			if one.Newest != "" && one.Newest != one.Version {
				newest = a.paint(w).warn(one.Newest)
			}
			t.add(one.Template, one.Version, newest, fmt.Sprint(one.ConfigVersion), ago(time.Now(), one.AppliedAt)+" by "+one.AppliedBy)
		}
		t.write(w)
	})
}

// writeApplied says what an application changed, or would.
func (a *app) writeApplied(w io.Writer, r lockstep.TemplateApplyResult, would bool) {
	line(w, "%s %s for %s", r.Template, r.Version, r.Environment)
	a.writeChanges(w, r.Changes)
	if n := len(r.AppliedConfig.Files); n > 0 {
		line(w, "%s: %s", count(n, "file"), strings.Join(sortedKeys(r.AppliedConfig.Files), ", "))
	}
	switch {
	case would:
		line(w, "%s would change. Nothing was changed.", count(len(r.Changes), "value"))
	case len(r.Changes) == 0:
		line(w, "Nothing changes: it is like that already.")
	case r.DeploymentID != "":
		line(w, "Recorded as configuration %d of %s.", r.ConfigVersion, r.Environment)
	default:
		line(w, "Recorded as configuration %d of %s. It ships with: %s", r.ConfigVersion, r.Environment, shipping(r.Environment))
	}
}

func (a *app) writeUpgrade(w io.Writer, u lockstep.TemplateUpgrade, would bool) {
	p := a.paint(w)
	for _, k := range u.Kept {
		line(w, "%s %s: %s stays, the template made %s", p.dim("="), k.Path, leafText(k.Is), leafText(k.Made))
	}
	for _, c := range u.Conflicts {
		what := "stays, the template wants " + leafText(c.Wants)
		if c.Taken {
			what = "gives way to the template's " + leafText(c.Wants)
		}
		line(w, "%s %s: %s %s (it made %s)", p.bad("!"), c.Path, leafText(c.Is), what, leafText(c.Made))
	}
	line(w, "From %s to %s, %s kept, %s.", u.From, u.Version, count(len(u.Kept), "value"), count(len(u.Conflicts), "conflict"))
	a.writeApplied(w, u.TemplateApplyResult, would)
}

// leafText is a value on one line.
func leafText(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		if v == "" {
			return `""`
		}
		if strings.ContainsAny(v, "\n\r\t") {
			return fmt.Sprintf("%q", v)
		}
		return v
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}
