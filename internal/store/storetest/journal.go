package storetest

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testJournal(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"a plan starts a deployment", testPlanStarts},
		{"the revision before is another one", testTheRevisionBeforeIsAnother},
		{"a plan starts nothing where the environment refuses", func(t *testing.T, w *world) {
			env := w.environment("staging", func(e *lockstep.Environment) { e.Status = lockstep.EnvironmentMaintenance })
			d := w.deploy(env, "1.0.0")
			c := w.claim("worker", time.Hour)
			wantCode(t, w.store.Record(t.Context(), c.Lease, forward("start")), lockstep.CodeConflict)
			if op := w.operation(d.ID); op.Status != lockstep.StatusPending || len(op.Steps) != 0 {
				t.Errorf("operation %+v, want it untouched", op)
			}
		}},
		{"steps are journaled as they run", testStepsRun},
		{"a step keeps what was frozen", func(t *testing.T, w *world) {
			c := w.running("start")
			frozen := w.operation(c.Operation.ID).Steps[0]
			w.record(c.Lease, lockstep.Record{Step: &lockstep.Step{Seq: 1, Status: lockstep.StepRunning, Attempts: 1, Name: "other", Kind: lockstep.StepStop, Do: lockstep.StepAction{Group: "other"}}})
			got := w.operation(c.Operation.ID).Steps[0]
			frozen.Status, frozen.Attempts = lockstep.StepRunning, 1
			w.same("step", frozen, got)
		}},
		{"statuses move as the tables say", testTransitionsHold},
		{"a phase is planned once", func(t *testing.T, w *world) {
			c := w.running("start")
			for _, other := range []lockstep.Record{forward("another"), forward("start", "another"), forward()} {
				wantCode(t, w.store.Record(t.Context(), c.Lease, other), lockstep.CodeConflict)
			}
			w.record(c.Lease, lockstep.Record{Phase: lockstep.PhaseUndo, Cause: lockstep.UndoCancel, Plan: steps("stop")})
			wantCode(t, w.store.Record(t.Context(), c.Lease, lockstep.Record{Phase: lockstep.PhaseUndo, Cause: lockstep.UndoFailure, Plan: steps("another")}), lockstep.CodeConflict)
			wantCode(t, w.store.Record(t.Context(), c.Lease, lockstep.Record{Plan: steps("another")}), lockstep.CodeInvalid)
			op := w.operation(c.Operation.ID)
			if op.UndoCause != lockstep.UndoCancel || len(op.Steps) != 2 || op.Steps[1].Seq != 2 || op.Steps[1].Phase != lockstep.PhaseUndo {
				t.Errorf("operation %+v", op)
			}
		}},
		{"the first failure stays", func(t *testing.T, w *world) {
			c := w.running("start")
			for _, message := range []string{"first", "second"} {
				w.record(c.Lease, lockstep.Record{Failure: &lockstep.OperationError{Code: lockstep.CodeFailed, Message: message, Step: "start"}})
			}
			for what, got := range map[string]*lockstep.OperationError{"operation": w.operation(c.Operation.ID).Error, "deployment": w.deployment(c.Operation.ID).Error} {
				if got == nil || got.Message != "first" || got.Timestamp.IsZero() {
					t.Errorf("the %s's error is %+v", what, got)
				}
			}
		}},
		{"all of a record or nothing", func(t *testing.T, w *world) {
			c := w.running("start")
			newest := w.newest()
			err := w.store.Record(t.Context(), c.Lease, lockstep.Record{
				Failure: &lockstep.OperationError{Message: "early"},
				Step:    &lockstep.Step{Seq: 1, Status: lockstep.StepRunning, Attempts: 1},
				Outcome: &lockstep.Outcome{Status: lockstep.StatusPending},
				Events:  []lockstep.Event{{Type: lockstep.EventStepStarted}},
			})
			wantCode(t, err, lockstep.CodeInvalid)
			op := w.operation(c.Operation.ID)
			if op.Error != nil || op.Steps[0].Status != lockstep.StepPending || w.newest() != newest {
				t.Errorf("part of a refused record is there: %+v", op)
			}
		}},
		{"a record told twice is written once", testToldTwice},
		{"events get their place", func(t *testing.T, w *world) {
			c := w.running("start")
			newest := w.newest()
			w.record(c.Lease, lockstep.Record{Events: []lockstep.Event{{Seq: 99, Type: lockstep.EventStepProgress, OperationID: "other", Data: map[string]any{"message": "half"}}}})
			e := w.events(newest)[0]
			if e.Seq != newest+1 || e.At.IsZero() || e.OperationID != c.Operation.ID || e.EnvironmentID != c.Environment.ID || e.ProjectID != w.project.ID || e.Data["message"] != "half" {
				t.Errorf("event %+v", e)
			}
		}},
	})
}

// running is a deployment under a lease, with a plan.
func (w *world) running(names ...string) *lockstep.Claimed {
	w.t.Helper()
	w.deploy(w.environment("staging"), "1.0.0")
	c := w.claim("worker", time.Hour)
	w.plan(c.Lease, names...)
	return c
}

func testPlanStarts(t *testing.T, w *world) {
	env := w.environment("staging")
	first := w.completed(env, "1.0.0")
	d := w.deploy(env, "2.0.0")
	c := w.claim("worker", time.Hour)
	newest := w.newest()
	record := forward("prepare", "start")
	record.Events = []lockstep.Event{{Type: lockstep.EventOperationPlanned}}
	w.record(c.Lease, record)

	op, got := w.operation(d.ID), w.deployment(d.ID)
	if op.Status != lockstep.StatusRunning || op.Phase != lockstep.PhaseForward || op.StartedAt == nil || op.CompletedAt != nil {
		t.Errorf("operation %+v", op)
	}
	if got.Status != lockstep.StatusRunning || got.PreviousRevisionID != first.RevisionID || got.StartedAt == nil || !got.StartedAt.Equal(*op.StartedAt) {
		t.Errorf("deployment %+v, want it running and to know %s", got, first.RevisionID)
	}
	if w.readEnvironment(env.ID).Status != lockstep.EnvironmentDeploying {
		t.Errorf("environment is %s", w.readEnvironment(env.ID).Status)
	}
	for i, s := range got.Steps {
		if s.Seq != i+1 || s.Status != lockstep.StepPending || s.Name != []string{"prepare", "start"}[i] || s.Do.Replicas != 2 {
			t.Errorf("step %+v", s)
		}
	}
	events := w.events(newest)
	if len(events) != 2 || events[0].Type != lockstep.EventEnvironmentStatus || events[1].Type != lockstep.EventOperationPlanned ||
		events[0].Data["from"] != "active" || events[0].Data["to"] != "deploying" || events[0].OperationID != d.ID {
		t.Errorf("events %+v", events)
	}
}

// What is deployed over itself has what was there before both as the one
// before: a rollback has to lead somewhere else.
func testTheRevisionBeforeIsAnother(t *testing.T, w *world) {
	env := w.environment("staging")
	again := func(release string) string { return w.completed(env, release).PreviousRevisionID }
	first := w.completed(env, "1.0.0")
	if first.PreviousRevisionID != "" || again("1.0.0") != "" {
		t.Error("something ran before the first revision")
	}
	for range 3 {
		if got := again("2.0.0"); got != first.RevisionID {
			t.Errorf("before 2.0.0 there was %q, want %q", got, first.RevisionID)
		}
	}
	second := w.readEnvironment(env.ID).ActiveID
	if got := again("1.0.0"); got != second {
		t.Errorf("before 1.0.0 came back there was %q, want %q", got, second)
	}
}

func testStepsRun(t *testing.T, w *world) {
	c := w.running("one", "two")
	started := epoch.Add(time.Minute)
	ended := started.Add(1500 * time.Millisecond)
	step := lockstep.Step{Seq: 2, Status: lockstep.StepRunning, Attempts: 1, StartedAt: &started}
	w.record(c.Lease, lockstep.Record{Step: &step})
	step.Attempts = 2
	w.record(c.Lease, lockstep.Record{Step: &step})
	step.Status, step.CompletedAt, step.Duration, step.Output = lockstep.StepFailed, &ended, lockstep.Duration(1500*time.Millisecond), "two of three"
	step.Error = &lockstep.OperationError{Code: lockstep.CodeFailed, Message: "exited", Step: "two", Timestamp: ended}
	step.Warning, step.Results = true, lockstep.Results{"COUNT": "12"}
	step.Ledger = lockstep.Ledger{{Kind: lockstep.LedgerPorts, Made: 2, Left: []string{"20001"}}}
	outputs := []lockstep.StepOutput{{Seq: 2, Try: 1, Text: "first"}, {Seq: 2, Try: 2, Text: "second", Missing: 7}}
	w.record(c.Lease, lockstep.Record{Step: &step, Outputs: outputs})
	w.record(c.Lease, lockstep.Record{Step: &step, Outputs: outputs}) // its answer was lost

	var kept []lockstep.StepOutput
	w.view(func(tx *store.Tx) (err error) { kept, err = tx.StepOutputs(c.Operation.ID); return err })
	for i := range outputs {
		outputs[i].Step = "two"
	}
	w.same("outputs", outputs, kept)
	steps := w.operation(c.Operation.ID).Steps
	step.Phase, step.Name, step.Kind, step.Do = lockstep.PhaseForward, "two", lockstep.StepStart, lockstep.StepAction{Service: "two", Replicas: 2}
	w.same("step", step, steps[1])
	if steps[0].Status != lockstep.StepPending {
		t.Errorf("the other step is %s", steps[0].Status)
	}
}

func testTransitionsHold(t *testing.T, w *world) {
	d := w.deploy(w.environment("staging"), "1.0.0")
	c := w.claim("worker", time.Hour)
	wantCode(t, w.store.Record(t.Context(), c.Lease, ends(lockstep.StatusCompleted, "")), lockstep.CodeConflict)
	w.plan(c.Lease, "one")
	for _, move := range []struct{ from, to lockstep.OperationStatus }{
		{lockstep.StatusRunning, lockstep.StatusCompleted}, // only its worker may
		{lockstep.StatusPending, lockstep.StatusCancelled}, // it is not pending any more
	} {
		err := w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.SetOperationStatus(d.ID, move.from, move.to, nil) })
		wantCode(t, err, lockstep.CodeConflict)
	}
	record := func(seq int, status lockstep.StepStatus) error {
		return w.store.Record(t.Context(), c.Lease, lockstep.Record{Step: &lockstep.Step{Seq: seq, Status: status}})
	}
	wantCode(t, record(1, lockstep.StepCompleted), lockstep.CodeConflict)
	wantCode(t, record(2, lockstep.StepRunning), lockstep.CodeNotFound)
	w.must(record(1, lockstep.StepRunning))
	w.must(record(1, lockstep.StepCompleted))
	wantCode(t, record(1, lockstep.StepRunning), lockstep.CodeConflict)
	wantCode(t, w.store.Record(t.Context(), c.Lease, ends(lockstep.StatusCompleted, lockstep.EnvironmentMaintenance)), lockstep.CodeConflict)
	w.record(c.Lease, ends(lockstep.StatusCompleted, lockstep.EnvironmentActive))
	err := w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.RequestCancel(d.ID) })
	wantCode(t, err, lockstep.CodeConflict)
	env := w.readEnvironment(c.Environment.ID)
	env.Status = lockstep.EnvironmentArchived
	wantCode(t, w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.PutEnvironment(env) }), lockstep.CodeConflict)
}

// testToldTwice repeats each record, as a worker does that did not hear of
// its commit.
func testToldTwice(t *testing.T, w *world) {
	d := w.deploy(w.environment("staging"), "1.0.0")
	c := w.claim("worker", time.Hour)
	done := epoch.Add(time.Minute)
	planned := forward("one")
	planned.Events = []lockstep.Event{{Type: lockstep.EventOperationPlanned}}
	ended := ends(lockstep.StatusRolledBack, lockstep.EnvironmentInactive)
	ended.Events = []lockstep.Event{{Type: lockstep.EventOperationFinished}}
	for _, r := range []struct {
		name   string
		record lockstep.Record
		twice  bool
	}{
		{"plan", planned, true},
		{"running", lockstep.Record{Step: &lockstep.Step{Seq: 1, Status: lockstep.StepRunning, Attempts: 1}}, false},
		{"failed", lockstep.Record{
			Step:   &lockstep.Step{Seq: 1, Status: lockstep.StepFailed, Attempts: 1, CompletedAt: &done},
			Events: []lockstep.Event{{Type: lockstep.EventStepFinished}},
		}, true},
		{"undo", lockstep.Record{Phase: lockstep.PhaseUndo, Cause: lockstep.UndoFailure, Plan: steps("stop"), Events: planned.Events}, true},
		{"outcome", ended, true},
	} {
		w.record(c.Lease, r.record)
		if !r.twice {
			continue
		}
		op, newest := w.operation(d.ID), w.newest()
		if err := w.store.Record(t.Context(), c.Lease, r.record); err != nil {
			t.Errorf("%s again: %v", r.name, err)
		}
		w.same(r.name, op, w.operation(d.ID))
		if w.newest() != newest {
			t.Errorf("%s again wrote events", r.name)
		}
	}
	wantCode(t, w.store.Record(t.Context(), c.Lease, lockstep.Record{Events: planned.Events}), lockstep.CodeFenced)
}
