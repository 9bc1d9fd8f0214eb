package cli

import (
	"io"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) deployCommand() *cobra.Command {
	var (
		strategy, description, withConfig string
		noRollback, noValidation          bool
		noWait, dryRun                    bool
	)
	cmd := &cobra.Command{
		Use:   "deploy ENV [VERSION]",
		Short: "Bring a release into an environment, and watch it go",
		Long: `Asks for a deployment and follows it to its end. Ctrl-C detaches; the
deployment goes on. Exits with 0 when it completed, 1 when it failed, was
rolled back or cancelled, 3 when policy refused it.

Without VERSION, the newest release is deployed.`,
		Example: "  lockstep deploy staging 2.1.0\n  lockstep deploy production 2.1.0 --strategy blue_green",
		Args:    atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, rest, err := environmentArg(cmd, args)
			if err != nil {
				return err
			}
			req := lockstep.DeploymentRequest{
				Version: "latest", Strategy: lockstep.Strategy(strategy),
				Description: description, WithConfig: withConfig,
			}
			if len(rest) > 0 {
				req.Version = rest[0]
			}
			off := false
			if noRollback {
				req.RollbackOnFailure = &off
			}
			if noValidation {
				req.ValidationRequired = &off
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
				if err := a.print(preview, func(w io.Writer) { a.writePreview(w, preview) }); err != nil {
					return err
				}
				if !preview.Gate.Allowed {
					return &exitError{code: lockstep.ExitRefused}
				}
				return nil
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
	f.StringVarP(&strategy, "strategy", "s", "", "one the matrix allows there (default: the environment's first)")
	f.StringVar(&description, "description", "", "why, for people")
	f.StringVar(&withConfig, "with-config", "", "latest or a number (default: the configuration that runs)")
	f.BoolVar(&noRollback, "no-rollback", false, "leave a failed deployment as it is")
	f.BoolVar(&noValidation, "no-validation", false, "do not run the environment's checks")
	f.BoolVar(&noWait, "no-wait", false, "return once it is queued")
	f.BoolVar(&dryRun, "dry-run", false, "print the plan and the gate's answer (exit 3: it refuses), change nothing")
	environmentFlag(cmd)
	return cmd
}

func (a *app) writePreview(w io.Writer, preview client.Preview) {
	p := a.paint(w)
	d := preview.Deployment
	line(w, "deploy %s to %s, %s, revision %s, config %d", d.Version, d.Environment, d.Strategy, lockstep.ShortHash(d.RevisionHash), d.ConfigVersion)
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
		line(w, "  %2d  %-40s %s", s.Seq, s.Name, p.dim(string(s.Kind)))
	}
	line(w, "Nothing was changed.")
}
