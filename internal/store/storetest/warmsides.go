package storetest

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testWarmSides(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"none", func(t *testing.T, w *world) { w.wantDue(time.Time{}) }},
		{"the next one is told", func(t *testing.T, w *world) {
			soon, later := w.warm("soon", time.Hour), w.warm("later", 2*time.Hour)
			w.wantDue(*soon.WarmUntil)
			w.view(func(tx *store.Tx) error {
				open, err := tx.OpenOperations("")
				if len(open) != 0 {
					t.Errorf("retired too early: %+v", open)
				}
				return err
			})
			if later.WarmUntil.Before(*soon.WarmUntil) {
				t.Errorf("times %v and %v", soon.WarmUntil, later.WarmUntil)
			}
		}},
		{"one whose time is over is retired once", testRetiredOnce},
		{"a retirement that did not work is tried again", func(t *testing.T, w *world) {
			env := w.warm("staging", 0)
			w.wantDue(time.Time{})
			c := w.claim("worker", time.Hour)
			w.plan(c.Lease, "stop")
			w.record(c.Lease, ends(lockstep.StatusFailed, ""))
			now := w.readEnvironment(env.ID)
			if now.WarmID != env.WarmID || now.WarmUntil == nil {
				t.Errorf("environment %+v", now)
			}
			w.wantDue(*now.WarmUntil)
		}},
		{"a newer warm side outlives the retirement of an older", func(t *testing.T, w *world) {
			env := w.warm("staging", 0)
			w.wantDue(time.Time{})
			w.update(func(tx *store.Tx) error {
				e, err := tx.Environment("", env.ID)
				w.must(err)
				e.WarmID = "newer"
				return tx.PutEnvironment(e)
			})
			c := w.claim("worker", time.Hour)
			w.plan(c.Lease)
			w.record(c.Lease, ends(lockstep.StatusCompleted, ""))
			if got := w.readEnvironment(env.ID).WarmID; got != "newer" {
				t.Errorf("the warm side is %q", got)
			}
		}},
	})
}

func testRetiredOnce(t *testing.T, w *world) {
	env := w.warm("staging", 0)
	later := w.warm("later", time.Hour)
	newest := w.newest()
	w.wantDue(*later.WarmUntil)
	w.wantDue(*later.WarmUntil)
	events := w.events(newest)
	c := w.claim("worker", time.Hour)
	if c.Operation.Kind != lockstep.OperationRetire || c.Operation.EnvironmentID != env.ID || c.Operation.RevisionID != env.WarmID || c.Deployment != nil {
		t.Errorf("claimed %+v", c.Operation)
	}
	if len(events) != 1 || events[0].Type != lockstep.EventOperationRequested || events[0].OperationID != c.Operation.ID {
		t.Errorf("events %+v", events)
	}
	w.idle()
	if now := w.readEnvironment(env.ID); now.WarmID != env.WarmID || now.WarmUntil != nil {
		t.Errorf("while it is retired: %+v", now)
	}
	w.plan(c.Lease, "stop")
	w.record(c.Lease, ends(lockstep.StatusCompleted, ""))
	if now := w.readEnvironment(env.ID); now.WarmID != "" || now.WarmUntil != nil || now.Status != lockstep.EnvironmentActive {
		t.Errorf("afterwards: %+v", now)
	}
	w.wantDue(*later.WarmUntil)
}

// warm is an environment that keeps a warm side for a time from now.
func (w *world) warm(name string, keep time.Duration) lockstep.Environment {
	w.t.Helper()
	env := w.environment(name)
	w.deploy(env, "1.0.0")
	c := w.claim("worker", time.Hour)
	w.plan(c.Lease)
	id := "warm side of " + name
	record := ends(lockstep.StatusCompleted, lockstep.EnvironmentActive)
	record.Outcome.WarmID, record.Outcome.WarmFor = &id, keep
	w.record(c.Lease, record)
	return w.readEnvironment(env.ID)
}

func (w *world) wantDue(want time.Time) {
	w.t.Helper()
	next, err := w.store.Due(w.t.Context())
	w.must(err)
	if !next.Equal(want) {
		w.t.Errorf("next due %v, want %v", next, want)
	}
}
