package engine_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// bubble runs a test in a world of its own with an environment, staging, that
// has the releases quick, slow (ready after 20s) and stubborn (takes 12s to
// stop).
func bubble(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		w.environment("staging", func(e *lockstep.Environment) {
			var none lockstep.Duration
			e.Spec.Validation, e.Spec.Strategy.WarmFor = lockstep.ValidationBasic, &none
		})
		w.revision("staging", "quick", service("app", "/"))
		w.revision("staging", "slow", service("app", "/", "ready after 20s"))
		stubborn := service("app", "/", "stubborn")
		stubborn.StopGrace = lockstep.Duration(12 * time.Second)
		w.revision("staging", "stubborn", stubborn)
		test(t, w)
	})
}

// elapsed is bubble time, to the second.
func (w *world) elapsed() time.Duration { return time.Since(w.began).Truncate(time.Second) }

func wantStatus(t *testing.T, op lockstep.Operation, want lockstep.OperationStatus) {
	t.Helper()
	if op.Status != want {
		t.Fatalf("want %s:\n%s", want, journal(op))
	}
}

func wantStep(t *testing.T, op lockstep.Operation, name string, attempts int) {
	t.Helper()
	for _, s := range op.Steps {
		if s.Name == name && s.Attempts != attempts {
			t.Errorf("%s was begun %d times, want %d:\n%s", name, s.Attempts, attempts, journal(op))
		}
	}
}

func TestAWorkerThatStopsLetsGoOfWhatWaits(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		_, stopOne := w.start("one")
		id := w.deploy("staging", "slow")
		w.until(id, stepStarted("await-healthy/app"))
		stopOne()
		if took := w.elapsed(); took > 0 {
			t.Errorf("it took %s to stop", took)
		}
		_, stopTwo := w.start("two", func(o *engine.Options) { o.Poll = time.Hour }) // sees it at its first look
		op := w.finished(id)
		stopTwo()
		wantStatus(t, op, lockstep.StatusCompleted)
		wantStep(t, op, "await-healthy/app", 2)
		if starts := w.fake.Starts("staging"); len(starts) != 1 {
			t.Errorf("started %v", starts)
		}
		if took := w.elapsed(); took > 25*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func TestAWorkerThatStopsFinishesAnEffectWithinItsGrace(t *testing.T) {
	for name, test := range map[string]struct {
		grace    time.Duration
		attempts int
	}{"Enough": {15 * time.Second, 1}, "TooShort": {time.Second, 2}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				_, stopOne := w.start("one", func(o *engine.Options) { o.Grace = test.grace })
				w.finished(w.deploy("staging", "stubborn"))
				id := w.deploy("staging", "quick")
				w.until(id, stepStarted("cleanup-blue-environment/app"))
				begin := time.Now()
				stopOne()
				if took := time.Since(begin); took > test.grace {
					t.Errorf("it took %s to stop, the grace is %s", took, test.grace)
				}
				_, stopTwo := w.start("two")
				op := w.finished(id)
				stopTwo()
				wantStatus(t, op, lockstep.StatusCompleted)
				wantStep(t, op, "cleanup-blue-environment/app", test.attempts)
			})
		})
	}
}

// moody is a store whose calls fail at will.
type moody struct {
	engine.Store
	heartbeat, record, claim func() error
	records                  atomic.Int64
}

func (m *moody) Heartbeat(ctx context.Context, lease lockstep.Lease, ttl time.Duration) (lockstep.Signals, error) {
	if m.heartbeat != nil {
		if err := m.heartbeat(); err != nil {
			return lockstep.Signals{}, err
		}
	}
	return m.Store.Heartbeat(ctx, lease, ttl)
}

func (m *moody) Record(ctx context.Context, lease lockstep.Lease, record lockstep.Record) error {
	m.records.Add(1)
	if m.record != nil {
		if err := m.record(); err != nil {
			return err
		}
	}
	return m.Store.Record(ctx, lease, record)
}

func (m *moody) Claim(ctx context.Context, worker, host string, ttl time.Duration) (*lockstep.Claimed, error) {
	if m.claim != nil {
		if err := m.claim(); err != nil {
			return nil, err
		}
	}
	return m.Store.Claim(ctx, worker, host, ttl)
}

func TestALeaseThatCannotBeProlongedIsLost(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		m := &moody{Store: w.store, heartbeat: func() error { return errBroken }}
		_, stopOne := w.start("one", func(o *engine.Options) { o.Store = m })
		defer stopOne()
		id := w.deploy("staging", "slow")
		w.until(id, stepStarted("await-healthy/app"))
		m.claim = func() error { return errBroken } // it shall not take it again
		_, stopTwo := w.start("two")
		defer stopTwo()
		taken := w.until(id, func(e lockstep.Event) bool { return e.Data["worker"] == "two" })
		if at := taken.At.Sub(w.began); at < 6*time.Second || at > 7*time.Second {
			t.Errorf("taken over after %s, the lease lasts 6s", at)
		}
		synctest.Wait()
		before := m.records.Load()
		op := w.finished(id)
		wantStatus(t, op, lockstep.StatusCompleted)
		if m.records.Load() != before {
			t.Errorf("the first worker wrote to the journal after it had lost the lease")
		}
	})
}

func TestALeaseOutlivesAShortSilenceOfTheStore(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		var silent atomic.Bool
		m := &moody{Store: w.store, heartbeat: func() error {
			if silent.Load() {
				return errBroken
			}
			return nil
		}}
		_, stop := w.start("one", func(o *engine.Options) { o.Store = m })
		defer stop()
		id := w.deploy("staging", "slow")
		w.until(id, stepStarted("await-healthy/app"))
		silent.Store(true)
		time.Sleep(5 * time.Second)
		silent.Store(false)
		op := w.finished(id)
		wantStatus(t, op, lockstep.StatusCompleted)
		wantStep(t, op, "await-healthy/app", 1)
	})
}

func TestAJournalThatCannotBeWrittenIsTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		var calls atomic.Int64
		m := &moody{Store: w.store, record: func() error {
			if calls.Add(1)%3 != 0 {
				return errBroken
			}
			return nil
		}}
		_, stop := w.start("one", func(o *engine.Options) { o.Store = m })
		defer stop()
		op := w.finished(w.deploy("staging", "quick"))
		wantStatus(t, op, lockstep.StatusCompleted)
		for _, s := range op.Steps {
			wantStep(t, op, s.Name, 1)
		}
	})
}

func TestAPanicInOurOwnCodeCostsOneLease(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		var calls atomic.Int64
		m := &moody{Store: w.store, record: func() error {
			if calls.Add(1) == 4 {
				panic("a bug")
			}
			return nil
		}}
		_, stop := w.start("one", func(o *engine.Options) { o.Store = m })
		defer stop()
		op := w.finished(w.deploy("staging", "quick"))
		wantStatus(t, op, lockstep.StatusCompleted)
		if took := w.elapsed(); took < 6*time.Second || took > 11*time.Second {
			t.Errorf("it took %s: a lease is 6s, the deployment 4s", took)
		}
	})
}

// Whoever asks announces it once. Where the look that follows fails, the next
// one is soon, and not when it is time to look without news.
func TestALookThatFailsIsSoonRepeated(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		var once atomic.Bool
		m := &moody{Store: w.store, claim: func() error {
			if once.CompareAndSwap(true, false) {
				return errBroken
			}
			return nil
		}}
		eng, stop := w.start("one", func(o *engine.Options) { o.Store, o.Poll = m, time.Hour })
		defer stop()
		synctest.Wait() // it has looked, and found nothing
		once.Store(true)
		asked := time.Now()
		id := w.deploy("staging", "quick")
		eng.Wake()
		claimed := w.until(id, func(e lockstep.Event) bool { return e.Type == lockstep.EventOperationClaimed })
		if took := claimed.At.Sub(asked); took > 200*time.Millisecond {
			t.Errorf("claimed after %s", took)
		}
		w.finished(id)
	})
}

// What waits for the locks of two environments is claimed at the moment at
// which the second comes free: nobody has to look for it.
func TestWhatWaitsForTwoLocksIsClaimedWhenBothAreFree(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		w.prepared("blue")
		fromAnother(w, "blue")
		eng, stop := w.start("one", func(o *engine.Options) { o.Poll, o.TTL = time.Hour, time.Hour })
		defer stop()
		synctest.Wait()
		first, second := w.deploy("blue-from", "v2"), w.deploy("blue", "v2")
		eng.Wake()
		w.until(first, stepStarted("validate-green-environment"))
		w.until(second, stepStarted("validate-green-environment"))
		id := w.switchTo("blue", false)
		eng.Wake()
		claimed := w.until(id, func(e lockstep.Event) bool { return e.Type == lockstep.EventOperationClaimed })
		free := w.operation(first).CompletedAt
		if other := w.operation(second).CompletedAt; other != nil && free != nil && other.After(*free) {
			free = other
		}
		if free == nil || claimed.At.Sub(*free) > 10*time.Millisecond {
			t.Errorf("claimed at %s, both were free at %v", claimed.At, free)
		}
		if op := w.finished(id); op.Status != lockstep.StatusCompleted {
			t.Errorf("it ended\n%s", journal(op))
		}
	})
}
