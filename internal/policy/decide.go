package policy

import "time"

// Decide asks every rule of the question's action. An action without rules
// is allowed to nobody.
func Decide(q Question) Answer {
	a := Answer{Subject: q.subject(), Allowed: true, Reasons: []Reason{}}
	asked, ok := rules[q.Action]
	if !ok {
		asked = []rule{noSuchAction}
	}
	for _, rule := range asked {
		reason := rule(q)
		if reason == nil {
			continue
		}
		a.Reasons = append(a.Reasons, *reason)
		if _, refuses := reasonCodes[reason.Code]; refuses {
			a.Allowed = false
		}
		if reason.Code == ReasonApprovalRequired {
			a.RequiresApproval = true
		}
	}
	if a.Allowed {
		return a
	}
	// What was taken into account does not matter to somebody who is refused.
	a.RequiresApproval = false
	refusals := a.Reasons[:0]
	for _, r := range a.Reasons {
		if _, refuses := reasonCodes[r.Code]; refuses {
			refusals = append(refusals, r)
		}
	}
	a.Reasons = refusals
	a.Until = changes(refusals)
	return a
}

// changes is when refusals have all ended by themselves; nil where one stays.
func changes(refusals []Reason) *time.Time {
	var last *time.Time
	for _, r := range refusals {
		if r.Until == nil {
			return nil
		}
		if last == nil || r.Until.After(*last) {
			last = r.Until
		}
	}
	return last
}
