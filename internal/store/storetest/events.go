package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testEvents(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"in order, with all they carry", func(t *testing.T, w *world) {
			want := lockstep.Event{
				At: epoch, Type: lockstep.EventStepProgress, ProjectID: "p", EnvironmentID: "e", OperationID: "o", Actor: "ada",
				Data: map[string]any{"text": "a\u0000b \"ü\"", "list": []any{1.5, true, nil}},
			}
			w.update(func(tx *store.Tx) error {
				return errors.Join(tx.AppendEvent(want), tx.AppendEvent(lockstep.Event{Type: "second"}))
			})
			got := w.events(0)
			want.Seq = 1
			if len(got) != 2 || got[1].Seq != 2 || got[1].Type != "second" || got[1].At.IsZero() || got[1].Data != nil {
				t.Fatalf("events %+v", got)
			}
			w.same("event", want, got[0])
		}},
		{"more than one statement writes", func(t *testing.T, w *world) {
			const n = 250
			w.update(func(tx *store.Tx) error {
				for i := range n {
					if err := tx.AppendEvent(lockstep.Event{Type: "t", OperationID: fmt.Sprint(i)}); err != nil {
						return err
					}
				}
				return nil
			})
			got := w.events(0)
			for i, e := range got {
				if e.Seq != int64(i+1) || e.OperationID != fmt.Sprint(i) {
					t.Fatalf("at %d: %+v", i, e)
				}
			}
			if len(got) != n {
				t.Errorf("%d events", len(got))
			}
		}},
		{"filtered", testEventFilters},
		{"a part at a time", func(t *testing.T, w *world) {
			w.update(func(tx *store.Tx) error {
				return errors.Join(tx.AppendEvent(lockstep.Event{}), tx.AppendEvent(lockstep.Event{}), tx.AppendEvent(lockstep.Event{}))
			})
			events, err := w.store.Events(t.Context(), 1, lockstep.EventFilter{}, 1)
			if err != nil || len(events) != 1 || events[0].Seq != 2 {
				t.Errorf("events %+v, %v", events, err)
			}
		}},
		{"numbers have no holes, whoever commits", testNoHoles},
		{"a reader wakes up", func(t *testing.T, w *world) { testWakesUp(t, w, w.store) }},
		{"a reader wakes up for another server's commit", func(t *testing.T, w *world) {
			other := w.store
			if w.again != nil {
				other = w.again(t)
			}
			testWakesUp(t, w, other)
		}},
		{"a reader waits for what concerns it", func(t *testing.T, w *world) {
			events := w.waiting(t.Context(), 0, lockstep.EventFilter{OperationID: "mine"})
			w.append("other")
			w.append("mine")
			if got := <-events; got.err != nil || len(got.events) != 1 || got.events[0].OperationID != "mine" {
				t.Errorf("got %+v", got)
			}
		}},
		{"a number beyond the newest waits", func(t *testing.T, w *world) {
			events := w.waiting(t.Context(), 2, lockstep.EventFilter{})
			w.append("one")
			w.append("two")
			w.append("three")
			if got := <-events; got.err != nil || len(got.events) != 1 || got.events[0].Seq != 3 {
				t.Errorf("got %+v", got)
			}
		}},
		{"waiting ends with its context", func(t *testing.T, w *world) {
			ctx, cancel := context.WithCancel(t.Context())
			events := w.waiting(ctx, 0, lockstep.EventFilter{})
			cancel()
			if got := <-events; !errors.Is(got.err, context.Canceled) {
				t.Errorf("got %+v", got)
			}
		}},
	})
	t.Run("waiting ends with the store", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open(t, store.Options{}))
		events := w.waiting(t.Context(), 0, lockstep.EventFilter{})
		w.must(w.store.Close())
		if got := <-events; got.err == nil {
			t.Errorf("got %+v", got)
		}
	})
}

type arrival struct {
	events []lockstep.Event
	err    error
}

// waiting reads in the background.
func (w *world) waiting(ctx context.Context, after int64, filter lockstep.EventFilter) <-chan arrival {
	arrived := make(chan arrival, 1)
	go func() {
		events, err := w.store.Events(ctx, after, filter, 0)
		arrived <- arrival{events, err}
	}()
	return arrived
}

func (w *world) append(operation string) {
	w.t.Helper()
	w.update(func(tx *store.Tx) error { return tx.AppendEvent(lockstep.Event{OperationID: operation}) })
}

func testWakesUp(t *testing.T, w *world, committer *store.Store) {
	for seq := int64(1); seq <= 3; seq++ {
		events := w.waiting(t.Context(), seq-1, lockstep.EventFilter{})
		w.must(committer.Update(t.Context(), func(tx *store.Tx) error { return tx.AppendEvent(lockstep.Event{Type: "wake up"}) }))
		if got := <-events; got.err != nil || len(got.events) != 1 || got.events[0].Seq != seq {
			t.Fatalf("got %+v, want event %d", got, seq)
		}
	}
}

func testEventFilters(t *testing.T, w *world) {
	w.update(func(tx *store.Tx) error {
		for i := range 8 {
			e := lockstep.Event{ProjectID: fmt.Sprint("p", i/4), EnvironmentID: fmt.Sprint("e", i/2), OperationID: fmt.Sprint("o", i)}
			if err := tx.AppendEvent(e); err != nil {
				return err
			}
		}
		return nil
	})
	for _, c := range []struct {
		filter lockstep.EventFilter
		want   int
	}{
		{lockstep.EventFilter{}, 8},
		{lockstep.EventFilter{ProjectID: "p1"}, 4},
		{lockstep.EventFilter{EnvironmentID: "e2"}, 2},
		{lockstep.EventFilter{OperationID: "o5"}, 1},
		{lockstep.EventFilter{ProjectID: "p1", EnvironmentID: "e2", OperationID: "o5"}, 1},
	} {
		events, err := w.store.Events(t.Context(), 0, c.filter, 0)
		if err != nil || len(events) != c.want {
			t.Errorf("%+v: %d events, %v; want %d", c.filter, len(events), err, c.want)
		}
	}
}

// testNoHoles has many commit at once, some in vain, while readers follow.
func testNoHoles(t *testing.T, w *world) {
	const committers, rounds = 8, 15
	servers := []*store.Store{w.store}
	if w.again != nil {
		servers = append(servers, w.again(t))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	total := int64(committers * (rounds - rounds/3) * 2)
	var all errgroup.Group
	for i := range committers {
		all.Go(func() error { return commitMany(ctx, servers[i%len(servers)], fmt.Sprint("op", i), rounds) })
	}
	for i := range 4 {
		all.Go(func() error { return follow(ctx, servers[i%len(servers)], total) })
	}
	w.must(all.Wait())
	if newest := w.newest(); newest != total {
		t.Errorf("the newest event is %d, want %d", newest, total)
	}
}

func commitMany(ctx context.Context, s *store.Store, operation string, rounds int) error {
	inVain := errors.New("in vain")
	for round := range rounds {
		err := s.Update(ctx, func(tx *store.Tx) error {
			for part := range 2 {
				if err := tx.AppendEvent(lockstep.Event{OperationID: operation, Data: map[string]any{"n": 2*round + part}}); err != nil {
					return err
				}
			}
			if round%3 == 2 {
				return inVain
			}
			return nil
		})
		if err != nil && !errors.Is(err, inVain) {
			return err
		}
	}
	return nil
}

// follow reads up to an event and sees each number once, and each
// operation's events in their order.
func follow(ctx context.Context, s *store.Store, total int64) error {
	var seen int64
	last := map[string]float64{}
	for seen < total {
		events, err := s.Events(ctx, seen, lockstep.EventFilter{}, 7)
		if err != nil {
			return err
		}
		for _, e := range events {
			if e.Seq != seen+1 {
				return fmt.Errorf("event %d came after %d", e.Seq, seen)
			}
			seen = e.Seq
			n, _ := e.Data["n"].(float64)
			if n < last[e.OperationID] {
				return fmt.Errorf("event %v of %s came after %v", n, e.OperationID, last[e.OperationID])
			}
			last[e.OperationID] = n
		}
	}
	return nil
}
