package policy

// rolledBack keeps out what was rolled back there, until a person says why it
// may run again. It is asked at the claim too: what waits must not bring back
// what was rolled back meanwhile.
func rolledBack(q Question) *Reason {
	if q.Quarantine == nil {
		return nil
	}
	if q.Reason != "" {
		return reason(ReasonReadmitted, "%s; it may run again: %s", *q.Quarantine, q.Reason)
	}
	say := "to bring it back, say why (--reason)"
	if q.Action == Promote {
		say = "to bring it back all the same, force it and say why (--force --reason)"
	}
	return reason(ReasonQuarantined, "%s; %s", *q.Quarantine, say)
}
