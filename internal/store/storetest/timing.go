package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// from now, by the clock that decides: the database's is this machine's.
func from(d time.Duration) *time.Time {
	t := time.Now().Add(d).UTC().Truncate(time.Microsecond) //nolint:forbidigo // PostgreSQL goes by the machine's clock, and so must its test
	return &t
}

func timed(scheduledFor, notAfter *time.Time) func(*lockstep.Operation) {
	return func(op *lockstep.Operation) { op.ScheduledFor, op.NotAfter = scheduledFor, notAfter }
}

func testTiming(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"what is scheduled is not claimed before its time", func(t *testing.T, w *world) {
			env := w.environment("staging")
			w.queue(lockstep.OperationStop, env, timed(from(time.Hour), from(2*time.Hour)))
			w.idle()
		}},
		{"and holds nobody up before", func(t *testing.T, w *world) {
			env := w.environment("staging")
			first := w.queue(lockstep.OperationStop, env, priority(9), timed(from(time.Hour), nil))
			other := w.queue(lockstep.OperationStop, env)
			if c := w.claim("worker", time.Hour); c.Operation.ID != other.ID {
				t.Fatalf("claimed %s, want %s", c.Operation.ID, other.ID)
			}
			w.idle()
			w.view(func(tx *store.Tx) error {
				open, err := tx.OpenOperations(env.ID)
				if len(open) != 2 || open[0].ID != other.ID || open[1].ID != first.ID {
					t.Errorf("the queue is %+v", open)
				}
				return err
			})
		}},
		{"it is claimed at its time", func(t *testing.T, w *world) {
			at, until := from(-time.Minute), from(time.Hour)
			op := w.queue(lockstep.OperationStop, w.environment("staging"), timed(at, until))
			c := w.claim("worker", time.Hour)
			if c.Operation.ID != op.ID {
				t.Fatalf("claimed %s", c.Operation.ID)
			}
			w.same("times", []*time.Time{at, until}, []*time.Time{c.Operation.ScheduledFor, c.Operation.NotAfter})
			w.plan(c.Lease, "stop")
			w.wantDue(time.Time{}) // what runs is not missed any more
		}},
		{"what waits for its time is in the order of it", func(t *testing.T, w *world) {
			env := w.environment("staging")
			late := w.queue(lockstep.OperationStop, env, timed(from(2*time.Hour), nil))
			soon := w.queue(lockstep.OperationStop, env, timed(from(time.Hour), nil))
			w.view(func(tx *store.Tx) error {
				open, err := tx.OpenOperations("")
				if len(open) != 2 || open[0].ID != soon.ID || open[1].ID != late.ID {
					t.Errorf("the queue is %+v", open)
				}
				return err
			})
		}},
		{"the next time that could be missed is told", func(t *testing.T, w *world) {
			soon := from(time.Hour)
			w.queue(lockstep.OperationStop, w.environment("late"), timed(from(0), from(3*time.Hour)))
			w.queue(lockstep.OperationStop, w.environment("soon"), timed(from(time.Minute), soon))
			w.wantDue(*soon)
		}},
		{"what was missed is cancelled and not claimed", testMissed},
		{"what was missed does not hold up who comes after it", func(t *testing.T, w *world) {
			env := w.environment("staging")
			w.queue(lockstep.OperationStop, env, priority(9), timed(from(-time.Hour), from(-time.Minute)))
			next := w.queue(lockstep.OperationStop, env)
			if c := w.claim("worker", time.Hour); c.Operation.ID != next.ID {
				t.Errorf("claimed %s, want %s", c.Operation.ID, next.ID)
			}
		}},
		{"a late one without a limit runs", func(t *testing.T, w *world) {
			op := w.queue(lockstep.OperationStop, w.environment("staging"), timed(from(-24*time.Hour), nil))
			w.wantDue(time.Time{})
			if c := w.claim("worker", time.Hour); c.Operation.ID != op.ID {
				t.Errorf("claimed %s", c.Operation.ID)
			}
		}},
		{"one that a worker has claimed was not missed", func(t *testing.T, w *world) {
			op := w.queue(lockstep.OperationStop, w.environment("staging"), timed(from(-time.Hour), from(time.Hour)))
			c := w.claim("worker", time.Hour)
			err := w.store.Update(w.t.Context(), func(tx *store.Tx) error { return tx.Reschedule(op.ID, from(time.Hour), nil) })
			wantCode(t, err, lockstep.CodeConflict)
			w.wantDue(time.Time{})
			w.plan(c.Lease, "stop")
		}},
		{"its time can be changed", func(t *testing.T, w *world) {
			env := w.environment("staging")
			d := w.deploy(env, "1.0.0")
			at, until := from(time.Hour), from(2*time.Hour)
			w.update(func(tx *store.Tx) error { return tx.Reschedule(d.ID, at, until) })
			w.idle()
			got := w.deployment(d.ID)
			w.same("of the deployment", []*time.Time{at, until}, []*time.Time{got.ScheduledFor, got.NotAfter})
			w.update(func(tx *store.Tx) error { return tx.Reschedule(d.ID, from(-time.Second), nil) })
			if c := w.claim("worker", time.Hour); c.Operation.ID != d.ID {
				t.Errorf("claimed %s", c.Operation.ID)
			}
		}},
		{"the force of a deployment is kept", func(t *testing.T, w *world) {
			env := w.environment("staging")
			d := w.deploy(env, "1.0.0", func(d *lockstep.Deployment) { d.Forced = true })
			if !w.deployment(d.ID).Forced || w.deployment(w.deploy(env, "2.0.0").ID).Forced {
				t.Error("it is another deployment's")
			}
		}},
	})
}

func testMissed(t *testing.T, w *world) {
	env := w.environment("staging")
	missed := w.deploy(env, "1.0.0")
	waits := w.deploy(env, "2.0.0", func(d *lockstep.Deployment) { d.Status = lockstep.StatusPendingApproval })
	w.update(func(tx *store.Tx) error {
		w.must(tx.Reschedule(missed.ID, from(-2*time.Hour), from(-time.Hour)))
		return tx.Reschedule(waits.ID, from(-20*time.Minute), from(-time.Minute))
	})
	w.idle()
	before := w.newest()
	w.wantDue(time.Time{})
	for id, says := range map[string]string{missed.ID: "missed by 2h 0m", waits.ID: "still waited for an approval"} {
		d := w.deployment(id)
		if d.Status != lockstep.StatusCancelled || d.Error == nil || !strings.Contains(d.Error.Message, says) || d.CompletedAt == nil {
			t.Errorf("deployment %+v, error %+v does not say %q", d, d.Error, says)
		}
	}
	events := w.events(before)
	if len(events) != 2 || events[0].Type != lockstep.EventOperationFinished || events[0].OperationID != missed.ID || events[0].Actor != "timer" {
		t.Errorf("events %+v", events)
	}
	w.idle()
	w.wantDue(time.Time{})
	if w.newest() != before+2 {
		t.Error("it was cancelled twice")
	}
}
