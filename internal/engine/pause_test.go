package engine_test

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// pausing is a deployment of v2 or another that is asked to hold while a step
// of it runs.
func pausing(t *testing.T, ask func(*world, string) string, while string, test func(t *testing.T, w *world, eng *engine.Engine, id, before string)) {
	t.Helper()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		w.prepared("shop")
		eng, stop := w.start("one", func(o *engine.Options) { o.TTL, o.Poll = time.Hour, time.Hour })
		defer stop()
		id := ask(w, "shop")
		eng.Wake()
		w.until(id, stepStarted(while))
		before := w.pause(id)
		eng.Wake()
		test(t, w, eng, id, before)
	})
}

// held waits until the deployment holds, for ten minutes, and returns it.
func (w *world) held(id string) lockstep.Operation {
	w.t.Helper()
	w.until(id, happened(lockstep.EventOperationPaused))
	time.Sleep(10 * time.Minute)
	return w.operation(id)
}

func by(strategy lockstep.Strategy, version string) func(*world, string) string {
	return func(w *world, env string) string {
		return w.deploy(env, version, func(d *lockstep.Deployment) { d.Strategy = strategy })
	}
}

// What is under way ends; then the deployment holds, with the shares that it
// has, for as long as it takes, and goes on at once when it is resumed.
func TestADeploymentHoldsBeforeItsNextStep(t *testing.T) {
	t.Parallel()
	pausing(t, by(lockstep.StrategyCanary, "v2"), "analyze-canary-at-50-percent", func(t *testing.T, w *world, eng *engine.Engine, id, before string) {
		op := w.held(id)
		at := slices.IndexFunc(op.Steps, func(s lockstep.Step) bool { return s.Status == lockstep.StepPending })
		if op.Steps[at].Name != before || before != "switch-traffic-to-canary" || op.Steps[at-1].Status != lockstep.StepCompleted || op.Status != lockstep.StatusRunning {
			t.Errorf("held before %s\n%s", before, journal(op))
		}
		if p := op.Pause; p == nil || p.By != "bo" || p.HeldSince == nil || p.Before != before || p.Step != op.Steps[at].Seq || time.Since(*p.HeldSince) < 10*time.Minute {
			t.Errorf("pause %+v", op.Pause)
		}
		if r, err := w.fake.Get(t.Context(), "shop"); err != nil || len(r.Splits) != 2 || r.Splits[0].Weight != 50 {
			t.Errorf("routing %+v: %v", r.Splits, err)
		}
		asked := time.Now()
		w.resume(id)
		eng.Wake()
		op = w.finished(id)
		wantStatus(t, op, lockstep.StatusCompleted)
		if s := op.Steps[at]; s.StartedAt.Sub(asked) > time.Second || s.Attempts != 1 || op.Pause != nil {
			t.Errorf("went on after %s, pause %+v\n%s", s.StartedAt.Sub(asked), op.Pause, journal(op))
		}
	})
}

// Whoever asked for it may be surprised by the verdict: it counts all the same.
func TestAPauseDoesNotKeepACanaryThatIsWorse(t *testing.T) {
	t.Parallel()
	pausing(t, by(lockstep.StrategyCanary, "worse"), "analyze-canary-at-50-percent", func(t *testing.T, w *world, _ *engine.Engine, id, _ string) {
		op := w.finished(id)
		wantStatus(t, op, lockstep.StatusRolledBack)
		if op.Pause != nil || w.routed("shop") != "shop.v1" {
			t.Errorf("pause %+v, requests go to %s", op.Pause, w.routed("shop"))
		}
	})
}

func TestACancelEndsAPause(t *testing.T) {
	t.Parallel()
	pausing(t, by(lockstep.StrategyCanary, "v2"), "analyze-canary-at-50-percent", func(t *testing.T, w *world, eng *engine.Engine, id, _ string) {
		w.held(id)
		w.cancel(id)
		eng.Wake()
		op := w.finished(id)
		wantStatus(t, op, lockstep.StatusCancelled)
		if op.Pause != nil || w.routed("shop") != "shop.v1" {
			t.Errorf("pause %+v, requests go to %s", op.Pause, w.routed("shop"))
		}
	})
}

// With recreate requests wait while the instances change: a deployment does
// not hold then, but as soon as they are served.
func TestNothingIsHeldWhileRequestsWait(t *testing.T) {
	t.Parallel()
	pausing(t, by(lockstep.StrategyRecreate, "v2"), "stop-old-instances/backend", func(t *testing.T, w *world, eng *engine.Engine, id, before string) {
		op := w.held(id)
		if before != "deployment-validation" || op.Pause.Before != before || w.routed("shop") != "shop.v2" {
			t.Errorf("asked for before %s, held before %s, requests go to %s\n%s", before, op.Pause.Before, w.routed("shop"), journal(op))
		}
		w.resume(id)
		eng.Wake()
		wantStatus(t, w.finished(id), lockstep.StatusCompleted)
	})
}

// An approval ends its step, and not a pause that was asked for meanwhile; nor
// does a pause survive the worker in another form.
func TestAPauseOutlivesAnApprovalAndAWorker(t *testing.T) {
	t.Parallel()
	pausing(t, cooked("start", "approve", "shift_traffic 100"), "approve", func(t *testing.T, w *world, eng *engine.Engine, id, _ string) {
		w.decide(id, lockstep.VerdictApproved, "")
		eng.Wake()
		since := *w.held(id).Pause.HeldSince
		_, stop := w.start("heir")
		defer stop()
		time.Sleep(2 * time.Hour) // and nobody's lease has ended
		op := w.operation(id)
		if op.Pause == nil || !op.Pause.HeldSince.Equal(since) || w.routed("shop") != "shop.v1" {
			t.Errorf("pause %+v, held since %s\n%s", op.Pause, since, journal(op))
		}
		w.resume(id)
		eng.Wake()
		wantStatus(t, w.finished(id), lockstep.StatusCompleted)
	})
}

// Who holds before the live address is moved keeps nobody from it, whether it
// was asked for before or after the address was taken.
func TestAHeldDeploymentGivesTheLiveAddressBack(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before:commit:live", "after:commit:live"} {
		options := store.Options{DataDir: t.TempDir()}
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, options)
			defer w.close()
			production(w, "standby", "production")
			var asked sync.Once
			var id string
			eng, stop := w.start("one", func(o *engine.Options) {
				o.Poll = time.Hour // it is claimed when its ID is known
				o.Failpoint = func(name string) {
					if name == when {
						asked.Do(func() { w.pause(id) })
					}
				}
			})
			defer stop()
			synctest.Wait()
			id = w.deploy("standby", "v2", func(d *lockstep.Deployment) { d.Strategy = lockstep.StrategyBlueGreen })
			eng.Wake()
			op := w.held(id)
			if op.Pause.Before != "switch-traffic-to-green" || slices.Contains(op.Locks, lockstep.LiveLock("sunday")) {
				t.Fatalf("held before %s with %v", op.Pause.Before, op.Locks)
			}
			other := w.deploy("production", "v2")
			eng.Wake()
			wantStatus(t, w.finished(other), lockstep.StatusCompleted)
			w.resume(id)
			eng.Wake()
			wantStatus(t, w.finished(id), lockstep.StatusCompleted)
			if w.readProject().CurrentID != "production" || w.routed("standby") != "standby.v2" {
				t.Errorf("current is %s, requests of standby go to %s", w.readProject().CurrentID, w.routed("standby"))
			}
		})
	}
}
