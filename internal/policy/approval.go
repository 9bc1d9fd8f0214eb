package policy

import "github.com/lockstep-dev/lockstep"

// approval makes a deployment wait where the matrix asks for it. A worker
// that is about to act cannot wait: what came to need an approval after it
// was requested is refused then.
func approval(q Question) *Reason {
	if q.Environment == nil || !q.Environment.Spec.ApprovalRequired {
		return nil
	}
	switch {
	case q.Approver != "":
		return reason(ReasonApproved, "approved by %s", q.Approver)
	case q.Claimed:
		return reason(ReasonApprovalMissing, "%s has come to require an approval since this was requested: deploy again", q.Environment.Name)
	default:
		return reason(ReasonApprovalRequired, "the matrix requires an approval for %s", q.Environment.Name)
	}
}

// emergency lets a rollback by hand go past the approval: it returns to what
// was approved before, and who waits then has users without service.
func emergency(q Question) *Reason {
	if q.Environment == nil || !q.Environment.Spec.ApprovalRequired {
		return nil
	}
	return reason(ReasonEmergency, "%s requires approvals; a rollback goes without, and is recorded", q.Environment.Name)
}

// waiting holds for an approval and for its refusal.
func waiting(q Question) *Reason {
	if q.Operation == nil || q.Operation.Status == lockstep.StatusPendingApproval {
		return nil
	}
	if q.Operation.Status == lockstep.StatusRunning {
		return atStep(q, lockstep.StepApprove, "does not wait for an approval")
	}
	by := ""
	switch {
	case q.Deployment != nil:
		by = q.Deployment.ApprovedBy
	case q.Operation.Switch != nil:
		by = q.Operation.Switch.ApprovedBy
	}
	if by != "" {
		return reason(ReasonState, "it is %s, and was approved by %s", q.Operation.Status, by)
	}
	return reason(ReasonState, "it is %s and does not wait for an approval", q.Operation.Status)
}

// pausing holds for the early end of a pause.
func pausing(q Question) *Reason {
	if o := q.Operation; o != nil && o.Pause != nil && !o.CancelRequested {
		return nil
	}
	return atStep(q, lockstep.StepPause, "does not pause")
}

// atStep refuses where no step of that kind waits for somebody's word: because
// it is not its turn yet, or any more, or somebody has decided already.
func atStep(q Question, kind lockstep.StepKind, not string) *Reason {
	if q.Operation == nil || !q.Operation.CancelRequested && q.Operation.Waiting(kind) != nil {
		return nil
	}
	for _, s := range q.Operation.Steps {
		if s.Status != lockstep.StepRunning {
			continue
		}
		if d := q.Operation.Decision; d != nil && d.Step == s.Seq {
			return reason(ReasonState, "its step %s was %s by %s", s.Name, d.Verdict, d.By)
		}
		if q.Operation.CancelRequested {
			return reason(ReasonState, "a cancel was asked for")
		}
		return reason(ReasonState, "it is %s, at %s, and %s", q.Operation.Status, s.Name, not)
	}
	return reason(ReasonState, "it is %s and %s", q.Operation.Status, not)
}
