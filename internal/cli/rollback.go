package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) rollbackCommand() *cobra.Command {
	var to, description, reason, secrets string
	var noWait bool
	cmd := &cobra.Command{
		Use:   "rollback ENV|DEPLOYMENT",
		Short: "Return an environment to the revision before its latest deployment",
		Long: `Starts a deployment of the revision that ran before, ahead of everything
that is queued, and cancels what is. Code, configuration and flags return
together. A side that is still warm is back in less than a second. A revision
that was rolled back itself is refused until --reason says why it may run again.
One that needs a secret's value that was revoked is refused, too; --secrets current
returns with the newest values of just those secrets.
A deployment that still runs is taken back by lockstep cancel.`,
		Example: "  lockstep rollback production\n  lockstep rollback production --to 3f9a1c",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			d, err := a.rollbackTarget(cmd.Context(), c, ref, to != "")
			if err != nil {
				return err
			}
			back, err := c.Rollback(cmd.Context(), d, client.RollbackRequest{To: to, Description: description, Secrets: secrets, Reason: reason})
			if err != nil {
				return err
			}
			return a.started(cmd.Context(), c, back, noWait)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "another revision, by the start of its hash")
	cmd.Flags().StringVar(&description, "description", "", "why, for people")
	cmd.Flags().StringVar(&reason, "reason", "", "why a revision that was rolled back itself may run again")
	cmd.Flags().StringVar(&secrets, "secrets", "", "current: newer values of secrets whose own were revoked")
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "return once it is queued")
	environmentFlag(cmd)
	return cmd
}

// rollbackTarget is the deployment to take back: the one named, or the
// newest completed one of the environment named. Who names an environment
// means what they see going on there: where a deployment still runs, taking
// back the one before it would go one revision too far.
func (a *app) rollbackTarget(ctx context.Context, c *client.Client, ref string, toOther bool) (string, error) {
	env, err := c.Environment(ctx, ref)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		d, err := a.deployment(ctx, c, ref)
		return d.ID, err
	}
	if err != nil {
		return "", err
	}
	if running, err := c.Deployments(ctx, client.DeploymentFilter{Environment: env.ID, Status: lockstep.StatusRunning}, client.Page{Limit: 1}); err != nil {
		return "", err
	} else if len(running.Items) > 0 && !toOther {
		d := running.Items[0]
		return "", lockstep.Errorf(lockstep.CodeConflict,
			"the deployment of %s to %s still runs: lockstep cancel %s takes it back (lockstep watch %s shows it). To go back further, name the deployment to take back, or the revision to return to (--to)",
			d.Version, env.Name, env.Name, env.Name)
	}
	if env.Metadata.LastDeployment == nil {
		return "", lockstep.Errorf(lockstep.CodeConflict, "%s has no completed deployment to take back", env.Name)
	}
	return env.Metadata.LastDeployment.DeploymentID, nil
}
