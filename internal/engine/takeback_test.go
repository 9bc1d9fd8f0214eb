package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/runtime/fake"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/suite"
)

// ways are the deployments that are taken back at each of their steps.
func ways() []story {
	return slices.DeleteFunc(stories(), func(s story) bool { return s.name != "BlueGreen" && s.name != "Recreate" })
}

// as is how an environment of w.prepared looks while only v1 is there.
func (w *world) asBefore(env string) string {
	return fmt.Sprintf("%s, to %s.v1, runs %v", lockstep.EnvironmentActive, env, w.running(env))
}

func (w *world) now(env string) string {
	return fmt.Sprintf("%s, to %s, runs %v", w.read(env).Status, w.routed(env), w.running(env))
}

// TestAFailureAtEachStepIsTakenBack lets the effect of each step be refused:
// of half of them before it happens, of the others after.
func TestAFailureAtEachStepIsTakenBack(t *testing.T) {
	t.Parallel()
	eachOf(t, ways(), func(t *testing.T, w *world, s story) {
		w.takesBackFailures(s, func(step lockstep.Step) []bool { return []bool{(step.Seq+len(s.name))%2 == 0} })
	})
}

// TestCrashAFailureBeforeAndAfterEachEffect does both for each step.
func TestCrashAFailureBeforeAndAfterEachEffect(t *testing.T) {
	t.Parallel()
	suite.Belong(t, suite.Crash)
	eachOf(t, ways(), func(_ *testing.T, w *world, s story) {
		w.takesBackFailures(s, func(lockstep.Step) []bool { return []bool{false, true} })
	})
}

func (w *world) takesBackFailures(s story, after func(lockstep.Step) []bool) {
	w.t.Helper()
	methods := map[lockstep.StepKind]string{
		lockstep.StepPrepare: "prepare", lockstep.StepStart: "start", lockstep.StepHold: "set",
		lockstep.StepShiftTraffic: "set", lockstep.StepDrain: "drain", lockstep.StepStop: "stop",
	}
	w.prepared("undisturbed")
	_, stop := w.start("one", func(o *engine.Options) { o.TTL = time.Minute })
	defer stop()
	for _, step := range w.finished(s.ask(w, "undisturbed")).Steps {
		method, effect := methods[step.Kind]
		if !effect {
			continue
		}
		for _, after := range after(step) {
			env := fmt.Sprintf("env-%d-%v", step.Seq, after)
			w.prepared(env)
			want := w.asBefore(env)
			key := step.Key("")
			w.fake.Inject(fake.Fault{Method: method, Match: key, After: after, Err: lockstep.Errorf(lockstep.CodeConflict, "refused on purpose")})
			op := w.finished(s.ask(w, env))
			w.fake.Heal()
			if got := w.now(env); op.Status != lockstep.StatusRolledBack || got != want {
				w.t.Errorf("%s failed (after its effect: %v): %s, %s\nwant %s, %s\n%s", key, after, op.Status, got, lockstep.StatusRolledBack, want, journal(op))
			}
		}
	}
}

// TestACancelAtEachStepIsTakenBack asks for a cancel while each step runs. It
// comes too late only in the last one, where that does more than wait.
func TestACancelAtEachStepIsTakenBack(t *testing.T) {
	t.Parallel()
	eachOf(t, ways(), func(t *testing.T, w *world, s story) {
		trail, _ := w.undisturbed(s)
		trail = slices.DeleteFunc(trail, func(p point) bool { return !strings.HasPrefix(p.name, "after:commit:started:") })
		for i, at := range trail {
			env := fmt.Sprintf("env-%d", i)
			w.prepared(env)
			want, status := w.asBefore(env), lockstep.StatusCancelled
			var id string
			var eng *engine.Engine
			passed := 0
			asked := make(chan struct{})
			eng, stop := w.start("one", func(o *engine.Options) {
				o.Failpoint = func(name string) {
					if name != at.name {
						return
					}
					if passed++; passed == at.nth {
						<-asked
						w.cancel(id)
						eng.Wake()
						synctest.Wait() // until the engine has heard of it
					}
				}
			})
			id = s.ask(w, env)
			close(asked)
			op := w.finished(id)
			stop()
			kind := lockstep.StepKind(strings.TrimPrefix(at.name, "after:commit:started:"))
			if i == len(trail)-1 && !kind.Waits() {
				want, status = w.now(env), lockstep.StatusCompleted
			}
			if got := w.now(env); op.Status != status || got != want {
				t.Errorf("cancelled at %v: %s, %s\nwant %s, %s\n%s", at, op.Status, got, status, want, journal(op))
			}
			if w.routed(env) != env+"."+w.read(env).ActiveID[len(env)+1:] {
				t.Errorf("cancelled at %v: requests go to %s, active is %s", at, w.routed(env), w.read(env).ActiveID)
			}
		}
	})
}

// eachOf runs a test for each story, in a bubble and a world of its own.
func eachOf(t *testing.T, all []story, test func(*testing.T, *world, story)) {
	t.Helper()
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			options := store.Options{DataDir: t.TempDir()}
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, options)
				defer w.close()
				test(t, w, s)
			})
		})
	}
}
