package cli

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// decideSwitch acts on a switch that waits for an approval. done is false
// where what is named is none, or where a deployment waits there, too.
func (a *app) decideSwitch(cmd *cobra.Command, args []string, act func(*client.Client, string) (lockstep.Operation, error), wait bool) (done bool, err error) {
	ctx := cmd.Context()
	ref, c, err := a.named(cmd, args)
	if err != nil {
		return false, err
	}
	op, err := a.waitingSwitch(ctx, c, ref)
	if err != nil || op == nil {
		return false, err
	}
	decided, err := act(c, op.ID)
	if err != nil {
		return false, err
	}
	if wait {
		return true, a.follow(ctx, c, a.followedSwitch(ctx, c, decided))
	}
	return true, a.print(decided, func(w io.Writer) { line(w, "switch %s is %s", shortID(decided.ID), statusWord(decided.Status)) })
}

// waitingSwitch finds a switch by its ID, or the end of that, or by its
// target: there only one that waits for an approval.
func (a *app) waitingSwitch(ctx context.Context, c *client.Client, ref string) (*lockstep.Operation, error) {
	if len(ref) == 36 {
		op, err := c.Operation(ctx, ref)
		if lockstep.CodeOf(err) == lockstep.CodeNotFound || err == nil && op.Kind != lockstep.OperationSwitch {
			return nil, nil
		}
		return &op, err
	}
	open, err := c.Operations(ctx, "")
	if err != nil {
		return nil, err
	}
	var found *lockstep.Operation
	for i, op := range open {
		switch {
		case len(ref) >= 4 && strings.HasSuffix(op.ID, ref) && op.Kind == lockstep.OperationSwitch:
			return &open[i], nil
		case op.Status != lockstep.StatusPendingApproval:
		case op.Kind == lockstep.OperationSwitch && op.Switch.To == ref && found == nil:
			found = &open[i]
		}
	}
	if found == nil {
		return nil, nil
	}
	for _, op := range open {
		if op.Kind != lockstep.OperationDeploy || op.EnvironmentID != found.EnvironmentID {
			continue
		}
		if op.Status == lockstep.StatusRunning { // lists have no steps
			if op, err = c.Operation(ctx, op.ID); err != nil {
				return nil, err
			}
		}
		if op.Status == lockstep.StatusPendingApproval || op.Waiting(lockstep.StepApprove) != nil {
			return nil, nil
		}
	}
	return found, nil
}

// followedSwitch says at its end where users are.
func (a *app) followedSwitch(ctx context.Context, c *client.Client, op lockstep.Operation) followed {
	f := followedOperation(op, op.Switch.To)
	f.then = func(op lockstep.Operation) { a.afterSwitch(ctx, c, op) }
	return f
}
