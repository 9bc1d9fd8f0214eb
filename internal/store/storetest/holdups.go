package storetest

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// testHoldups is what holds a running operation up between two steps: the live
// address that another one moves, and a person.
func testHoldups(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"of all who want the live address at once one gets it", testOneMoves},
		{"nobody takes the live address who lost his lease, or where users are", func(t *testing.T, w *world) {
			old := w.first("blue", 0)
			c := w.claim("heir", time.Hour)
			_, _, err := w.store.TakeLive(t.Context(), old.Lease, false)
			wantCode(t, err, lockstep.CodeFenced)
			w.update(func(tx *store.Tx) error {
				p, err := tx.Project(w.project.Name)
				p.CurrentID, p.CurrentEpoch = c.Environment.ID, 3
				return errors.Join(err, tx.PutProject(p))
			})
			if p, taken, err := w.store.TakeLive(t.Context(), c.Lease, false); err != nil || taken || p.CurrentID == "" {
				t.Errorf("taken %v of %+v: %v", taken, p, err)
			}
		}},
		{"who takes an operation over has its live address", func(t *testing.T, w *world) {
			old := w.first("blue", 0)
			if !w.takes(old) {
				t.Fatal("it was free")
			}
			c := w.claim("heir", time.Hour)
			if c.Operation.ID != old.Operation.ID || !slices.Contains(c.Operation.Locks, lockstep.LiveLock(w.project.ID)) || !w.takes(c) {
				t.Errorf("claimed with %v", c.Operation.Locks)
			}
			w.sound()
		}},
		{"a pause keeps steps from beginning, and nothing else", testPause},
		{"a pause ends with what it holds up", func(t *testing.T, w *world) {
			c := w.first("blue", time.Hour)
			w.asks(c)
			w.record(c.Lease, lockstep.Record{Phase: lockstep.PhaseUndo, Cause: lockstep.UndoCancel, Plan: &lockstep.Plan{Steps: []lockstep.Step{{Name: "back", Kind: lockstep.StepStop}}}})
			if o := w.operation(c.Operation.ID); o.Pause != nil {
				t.Errorf("an undo is held: %+v", o.Pause)
			}
			w.asks(c)
			w.record(c.Lease, lockstep.Record{Outcome: &lockstep.Outcome{Status: lockstep.StatusCancelled, EnvironmentStatus: lockstep.EnvironmentInactive}})
			if o := w.operation(c.Operation.ID); o.Pause != nil {
				t.Errorf("what has ended is held: %+v", o.Pause)
			}
		}},
	})
}

// first is a deployment that runs, in an environment of its own.
func (w *world) first(name string, ttl time.Duration) *lockstep.Claimed {
	w.deploy(w.environment(name), "1.0.0")
	c := w.claim("worker-"+name, ttl)
	w.plan(c.Lease, "one", "two")
	return c
}

func (w *world) takes(c *lockstep.Claimed) bool {
	_, taken, err := w.store.TakeLive(w.t.Context(), c.Lease, true)
	w.must(err)
	return taken
}

func (w *world) asks(c *lockstep.Claimed) {
	w.update(func(tx *store.Tx) error {
		return tx.SetPause(c.Operation.ID, &lockstep.RequestedPause{By: "bo", At: w.tick(), Step: 1, Before: "one"})
	})
}

func testOneMoves(t *testing.T, w *world) {
	var all []*lockstep.Claimed
	for _, name := range []string{"a", "b", "c", "d"} {
		all = append(all, w.first(name, time.Hour))
	}
	var mu sync.Mutex
	var got []*lockstep.Claimed
	var asking sync.WaitGroup
	for _, c := range all {
		asking.Go(func() {
			_, taken, err := w.store.TakeLive(t.Context(), c.Lease, true)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if taken {
				got = append(got, c)
			}
		})
	}
	asking.Wait()
	if len(got) != 1 {
		t.Fatalf("%d have the live address", len(got))
	}
	for _, c := range all {
		o := w.operation(c.Operation.ID)
		if has := c == got[0]; has != (o.Waits == nil) || has != slices.Contains(o.Locks, lockstep.LiveLock(w.project.ID)) {
			t.Errorf("has it: %v, waits %+v, locks %v", has, o.Waits, o.Locks)
		}
	}
	w.sound()
	w.record(got[0].Lease, lockstep.Record{Outcome: &lockstep.Outcome{Status: lockstep.StatusCancelled, EnvironmentStatus: lockstep.EnvironmentInactive}})
	next := all[(slices.Index(all, got[0])+1)%len(all)]
	if !w.takes(next) || w.operation(next.Operation.ID).Waits != nil {
		t.Error("it is free again, and was not taken")
	}
}

func testPause(t *testing.T, w *world) {
	c := w.first("blue", time.Hour)
	w.takes(c)
	w.asks(c)
	signals, err := w.store.Heartbeat(t.Context(), c.Lease, time.Hour)
	if err != nil || !signals.Paused {
		t.Errorf("signals %+v: %v", signals, err)
	}
	begin := lockstep.Record{Step: &lockstep.Step{Seq: 1, Status: lockstep.StepRunning, Attempts: 1}, Yields: true}
	if err := w.store.Record(t.Context(), c.Lease, begin); !errors.Is(err, lockstep.ErrPaused) {
		t.Errorf("a step began: %v", err)
	}
	if _, _, err := w.store.TakeLive(t.Context(), c.Lease, true); !errors.Is(err, lockstep.ErrPaused) {
		t.Errorf("it did not yield: %v", err)
	}
	newest := w.newest()
	for range 2 { // again, by who did not hear of it
		w.record(c.Lease, lockstep.Record{Hold: &lockstep.Hold{Step: 1, Name: "one", Frees: []string{lockstep.LiveLock(w.project.ID)}}})
	}
	o := w.operation(c.Operation.ID)
	if o.Pause == nil || o.Pause.HeldSince == nil || len(o.Locks) != 1 || len(w.events(newest)) != 1 {
		t.Errorf("held %+v with %v", o.Pause, o.Locks)
	}
	if d := w.deployment(o.ID); d.Pause == nil || d.Pause.By != "bo" {
		t.Errorf("deployment %+v", d.Pause)
	}
	w.sound()
	begin.Yields = false // a step that another worker goes on with
	w.record(c.Lease, begin)
	w.update(func(tx *store.Tx) error { return tx.SetPause(o.ID, nil) })
	if signals, err := w.store.Heartbeat(t.Context(), c.Lease, time.Hour); err != nil || signals.Paused {
		t.Errorf("signals %+v: %v", signals, err)
	}
	err = w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.SetPause("nothing", nil) })
	wantCode(t, err, lockstep.CodeNotFound)
}
