package control

import (
	"context"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// PauseRequest asks a deployment to hold.
type PauseRequest struct {
	Reason string `json:"reason,omitempty"` // for whoever finds it held
}

// Pause lets a deployment that runs hold before its next step: no other one
// begins once this has answered. What is under way ends as it would have, so
// that a canary which does worse is taken back all the same.
func (c *Control) Pause(ctx context.Context, by By, id string, req PauseRequest) (lockstep.Deployment, error) {
	return change(ctx, c, by, "pause", []any{id, req}, func(tx Tx) (lockstep.Deployment, error) {
		if err := checkText("reason", req.Reason); err != nil {
			return lockstep.Deployment{}, err
		}
		o, d, err := c.judged(tx, policy.Pause, by, id)
		if err != nil {
			return d, err
		}
		point := o.PausePoint() // the gate has seen that there is one
		pause := lockstep.RequestedPause{By: by.Actor, At: c.now(), Reason: strings.TrimSpace(req.Reason), Step: point.Seq, Before: point.Name}
		if err := tx.SetPause(id, &pause); err != nil {
			return d, err
		}
		data := map[string]any{"step": point.Name, "seq": point.Seq}
		if pause.Reason != "" {
			data["reason"] = pause.Reason
		}
		if err := c.event(tx, lockstep.EventOperationPauseAsked, o.ProjectID, o.EnvironmentID, id, by, data); err != nil {
			return d, err
		}
		return tx.Deployment(id)
	})
}

// Resume lets a deployment go on that holds, at a pause of its recipe or
// because somebody asked for it; where both is so, one word ends both.
func (c *Control) Resume(ctx context.Context, by By, id string, req ResumeRequest) (lockstep.Deployment, error) {
	return change(ctx, c, by, "resume", []any{id, req}, func(tx Tx) (lockstep.Deployment, error) {
		if err := checkText("comment", req.Comment); err != nil {
			return lockstep.Deployment{}, err
		}
		o, d, err := c.judged(tx, policy.Resume, by, id)
		if err != nil {
			return d, err
		}
		pauses := o.Waiting(lockstep.StepPause)
		if o.Pause == nil {
			return c.decide(tx, by, o, lockstep.StepPause, lockstep.VerdictResumed, req.Step, req.Comment)
		}
		if req.Step != 0 && req.Step != o.Pause.Step && (pauses == nil || req.Step != pauses.Seq) {
			return d, lockstep.Errorf(lockstep.CodeConflict, "deployment %s holds before step %d (%s), not at step %d: look at it again", id, o.Pause.Step, o.Pause.Before, req.Step)
		}
		if pauses != nil && stillWaits(*pauses, c.now()) {
			if _, err := c.decide(tx, by, o, lockstep.StepPause, lockstep.VerdictResumed, 0, req.Comment); err != nil {
				return d, err
			}
		}
		if err := tx.SetPause(id, nil); err != nil {
			return d, err
		}
		data := map[string]any{"step": o.Pause.Before, "seq": o.Pause.Step}
		if req.Comment != "" {
			data["comment"] = req.Comment
		}
		if err := c.event(tx, lockstep.EventOperationResumed, o.ProjectID, o.EnvironmentID, id, by, data); err != nil {
			return d, err
		}
		return tx.Deployment(id)
	})
}

func stillWaits(s lockstep.Step, now time.Time) bool {
	until, bounded := s.Until()
	return !bounded || now.Before(until)
}

// dropHeld asks the deployment that somebody wants held in an environment to
// end: a rollback would wait for it until it was resumed, and what it would do
// then is not wanted any more.
func (c *Control) dropHeld(tx Tx, by By, environmentID string) error {
	open, err := tx.OpenOperations(environmentID)
	if err != nil {
		return err
	}
	for _, o := range open {
		if o.Pause == nil || o.CancelRequested || o.Status != lockstep.StatusRunning {
			continue
		}
		if err := tx.RequestCancel(o.ID); err != nil {
			return err
		}
		if err := c.event(tx, lockstep.EventOperationCancelAsked, o.ProjectID, o.EnvironmentID, o.ID, by, nil); err != nil {
			return err
		}
	}
	return nil
}
