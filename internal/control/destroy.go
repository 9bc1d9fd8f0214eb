package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
	"github.com/lockstep-dev/lockstep/internal/strategy"
)

// Destroy asks for the end of an environment: what runs in it is stopped and
// its record deleted. A deployment that runs finishes first; those that wait
// are cancelled.
func (c *Control) Destroy(ctx context.Context, by By, project, environmentRef string) (lockstep.Operation, error) {
	return change(ctx, c, by, "destroy", []any{project, environmentRef}, func(tx Tx) (lockstep.Operation, error) {
		env, err := environment(tx, project, environmentRef)
		if err != nil {
			return lockstep.Operation{}, err
		}
		if err := childless(tx, env); err != nil {
			return lockstep.Operation{}, err
		}
		return c.destroy(tx, by, env)
	})
}

// childless refuses where another environment has variables from this one,
// which it would lose.
func childless(tx Tx, env lockstep.Environment) error {
	all, err := tx.Environments(env.ProjectID)
	for _, other := range all {
		if other.Spec.Parent == env.Name {
			return lockstep.Errorf(lockstep.CodeConflict, "%s inherits variables from %s: take its parent out of the matrix first, or destroy it first", other.Name, env.Name)
		}
	}
	return err
}

func (c *Control) destroy(tx Tx, by By, env lockstep.Environment) (lockstep.Operation, error) {
	q, err := c.facts(tx, policy.Destroy, by.Actor, env)
	if err != nil {
		return lockstep.Operation{}, err
	}
	if err := policy.Decide(q).Err(); err != nil {
		return lockstep.Operation{}, err
	}
	if err := c.clearQueue(tx, by, env.ID, "superseded_by_destroy: "+by.Actor+" destroys "+env.Name); err != nil {
		return lockstep.Operation{}, err
	}
	return c.ask(tx, by, env, c.operation(by, env, lockstep.OperationDestroy), planDestroy)
}

func planDestroy(tx Tx, env lockstep.Environment) (lockstep.Plan, error) {
	s, err := stored(tx, env, lockstep.Revision{})
	if err != nil {
		return lockstep.Plan{}, err
	}
	return strategy.Destroy(s)
}

// operation is one on an environment that nobody has to approve.
func (c *Control) operation(by By, env lockstep.Environment, kind lockstep.OperationKind) lockstep.Operation {
	return lockstep.Operation{
		ID: c.newID(), Kind: kind, ProjectID: env.ProjectID, EnvironmentID: env.ID,
		Status: lockstep.StatusPending, Phase: lockstep.PhaseForward, Locks: []string{lockstep.EnvironmentLock(env.ID)},
		Steps: []lockstep.Step{}, CreatedAt: c.now(), CreatedBy: by.Actor,
	}
}

func (c *Control) queue(tx Tx, by By, env lockstep.Environment, o lockstep.Operation) (lockstep.Operation, error) {
	if err := tx.AddOperation(o); err != nil {
		return o, err
	}
	return o, c.event(tx, lockstep.EventOperationRequested, env.ProjectID, env.ID, o.ID, by,
		map[string]any{"kind": o.Kind, "status": o.Status, "environment": env.Name})
}
