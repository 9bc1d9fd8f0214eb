package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
	"github.com/lockstep-dev/lockstep/internal/strategy"
)

// Switch asks for the project's live address to lead to another environment.
// Of several that ask at once one is let in: the others are told of it. The
// operation of a dry run has the steps that it would take.
//
// An approval that the target demands is one of deployments: what runs there
// was approved when it came.
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
		q.Reason = req.Reason
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
		if err := policy.Decide(q).Err(); err != nil {
			return lockstep.Operation{}, err
		}
		return c.queueSwitch(tx, by, q, req, wanted)
	})
}

func (c *Control) queueSwitch(tx Tx, by By, q policy.Question, req lockstep.EnvironmentSwitchOptions, wanted map[string]int) (lockstep.Operation, error) {
	env, p := *q.Environment, q.Live.Project
	sw := lockstep.Switch{ToID: env.ID, To: env.Name, Epoch: p.CurrentEpoch, Drill: req.Drill, Reason: req.Reason}
	o := c.operation(by, env, lockstep.OperationSwitch)
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

// switchQuestion asks whether the live address of an environment's project may
// lead to it, without a look at what runs.
func (c *Control) switchQuestion(tx Tx, actor string, env lockstep.Environment) (policy.Question, error) {
	q, err := c.facts(tx, policy.Switch, actor, env)
	if err != nil {
		return q, err
	}
	live := policy.LiveAddress{}
	q.Live = &live
	if live.Project, err = tx.Project(env.Project); err != nil {
		return q, err
	}
	if id := live.Project.CurrentID; id != "" {
		from, err := tx.Environment(live.Project.ID, id)
		if err != nil {
			return q, err
		}
		live.From = &from
	}
	if live.Switching, err = tx.OpenSwitch(live.Project.ID); err != nil {
		return q, err
	}
	if live.Adrift, err = adrift(tx, live.Project.ID); err != nil {
		return q, err
	}
	q.Quarantine, err = rolledBackBefore(tx, q)
	return q, err
}

// adrift says that the last switch has moved the address and could not take
// it back, so that it may lead elsewhere than to the current environment.
func adrift(tx Tx, projectID string) (bool, error) {
	for page := (lockstep.Page{Limit: 10}); ; {
		all, next, err := tx.Switches(projectID, page)
		if err != nil {
			return false, err
		}
		for _, o := range all {
			if o.Status.Done() && !o.Switch.Drill && o.StartedAt != nil {
				return o.Status == lockstep.StatusFailed && strategy.Moved(o.Steps), nil
			}
		}
		if next == "" {
			return false, nil
		}
		page.Cursor = next
	}
}

// rolledBackBefore is what speaks against the release that runs in the target:
// it was rolled back there, or where users are now.
func rolledBackBefore(tx Tx, q policy.Question) (*lockstep.Quarantine, error) {
	env := q.Environment
	if env.ActiveID == "" {
		return nil, nil
	}
	active, err := tx.Revision(env.ActiveID)
	if err != nil {
		return nil, err
	}
	q.Target = &active.Content
	found, err := quarantine(tx, q, active.Hash)
	if err != nil || found != nil || q.Live.From == nil {
		return found, err
	}
	q.Environment = q.Live.From
	return quarantine(tx, q, active.Hash)
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
