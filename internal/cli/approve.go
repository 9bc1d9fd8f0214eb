package cli

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func (a *app) approveCommand() *cobra.Command {
	var comment string
	var noWait bool
	cmd := &cobra.Command{
		Use:   "approve ENV|DEPLOYMENT|SWITCH",
		Short: "Let a deployment or a switch that waits for approval go, and watch it",
		Long: `Approves a deployment that waits to begin, or the step at which it waits for
a person (approve, in a recipe); or a switch of the live address that waits. Of
an environment it is the deployment, where both wait. Who approved is kept with
it.

A switch is approved as it was asked for: to what ran in its target then, from
where the address led then.`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if done, err := a.decideSwitch(cmd, args, func(c *client.Client, id string) (lockstep.Operation, error) {
				return c.ApproveSwitch(cmd.Context(), id, comment)
			}, !noWait); done || err != nil {
				return err
			}
			return a.decide(cmd, args, func(c *client.Client, id string) (lockstep.Deployment, error) {
				return c.Approve(cmd.Context(), id, comment)
			}, func(c *client.Client, id string, step int) (lockstep.Deployment, error) {
				return c.ApproveStep(cmd.Context(), id, step, comment)
			}, !noWait)
		},
	}
	cmd.Flags().StringVar(&comment, "comment", "", "kept with the approval")
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "return at once")
	environmentFlag(cmd)
	return cmd
}

func (a *app) rejectCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "reject ENV|DEPLOYMENT|OPERATION",
		Short: "Cancel a deployment or a switch that waits for approval",
		Long: `Cancels a deployment, or a switch, that waits to begin. A deployment that waits
at a step of its recipe is taken back.`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if done, err := a.decideSwitch(cmd, args, func(c *client.Client, id string) (lockstep.Operation, error) {
				return c.RejectSwitch(cmd.Context(), id, reason)
			}, false); done || err != nil {
				return err
			}
			return a.decide(cmd, args, func(c *client.Client, id string) (lockstep.Deployment, error) {
				return c.Reject(cmd.Context(), id, reason)
			}, func(c *client.Client, id string, step int) (lockstep.Deployment, error) {
				return c.RejectStep(cmd.Context(), id, step, reason)
			}, false)
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, kept with the deployment")
	environmentFlag(cmd)
	return cmd
}

func (a *app) cancelCommand() *cobra.Command {
	var noWait bool
	cmd := &cobra.Command{
		Use:   "cancel ENV|DEPLOYMENT|OPERATION",
		Short: "End a deployment, or another operation, at its next safe point and undo it",
		Long: `Ends an operation at its next safe point and undoes what it did. Of an
environment it is the one that runs, or else the newest that waits.`,
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
				return a.cancelOperation(cmd.Context(), c, op, noWait)
			}
			d, err := a.deployment(cmd.Context(), c, ref, lockstep.StatusRunning, lockstep.StatusPending, lockstep.StatusPendingApproval)
			if err != nil {
				return err
			}
			if d, err = c.CancelDeployment(cmd.Context(), d.ID); err != nil {
				return err
			}
			if noWait || d.Status.Done() {
				return a.print(d, func(w io.Writer) {
					line(w, "deployment %s is %s", shortID(d.ID), statusWord(d.Status))
					if d.Status == lockstep.StatusRunning {
						line(w, "It stops at its next safe point: lockstep watch %s", shortID(d.ID))
					}
				})
			}
			f := followedDeployment(d)
			f.want = lockstep.StatusCancelled
			return a.follow(cmd.Context(), c, f)
		},
	}
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "return once it was asked")
	environmentFlag(cmd)
	return cmd
}

func (a *app) cancelOperation(ctx context.Context, c *client.Client, op *lockstep.Operation, noWait bool) error {
	cancelled, err := c.CancelOperation(ctx, op.ID)
	if err != nil {
		return err
	}
	if noWait || cancelled.Status.Done() {
		return a.print(cancelled, func(w io.Writer) {
			line(w, "%s %s is %s", cancelled.Kind, shortID(cancelled.ID), statusWord(cancelled.Status))
			if cancelled.Status == lockstep.StatusRunning {
				line(w, "It stops at its next safe point: lockstep watch %s", shortID(cancelled.ID))
			}
		})
	}
	f := a.followedBy(ctx, c, &cancelled)
	f.want = lockstep.StatusCancelled
	return a.follow(ctx, c, f)
}

// decide acts on a deployment that waits to begin, or on the step at which it
// waits.
func (a *app) decide(cmd *cobra.Command, args []string, act func(*client.Client, string) (lockstep.Deployment, error),
	at func(*client.Client, string, int) (lockstep.Deployment, error), wait bool,
) error {
	ctx := cmd.Context()
	ref, c, err := a.named(cmd, args)
	if err != nil {
		return err
	}
	d, step, err := a.waiting(ctx, c, ref, lockstep.StepApprove)
	if err != nil {
		return err
	}
	switch {
	case step != nil:
		d, err = at(c, d.ID, step.Seq)
	case ref == d.Environment && d.Status.Done():
		return lockstep.Errorf(lockstep.CodeConflict, "nothing in %s waits for a person's word; the last deployment there, %s (%s), is %s: lockstep deployments %s",
			ref, d.Version, shortID(d.ID), statusWord(d.Status), ref)
	default:
		d, err = act(c, d.ID)
	}
	if err != nil {
		return err
	}
	if later(d, time.Now()) {
		return a.print(d, func(w io.Writer) { a.scheduled(w, d) })
	}
	if wait {
		return a.follow(ctx, c, followedDeployment(d))
	}
	return a.print(d, func(w io.Writer) {
		line(w, "deployment %s is %s", shortID(d.ID), statusWord(d.Status))
		if step != nil {
			line(w, "It goes on: lockstep watch %s", shortID(d.ID))
		}
	})
}
