package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testQueue(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"nothing to do", func(t *testing.T, w *world) {
			before := w.newest()
			w.idle()
			if w.newest() != before {
				t.Error("looking for work wrote an event")
			}
		}},
		{"by priority, then by age", func(t *testing.T, w *world) {
			var want []string
			for i, p := range []int{0, 5, 0, 9, 5} {
				op := w.queue(lockstep.OperationDestroy, w.environment(fmt.Sprint("env", i)), priority(p))
				want = append(want, op.ID)
			}
			want = []string{want[3], want[1], want[4], want[0], want[2]}
			for _, id := range want {
				if got := w.claim("worker", time.Hour).Operation.ID; got != id {
					t.Errorf("claimed %s, want %s of %v", got, id, want)
				}
			}
			w.idle()
		}},
		{"one at a time in an environment", func(t *testing.T, w *world) {
			env := w.environment("staging")
			first, second := w.queue(lockstep.OperationRetire, env), w.queue(lockstep.OperationRetire, env, priority(9))
			for _, id := range []string{second.ID, first.ID} {
				c := w.claim("worker", time.Hour)
				if c.Operation.ID != id {
					t.Fatalf("claimed %s, want %s", c.Operation.ID, id)
				}
				w.idle()
				w.plan(c.Lease, "stop")
				w.idle()
				w.record(c.Lease, ends(lockstep.StatusCompleted, ""))
			}
			w.idle()
		}},
		{"an approval holds nobody up", func(t *testing.T, w *world) {
			env := w.environment("staging")
			waits := w.queue(lockstep.OperationRetire, env, priority(9), func(op *lockstep.Operation) { op.Status = lockstep.StatusPendingApproval })
			runs := w.queue(lockstep.OperationRetire, env)
			c := w.claim("worker", time.Hour)
			if c.Operation.ID != runs.ID {
				t.Fatalf("claimed %s, want %s", c.Operation.ID, runs.ID)
			}
			w.update(func(tx *store.Tx) error {
				return tx.SetOperationStatus(waits.ID, lockstep.StatusPendingApproval, lockstep.StatusPending, nil)
			})
			w.idle()
			w.plan(c.Lease)
			w.record(c.Lease, ends(lockstep.StatusCompleted, ""))
			if got := w.claim("worker", time.Hour).Operation.ID; got != waits.ID {
				t.Errorf("claimed %s, want %s", got, waits.ID)
			}
		}},
		{"a second lock is waited for, not overtaken", testTwoLocks},
		{"only this host's", func(t *testing.T, w *world) {
			there := w.environment("there", func(e *lockstep.Environment) { e.HostID = "elsewhere" })
			here := w.environment("here", func(e *lockstep.Environment) { e.HostID = "host" })
			far, near := w.queue(lockstep.OperationRetire, there), w.queue(lockstep.OperationRetire, here)
			if got := w.claim("worker", time.Hour).Operation.ID; got != near.ID {
				t.Errorf("claimed %s, want %s", got, near.ID)
			}
			w.idle()
			c, err := w.store.Claim(t.Context(), "far", "elsewhere", 0)
			if err != nil || c == nil || c.Operation.ID != far.ID {
				t.Fatalf("claimed %+v, %v; want %s", c, err, far.ID)
			}
			w.idle() // neither may it be taken over from here
		}},
		{"the queue is shown in the order in which it runs", func(t *testing.T, w *world) {
			env := w.environment("staging")
			runs := w.queue(lockstep.OperationRetire, env)
			w.plan(w.claim("worker", time.Hour).Lease)
			approval := w.queue(lockstep.OperationRetire, env, priority(9), func(op *lockstep.Operation) { op.Status = lockstep.StatusPendingApproval })
			old, urgent := w.queue(lockstep.OperationRetire, env), w.queue(lockstep.OperationRetire, env, priority(3))
			elsewhere := w.queue(lockstep.OperationRetire, w.environment("other"))
			w.wantOpen(env.ID, runs, urgent, old, approval)
			w.wantOpen("", runs, urgent, old, elsewhere, approval)
		}},
		{"many workers claim each operation once", testManyWorkers},
	})
}

func testTwoLocks(t *testing.T, w *world) {
	live := lockstep.LiveLock(w.project.ID)
	both := func(op *lockstep.Operation) { op.Locks = append(op.Locks, live) }
	one, two := w.environment("one"), w.environment("two")
	first := w.queue(lockstep.OperationRetire, one, both)
	waits := w.queue(lockstep.OperationRetire, two, both)
	behind := w.queue(lockstep.OperationRetire, two)
	c := w.claim("worker", time.Hour)
	if c.Operation.ID != first.ID || !slices.IsSorted(c.Operation.Locks) {
		t.Fatalf("claimed %s with %v, want %s", c.Operation.ID, c.Operation.Locks, first.ID)
	}
	w.idle()
	w.plan(c.Lease)
	w.record(c.Lease, ends(lockstep.StatusCompleted, ""))
	for _, want := range []lockstep.Operation{waits, behind} {
		c := w.claim("worker", time.Hour)
		if c.Operation.ID != want.ID {
			t.Fatalf("claimed %s, want %s", c.Operation.ID, want.ID)
		}
		w.idle()
		w.plan(c.Lease)
		w.record(c.Lease, ends(lockstep.StatusCompleted, ""))
	}
}

// testManyWorkers has workers, of two servers where there may be two, race
// for operations that compete for environments and, in half of those, for a
// lock that they share.
func testManyWorkers(t *testing.T, w *world) {
	const environments, each, workers = 6, 5, 8
	queued := map[string][]string{}
	for i := range environments {
		env := w.environment(fmt.Sprint("env", i))
		for range each {
			op := w.queue(lockstep.OperationRetire, env, func(op *lockstep.Operation) {
				if i%2 == 0 {
					op.Locks = append(op.Locks, lockstep.LiveLock(w.project.ID))
				}
			})
			queued[env.ID] = append(queued[env.ID], op.ID)
		}
	}
	servers := []*store.Store{w.store}
	if w.again != nil {
		servers = append(servers, w.again(t))
	}
	race := race{done: map[string][]string{}, busy: map[string]bool{}, left: environments * each, over: make(chan struct{})}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var all errgroup.Group
	for i := range workers {
		all.Go(func() error { return race.run(ctx, servers[i%len(servers)], fmt.Sprint("worker", i)) })
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	for env, want := range queued {
		if got := race.done[env]; !slices.Equal(got, want) {
			t.Errorf("environment %s ran %v, want each once in the order %v", env, got, want)
		}
	}
}

type race struct {
	mu   sync.Mutex
	done map[string][]string // by environment
	busy map[string]bool     // by lock
	left int
	over chan struct{}
}

func (r *race) run(ctx context.Context, s *store.Store, worker string) error {
	for {
		select {
		case <-r.over:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		c, err := s.Claim(ctx, worker, "host", time.Hour)
		if err != nil {
			return fmt.Errorf("%s: %w", worker, err)
		}
		if c == nil {
			continue
		}
		if err := r.begin(c); err != nil {
			return err
		}
		if err := s.Record(ctx, c.Lease, forward("stop")); err != nil {
			return fmt.Errorf("%s: %w", worker, err)
		}
		r.end(c)
		if err := s.Record(ctx, c.Lease, ends(lockstep.StatusCompleted, "")); err != nil {
			return fmt.Errorf("%s: %w", worker, err)
		}
	}
}

func (r *race) begin(c *lockstep.Claimed) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, lock := range c.Operation.Locks {
		if r.busy[lock] {
			return fmt.Errorf("two operations hold %s at once", lock)
		}
		r.busy[lock] = true
	}
	r.done[c.Environment.ID] = append(r.done[c.Environment.ID], c.Operation.ID)
	return nil
}

// end comes before the lock is given back.
func (r *race) end(c *lockstep.Claimed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, lock := range c.Operation.Locks {
		r.busy[lock] = false
	}
	if r.left--; r.left == 0 {
		close(r.over)
	}
}

func (w *world) wantOpen(environment string, want ...lockstep.Operation) {
	w.t.Helper()
	w.view(func(tx *store.Tx) error {
		open, err := tx.OpenOperations(environment)
		var got, ids []string
		for _, op := range open {
			got = append(got, op.ID)
		}
		for _, op := range want {
			ids = append(ids, op.ID)
		}
		if !slices.Equal(got, ids) {
			w.t.Errorf("open in %q: %v, want %v", environment, got, ids)
		}
		return err
	})
}
