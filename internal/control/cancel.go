package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// CancelDeployment is Cancel of the deployment's operation.
func (c *Control) CancelDeployment(ctx context.Context, by By, id string) (lockstep.Deployment, error) {
	return change(ctx, c, by, "cancel deployment", id, func(tx Tx) (lockstep.Deployment, error) {
		d, err := tx.Deployment(id)
		if err != nil {
			return d, err
		}
		if err := c.cancel(tx, by, id, &d); err != nil {
			return d, err
		}
		return tx.Deployment(id)
	})
}

// CancelOperation ends an operation that waits at once, and asks one that
// runs to end at its next safe point.
func (c *Control) CancelOperation(ctx context.Context, by By, id string) (lockstep.Operation, error) {
	return change(ctx, c, by, "cancel operation", id, func(tx Tx) (lockstep.Operation, error) {
		if err := c.cancel(tx, by, id, nil); err != nil {
			return lockstep.Operation{}, err
		}
		return tx.Operation(id)
	})
}

func (c *Control) cancel(tx Tx, by By, id string, d *lockstep.Deployment) error {
	o, err := tx.Operation(id)
	if err != nil {
		return err
	}
	if d == nil && o.Kind == lockstep.OperationDeploy {
		deployment, err := tx.Deployment(id)
		if err != nil {
			return err
		}
		d = &deployment
	}
	answer := policy.Decide(policy.Question{Action: policy.Cancel, Actor: by.Actor, Now: c.now(), Operation: &o, Deployment: d})
	if err := answer.Err(); err != nil {
		return err
	}
	if o.Status != lockstep.StatusRunning {
		return c.end(tx, by, o, "cancelled by "+by.Actor)
	}
	if o.CancelRequested {
		return nil
	}
	if err := tx.RequestCancel(o.ID); err != nil {
		return err
	}
	return c.event(tx, lockstep.EventOperationCancelAsked, o.ProjectID, o.EnvironmentID, o.ID, by, nil)
}

// end cancels an operation that waits.
func (c *Control) end(tx Tx, by By, o lockstep.Operation, why string) error {
	reason := &lockstep.OperationError{Code: lockstep.CodeConflict, Message: why, Timestamp: c.now()}
	if err := tx.SetOperationStatus(o.ID, o.Status, lockstep.StatusCancelled, reason); err != nil {
		return err
	}
	return c.event(tx, lockstep.EventOperationFinished, o.ProjectID, o.EnvironmentID, o.ID, by,
		map[string]any{"status": lockstep.StatusCancelled, "error": reason})
}

// clearQueue cancels every deployment to an environment that still waits.
func (c *Control) clearQueue(tx Tx, by By, environmentID, why string) error {
	open, err := tx.OpenOperations(environmentID)
	if err != nil {
		return err
	}
	for _, o := range open {
		if o.Kind != lockstep.OperationDeploy || o.Status == lockstep.StatusRunning {
			continue
		}
		if err := c.end(tx, by, o, why); err != nil {
			return err
		}
	}
	return nil
}
