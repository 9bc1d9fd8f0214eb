package engine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/runtime/fake"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// A destroy proves that nothing is left, says what was there, and fails with
// what it could not remove; another one ends it.
func TestADestroyProvesThatNothingIsLeft(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		w.prepared("shop")
		_, stop := w.start("one")
		defer stop()
		w.finished(w.deploy("shop", "v2"))
		w.fake.Leak("shop", "a daemon of theirs")
		began := time.Now()
		op := w.finished(w.ask("shop", lockstep.OperationDestroy))
		if op.Status != lockstep.StatusFailed || op.Error.Code != lockstep.CodeFailed || time.Since(began) > time.Minute ||
			!strings.Contains(op.Error.Message, "something of shop is left behind:\n  of processes: a daemon of theirs\n") {
			t.Fatal(journal(op))
		}
		if last := op.Steps[len(op.Steps)-1]; len(last.Ledger.Left()) != 1 || w.read("shop").Status != lockstep.EnvironmentFailed {
			t.Errorf("the ledger %+v, the environment %s", last.Ledger, w.read("shop").Status)
		}
		w.fake.Leak("shop")
		op = w.finished(w.ask("shop", lockstep.OperationDestroy))
		last := op.Steps[len(op.Steps)-1]
		if op.Status != lockstep.StatusCompleted || last.Output != "nothing is left; removed: processes 5, groups 3, routes 2" {
			t.Error(journal(op))
		}
		if left := last.Ledger.Left(); len(left) != 0 || last.Ledger[0].Made != 5 {
			t.Errorf("the ledger %+v", last.Ledger)
		}
	})
}

func TestADestroyNeedsNoLedger(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		w.prepared("shop")
		w.fake.Inject(fake.Fault{Method: "ledger", Err: lockstep.Errorf(lockstep.CodeUnsupported, "too old")})
		_, stop := w.start("one")
		defer stop()
		op := w.finished(w.ask("shop", lockstep.OperationDestroy))
		if last := op.Steps[len(op.Steps)-1]; op.Status != lockstep.StatusCompleted || last.Output != "the environment is removed; what runs it keeps no ledger" {
			t.Error(journal(op))
		}
	})
}

// TestManyEnvironmentsConvergeToNothing makes and destroys environments while
// every fifth call fails, before its effect or after it, some for good, and
// workers die. However it goes, what is destroyed in the end leaves nothing.
func TestManyEnvironmentsConvergeToNothing(t *testing.T) {
	t.Parallel()
	const many, failing = converging, 20 // percent
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
		w.fake.InjectAtRandom(failing, func(n int) int { return random.IntN(n) })
		deaths := []string{"after:effect:start", "before:effect:job", "after:effect:route", "after:effect:stop", "before:effect:remove", "after:effect:remove", "before:commit:outcome"}
		killed, again := 0, 0
		patient := func(o *engine.Options) { o.Poll, o.TTL = time.Minute, time.Minute } // each look costs more than a fake minute
		unchecked := func(d *lockstep.Deployment) { d.ValidationRequired = false }
		for n := range many {
			name := fmt.Sprintf("env-%d", n)
			w.environment(name, func(e *lockstep.Environment) {
				e.Spec.Strategy.Primary, e.Spec.Replicas = lockstep.StrategyRecreate, map[string]int{"backend": 1 + n%3}
				if n%4 == 0 {
					e.Spec.Hooks = []lockstep.Hook{{Name: "migrate", Stage: lockstep.HookPreDeployment, Run: []string{"takes 1s"}, Required: n%8 == 0}}
				}
			})
			var does []string
			if n%7 == 0 {
				does = []string{"exit 1"}
			}
			w.revision(name, "v1", service("backend", "/", does...))
			bury := func() {}
			if n%5 == 0 {
				m := w.mortal(point{deaths[n/5%len(deaths)], 1})
				_, stop := w.start("mortal", m.options, patient)
				w.deploy(name, "v1", unchecked)
				destroy := w.ask(name, lockstep.OperationDestroy)
				for dead := false; !dead && !w.operation(destroy).Status.Done(); { // or it does not come there
					select {
					case <-m.died:
						killed, dead = killed+1, true
					case <-time.After(time.Minute):
					}
				}
				bury = func() {
					m.wake()
					stop()
				}
			} else {
				w.deploy(name, "v1", unchecked)
			}
			_, stop := w.start(fmt.Sprintf("worker-%d", n), patient)
			if w.destroyed(name) > 1 {
				again++
			}
			bury()
			stop()
		}
		w.fake.Heal()
		for n := range many {
			name := fmt.Sprintf("env-%d", n)
			ledger, err := w.fake.Ledger(context.Background(), name)
			if err != nil || len(ledger.Left()) > 0 {
				t.Errorf("%s: %v is left, %v", name, ledger.Left(), err)
			}
		}
		var envs []lockstep.Environment
		w.view(func(tx *store.Tx) (err error) { envs, err = tx.Environments(w.project.ID); return err })
		if len(envs) != 0 {
			t.Errorf("%d environments are left", len(envs))
		}
		t.Logf("%d workers died, %d environments took more than one destroy", killed, again)
		if killed < many/10 || again == 0 {
			t.Errorf("%d workers died and %d environments took more than one destroy: too little went wrong", killed, again)
		}
	})
}

// destroyed destroys an environment, again where that fails, and says how
// often it took.
func (w *world) destroyed(name string) (tries int) {
	w.t.Helper()
	for tries = 1; tries < 50; tries++ {
		if !w.exists(name) { // an earlier one did it
			return tries
		}
		if op := w.finished(w.ask(name, lockstep.OperationDestroy)); op.Status == lockstep.StatusCompleted {
			return tries
		}
	}
	w.t.Fatalf("%s cannot be destroyed", name)
	return tries
}

func (w *world) exists(name string) (there bool) {
	w.t.Helper()
	w.view(func(tx *store.Tx) error {
		_, err := tx.Environment("", name)
		there = err == nil
		return nil
	})
	return there
}
