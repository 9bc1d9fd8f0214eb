package policy

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

// inTime: an approval of what was missed would promise what does not happen.
func inTime(q Question) *Reason {
	if q.Operation == nil || q.Operation.NotAfter == nil || q.Operation.Status.Done() || q.Now.Before(*q.Operation.NotAfter) {
		return nil
	}
	return reason(ReasonMissed, "it was to start by %s: ask for it again", clock(*q.Operation.NotAfter))
}

// unbegun: only what waits for its time has one to change.
func unbegun(q Question) *Reason {
	if q.Operation == nil {
		return nil
	}
	o := *q.Operation
	switch {
	case o.Status != lockstep.StatusPending && o.Status != lockstep.StatusPendingApproval:
		return reason(ReasonState, "it is %s: there is no time to change any more", o.Status)
	case o.ScheduledFor == nil:
		return reason(ReasonState, "it is not scheduled: cancel it, and deploy with a time (--at)")
	}
	return nil
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
