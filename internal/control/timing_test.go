package control_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// in is a moment ahead of the world's clock.
func (w *world) in(d time.Duration) *time.Time {
	at := w.clock.Now().Add(d)
	return &at
}

func (w *world) schedule(environment, version string, d time.Duration, change ...func(*lockstep.DeploymentRequest)) lockstep.Deployment {
	w.Helper()
	req := lockstep.DeploymentRequest{Version: version, Timing: lockstep.Timing{ScheduledFor: w.in(d)}}
	for _, c := range change {
		c(&req)
	}
	return must(w, w.tryDeploy(environment, req))
}

// due does what stored times ask for.
func (w *world) due() {
	w.Helper()
	if _, err := w.store.Due(w.Context()); err != nil {
		w.Fatal(err)
	}
}

func (w *world) wantIdle() {
	w.Helper()
	if c := w.claim(); c != nil {
		w.Fatalf("operation %+v can be claimed", c.Operation)
	}
}

func TestAScheduledDeploymentStartsAtItsTime(t *testing.T) {
	t.Parallel()
	w := applied(t)
	newest := w.newest()
	d := w.schedule("staging", "1.0.0", time.Hour)
	if d.Status != lockstep.StatusPending || d.ScheduledFor == nil || d.NotAfter.Sub(*d.ScheduledFor) != lockstep.DefaultGrace {
		t.Fatalf("deployment %+v", d)
	}
	if e := w.happened(newest)[0]; e.Data["scheduledFor"] == nil {
		t.Errorf("event %+v", e)
	}
	w.wantIdle()
	w.release("1.1.0")
	w.deployed("staging", "1.1.0") // it stands in nobody's way
	w.clock.pass(time.Hour)
	if c := w.work(); c.Operation.ID != d.ID {
		t.Errorf("worked on %+v", c.Operation)
	}
	if got := w.deployment(d.ID); got.Status != lockstep.StatusCompleted || w.environment("staging").Metadata.Version != "1.0.0" {
		t.Errorf("a newer deployment meanwhile kept it from running: %+v", got)
	}
}

func TestApprovalBeforeTheTimeAndTooLate(t *testing.T) {
	t.Parallel()
	w := applied(t)
	early := w.schedule("production", "1.0.0", time.Hour)
	if early.Status != lockstep.StatusPendingApproval {
		t.Fatalf("deployment %+v", early)
	}
	must(w, got(w.control.Approve(w.Context(), bo, early.ID, control.ApprovalRequest{})))
	w.wantIdle()

	late := w.schedule("production", "1.0.0", time.Hour)
	never := w.schedule("production", "1.0.0", time.Hour)
	w.clock.pass(time.Hour + time.Minute)
	if c := w.work(); c.Operation.ID != early.ID {
		t.Errorf("worked on %+v", c.Operation)
	}
	must(w, got(w.control.Approve(w.Context(), bo, late.ID, control.ApprovalRequest{}))) // within the grace
	if c := w.work(); c.Operation.ID != late.ID {
		t.Errorf("worked on %+v", c.Operation)
	}
	w.clock.pass(lockstep.DefaultGrace)
	refused(w, got(w.control.Approve(w.Context(), bo, never.ID, control.ApprovalRequest{})), lockstep.CodeConflict, "it was to start by 2026-03-01 10:15")
	w.due()
	if d := w.deployment(never.ID); d.Status != lockstep.StatusCancelled || !strings.Contains(d.Error.Message, "missed by 16m: it was to start at 2026-03-01 10:00") {
		t.Errorf("deployment %+v, error %+v", d, d.Error)
	}
}

func TestMissedDeployments(t *testing.T) {
	t.Parallel()
	w := applied(t)
	skipped := w.schedule("staging", "1.0.0", time.Hour)
	patient := w.schedule("staging", "1.0.0", time.Hour, func(r *lockstep.DeploymentRequest) { r.Grace = lockstep.Duration(24 * time.Hour) })
	run := w.schedule("staging", "1.0.0", time.Hour, func(r *lockstep.DeploymentRequest) { r.IfMissed = lockstep.MissedRun })
	w.clock.pass(10 * time.Hour)
	for _, id := range []string{patient.ID, run.ID} {
		if c := w.work(); c.Operation.ID != id {
			t.Errorf("worked on %+v", c.Operation)
		}
	}
	w.wantIdle()
	w.due()
	if d := w.deployment(skipped.ID); d.Status != lockstep.StatusCancelled || !strings.Contains(d.Error.Message, "missed by 9h 0m") {
		t.Errorf("deployment %+v, error %+v", d, d.Error)
	}
}

func TestARollbackSupersedesWhatIsScheduled(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	w.release("1.1.0")
	bad := w.deployed("staging", "1.1.0")
	d := w.schedule("staging", "1.1.0", time.Hour, func(r *lockstep.DeploymentRequest) { r.Strategy = lockstep.StrategyBlueGreen })
	must(w, got(w.control.Rollback(w.Context(), ana, bad.ID, control.RollbackRequest{})))
	if d := w.deployment(d.ID); d.Status != lockstep.StatusCancelled || !strings.Contains(d.Error.Message, "superseded_by_rollback") {
		t.Errorf("deployment %+v", d)
	}
}

func TestTheGateIsAskedAtTheTime(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.schedule("staging", "1.0.0", time.Hour)
	w.apply(strings.Replace(matrixText, "staging: {primary: recreate,", "staging: {approval_required: true, primary: recreate,", 1))
	w.clock.pass(time.Hour)
	c := w.claim()
	if err := w.control.Gate(t.Context(), *c); lockstep.CodeOf(err) != lockstep.CodeRefused || !strings.Contains(err.Error(), "has come to require an approval") {
		t.Errorf("the gate says %v", err)
	}
}

func TestReschedule(t *testing.T) {
	t.Parallel()
	w := applied(t)
	d := w.schedule("production", "1.0.0", time.Hour)
	must(w, got(w.control.Approve(w.Context(), bo, d.ID, control.ApprovalRequest{})))
	newest := w.newest()
	later := lockstep.Timing{ScheduledFor: w.in(5 * time.Hour)}
	moved := must(w, got(w.control.Reschedule(t.Context(), ana, d.ID, later)))
	if !moved.ScheduledFor.Equal(later.ScheduledFor.Truncate(time.Microsecond)) || moved.ApprovedBy != "bo" || moved.Status != lockstep.StatusPending {
		t.Errorf("deployment %+v", moved)
	}
	if e := w.happened(newest); len(e) != 1 || e[0].Type != lockstep.EventOperationRescheduled || e[0].Actor != "ana" {
		t.Errorf("events %+v", e)
	}
	w.clock.pass(2 * time.Hour)
	w.due()
	w.wantIdle()
	for _, how := range []lockstep.Timing{{Grace: lockstep.Duration(time.Hour)}, {IfMissed: lockstep.MissedRun}} {
		other := w.schedule("staging", "1.0.0", time.Hour, func(r *lockstep.DeploymentRequest) { r.IfMissed, r.Grace = how.IfMissed, how.Grace })
		other = must(w, got(w.control.Reschedule(t.Context(), ana, other.ID, lockstep.Timing{ScheduledFor: w.in(48 * time.Hour)})))
		if (other.NotAfter == nil) != (how.IfMissed == lockstep.MissedRun) || other.NotAfter != nil && other.NotAfter.Sub(*other.ScheduledFor) != how.Grace.Std() {
			t.Errorf("%+v was changed to %+v", how, other)
		}
	}
	refused(w, got(w.control.Reschedule(t.Context(), ana, d.ID, lockstep.Timing{})), lockstep.CodeInvalid, "name the time")
	refused(w, got(w.control.Reschedule(t.Context(), ana, d.ID, lockstep.Timing{ScheduledFor: w.in(-time.Hour)})), lockstep.CodeInvalid, "is past")
	refused(w, got(w.control.Reschedule(t.Context(), ana, w.deploy("staging", "1.0.0").ID, later)), lockstep.CodeConflict, "it is not scheduled")
	w.work()
	w.clock.pass(3*time.Hour + time.Minute)
	w.work()
	refused(w, got(w.control.Reschedule(t.Context(), ana, d.ID, lockstep.Timing{ScheduledFor: w.in(time.Hour)})), lockstep.CodeConflict, "it is completed")
}

func TestWrongTimings(t *testing.T) {
	t.Parallel()
	w := applied(t)
	for says, timing := range map[string]lockstep.Timing{
		"is past: it is 2026-03-01 09:":  {ScheduledFor: w.in(-time.Minute)},
		"more than a year ahead":         {ScheduledFor: w.in(400 * 24 * time.Hour)},
		"cannot be missed":               {IfMissed: lockstep.MissedRun},
		"cannot be late":                 {Grace: 1},
		"use skip or run":                {ScheduledFor: w.in(time.Hour), IfMissed: "later"},
		"out of range: use up to 7 days": {ScheduledFor: w.in(time.Hour), Grace: -1},
	} {
		refused(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0", Timing: timing}), lockstep.CodeInvalid, says)
	}
}

func TestScheduledDeployments(t *testing.T) {
	t.Parallel()
	w := applied(t)
	list := func(environment string) []control.ScheduledDeployment {
		return must(w, got(w.control.ScheduledDeployments(t.Context(), "", environment)))
	}
	if got := list(""); len(got) != 0 {
		t.Errorf("scheduled %+v", got)
	}
	off := false
	unknown := w.schedule("staging", "1.0.0", 2*time.Hour, func(r *lockstep.DeploymentRequest) { r.RollbackOnFailure = &off })
	none := w.schedule("production", "1.0.0", time.Hour)
	w.deploy("staging", "1.0.0") // at once
	got := list("")
	if len(got) != 2 || got[0].ID != none.ID || got[1].ID != unknown.ID {
		t.Fatalf("scheduled %+v", got)
	}
	if d := got[0].EstimatedDowntime; d == nil || *d != 0 || got[0].RollbackPlan != "automatic" {
		t.Errorf("blue_green: %+v", got[0])
	}
	if got[1].EstimatedDowntime != nil || got[1].RollbackPlan != "none" {
		t.Errorf("recreate, for the first time: %+v", got[1])
	}

	c := w.claim()
	plan := lockstep.Plan{Steps: []lockstep.Step{{Name: "hold", Kind: lockstep.StepHold}, {Name: "start", Kind: lockstep.StepStart}, {Name: "shift", Kind: lockstep.StepShiftTraffic}}}
	w.record(c, lockstep.Record{Plan: &plan, Phase: lockstep.PhaseForward})
	began := w.clock.Now().Truncate(time.Microsecond)
	for i, step := range plan.Steps {
		step.Seq, step.Phase, step.Status, step.Attempts = i+1, lockstep.PhaseForward, lockstep.StepRunning, 1
		at, end := began.Add(time.Duration(i)*time.Second), began.Add(time.Duration(i+1)*time.Second)
		step.StartedAt = &at
		w.record(c, lockstep.Record{Step: &step})
		step.Status, step.CompletedAt = lockstep.StepCompleted, &end
		w.record(c, lockstep.Record{Step: &step})
	}
	w.end(c, lockstep.StatusCompleted)
	if got := list("staging"); len(got) != 1 || got[0].EstimatedDowntime == nil || got[0].EstimatedDowntime.Std() != 3*time.Second {
		t.Errorf("after a deployment that held for 3 seconds: %+v", got)
	}
}

func TestWhatIsScheduledIsNotAhead(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	must(w, got(w.control.Stop(t.Context(), ana, "", "staging")))
	w.work()
	w.schedule("staging", "1.0.0", time.Hour)
	must(w, got(w.control.Start(t.Context(), ana, "", "staging"))) // not brought up by that for an hour
}
