package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
	"github.com/lockstep-dev/lockstep/internal/strategy"
)

// Switch asks for the project's live address to lead to another environment.
// Of several that ask at once one is let in: the others are told of it. The
// operation of a dry run has the steps that it would take. Where the matrix
// wants an approval of switches to the target it waits for that, in nobody's
// way.
func (c *Control) Switch(ctx context.Context, by By, project string, req lockstep.EnvironmentSwitchOptions) (lockstep.Operation, error) {
	if req.TargetEnvironmentID == "" {
		return lockstep.Operation{}, lockstep.Invalid("targetEnvironmentId", "name the environment that the live address shall lead to")
	}
	if err := checkText("reason", req.Reason); err != nil {
		return lockstep.Operation{}, err
	}
	// The host is asked outside of the transaction: that must not wait for it.
	seen, err := c.sight(ctx, project, req.TargetEnvironmentID)
	if err != nil {
		return lockstep.Operation{}, err
	}
	return change(ctx, c, by, "switch", []any{project, req}, func(tx Tx) (lockstep.Operation, error) {
		env, err := environment(tx, project, req.TargetEnvironmentID)
		if err != nil {
			return lockstep.Operation{}, err
		}
		q, err := c.switchQuestion(tx, by.Actor, env)
		if err != nil {
			return lockstep.Operation{}, err
		}
		q.Reason, q.Live.Drill = req.Reason, req.Drill
		if err := expected(tx, q, req); err != nil {
			return lockstep.Operation{}, err
		}
		wanted, err := c.wanted(tx, env)
		if err != nil {
			return lockstep.Operation{}, err
		}
		if err := seen.judge(q, wanted); err != nil {
			return lockstep.Operation{}, err
		}
		answer := policy.Decide(q)
		if err := answer.Err(); err != nil {
			return lockstep.Operation{}, err
		}
		return c.queueSwitch(tx, by, q, req, wanted, answer.RequiresApproval)
	})
}

func (c *Control) queueSwitch(tx Tx, by By, q policy.Question, req lockstep.EnvironmentSwitchOptions, wanted map[string]int, waits bool) (lockstep.Operation, error) {
	env, p := *q.Environment, q.Live.Project
	sw := lockstep.Switch{ToID: env.ID, To: env.Name, Epoch: p.CurrentEpoch, Drill: req.Drill, Reason: req.Reason}
	if env.ActiveID != "" {
		active, err := tx.Revision(env.ActiveID)
		if err != nil {
			return lockstep.Operation{}, err
		}
		sw.RevisionID, sw.RevisionHash, sw.Version = active.ID, active.Hash, active.Content.Release
		sw.Disabled = active.Content.Off(env)
	}
	o := c.operation(by, env, lockstep.OperationSwitch)
	if waits {
		o.Status = lockstep.StatusPendingApproval
	}
	o.Switch, o.Replicas, o.Priority = &sw, wanted, rollbackPriority // users may be without service
	o.Locks = append(o.Locks, lockstep.LiveLock(p.ID))
	if from := q.Live.From; from != nil && from.ID != env.ID {
		sw.FromID, sw.From = from.ID, from.Name
		o.Locks = append(o.Locks, lockstep.EnvironmentLock(from.ID))
	}
	return c.ask(tx, by, env, o, func(tx Tx, env lockstep.Environment) (lockstep.Plan, error) {
		s, err := stored(tx, env, lockstep.Revision{})
		if err != nil {
			return lockstep.Plan{}, err
		}
		return strategy.Switch(s, sw, p.CurrentEpoch+1)
	})
}

// expected compares what the caller believes with what holds.
func expected(tx Tx, q policy.Question, req lockstep.EnvironmentSwitchOptions) error {
	p := q.Live.Project
	if req.Epoch != nil && *req.Epoch != p.CurrentEpoch {
		return lockstep.Errorf(lockstep.CodeConflict, "the switch was asked for at epoch %d, and %s: look again (lockstep current)", *req.Epoch, policy.Holder(p, q.Live.From))
	}
	if req.IfCurrent == "" {
		return nil
	}
	believed, err := environment(tx, p.Name, req.IfCurrent)
	if err != nil && lockstep.CodeOf(err) != lockstep.CodeNotFound {
		return err
	}
	if err != nil || believed.ID != p.CurrentID {
		return lockstep.Errorf(lockstep.CodeConflict, "%s is not current: %s", req.IfCurrent, policy.Holder(p, q.Live.From))
	}
	return nil
}

// Switches lists a project's switches, the newest first.
func (c *Control) Switches(ctx context.Context, projectName string, page lockstep.Page) (List[lockstep.SwitchResult], error) {
	return view(ctx, c, func(tx Tx) (List[lockstep.SwitchResult], error) {
		out := List[lockstep.SwitchResult]{Items: []lockstep.SwitchResult{}}
		p, err := project(tx, projectName)
		if err != nil {
			return out, err
		}
		all, next, err := tx.Switches(p.ID, page)
		for _, o := range all {
			out.Items = append(out.Items, o.SwitchResult())
		}
		out.NextCursor = next
		return out, err
	})
}

// SwitchResult reads one switch.
func (c *Control) SwitchResult(ctx context.Context, id string) (lockstep.SwitchResult, error) {
	return view(ctx, c, func(tx Tx) (lockstep.SwitchResult, error) {
		o, err := tx.Operation(id)
		if err == nil && o.Kind != lockstep.OperationSwitch {
			err = lockstep.Errorf(lockstep.CodeNotFound, "operation %s is no switch: it is a %s", id, o.Kind)
		}
		return o.SwitchResult(), err
	})
}
