package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) deployCommand() *cobra.Command {
	var (
		how            manner
		when           timing
		reason         string
		noWait, dryRun bool
		force          bool
		set            []string
	)
	cmd := &cobra.Command{
		Use:   "deploy ENV [VERSION]",
		Short: "Bring a release into an environment, and watch it go",
		Long: `Asks for a deployment and follows it to its end. Ctrl-C detaches; the
deployment goes on. Exits with 0 when it completed, 1 when it failed, was
rolled back or cancelled, 3 when policy refused it.

Without VERSION, the newest release is deployed. A revision that was rolled
back in that environment is refused until --reason says why it may run again.

With --at it starts then: what is deployed is settled now, it can be approved
before, and it holds nothing until its time. Where it cannot start in time, it
is cancelled, or starts late with --if-missed run.`,
		Example: "  lockstep deploy staging 2.1.0\n  lockstep deploy production 2.1.0 --strategy blue_green\n" +
			`  lockstep deploy production 2.2.0 --at "2026-11-23 02:00" --tz Asia/Jakarta`,
		Args: atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, rest, err := environmentArg(cmd, args)
			if err != nil {
				return err
			}
			req := how.request().Deployment("latest")
			req.Force, req.Reason = force, reason
			if req.Variables, err = assignments(set); err != nil {
				return err
			}
			if req.Timing, err = when.read(time.Now()); err != nil {
				return err
			}
			if len(rest) > 0 {
				req.Version = rest[0]
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			if dryRun {
				preview, err := c.PreviewDeploy(cmd.Context(), name, req)
				if err != nil {
					return err
				}
				return a.previewed(preview)
			}
			// A key of its own, so that a request the network made us repeat is one deployment.
			d, err := c.Deploy(cmd.Context(), name, req, client.DeployOptions{IdempotencyKey: uuid.NewString()})
			if err != nil {
				return err
			}
			return a.started(cmd.Context(), c, d, noWait)
		},
	}
	f := cmd.Flags()
	how.flags(f)
	when.flags(f)
	f.BoolVar(&force, "force", false, "although its prerequisites are not met; needs --reason")
	f.StringVar(&reason, "reason", "", "why it is forced, or why a revision that was rolled back there may run again")
	f.BoolVar(&noWait, "no-wait", false, "return once it is queued")
	f.BoolVar(&dryRun, "dry-run", false, "print the plan and the gate's answer (exit 3: it refuses), change nothing")
	f.StringArrayVar(&set, "set", nil, "KEY=VALUE: a variable of this deployment only, over all others; no place for secrets")
	environmentFlag(cmd)
	return cmd
}

// manner is how a release is to be brought in, as deploy and promote take it.
type manner struct {
	strategy, recipe, description, withConfig string
	noRollback, noValidation                  bool
}

func (m *manner) flags(f *pflag.FlagSet) {
	f.StringVarP(&m.strategy, "strategy", "s", "", "one the matrix allows there (default: the environment's first)")
	f.StringVar(&m.recipe, "recipe", "", "of strategy custom: one that the environment names (default: its first)")
	f.StringVar(&m.description, "description", "", "why, for people")
	f.StringVar(&m.withConfig, "with-config", "", "latest or a number (default: the configuration that runs)")
	f.BoolVar(&m.noRollback, "no-rollback", false, "leave a failed deployment as it is")
	f.BoolVar(&m.noValidation, "no-validation", false, "do not run the environment's checks")
}

func (m *manner) request() lockstep.PromotionRequest {
	req := lockstep.PromotionRequest{Strategy: lockstep.Strategy(m.strategy), Recipe: m.recipe, Description: m.description, WithConfig: m.withConfig}
	off := false
	if m.noRollback {
		req.RollbackOnFailure = &off
	}
	if m.noValidation {
		req.ValidationRequired = &off
	}
	return req
}

// previewed ends a dry run.
func (a *app) previewed(preview client.Preview) error {
	if err := a.print(preview, func(w io.Writer) { a.writePreview(w, preview) }); err != nil {
		return err
	}
	if !preview.Gate.Allowed {
		return &exitError{code: lockstep.ExitRefused}
	}
	return nil
}

func (a *app) writePreview(w io.Writer, preview client.Preview) {
	p := a.paint(w)
	d := preview.Deployment
	line(w, "%s", previewTitle(d))
	switch {
	case !preview.Gate.Allowed:
		line(w, "%s", p.bad("The gate refuses it:"))
	case preview.Gate.RequiresApproval:
		line(w, "%s", p.warn("The gate allows it once it is approved."))
	default:
		line(w, "%s", p.good("The gate allows it."))
	}
	for _, r := range preview.Gate.Reasons {
		line(w, "  %s", r.Message)
	}
	a.writeSteps(w, preview.Plan.Steps)
}

// writeSteps are those of a dry run.
func (a *app) writeSteps(w io.Writer, steps []lockstep.Step) {
	p := a.paint(w)
	for _, s := range steps {
		line(w, "  %2d  %-40s %s", s.Seq, s.Name, p.dim(string(s.Kind)+previewNote(s)))
	}
	line(w, "Nothing was changed.")
}

func previewTitle(d lockstep.Deployment) string {
	if d.Version == "" {
		return fmt.Sprintf("promote nothing from %s to %s", d.PromotedFrom.Environment, d.Environment)
	}
	what := fmt.Sprintf("deploy %s to %s", d.Version, d.Environment)
	if d.PromotedFrom != nil {
		what = fmt.Sprintf("promote %s from %s to %s", d.Version, d.PromotedFrom.Environment, d.Environment)
	}
	return fmt.Sprintf("%s, %s, revision %s, config %d", what, strategyText(d), lockstep.ShortHash(d.RevisionHash), d.ConfigVersion)
}
