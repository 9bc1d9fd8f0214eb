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
	if q.Deployment != nil && q.Deployment.ApprovedBy != "" {
		return reason(ReasonState, "it is %s, and was approved by %s", q.Operation.Status, q.Deployment.ApprovedBy)
	}
	return reason(ReasonState, "it is %s and does not wait for an approval", q.Operation.Status)
}
