package cli

import (
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const (
	proof = "infrastructure: process runtime answered in 500µs, router in 2.2ms; 2 of 2 services in place\n" +
		"applications: 4 of 4 instances ready; no restart in 2s\n" +
		"networking: GET /version answered 200 by backend in 3ms"
	verdict = "2.1.0 (revision 2202c2eb8a2d) did not pass comprehensive validation\n" +
		"  networking: GET /api/orders has to answer 2xx: backend answered 500 (3 tries)\n" +
		"  monitoring: 812 requests in 2s, 97 errors (11.9 %), p95 31.0 ms: at most 5 % may fail"
	lastWords = "backend-81a16bd47a06-0 is not ready after 30s: GET /health answered 503\nIts last lines:\n" +
		"  {\"level\":\"ERROR\",\"msg\":\"cannot reach the database\",\"address\":\"db.internal:5432\",\"error\":\"connection refused\"}\n" +
		"  giving up after 5 attempts"
)

// decided has somebody's word on a step, which its worker has not heard yet.
func decided(op *lockstep.Operation, step int) *lockstep.Operation {
	op.Decision = &lockstep.Decision{Step: step, Verdict: lockstep.VerdictResumed, By: "ana"}
	return op
}

func stories() map[string]story {
	prepare := step("prepare-green-environment", lockstep.StepPrepare)
	start := step("deploy-to-green-environment/backend", lockstep.StepStart)
	healthy := step("await-healthy/backend", lockstep.StepAwaitHealthy)
	validate := step("validate-green-environment", lockstep.StepVerify)
	shift := step("switch-traffic-to-green", lockstep.StepShiftTraffic)
	shift.Do.Splits = []lockstep.Split{{Revision: "old", Weight: 0}, {Revision: "new", Weight: 100}}
	approve := step("approve", lockstep.StepApprove)
	approve.Do.Message = "Do the figures\nlook right?"
	pause := step("pause-10m", lockstep.StepPause)
	approved := completed(approve, 59*time.Second, "approved by bo after 59s: fine")
	again := step("deployment-validation", lockstep.StepVerify)
	back := undo(step("switch-traffic-to-blue", lockstep.StepShiftTraffic))
	back.Do.Splits = []lockstep.Split{{Revision: "old", Weight: 1}}
	clean := undo(step("cleanup-green-environment/backend", lockstep.StepStop))

	prepared := completed(prepare, 1234*time.Millisecond, "in place: backend-81a16bd47a06, frontend-356281b7a9ef")
	up := completed(start, 8*time.Millisecond, "backend-81a16bd47a06 starts with 2 instances")
	ready := completed(healthy, 83*time.Second, "2 of 2 instances ready")
	valid := completed(validate, 2*time.Second, proof)
	shifted := completed(shift, 4*time.Millisecond, "requests go to 2.1.0 (revision 2202c2eb8a2d)")
	long := step("deploy-to-green-environment/a-service-with-a-long-name-0001", lockstep.StepStart)

	migrate, announce := step("pre-hook-migrate", lockstep.StepHook), step("post-hook-announce", lockstep.StepHook)
	left := completed(migrate, 4*time.Second, "./migrate ended with status 0 (tries: 2)\nresults: ROWS=12\n  orders\n"+strings.Repeat("a long line ", 10)+"\nthe last line")
	left.Results = lockstep.Results{"ROWS": "12"}
	warned := completed(announce, time.Second, "failed, optional: exited with status 7\nnobody listens")
	warned.Warning = true

	return map[string]story{
		"completes": {deployment(), []frame{
			{op: operation(lockstep.StatusPendingApproval)},
			{at: 3 * time.Second, op: operation(lockstep.StatusPending)},
			{at: 4 * time.Second, op: operation(lockstep.StatusRunning, prepared, up, running(healthy, 4*time.Second), validate, shift, again)},
			{at: 5200 * time.Millisecond, say: "1 of 2 instances ready; backend-81a16bd47a06-1 is starting: GET /health answered 503", quiet: true},
			{at: 6 * time.Second, op: operation(lockstep.StatusRunning, prepared, up, ready, valid, shifted, running(again, 6*time.Second))},
			{at: 8 * time.Second, op: operation(lockstep.StatusCompleted, prepared, up, ready, valid, shifted, completed(again, 2*time.Second, proof))},
		}},
		"waits-for-people": {deployment(), []frame{
			{op: operation(lockstep.StatusRunning, prepared, running(approve, time.Second), shift, pause)},
			{at: time.Second, op: operation(lockstep.StatusRunning, prepared, running(approve, time.Second), shift, pause)},
			{at: time.Minute, op: operation(lockstep.StatusRunning, prepared, approved, shifted, running(pause, time.Minute))},
			{at: 2 * time.Minute, op: decided(operation(lockstep.StatusRunning, prepared, approved, shifted, running(pause, time.Minute)), 4)},
			{at: 2 * time.Minute, op: operation(lockstep.StatusCompleted, prepared, approved, shifted, completed(pause, time.Minute, "ended by ana after 1m0s of 10m0s"))},
		}},
		"never-healthy": {deployment(), []frame{
			{op: operation(lockstep.StatusRunning, prepared, up, running(healthy, 0), validate, shift, again)},
			{at: 20 * time.Second, say: "0 of 2 instances ready; backend-81a16bd47a06-0 is backoff: exited with status 3"},
			{at: 30 * time.Second, op: because(operation(lockstep.StatusRunning, prepared, up, failed(healthy, 30*time.Second, "0 of 2 instances ready", lastWords),
				validate, shift, again, running(back, 30*time.Second), clean), lockstep.UndoFailure, nil)},
			{at: 31 * time.Second, op: because(operation(lockstep.StatusRolledBack, prepared, up, failed(healthy, 30*time.Second, "0 of 2 instances ready", lastWords),
				skipped(validate), skipped(shift), skipped(again), completed(back, 3*time.Millisecond, "requests go to 2.0.0"), completed(clean, time.Second, "")),
				lockstep.UndoFailure, &lockstep.OperationError{Step: "await-healthy/backend", Message: lastWords})},
		}},
		"fails-validation": {deployment(), []frame{
			{op: operation(lockstep.StatusRunning, prepared, up, ready, running(validate, 0), shift, again)},
			{at: 3 * time.Second, op: because(operation(lockstep.StatusRolledBack, prepared, up, ready, failed(validate, 2*time.Second, proof, verdict),
				skipped(shift), skipped(again), completed(back, 3*time.Millisecond, "requests go to 2.0.0"), completed(clean, time.Second, "")),
				lockstep.UndoFailure, &lockstep.OperationError{Step: "validate-green-environment", Message: verdict})},
		}},
		"hooks-write": {deployment(), []frame{
			{op: operation(lockstep.StatusRunning, prepared, running(migrate, 2*time.Second), up, announce)},
			{at: 3 * time.Second, wrote: &stepLines{seq: 2, lines: []string{"reads 3 tables", "  orders"}}},
			{at: 4 * time.Second, wrote: &stepLines{seq: 2, lines: []string{strings.Repeat("a long line ", 10)}, missing: 123456}},
			{at: 5 * time.Second, say: "try 1 of 2: exited with status 3; again in 1s"},
			{at: 6 * time.Second, op: operation(lockstep.StatusRunning, prepared, left, up, running(announce, 6*time.Second))},
			{at: 7 * time.Second, wrote: &stepLines{seq: 2, lines: []string{"too late"}}},
			{at: 8 * time.Second, op: operation(lockstep.StatusCompleted, prepared, left, up, warned)},
		}},
		"cancelled": {deployment(), []frame{
			{op: operation(lockstep.StatusRunning, prepared, up, running(healthy, 0), validate, shift, again)},
			{at: time.Second, op: func() *lockstep.Operation {
				op := operation(lockstep.StatusRunning, prepared, up, running(healthy, 0), validate, shift, again)
				op.CancelRequested = true
				return op
			}()},
			{at: 2 * time.Second, op: because(operation(lockstep.StatusCancelled, prepared, up, interrupted(healthy), skipped(validate), skipped(shift), skipped(again),
				completed(back, time.Millisecond, ""), completed(clean, time.Second, "")), lockstep.UndoCancel, nil)},
		}},
		"refused-at-the-claim": {deployment(), []frame{
			{op: operation(lockstep.StatusPending)},
			{at: time.Second, op: because(operation(lockstep.StatusFailed), "", &lockstep.OperationError{Message: "deploy of 2.1.0 to production is refused:\nit is archived"})},
		}},
		"does-not-fit": {deployment(), []frame{
			{op: operation(lockstep.StatusRunning, append([]lockstep.Step{prepared, running(long, 0)}, many()...)...)},
			{at: time.Second, say: strings.Repeat("a long story ", 20)},
			{at: 2 * time.Second, op: operation(lockstep.StatusRunning, append([]lockstep.Step{prepared, resumed(completed(long, time.Hour, "done")), running(many()[0], time.Second)}, many()[1:]...)...)},
			{at: 3 * time.Second, say: "the server does not answer; trying again"},
			{at: 4 * time.Second, op: operation(lockstep.StatusFailed, append([]lockstep.Step{prepared, resumed(completed(long, time.Hour, "done"))}, many()...)...)},
		}},
	}
}

func interrupted(s lockstep.Step) lockstep.Step {
	s = completed(s, time.Second, "interrupted: a cancel was asked for")
	s.Status = lockstep.StepSkipped
	return s
}

func resumed(s lockstep.Step) lockstep.Step {
	s.Attempts = 2
	return s
}

// many are more steps than the screen has rows.
func many() []lockstep.Step {
	var out []lockstep.Step
	for _, c := range "abcdefghijklmnopqrst" {
		out = append(out, step("start/"+string(c), lockstep.StepStart))
	}
	return out
}
