package control

import (
	"github.com/lockstep-dev/lockstep"
)

// ResumeRequest ends a pause.
type ResumeRequest struct {
	Comment string `json:"comment,omitempty"`
	Step    int    `json:"step,omitempty"` // the one that pauses, or before which the deployment holds; 0: whichever does
}

// decide notes a person's word on the step that waits for it, which the gate
// has seen. The worker that carries it out hears of it.
func (c *Control) decide(tx Tx, by By, o lockstep.Operation, kind lockstep.StepKind, verdict lockstep.Verdict, meant int, comment string) (lockstep.Deployment, error) {
	step, now := o.Waiting(kind), c.now()
	if meant != 0 && meant != step.Seq {
		return lockstep.Deployment{}, lockstep.Errorf(lockstep.CodeConflict, "deployment %s waits at step %d (%s), not at step %d: look at it again", o.ID, step.Seq, step.Name, meant)
	}
	if until, bounded := step.Until(); bounded && !now.Before(until) {
		return lockstep.Deployment{}, lockstep.Errorf(lockstep.CodeConflict, "step %s of deployment %s has waited for %s and does not wait any more", step.Name, o.ID, step.Do.Timeout)
	}
	if err := tx.Decide(o.ID, lockstep.Decision{Step: step.Seq, Verdict: verdict, By: by.Actor, At: now, Comment: comment}); err != nil {
		return lockstep.Deployment{}, err
	}
	data := map[string]any{"step": step.Name, "seq": step.Seq, "verdict": verdict}
	if comment != "" {
		data["comment"] = comment
	}
	if err := c.event(tx, lockstep.EventStepDecided, o.ProjectID, o.EnvironmentID, o.ID, by, data); err != nil {
		return lockstep.Deployment{}, err
	}
	return tx.Deployment(o.ID)
}

// noStep refuses a word on a step where the deployment has not begun.
func noStep(o lockstep.Operation, meant int) error {
	if meant == 0 {
		return nil
	}
	return lockstep.Errorf(lockstep.CodeConflict, "deployment %s is %s and at no step yet: look at it again", o.ID, o.Status)
}
