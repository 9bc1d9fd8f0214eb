package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
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
		Long: `Follows what is under way. Where nothing is, in an environment, it says so, and
shows its last deployment. The exit code is that of what is shown: 0 where it
completed, 1 where it did not.`,
		Args: atMost(1),
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
			if d.Status.Done() && !strings.HasSuffix(d.ID, ref) && a.flags.output == "table" {
				paragraph(a.Out, nothingUnderWay(a.paint(a.Out), d, time.Now()))
			}
			return a.follow(cmd.Context(), c, followedDeployment(d))
		},
	}
	environmentFlag(cmd)
	return cmd
}

// nothingUnderWay says before a deployment that ended that it is the last one,
// and no news.
func nothingUnderWay(p paint, d lockstep.Deployment, now time.Time) string {
	ended := d.CreatedAt
	if d.CompletedAt != nil {
		ended = *d.CompletedAt
	}
	return fmt.Sprintf("Nothing is under way in %s. Its last deployment, of %s by %s: %s %s", d.Environment, d.Version, d.StartedBy, outcome(p, d.Status), ago(now, ended))
}
