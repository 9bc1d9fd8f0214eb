package storetest

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testRetention(t *testing.T, open Opener) {
	now := epoch
	clock := func() time.Time { return now }
	w := newWorld(t, open(t, store.Options{Now: clock, EventRetention: store.EventRetention{Age: time.Hour, Count: 1500}}))
	add := func(n int) {
		w.update(func(tx *store.Tx) error {
			for range n {
				if err := tx.AppendEvent(lockstep.Event{Type: lockstep.EventStepProgress}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	wantKept := func(before, newest int64) {
		t.Helper()
		w.must(w.store.Prune(t.Context()))
		w.view(func(tx *store.Tx) error {
			b, n, err := tx.EventRange()
			counts, countErr := tx.Counts()
			w.must(countErr)
			if b != before || n != newest || counts.Events != n-b {
				t.Errorf("events after %d up to %d are kept, %d in all; want those after %d up to %d", b, n, counts.Events, before, newest)
			}
			return err
		})
		w.sound()
	}

	wantKept(0, 0)
	add(1000)
	wantKept(0, 1000)
	now = now.Add(30 * time.Minute)
	add(2000) // more than one batch has to go
	wantKept(1500, 3000)
	now = now.Add(59 * time.Minute)
	add(1)
	wantKept(1501, 3001)
	now = now.Add(2 * time.Minute)
	wantKept(3000, 3001)
	now = now.Add(time.Hour)
	wantKept(3001, 3001)

	_, err := w.store.Events(t.Context(), 3000, lockstep.EventFilter{}, 0)
	wantCode(t, err, lockstep.CodeGone)
	_, err = w.store.Events(t.Context(), 0, lockstep.EventFilter{}, 0)
	wantCode(t, err, lockstep.CodeGone)
	add(1)
	events, err := w.store.Events(t.Context(), 3001, lockstep.EventFilter{}, 0)
	if err != nil || len(events) != 1 || events[0].Seq != 3002 {
		t.Errorf("after the retention: %+v, %v", events, err)
	}

	// So goes what hooks wrote in operations that ended as long ago.
	c := w.running("one")
	w.record(c.Lease, lockstep.Record{
		Step:    &lockstep.Step{Seq: 1, Status: lockstep.StepRunning, Attempts: 1, StartedAt: &now},
		Outputs: []lockstep.StepOutput{{Seq: 1, Try: 1, Text: "said"}},
	})
	wantOutputs := func(n int) {
		t.Helper()
		w.must(w.store.Prune(t.Context()))
		w.view(func(tx *store.Tx) error {
			kept, err := tx.StepOutputs(c.Operation.ID)
			if len(kept) != n {
				t.Errorf("%d outputs are kept, want %d", len(kept), n)
			}
			return err
		})
	}
	now = now.Add(2 * time.Hour)
	wantOutputs(1) // it runs
	w.record(c.Lease, ends(lockstep.StatusCompleted, lockstep.EnvironmentActive))
	ended := *w.operation(c.Operation.ID).CompletedAt // by the database's clock
	now = ended.Add(59 * time.Minute)
	wantOutputs(1)
	now = ended.Add(61 * time.Minute)
	wantOutputs(0)
}
