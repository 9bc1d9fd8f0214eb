package engine_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/traffic"
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

func TestWhatMayNotBeginFailsAndChangesNothing(t *testing.T) {
	refused := lockstep.Errorf(lockstep.CodeRefused, "a freeze began: deploy after it")
	for name, test := range map[string]struct {
		strategy lockstep.Strategy
		gate     error
		runtime  error
		code     lockstep.Code
		says     string
		after    time.Duration
	}{
		"Gate":        {gate: refused, code: lockstep.CodeRefused, says: "a freeze began"},
		"GateIsMute":  {gate: errBroken, code: lockstep.CodeUnavailable, says: "under reference deploy-1/plan", after: time.Minute},
		"Runtime":     {runtime: lockstep.Errorf(lockstep.CodeUnsupported, "runtime docker is not built"), code: lockstep.CodeUnsupported, says: "docker"},
		"RuntimeAway": {runtime: lockstep.Errorf(lockstep.CodeUnavailable, "the agent is down"), code: lockstep.CodeUnavailable, says: "the agent is down", after: time.Minute},
		"Strategy":    {strategy: lockstep.StrategyCanary, code: lockstep.CodeUnsupported, says: "blue_green, recreate"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				_, stop := w.start("one", func(o *engine.Options) {
					o.Gate = func(context.Context, lockstep.Claimed) error { return test.gate }
					o.Runtime = func(lockstep.Environment) (runtime.Runtime, traffic.Router, error) {
						return w.fake, w.fake, test.runtime
					}
				})
				defer stop()
				op := w.finished(w.deploy("staging", "quick", func(d *lockstep.Deployment) {
					if test.strategy != "" {
						d.Strategy = test.strategy
					}
				}))
				wantStatus(t, op, lockstep.StatusFailed)
				if op.Error == nil || op.Error.Code != test.code || !strings.Contains(op.Error.Message, test.says) || strings.Contains(op.Error.Message, errBroken.Error()) {
					t.Errorf("error %+v, want code %s and %q", op.Error, test.code, test.says)
				}
				if d := w.deployment(op.ID); d.Error == nil || d.Status != lockstep.StatusFailed || d.Rollback != nil {
					t.Errorf("deployment %+v", d)
				}
				if e := w.read("staging"); e.Status != lockstep.EnvironmentInactive || len(op.Steps) != 0 || len(w.fake.Effects()) != 0 {
					t.Errorf("%s, %v\n%s", e.Status, w.fake.Effects(), journal(op))
				}
				if took := w.elapsed(); took != test.after {
					t.Errorf("it took %s, want %s", took, test.after)
				}
			})
		})
	}
}

func TestAGateThatAnswersLateIsWaitedFor(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		_, stop := w.start("one", func(o *engine.Options) {
			o.Gate = func(_ context.Context, c lockstep.Claimed) error {
				if c.Deployment == nil || c.Environment.Name != "staging" || c.Project.Name != "sunday" {
					t.Errorf("the gate sees %+v", c)
				}
				if time.Since(w.began) < 10*time.Second {
					return errBroken
				}
				return nil
			}
		})
		defer stop()
		wantStatus(t, w.finished(w.deploy("staging", "quick")), lockstep.StatusCompleted)
	})
}

func TestWakeAnnouncesWorkAndCancels(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		eng, stop := w.start("one", func(o *engine.Options) { o.Poll, o.TTL = time.Hour, time.Hour })
		defer stop()
		synctest.Wait() // until it is idle
		id := w.deploy("staging", "slow")
		eng.Wake()
		w.until(id, stepStarted("await-healthy/app"))
		w.cancel(id)
		eng.Wake()
		wantStatus(t, w.finished(id), lockstep.StatusCancelled)
		if took := w.elapsed(); took > 0 {
			t.Errorf("it took %s", took)
		}
	})
}

func TestWithoutAWakeWorkAndCancelsAreFound(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		_, stop := w.start("one")
		defer stop()
		synctest.Wait()
		id := w.deploy("staging", "slow")
		w.until(id, stepStarted("await-healthy/app"))
		if took := time.Since(w.began); took > 500*time.Millisecond {
			t.Errorf("found after %s", took)
		}
		w.cancel(id)
		wantStatus(t, w.finished(id), lockstep.StatusCancelled)
		if took := time.Since(w.began); took > 2600*time.Millisecond {
			t.Errorf("cancelled after %s", took)
		}
	})
}

func TestNoMoreRunAtOnceThanAllowed(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		var now, most atomic.Int64
		var ids []string
		for _, env := range []string{"one", "two", "three", "four", "five"} {
			w.environment(env, func(e *lockstep.Environment) { e.Spec.Validation = lockstep.ValidationBasic })
			w.revision(env, "v1", service("app", "/"))
			ids = append(ids, w.deploy(env, "v1"))
		}
		_, stop := w.start("one", func(o *engine.Options) {
			o.Concurrency = 2
			o.Gate = func(ctx context.Context, _ lockstep.Claimed) error {
				most.Store(max(most.Load(), now.Add(1)))
				time.Sleep(time.Second)
				now.Add(-1)
				return nil
			}
		})
		defer stop()
		for _, id := range ids {
			wantStatus(t, w.finished(id), lockstep.StatusCompleted)
		}
		if most.Load() != 2 {
			t.Errorf("%d ran at once, 2 are allowed", most.Load())
		}
	})
}

func TestTheRoutingIsWhole(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.environment("production", func(e *lockstep.Environment) {
			e.Type, e.Spec.Domains, e.Spec.Validation = lockstep.TypeProduction, []string{"Shop.Example.com"}, lockstep.ValidationBasic
		})
		one := w.revision("production", "v1", service("api", "/api"), service("worker", ""))
		two := w.revision("production", "v2", service("api", "/api", "log new"), service("worker", ""))
		_, stop := w.start("one", func(o *engine.Options) { o.Poll, o.TTL = 20*time.Second, time.Minute })
		defer stop()
		w.finished(w.deploy("production", "v1"))
		w.finished(w.deploy("production", "v2"))
		got, err := w.fake.Get(t.Context(), "production")
		if err != nil {
			t.Fatal(err)
		}
		routes := func(r lockstep.Revision) lockstep.RevisionRoutes {
			groups, err := r.Content.Groups()
			if err != nil {
				t.Fatal(err)
			}
			return lockstep.RevisionRoutes{
				Revision: r.ID, Hash: lockstep.ShortHash(r.Hash), Release: r.Content.Release,
				Services: []lockstep.ServiceRoute{{Service: "api", Group: groups[0].ID, Prefixes: []string{"/api"}}},
			}
		}
		want := lockstep.Routing{
			Project: "sunday", Environment: "production", Domains: []string{"shop.example.com"}, Live: true,
			Revisions: []lockstep.RevisionRoutes{routes(one), routes(two)}, // v1 is warm
			Splits:    []lockstep.Split{{Revision: two.ID, Weight: 100}},
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("routing\n%+v\nwant\n%+v", got, want)
		}
		time.Sleep(lockstep.DefaultWarmFor + time.Minute) // v1 is retired
		if got, err = w.fake.Get(t.Context(), "production"); err != nil || len(got.Revisions) != 1 || !got.Live {
			t.Errorf("routing after v1 was retired: %+v, %v", got, err)
		}
	})
}

// TestTheLiveAddressIsGivenBack: an environment that serves and is not the
// current one, in a project without one.
func TestTheLiveAddressIsGivenBack(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.environment("production", func(e *lockstep.Environment) {
			e.Type, e.Status, e.Spec.Validation = lockstep.TypeProduction, lockstep.EnvironmentActive, lockstep.ValidationComprehensive
		})
		w.serving("production", w.revision("production", "v1", service("app", "/")))
		w.revision("production", "bad", service("app", "/", "errors 50%"))
		w.revision("production", "good", service("app", "/", "log good"))
		w.fake.Load("production", 100)
		_, stop := w.start("one")
		defer stop()
		var seen []string
		for _, version := range []string{"bad", "good"} {
			id := w.deploy("production", version)
			for _, step := range []string{"validate-green-environment", "deployment-validation"} {
				w.until(id, stepStarted(step))
				seen = append(seen, w.routed("production"))
			}
			w.finished(id)
			seen = append(seen, w.routed("production"))
		}
		want := []string{
			"production.v1", "production.bad, live", "production.v1",
			"production.v1", "production.good, live", "production.good, live",
		}
		if !slices.Equal(seen, want) {
			t.Errorf("requests went to %q, want %q", seen, want)
		}
	})
}

func TestAFenceThatTheStoreDoesNotKnowFailsTheOperation(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		call := runtime.Call{Environment: "staging", Fence: 1 << 40, Key: "another server's"}
		if err := w.fake.Prepare(t.Context(), call, runtime.Place{}, nil); err != nil {
			t.Fatal(err)
		}
		_, stop := w.start("one")
		defer stop()
		op := w.finished(w.deploy("staging", "quick"))
		wantStatus(t, op, lockstep.StatusFailed)
		if op.Error == nil || op.Error.Code != lockstep.CodeFenced {
			t.Errorf("error %+v", op.Error)
		}
		wantStep(t, op, "prepare-green-environment", 1)
	})
}

func TestAStopRefusesWhatGetsRequests(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.environment("other", func(e *lockstep.Environment) {
			var none lockstep.Duration
			e.Status, e.Spec.Validation, e.Spec.Strategy.WarmFor = lockstep.EnvironmentActive, lockstep.ValidationBasic, &none
		})
		w.serving("other", w.revision("other", "v1", service("app", "/")))
		w.revision("other", "v2", service("app", "/", "log new"))
		before, err := w.fake.Get(t.Context(), "other")
		if err != nil {
			t.Fatal(err)
		}
		id := w.deploy("other", "v2")
		_, stop := w.start("one", func(o *engine.Options) {
			o.Failpoint = func(name string) {
				if name == "after:commit:started:stop" { // somebody leads requests back
					if err := w.fake.Set(t.Context(), runtime.Call{Environment: "other", Fence: w.operation(id).Fence}, before); err != nil {
						t.Error(err)
					}
				}
			}
		})
		defer stop()
		op := w.finished(id)
		if op.Error == nil || op.Error.Code != lockstep.CodeConflict || !strings.Contains(op.Error.Message, "gets requests and is not stopped") {
			t.Errorf("error %+v", op.Error)
		}
		if w.fake.Starts("other")["app-ef038cbbfe26-0"] != 1 || w.routed("other") != "other.v1" {
			t.Errorf("started %v, requests go to %s", w.fake.Starts("other"), w.routed("other"))
		}
	})
}
