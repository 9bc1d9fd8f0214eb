package policy

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func TestTiming(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	waits := func(action Action, status lockstep.OperationStatus, from, until time.Duration) Question {
		at, late := now.Add(from), now.Add(until)
		d := lockstep.Deployment{ID: "d1", Version: "2.1.0", Environment: "production"}
		return Question{
			Action: action, Actor: "ana", Now: now, Deployment: &d,
			Operation: &lockstep.Operation{ID: "d1", Status: status, ScheduledFor: &at, NotAfter: &late},
		}
	}
	const subject = " of deployment d1 (2.1.0 to production) is "
	decides(t, []decision{
		{"approve in time", waits(Approve, lockstep.StatusPendingApproval, -time.Minute, time.Minute), "approve" + subject + "allowed", ""},
		{
			"approve too late", waits(Approve, lockstep.StatusPendingApproval, -time.Hour, 0),
			"approve" + subject + "refused: it was to start by 2026-03-01 09:00:00 UTC: ask for it again", lockstep.CodeConflict,
		},
		{"reject too late", waits(Reject, lockstep.StatusPendingApproval, -time.Hour, 0), "reject" + subject + "allowed", ""},
		{"reschedule", waits(Reschedule, lockstep.StatusPending, time.Hour, 2*time.Hour), "reschedule" + subject + "allowed", ""},
		{"reschedule what waits for an approval", waits(Reschedule, lockstep.StatusPendingApproval, time.Hour, 2*time.Hour), "reschedule" + subject + "allowed", ""},
		{
			"reschedule what runs", waits(Reschedule, lockstep.StatusRunning, -time.Hour, time.Hour),
			"reschedule" + subject + "refused: it is running: there is no time to change any more", lockstep.CodeConflict,
		},
		{
			"reschedule what has no time", with(waits(Reschedule, lockstep.StatusPending, 0, 0), func(q *Question) { q.Operation.ScheduledFor = nil }),
			"reschedule" + subject + "refused: it is not scheduled: cancel it, and deploy with a time (--at)", lockstep.CodeConflict,
		},
	})
}
