package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) syncCommand() *cobra.Command {
	var o syncFlags
	cmd := &cobra.Command{
		Use:   "sync SOURCE TARGET",
		Short: "Bring one environment's configuration into another's",
		Long: `Prints what would change in the target and carries it out after a yes, all of
it or nothing, as one new version of its configuration. What is declared to
be different (lockstep diff shows it as intended) stays as it is. Secrets are
copied as they are sealed.

Nothing that runs changes before the target's next deployment that asks for
the latest configuration; --apply asks for one at once.

  full            variables, services and sections (default)
  partial         what --include names
  variables_only  variables
  services_only   services' settings, and the variables of one service each
  config_only     the sections of the configuration

Patterns are of paths as they are printed: variables.backend.*, *_URL,
features. What is undone says again what the target said before.`,
		Example: `  lockstep sync staging production --dry-run
  lockstep sync staging production --include 'variables.backend.*' --exclude '*_URL'
  lockstep sync --source staging --target production --sync-type config --yes`,
		Args: atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error { return a.sync(cmd, args, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.kind, "type", "", "full, partial, variables_only, services_only or config_only (default full; partial with --include)")
	f.StringVar(&o.kind, "sync-type", "", "the same; config is full")
	f.StringVar(&o.source, "source", "", "the source, instead of the first argument")
	f.StringVar(&o.target, "target", "", "the target, instead of the second argument")
	f.StringArrayVar(&o.options.Include, "include", nil, "only paths that match this pattern; repeat for more")
	f.StringArrayVar(&o.options.Exclude, "exclude", nil, "not paths that match this pattern; repeat for more")
	f.BoolVar(&o.options.IncludeSpecific, "include-specific", false, "also what is declared to be different")
	f.BoolVar(&o.options.ApplyImmediately, "apply", false, "deploy what runs in the target with the new configuration")
	f.StringVarP(&o.options.Description, "message", "m", "", "why, for the record")
	f.BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	f.BoolVar(&o.dryRun, "dry-run", false, "print the plan and stop")
	f.BoolVar(&o.noWait, "no-wait", false, "return once the sync is queued")
	cmd.AddCommand(a.syncHistoryCommand(), a.syncShowCommand(), a.syncUndoCommand())
	return cmd
}

type syncFlags struct {
	kind, source, target string
	options              lockstep.ConfigSyncOptions
	yes, dryRun, noWait  bool
}

// pair is the source and the target, by flags or by position.
func (o syncFlags) pair(cmd *cobra.Command, args []string) (source, target string, err error) {
	source, target = o.source, o.target
	for _, place := range []*string{&source, &target} {
		if *place == "" && len(args) > 0 {
			*place, args = args[0], args[1:]
		}
	}
	switch {
	case source == "" || target == "":
		return "", "", lockstep.Errorf(lockstep.CodeInvalid, "something is missing: `%s`", usage(cmd))
	case len(args) > 0:
		return "", "", lockstep.Errorf(lockstep.CodeInvalid, "%q is too much: `%s`", args[0], usage(cmd))
	}
	return source, target, nil
}

func (a *app) sync(cmd *cobra.Command, args []string, o syncFlags) error {
	source, target, err := o.pair(cmd, args)
	if err != nil {
		return err
	}
	if o.options.SyncType, err = lockstep.ParseSyncType(o.kind, len(o.options.Include) > 0); err != nil {
		return err
	}
	c, err := a.client()
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	o.options.TargetEnvironmentID = target
	plan, err := c.Sync(ctx, source, o.options, client.ChangeOptions{DryRun: true})
	if err != nil {
		return err
	}
	if o.dryRun {
		return a.print(plan, func(w io.Writer) {
			a.writeSync(w, plan)
			line(w, "Nothing was changed.")
		})
	}
	out := a.Out
	if a.flags.output != "table" {
		out = a.Err
	}
	a.writeSync(out, plan)
	if pendingOf(plan) == 0 {
		return a.print(plan, func(io.Writer) {})
	}
	if !o.yes {
		if err := a.confirm(fmt.Sprintf("Bring this into %s?", plan.Target)); err != nil {
			return err
		}
	}
	// What was seen is what is done, or nothing.
	o.options.SourceVersion, o.options.TargetVersion = plan.SourceVersion, plan.TargetVersion
	result, err := c.Sync(ctx, plan.SourceEnvironmentID, o.options, client.ChangeOptions{})
	if err != nil {
		return err
	}
	if o.noWait {
		return a.print(result, func(w io.Writer) { line(w, "sync %s is %s", result.ID, result.Status) })
	}
	return a.followSync(ctx, c, result)
}

// followSync shows a sync until its end, and then the deployment that it
// asked for.
func (a *app) followSync(ctx context.Context, c *client.Client, s lockstep.SyncResult) error {
	f := followed{id: s.ID, title: syncTitle(lockstep.Sync{Source: s.Source, Target: s.Target, Type: s.SyncType}), then: func(lockstep.Operation) {}}
	if err := a.follow(ctx, c, f); err != nil || a.flags.output != "table" {
		return err
	}
	done, err := c.SyncResult(ctx, s.ID)
	if err != nil {
		return err
	}
	if done.DeploymentID != "" {
		d, err := c.Deployment(ctx, done.DeploymentID)
		if err != nil {
			return err
		}
		return a.follow(ctx, c, followedDeployment(d))
	}
	if done.NewVersion != 0 {
		paragraph(a.Out, "  it ships with: "+shipping(s.Target))
		paragraph(a.Out, fmt.Sprintf("  take it back with: lockstep sync undo %s", shortID(done.ID)))
	}
	return nil
}

func syncTitle(s lockstep.Sync) string {
	title := "sync from " + s.Source + " to " + s.Target
	if s.Type != lockstep.SyncFull {
		title += " (" + strings.ReplaceAll(string(s.Type), "_", " ") + ")"
	}
	return title
}

func pendingOf(s lockstep.SyncResult) int {
	n := 0
	for _, c := range s.Changes {
		if c.Status == lockstep.ChangePending {
			n++
		}
	}
	return n
}

// writeSync prints what a sync changes, and below it what it leaves.
func (a *app) writeSync(w io.Writer, s lockstep.SyncResult) {
	p := a.paint(w)
	line(w, "%s → %s  %s", s.Source, s.Target, p.dim(fmt.Sprintf("%s, configuration %d over %d", strings.ReplaceAll(string(s.SyncType), "_", " "), s.SourceVersion, s.TargetVersion)))
	var left table
	changed := 0
	for _, c := range s.Changes {
		if c.Status == lockstep.ChangeSkipped {
			left.add("  "+p.dim("·")+" "+clip(c.Path, widestPath), p.dim(c.Reason))
			continue
		}
		changed++
		text := changeLine(p, c)
		if c.Status == lockstep.ChangeFailed {
			text += p.bad("  failed")
		}
		if c.Reason != "" {
			text += p.warn("  (" + c.Reason + ")")
		}
		line(w, "%s", text)
	}
	if len(left.rows) > 0 {
		line(w, "stays as it is:")
		left.write(w)
	}
	if changed == 0 {
		line(w, "Nothing to sync: %s says all of it already.", s.Target)
	}
}
