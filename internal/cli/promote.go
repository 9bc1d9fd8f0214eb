package cli

import (
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) promoteCommand() *cobra.Command {
	var (
		how                   manner
		when                  timing
		reason                string
		force, noWait, dryRun bool
	)
	cmd := &cobra.Command{
		Use:   "promote [FROM] TO",
		Short: "Bring the release that proved itself in one environment into another",
		Long: `Deploys to TO the release that runs in FROM: by default in the stage before
it in the project's pipeline. Its configuration stays TO's own.

The release must have proved itself in FROM: its deployment completed with
validation, and all its instances are healthy now. What did not, what skips a
stage, and what was rolled back in TO is refused; --force with a --reason goes
on all the same, and the reason is kept.`,
		Example: "  lockstep promote production\n  lockstep promote staging production --dry-run",
		Args:    betweenArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			req := how.request()
			req.Force, req.Reason = force, reason
			to := args[len(args)-1]
			if len(args) == 2 {
				req.From = args[0]
			}
			var err error
			if req.Timing, err = when.read(time.Now()); err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			if dryRun {
				preview, err := c.PreviewPromote(cmd.Context(), to, req)
				if err != nil {
					return err
				}
				return a.previewed(preview)
			}
			d, err := c.Promote(cmd.Context(), to, req, client.DeployOptions{IdempotencyKey: uuid.NewString()})
			if err != nil {
				return err
			}
			return a.started(cmd.Context(), c, d, noWait)
		},
	}
	f := cmd.Flags()
	how.flags(f)
	when.flags(f)
	f.BoolVar(&force, "force", false, "although something speaks against it; needs --reason")
	f.StringVar(&reason, "reason", "", "why it is forced, kept with the deployment")
	f.BoolVar(&noWait, "no-wait", false, "return once it is queued")
	f.BoolVar(&dryRun, "dry-run", false, "print the plan and the gate's answer (exit 3: it refuses), change nothing")
	return cmd
}
