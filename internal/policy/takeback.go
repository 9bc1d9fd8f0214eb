package policy

import "github.com/lockstep-dev/lockstep"

// latest: a rollback returns to the revision before, so it can only take
// back what came last. At the claim the queue may have moved on; what to
// return to was settled when it was requested.
func latest(q Question) *Reason {
	if q.Claimed || q.Deployment == nil {
		return nil
	}
	d := *q.Deployment
	if d.Status == lockstep.StatusCompleted && q.Latest != nil && q.Latest.ID == d.ID {
		return nil
	}
	if !d.Status.Done() {
		return reason(ReasonNotLatest, "deployment %s is %s: cancel it instead", d.ID, d.Status)
	}
	if q.Latest == nil {
		return reason(ReasonNotLatest, "deployment %s is %s, and no deployment to %s has completed: there is nothing to take back", d.ID, d.Status, d.Environment)
	}
	if d.Status != lockstep.StatusCompleted {
		return reason(ReasonNotLatest, "deployment %s is %s; what runs came with deployment %s (%s): roll that one back, or name the revision to return to", d.ID, d.Status, q.Latest.ID, q.Latest.Version)
	}
	return reason(ReasonNotLatest, "deployment %s is not the latest of %s (that is %s, %s): roll that one back, or name the revision to return to", d.ID, d.Environment, q.Latest.ID, q.Latest.Version)
}

func undoneOnce(q Question) *Reason {
	if q.Claimed || q.Undoing == "" || q.Deployment == nil {
		return nil
	}
	return reason(ReasonAlreadyUndone, "deployment %s is already being rolled back by deployment %s", q.Deployment.ID, q.Undoing)
}

func somethingBefore(q Question) *Reason {
	if q.Claimed || q.TargetID != "" || q.Deployment == nil {
		return nil
	}
	return reason(ReasonNothingBefore, "nothing ran in %s before deployment %s: there is nothing to return to", q.Deployment.Environment, q.Deployment.ID)
}

// otherThanNow: what runs need not be brought back, except where the
// environment has failed and nobody knows what is left of it.
func otherThanNow(q Question) *Reason {
	if q.Claimed || q.Environment == nil || q.TargetID != q.Environment.ServingID() || q.Environment.Status == lockstep.EnvironmentFailed {
		return nil
	}
	return reason(ReasonAlreadyRuns, "that revision runs in %s already", q.Environment.Name)
}

// cancellable: a cancel during undo changes nothing, and half an undo helps
// nobody (ADR 1). Asking twice is no mistake.
func cancellable(q Question) *Reason {
	if q.Operation == nil {
		return nil
	}
	o := *q.Operation
	switch {
	case o.Status.Done():
		return reason(ReasonState, "it is %s already", o.Status)
	case o.Phase == lockstep.PhaseUndo && o.UndoCause == lockstep.UndoFailure:
		return reason(ReasonState, "it failed and is being rolled back already")
	}
	return nil
}
