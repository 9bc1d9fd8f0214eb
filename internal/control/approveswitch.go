package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// ApproveSwitch lets a switch go that waits for an approval. The approval
// holds for its target, for what ran there when it was asked for, and for the
// epoch of then: where one of them has changed it is refused.
func (c *Control) ApproveSwitch(ctx context.Context, by By, id string, req ApprovalRequest) (lockstep.Operation, error) {
	return c.judgeSwitch(ctx, by, id, policy.Approve, req, func(tx Tx, o lockstep.Operation) error {
		if err := checkText("comment", req.Comment); err != nil {
			return err
		}
		if req.RevisionHash != "" && req.RevisionHash != o.Switch.RevisionHash {
			return lockstep.Errorf(lockstep.CodeStale, "switch %s leads to revision %s, not to the one that was looked at: look at it again", o.ID, lockstep.ShortHash(o.Switch.RevisionHash))
		}
		if err := tx.ApproveSwitch(o.ID, by.Actor); err != nil {
			return err
		}
		if err := tx.SetOperationStatus(o.ID, lockstep.StatusPendingApproval, lockstep.StatusPending, nil); err != nil {
			return err
		}
		data := map[string]any{"revisionHash": o.Switch.RevisionHash, "to": o.Switch.To, "epoch": o.Switch.Epoch}
		if req.Comment != "" {
			data["comment"] = req.Comment
		}
		return c.event(tx, lockstep.EventOperationApproved, o.ProjectID, o.EnvironmentID, o.ID, by, data)
	})
}

// RejectSwitch cancels a switch that waits for an approval.
func (c *Control) RejectSwitch(ctx context.Context, by By, id string, req RejectionRequest) (lockstep.Operation, error) {
	return c.judgeSwitch(ctx, by, id, policy.Reject, req, func(tx Tx, o lockstep.Operation) error {
		if err := checkText("reason", req.Reason); err != nil {
			return err
		}
		why := "rejected by " + by.Actor
		if req.Reason != "" {
			why += ": " + req.Reason
		}
		return c.end(tx, by, o, why)
	})
}

// judgeSwitch lets somebody decide on a switch, where the gate lets them.
func (c *Control) judgeSwitch(ctx context.Context, by By, id string, action policy.Action, req any, decide func(Tx, lockstep.Operation) error) (lockstep.Operation, error) {
	// Everybody locks the environment before the operation. Which one it is
	// the operation says, and that never changes.
	known, err := c.Operation(ctx, id)
	if err == nil && known.Kind != lockstep.OperationSwitch {
		err = lockstep.Errorf(lockstep.CodeNotFound, "operation %s is no switch: it is a %s", id, known.Kind)
	}
	if err != nil {
		return known, err
	}
	return change(ctx, c, by, string(action)+" switch", []any{id, req}, func(tx Tx) (lockstep.Operation, error) {
		q := policy.Question{Action: action, Actor: by.Actor, Now: c.now()}
		env, err := tx.Environment("", known.EnvironmentID)
		if err != nil && lockstep.CodeOf(err) != lockstep.CodeNotFound { // destroyed: then it is cancelled, and says so
			return known, err
		}
		if err == nil {
			if q, err = c.switchQuestion(tx, by.Actor, env); err != nil {
				return known, err
			}
			q.Action = action
		}
		o, err := tx.Operation(id)
		if err != nil {
			return o, err
		}
		q.Operation = &o
		if q.Live != nil && o.Status == lockstep.StatusPendingApproval && action == policy.Approve {
			q.Live.Want = o.Switch
		}
		if err := policy.Decide(q).Err(); err != nil {
			return o, err
		}
		if err := decide(tx, o); err != nil {
			return o, err
		}
		return tx.Operation(id)
	})
}
