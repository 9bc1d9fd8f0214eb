package cli

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// started says what was asked for and follows it, unless told not to wait.
func (a *app) started(ctx context.Context, c *client.Client, d lockstep.Deployment, noWait bool) error {
	if later(d, time.Now()) {
		return a.print(d, func(w io.Writer) { a.scheduled(w, d) })
	}
	if noWait {
		return a.print(d, func(w io.Writer) {
			line(w, "deployment %s is %s", d.ID, statusWord(d.Status))
			if d.Status == lockstep.StatusPendingApproval {
				line(w, "Approve it with: lockstep approve %s", shortID(d.ID))
			}
		})
	}
	return a.follow(ctx, c, followedDeployment(d))
}

func (a *app) watchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "watch ENV|DEPLOYMENT|OPERATION",
		Short: "Follow a deployment, or another operation, to its end",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			op, err := a.operation(cmd.Context(), c, ref)
			if err != nil {
				return err
			}
			if op != nil {
				return a.follow(cmd.Context(), c, a.followedBy(cmd.Context(), c, op))
			}
			d, err := a.deployment(cmd.Context(), c, ref)
			if err != nil {
				return err
			}
			return a.follow(cmd.Context(), c, followedDeployment(d))
		},
	}
	environmentFlag(cmd)
	return cmd
}
