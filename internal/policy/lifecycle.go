package policy

import "github.com/lockstep-dev/lockstep"

// ahead is what the queue will have done to an environment before its turn
// comes; a worker, whose turn it is, sees what it did.
func ahead(q Question) lockstep.OperationKind {
	if q.Claimed {
		return ""
	}
	return q.Ahead
}

// stoppable: what is stopped, or about to be, is not stopped again.
func stoppable(q Question) *Reason {
	if q.Environment == nil {
		return nil
	}
	name, before := q.Environment.Name, ahead(q)
	switch {
	case before == lockstep.OperationStop:
		return reason(ReasonStopped, "%s is being stopped already", name)
	case before != "" || q.Environment.Status != lockstep.EnvironmentInactive:
		return nil
	case q.Environment.StoppedAt != nil:
		return reason(ReasonStopped, "%s is stopped already", name)
	}
	return reason(ReasonNothingDeployed, "nothing runs in %s: there is nothing to stop", name)
}

// startable: only what was stopped, or is about to be, can be started, and
// only what a deployment has brought in once.
func startable(q Question) *Reason {
	if q.Environment == nil {
		return nil
	}
	name, before := q.Environment.Name, ahead(q)
	switch {
	case before == lockstep.OperationStart:
		return reason(ReasonAlreadyRuns, "%s is being started already", name)
	case before == lockstep.OperationDeploy:
		return reason(ReasonAlreadyRuns, "a deployment to %s runs or waits: it brings the environment up", name)
	case q.Environment.ActiveID == "":
		return reason(ReasonNothingDeployed, "no deployment to %s has completed yet: deploy a release", name)
	case before == "" && q.Environment.StoppedAt == nil:
		return reason(ReasonAlreadyRuns, "%s is not stopped", name)
	}
	return nil
}

// maintainable: users can only be told that something does not serve them
// which otherwise would. Those of one in maintenance may be told another thing.
func maintainable(q Question) *Reason {
	if q.Environment == nil || ahead(q) != "" || q.Environment.Status != lockstep.EnvironmentInactive {
		return nil
	}
	return reason(ReasonStopped, "nothing runs in %s, and its users are told so", q.Environment.Name)
}

func maintained(q Question) *Reason {
	if q.Environment == nil || q.Environment.Status == lockstep.EnvironmentMaintenance {
		return nil
	}
	return reason(ReasonNotInMaintenance, "%s is not in maintenance", q.Environment.Name)
}

// archivable: what is kept for its history only runs nothing, and nothing is
// about to run in it.
func archivable(q Question) *Reason {
	if q.Environment == nil {
		return nil
	}
	name := q.Environment.Name
	switch {
	case q.Environment.Status == lockstep.EnvironmentArchived:
		return reason(ReasonState, "%s is archived already", name)
	case q.Ahead == lockstep.OperationDeploy || q.Ahead == lockstep.OperationStart:
		return reason(ReasonState, "%s is about to be brought up: cancel that, or stop it afterwards", name)
	case q.Environment.Status != lockstep.EnvironmentInactive:
		return reason(ReasonState, "%s is not stopped: stop it first", name)
	}
	return nil
}

func archived(q Question) *Reason {
	if q.Environment == nil || q.Environment.Status == lockstep.EnvironmentArchived {
		return nil
	}
	return reason(ReasonState, "%s is not archived", q.Environment.Name)
}
