package storetest

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testLeases(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"a claim has all that is needed", func(t *testing.T, w *world) {
			env := w.environment("staging")
			d := w.deploy(env, "1.0.0")
			c := w.claim("worker", time.Hour)
			if c.Lease != (lockstep.Lease{Operation: d.ID, EnvironmentID: env.ID, Fence: 1, Worker: "worker"}) {
				t.Errorf("lease %+v", c.Lease)
			}
			if c.Environment.ID != env.ID || c.Project.ID != w.project.ID || c.Deployment == nil || c.Deployment.ID != d.ID {
				t.Errorf("claimed %+v", c)
			}
			if c.Operation.Status != lockstep.StatusPending || c.Operation.LeaseUntil == nil {
				t.Errorf("operation %+v, want it pending under a lease", c.Operation)
			}
		}},
		{"a claim is an event", func(t *testing.T, w *world) {
			w.queue(lockstep.OperationRetire, w.environment("staging"))
			c := w.claim("worker", time.Hour)
			events := w.events(0)
			last := events[len(events)-1]
			if last.Type != lockstep.EventOperationClaimed || last.OperationID != c.Operation.ID || last.Data["worker"] != "worker" || last.Data["fence"] != 1.0 {
				t.Errorf("event %+v", last)
			}
		}},
		{"an unplanned claim that expired is claimed again", func(t *testing.T, w *world) {
			d := w.deploy(w.environment("staging"), "1.0.0")
			old := w.claim("dead", 0)
			c := w.claim("next", time.Hour)
			if c.Operation.ID != d.ID || c.Operation.Status != lockstep.StatusPending || c.Lease.Fence <= old.Lease.Fence {
				t.Errorf("claimed %s %s under fence %d after %d", c.Operation.ID, c.Operation.Status, c.Lease.Fence, old.Lease.Fence)
			}
			w.idle()
		}},
		{"a takeover finds the plan and keeps the locks", func(t *testing.T, w *world) {
			env := w.environment("staging")
			d := w.deploy(env, "1.0.0")
			old := w.claim("dead", 0)
			w.plan(old.Lease, "one", "two")
			w.record(old.Lease, lockstep.Record{Step: &lockstep.Step{Seq: 1, Status: lockstep.StepRunning, Attempts: 1}})
			w.deploy(env, "2.0.0")
			c := w.claim("next", time.Hour)
			if c.Operation.ID != d.ID || c.Operation.Status != lockstep.StatusRunning || len(c.Operation.Steps) != 2 || c.Operation.Steps[0].Status != lockstep.StepRunning {
				t.Errorf("claimed %+v", c.Operation)
			}
			w.idle()
		}},
		{"a decision reaches who holds the lease, and who takes it over", func(t *testing.T, w *world) {
			c := w.running("approve")
			want := &lockstep.Decision{Step: 1, Verdict: lockstep.VerdictRejected, By: "bo", At: c.Operation.CreatedAt, Comment: "no \"really\""}
			w.update(func(tx *store.Tx) error { return tx.Decide(c.Operation.ID, *want) })
			signals, err := w.store.Heartbeat(t.Context(), c.Lease, 0)
			if err != nil {
				t.Fatal(err)
			}
			w.same("signals", lockstep.Signals{Decision: want}, signals)
			w.same("claimed", want, w.claim("next", time.Hour).Operation.Decision)
			err = w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.Decide("nothing", *want) })
			wantCode(t, err, lockstep.CodeNotFound)
		}},
		{"a stale fence writes nothing", testStaleFence},
		{"an expired lease counts until it is taken over", func(t *testing.T, w *world) {
			w.queue(lockstep.OperationRetire, w.environment("staging"))
			c := w.claim("slow", 0)
			w.plan(c.Lease, "stop")
			_, err := w.store.Heartbeat(t.Context(), c.Lease, time.Hour)
			w.must(err)
			w.idle()
		}},
		{"a lease can be given up", func(t *testing.T, w *world) {
			op := w.queue(lockstep.OperationRetire, w.environment("staging"))
			c := w.claim("leaving", time.Hour)
			_, err := w.store.Heartbeat(t.Context(), c.Lease, 0)
			w.must(err)
			if got := w.claim("next", time.Hour).Operation.ID; got != op.ID {
				t.Errorf("claimed %s, want %s", got, op.ID)
			}
		}},
		{"a heartbeat brings the wish to cancel", func(t *testing.T, w *world) {
			op := w.queue(lockstep.OperationRetire, w.environment("staging"))
			c := w.claim("worker", time.Hour)
			for _, want := range []bool{false, true} {
				signals, err := w.store.Heartbeat(t.Context(), c.Lease, time.Hour)
				w.must(err)
				if signals.Cancel != want {
					t.Errorf("cancel is %t, want %t", signals.Cancel, want)
				}
				w.update(func(tx *store.Tx) error { return tx.RequestCancel(op.ID) })
			}
		}},
		{"what is cancelled meanwhile is lost to its worker", func(t *testing.T, w *world) {
			env := w.environment("staging")
			op := w.queue(lockstep.OperationRetire, env)
			c := w.claim("worker", time.Hour)
			w.update(func(tx *store.Tx) error {
				return tx.SetOperationStatus(op.ID, lockstep.StatusPending, lockstep.StatusCancelled, nil)
			})
			wantCode(t, w.store.Record(t.Context(), c.Lease, forward("stop")), lockstep.CodeFenced)
			next := w.queue(lockstep.OperationRetire, env)
			if got := w.claim("worker", time.Hour).Operation.ID; got != next.ID {
				t.Errorf("claimed %s, want %s: the lock was not given back", got, next.ID)
			}
		}},
		{"what does not exist has no lease", func(t *testing.T, w *world) {
			_, err := w.store.Heartbeat(t.Context(), lockstep.Lease{Operation: "nobody"}, time.Hour)
			wantCode(t, err, lockstep.CodeNotFound)
		}},
	})
}

// testStaleFence has a worker that was taken over try everything.
func testStaleFence(t *testing.T, w *world) {
	env := w.environment("staging")
	d := w.deploy(env, "1.0.0")
	stale := w.claim("worker", 0).Lease
	w.plan(stale, "one", "two")
	current := w.claim("worker", time.Hour).Lease // the same, started anew
	before, op, newest := w.readEnvironment(env.ID), w.operation(d.ID), w.newest()

	imposter := current
	imposter.Worker = "imposter"
	warm := "revision"
	for name, record := range map[string]lockstep.Record{
		"plan":    {Phase: lockstep.PhaseUndo, Cause: lockstep.UndoFailure, Plan: steps("undo")},
		"step":    {Step: &lockstep.Step{Seq: 1, Status: lockstep.StepRunning, Attempts: 1}},
		"failure": {Failure: &lockstep.OperationError{Code: lockstep.CodeFailed, Message: "late"}},
		"events":  {Events: []lockstep.Event{{Type: lockstep.EventStepProgress}}},
		"outcome": {Outcome: &lockstep.Outcome{Status: lockstep.StatusCompleted, EnvironmentStatus: lockstep.EnvironmentActive, WarmID: &warm, WarmFor: time.Hour}},
	} {
		for _, lease := range []lockstep.Lease{stale, imposter} {
			if err := w.store.Record(t.Context(), lease, record); lockstep.CodeOf(err) != lockstep.CodeFenced {
				t.Errorf("%s under %+v: got %v, want it fenced", name, lease, err)
			}
		}
	}
	for _, lease := range []lockstep.Lease{stale, imposter} {
		_, err := w.store.Heartbeat(t.Context(), lease, time.Hour)
		wantCode(t, err, lockstep.CodeFenced)
	}
	w.same("environment", before, w.readEnvironment(env.ID))
	w.same("operation", op, w.operation(d.ID))
	if w.newest() != newest {
		t.Error("a fenced worker wrote events")
	}
}
