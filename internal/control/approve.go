package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// ApprovalRequest is an approver's word. RevisionHash, where it is given,
// must be the deployment's: it says what the approver has looked at. Step,
// where it is given, must be the step that waits; 0 is whatever does.
type ApprovalRequest struct {
	Comment      string `json:"comment,omitempty"`
	RevisionHash string `json:"revisionHash,omitempty"`
	Step         int    `json:"step,omitempty"`
}

// RejectionRequest is an approver's refusal.
type RejectionRequest struct {
	Reason string `json:"reason,omitempty"`
	Step   int    `json:"step,omitempty"` // as with an approval
}

// Approve lets a deployment go on that waits for it, before it begins or at a
// step. The approval holds for the deployment's revision, strategy and recipe,
// none of which ever changes.
func (c *Control) Approve(ctx context.Context, by By, id string, req ApprovalRequest) (lockstep.Deployment, error) {
	return change(ctx, c, by, "approve", []any{id, req}, func(tx Tx) (lockstep.Deployment, error) {
		if err := checkText("comment", req.Comment); err != nil {
			return lockstep.Deployment{}, err
		}
		o, d, err := c.judged(tx, policy.Approve, by, id)
		if err != nil {
			return d, err
		}
		if req.RevisionHash != "" && req.RevisionHash != d.RevisionHash {
			return d, lockstep.Errorf(lockstep.CodeStale, "deployment %s brings revision %s, not the one that was looked at: look at it again", d.ID, lockstep.ShortHash(d.RevisionHash))
		}
		if o.Status == lockstep.StatusRunning {
			return c.decide(tx, by, o, lockstep.StepApprove, lockstep.VerdictApproved, req.Step, req.Comment)
		}
		if err := noStep(o, req.Step); err != nil {
			return d, err
		}
		if err := tx.SetApproval(id, by.Actor); err != nil {
			return d, err
		}
		if err := tx.SetOperationStatus(id, lockstep.StatusPendingApproval, lockstep.StatusPending, nil); err != nil {
			return d, err
		}
		data := map[string]any{"revisionHash": d.RevisionHash, "strategy": d.Strategy}
		if d.Recipe != nil {
			data["recipe"] = d.Recipe.Name
		}
		if req.Comment != "" {
			data["comment"] = req.Comment
		}
		if err := c.event(tx, lockstep.EventOperationApproved, o.ProjectID, o.EnvironmentID, id, by, data); err != nil {
			return d, err
		}
		return tx.Deployment(id)
	})
}

// Reject cancels a deployment that waits for an approval; at a step it fails
// the step, so that the deployment is taken back.
func (c *Control) Reject(ctx context.Context, by By, id string, req RejectionRequest) (lockstep.Deployment, error) {
	return change(ctx, c, by, "reject", []any{id, req}, func(tx Tx) (lockstep.Deployment, error) {
		if err := checkText("reason", req.Reason); err != nil {
			return lockstep.Deployment{}, err
		}
		o, d, err := c.judged(tx, policy.Reject, by, id)
		if err != nil {
			return d, err
		}
		if o.Status == lockstep.StatusRunning {
			return c.decide(tx, by, o, lockstep.StepApprove, lockstep.VerdictRejected, req.Step, req.Reason)
		}
		if err := noStep(o, req.Step); err != nil {
			return d, err
		}
		why := "rejected by " + by.Actor
		if req.Reason != "" {
			why += ": " + req.Reason
		}
		if err := c.end(tx, by, o, why); err != nil {
			return d, err
		}
		return tx.Deployment(id)
	})
}

// judged reads a deployment that somebody wants to approve or reject, where
// the gate lets them.
func (c *Control) judged(tx Tx, action policy.Action, by By, id string) (lockstep.Operation, lockstep.Deployment, error) {
	d, err := tx.Deployment(id)
	if err != nil {
		return lockstep.Operation{}, d, err
	}
	o, err := tx.Operation(id)
	if err != nil {
		return o, d, err
	}
	answer := policy.Decide(policy.Question{Action: action, Actor: by.Actor, Now: c.now(), Operation: &o, Deployment: &d})
	return o, d, answer.Err()
}
