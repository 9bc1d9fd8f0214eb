package cli

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) writeDeployments(w io.Writer, items []lockstep.Deployment) {
	if len(items) == 0 {
		line(w, "No deployments yet: lockstep deploy ENV VERSION")
		return
	}
	p := a.paint(w)
	t := table{head: []string{"ID", "ENVIRONMENT", "VERSION", "STRATEGY", "STATUS", "TOOK", "STARTED", "BY"}}
	for _, d := range items {
		duration := "–"
		if d.Duration != nil {
			duration = took(d.Duration.Std())
		}
		t.add(shortID(d.ID), d.Environment, d.Version, string(d.Strategy), outcome(p, d.Status), duration, ago(time.Now(), d.CreatedAt), d.StartedBy)
	}
	t.write(w)
}

// rollbackTarget is the deployment to take back: the one named, or the
// newest completed one of the environment named.
func (a *app) rollbackTarget(ctx context.Context, c *client.Client, ref string) (string, error) {
	env, err := c.Environment(ctx, ref)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		d, err := a.deployment(ctx, c, ref)
		return d.ID, err
	}
	if err != nil {
		return "", err
	}
	if env.Metadata.LastDeployment == nil {
		return "", lockstep.Errorf(lockstep.CodeConflict, "%s has no completed deployment to take back", env.Name)
	}
	return env.Metadata.LastDeployment.DeploymentID, nil
}

// started says what was asked for and follows it, unless told not to wait.
func (a *app) started(ctx context.Context, c *client.Client, d lockstep.Deployment, noWait bool) error {
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
	return &cobra.Command{
		Use:   "watch ENV|DEPLOYMENT",
		Short: "Follow a deployment to its end",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			d, err := a.deployment(cmd.Context(), c, args[0])
			if err != nil {
				return err
			}
			return a.follow(cmd.Context(), c, followedDeployment(d))
		},
	}
}

func (a *app) approveCommand() *cobra.Command {
	var comment string
	var noWait bool
	cmd := &cobra.Command{
		Use:   "approve ENV|DEPLOYMENT",
		Short: "Let a deployment that waits for approval go, and watch it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.decide(cmd.Context(), args[0], func(c *client.Client, id string) (lockstep.Deployment, error) {
				return c.Approve(cmd.Context(), id, comment)
			}, !noWait)
		},
	}
	cmd.Flags().StringVar(&comment, "comment", "", "kept with the approval")
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "return at once")
	return cmd
}

func (a *app) rejectCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "reject ENV|DEPLOYMENT",
		Short: "Cancel a deployment that waits for approval",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.decide(cmd.Context(), args[0], func(c *client.Client, id string) (lockstep.Deployment, error) {
				return c.Reject(cmd.Context(), id, reason)
			}, false)
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, kept with the deployment")
	return cmd
}

func (a *app) cancelCommand() *cobra.Command {
	var noWait bool
	cmd := &cobra.Command{
		Use:   "cancel ENV|DEPLOYMENT",
		Short: "Stop a deployment at its next safe point and undo it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			d, err := a.deployment(cmd.Context(), c, args[0])
			if err != nil {
				return err
			}
			if d, err = c.CancelDeployment(cmd.Context(), d.ID); err != nil {
				return err
			}
			if noWait || d.Status.Done() {
				return a.print(d, func(w io.Writer) { line(w, "deployment %s is %s", shortID(d.ID), statusWord(d.Status)) })
			}
			f := followedDeployment(d)
			f.want = lockstep.StatusCancelled
			return a.follow(cmd.Context(), c, f)
		},
	}
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "return once it was asked")
	return cmd
}

func (a *app) decide(ctx context.Context, ref string, act func(*client.Client, string) (lockstep.Deployment, error), wait bool) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	d, err := a.deployment(ctx, c, ref)
	if err != nil {
		return err
	}
	if d, err = act(c, d.ID); err != nil {
		return err
	}
	if wait {
		return a.follow(ctx, c, followedDeployment(d))
	}
	return a.print(d, func(w io.Writer) { line(w, "deployment %s is %s", shortID(d.ID), statusWord(d.Status)) })
}
