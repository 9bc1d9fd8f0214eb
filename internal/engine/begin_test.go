package engine_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

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
		"Strategy":    {strategy: "teleport", code: lockstep.CodeUnsupported, says: "blue_green, rolling, canary, recreate, custom"},
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
