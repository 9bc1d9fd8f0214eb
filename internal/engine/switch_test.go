package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// fromAnother makes another environment current, in which v1 serves under the
// live address.
func fromAnother(w *world, env string) {
	w.t.Helper()
	from := env + "-from"
	w.prepared(from)
	p := w.readProject()
	p.CurrentID, p.CurrentEpoch = from, p.CurrentEpoch+1
	w.update(func(tx *store.Tx) error { return tx.PutProject(p) })
	r, err := w.fake.Get(w.t.Context(), from)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Live, r.LiveEpoch = true, p.CurrentEpoch
	if err := w.fake.Set(w.t.Context(), runtime.Call{Environment: from, Key: "before/3-live"}, r); err != nil {
		w.t.Fatal(err)
	}
}

func switches(drill bool) func(*world, string) string {
	return func(w *world, env string) string { return w.switchTo(env, drill) }
}

// switchTo asks for the live address to go from where it leads to env.
func (w *world) switchTo(env string, drill bool) string {
	w.t.Helper()
	p := w.readProject()
	return w.ask(env, lockstep.OperationSwitch, func(op *lockstep.Operation) {
		op.Switch = &lockstep.Switch{FromID: p.CurrentID, From: p.CurrentID, ToID: env, To: env, Epoch: p.CurrentEpoch, Drill: drill}
		op.Locks = append(op.Locks, lockstep.LiveLock(p.ID))
		if p.CurrentID != "" {
			op.Locks = append(op.Locks, lockstep.EnvironmentLock(p.CurrentID))
		}
	})
}

func (w *world) readProject() (p lockstep.Project) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { p, err = tx.Project(w.project.Name); return err })
	return p
}

// lives is where the live address leads, and who is current.
func (w *world) lives() string {
	w.t.Helper()
	p := w.readProject()
	probe, err := w.fake.ProbeHost(w.t.Context(), lockstep.LiveHost(p.Name), "", "", "/")
	if lockstep.CodeOf(err) == lockstep.CodeConflict {
		w.fake.Heal()
		probe, err = w.fake.ProbeHost(w.t.Context(), lockstep.LiveHost(p.Name), "", "", "/")
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return fmt.Sprintf("%s leads to %q; current is %q, epoch %d", lockstep.LiveHost(p.Name), probe.Environment, p.CurrentID, p.CurrentEpoch)
}

// relative says how far an epoch is from that at which a switch began.
func relative(text string, op lockstep.Operation) string {
	for n := range int64(4) {
		text = strings.ReplaceAll(text, fmt.Sprintf("epoch %d", op.Switch.Epoch+n), fmt.Sprintf("epoch +%d", n))
	}
	return text
}

// A cancel that comes after the move takes traffic back.
func TestASwitchIsCancelled(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"verify-target-environment", "verify-live-address"} {
		options := store.Options{DataDir: t.TempDir()}
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, options)
			defer w.close()
			w.prepared("blue")
			fromAnother(w, "blue")
			w.environmentStableFor("blue", time.Minute)
			before := w.lives()
			w.fake.Inject(fault([]string{"probeHost", "is-away"}))
			eng, stop := w.start("one")
			defer stop()
			id := w.switchTo("blue", false)
			eng.Wake()
			w.until(id, stepStarted(at))
			w.cancel(id)
			eng.Wake()
			op := w.finished(id)
			w.fake.Heal()
			if op.Status != lockstep.StatusCancelled {
				t.Errorf("it ended\n%s", journal(op))
			}
			after := w.lives()
			if at == "verify-target-environment" && after != before {
				t.Errorf("cancelled before the move: %s, before it %s", after, before)
			}
			if want := `leads to "blue-from"; current is "blue-from"`; !strings.Contains(after, want) {
				t.Errorf("cancelled at %s: %s, want %s", at, after, want)
			}
			// The epoch of the project is no lower than what the router knows:
			// what comes next is let in.
			again := w.switchTo("blue", false)
			eng.Wake()
			if op := w.finished(again); op.Status != lockstep.StatusCompleted {
				t.Errorf("the next one ended\n%s", journal(op))
			}
		})
	}
}

func (w *world) environmentStableFor(env string, d time.Duration) {
	w.t.Helper()
	e := w.read(env)
	e.Spec.Strategy.StableFor = lockstep.Duration(d)
	w.update(func(tx *store.Tx) error { return tx.PutEnvironment(e) })
}

// A database that was restored from before a switch knows a lower epoch than
// the router: the next switch takes one above both.
func TestASwitchAfterARestoreTakesAnEpochAboveTheRouters(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		w.prepared("blue")
		fromAnother(w, "blue")
		backup := w.readProject()
		eng, stop := w.start("one")
		defer stop()
		done := func(id string) {
			t.Helper()
			eng.Wake()
			if op := w.finished(id); op.Status != lockstep.StatusCompleted {
				t.Fatalf("it ended\n%s", journal(op))
			}
		}
		done(w.switchTo("blue", false))
		w.update(func(tx *store.Tx) error { return tx.PutProject(backup) })
		done(w.switchTo("blue", false))
		if got, want := w.lives(), `sunday.localhost leads to "blue"; current is "blue", epoch 3`; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		done(w.deploy("blue", "v2"))
		if got := w.routed("blue"); got != "blue.v2, live" {
			t.Errorf("after a deployment requests go to %s", got)
		}
	})
}

// What fails to give its claim up costs nothing: the epoch decides.
func TestASwitchGoesOnWhereTheOldSideKeepsItsClaim(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		w.prepared("blue")
		fromAnother(w, "blue")
		w.fake.Inject(fault([]string{"set", "at", "release-previous", "refuses"}))
		eng, stop := w.start("one", func(o *engine.Options) { o.TTL = time.Minute })
		defer stop()
		id := w.switchTo("blue", false)
		eng.Wake()
		op := w.finished(id)
		r := op.SwitchResult()
		if op.Status != lockstep.StatusCompleted || op.Error != nil || r.Steps[4].Success || r.Steps[4].Required || r.Steps[4].Error == "" {
			t.Errorf("it ended\n%s", journal(op))
		}
		if got, want := w.lives(), `sunday.localhost leads to "blue"; current is "blue", epoch 2`; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}
