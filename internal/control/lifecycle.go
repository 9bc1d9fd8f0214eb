package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
	"github.com/lockstep-dev/lockstep/internal/strategy"
)

// Stop asks for an environment to be stopped: it gets no requests any more,
// and nothing of it runs. What is queued before it goes first; a deployment
// after it brings the environment up again. The operation of a dry run has
// the steps that it would take.
func (c *Control) Stop(ctx context.Context, by By, project, environmentRef string) (lockstep.Operation, error) {
	return c.lifecycle(ctx, by, project, environmentRef, policy.Stop, c.planStop)
}

// Start asks for a stopped environment to be brought up again.
func (c *Control) Start(ctx context.Context, by By, project, environmentRef string) (lockstep.Operation, error) {
	return c.lifecycle(ctx, by, project, environmentRef, policy.Start, c.planStart)
}

// lifecycle queues an operation that is called like its action.
func (c *Control) lifecycle(ctx context.Context, by By, project, environmentRef string, action policy.Action,
	plan func(Tx, lockstep.Environment) (lockstep.Plan, error),
) (lockstep.Operation, error) {
	return change(ctx, c, by, string(action), []any{project, environmentRef}, func(tx Tx) (lockstep.Operation, error) {
		env, err := c.allowed(tx, by, project, environmentRef, action)
		if err != nil {
			return lockstep.Operation{}, err
		}
		return c.ask(tx, by, env, c.operation(by, env, lockstep.OperationKind(action)), plan)
	})
}

// allowed is an environment on which the gate allows an action.
func (c *Control) allowed(tx Tx, by By, project, environmentRef string, action policy.Action) (lockstep.Environment, error) {
	env, err := environment(tx, project, environmentRef)
	if err != nil {
		return env, err
	}
	q, err := c.facts(tx, action, by.Actor, env)
	if err != nil {
		return env, err
	}
	if action == policy.Start {
		if q.Gone, err = goneActive(tx, env); err != nil {
			return env, err
		}
	}
	return env, policy.Decide(q).Err()
}

// ask queues an operation. That of a dry run has the steps of its plan.
func (c *Control) ask(tx Tx, by By, env lockstep.Environment, o lockstep.Operation, plan func(Tx, lockstep.Environment) (lockstep.Plan, error)) (lockstep.Operation, error) {
	o, err := c.queue(tx, by, env, o)
	if err != nil || !by.DryRun {
		return o, err
	}
	p, err := plan(tx, env)
	o.Steps = append(o.Steps, p.Steps...)
	return o, err
}

func (c *Control) planStop(tx Tx, env lockstep.Environment) (lockstep.Plan, error) {
	s, err := stored(tx, env, lockstep.Revision{})
	if err != nil {
		return lockstep.Plan{}, err
	}
	return strategy.Stop(s)
}

func (c *Control) planStart(tx Tx, env lockstep.Environment) (lockstep.Plan, error) {
	target, err := tx.Revision(env.ActiveID)
	if err != nil {
		return lockstep.Plan{}, err
	}
	now := c.now()
	env.StoppedAt = &now // by then, where a stop is ahead
	s, err := stored(tx, env, target)
	if err != nil {
		return lockstep.Plan{}, err
	}
	return strategy.Start(s, env.Spec.Validation)
}
