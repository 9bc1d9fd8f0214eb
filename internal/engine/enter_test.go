package engine_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// nowhere makes an environment one of production in a project whose live
// address leads nowhere yet.
func nowhere(w *world, env string) {
	w.t.Helper()
	e := w.read(env)
	e.Type = lockstep.TypeProduction
	p := w.readProject()
	p.CurrentID = ""
	w.update(func(tx *store.Tx) error {
		if err := tx.PutEnvironment(e); err != nil {
			return err
		}
		return tx.PutProject(p)
	})
}

// taken is nowhere, and somebody else moves the live address until
// an operation waits for it, which is asked for afterwards.
func taken(w *world, env string) {
	w.t.Helper()
	nowhere(w, env)
	other := env + "-other"
	w.prepared(other)
	holder := w.ask(other, lockstep.OperationStop, func(op *lockstep.Operation) { op.Locks = append(op.Locks, lockstep.LiveLock(w.project.ID)) })
	claimed, err := w.store.Claim(w.t.Context(), "somebody", "", 1000*time.Hour)
	if err != nil || claimed == nil || claimed.Operation.ID != holder {
		w.t.Fatalf("claimed %+v: %v", claimed, err)
	}
	var events int64
	w.view(func(tx *store.Tx) (err error) { _, events, err = tx.EventRange(); return err })
	w.saying.Go(func() {
		waits := w.after(events, lockstep.EventFilter{EnvironmentID: env}, happened(lockstep.EventOperationWaiting))
		if waits.Data["holder"] != holder {
			w.t.Errorf("it waits for %v, not for %s", waits.Data["holder"], holder)
		}
		if err := w.store.Record(w.t.Context(), claimed.Lease, lockstep.Record{
			Outcome: &lockstep.Outcome{Status: lockstep.StatusCancelled}, Events: []lockstep.Event{{Type: lockstep.EventOperationFinished}},
		}); err != nil {
			w.t.Error(err)
		}
	})
}

func happened(what lockstep.EventType) func(lockstep.Event) bool {
	return func(e lockstep.Event) bool { return e.Type == what }
}

// pause asks for one as the use case does: it returns the step before which it
// takes effect.
func (w *world) pause(id string) (before string) {
	w.t.Helper()
	w.update(func(tx *store.Tx) error {
		op, err := tx.Operation(id)
		if err != nil {
			return err
		}
		point := op.PausePoint()
		if point == nil {
			return lockstep.Errorf(lockstep.CodeConflict, "%s has no step left to hold before", id)
		}
		before = point.Name
		return tx.SetPause(id, &lockstep.RequestedPause{By: "bo", At: time.Now(), Step: point.Seq, Before: before})
	})
	return before
}

func (w *world) resume(id string) {
	w.t.Helper()
	w.update(func(tx *store.Tx) error { return tx.SetPause(id, nil) })
}

// paused is a story in which bo asks for a pause while the deployment waits for
// an approval, gives that, and ends the pause once the deployment holds.
func paused(end func(*world, string), lines ...string) func(*world, string) string {
	return func(w *world, env string) string {
		id := cooked(lines...)(w, env)
		w.saying.Go(func() {
			w.until(id, stepStarted("approve"))
			w.pause(id)
			w.decide(id, lockstep.VerdictApproved, "")
			w.until(id, happened(lockstep.EventOperationPaused))
			end(w, id)
		})
		return id
	}
}

func production(w *world, names ...string) {
	w.t.Helper()
	for _, name := range names {
		w.prepared(name)
		nowhere(w, name)
	}
}

// Two first deployments to production: one that waits for a person before it
// has moved anybody is in nobody's way.
func TestWhoWaitsForAPersonKeepsNobodyFromTheLiveAddress(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		production(w, "standby", "production")
		eng, stop := w.start("one")
		defer stop()
		standby := cooked("start", "approve", "shift_traffic 100")(w, "standby")
		w.until(standby, stepStarted("approve"))
		other := w.finished(w.deploy("production", "v2"))
		wantStatus(t, other, lockstep.StatusCompleted)
		if to := w.routed("production"); to != "production.v2, live" || w.readProject().CurrentID != "production" {
			t.Errorf("requests go to %s, current is %q", to, w.readProject().CurrentID)
		}
		if other.Waits != nil || !slices.Contains(other.Locks, lockstep.LiveLock("sunday")) {
			t.Errorf("it has waited, %+v, with %v", other.Waits, other.Locks)
		}
		w.decide(standby, lockstep.VerdictApproved, "")
		eng.Wake()
		op := w.finished(standby)
		wantStatus(t, op, lockstep.StatusCompleted)
		if to := w.routed("standby"); to != "standby.v2" || slices.Contains(op.Locks, lockstep.LiveLock("sunday")) {
			t.Errorf("requests go to %s, locks %v: the address has led elsewhere when it came there", to, op.Locks)
		}
	})
}

// One that has moved users keeps the address until it is done or undone; the
// other has prepared everything by then, waits before it touches anybody, says
// so, and can be cancelled.
func TestWhoHasMovedTheLiveAddressIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		strategy  lockstep.Strategy
		before    string // which it waits
		verdict   lockstep.Verdict
		cancelled bool
		live      string // who has it in the end
	}{
		"the other keeps it":      {lockstep.StrategyBlueGreen, "switch-traffic-to-green", lockstep.VerdictApproved, false, "standby"},
		"the other gives it back": {lockstep.StrategyBlueGreen, "switch-traffic-to-green", lockstep.VerdictRejected, false, "production"},
		"by shares":               {lockstep.StrategyCanary, "shift-50-percent-to-canary", lockstep.VerdictApproved, false, "standby"},
		"nobody's requests wait":  {lockstep.StrategyRecreate, "hold-traffic", lockstep.VerdictApproved, false, "standby"},
		"cancelled":               {lockstep.StrategyBlueGreen, "switch-traffic-to-green", lockstep.VerdictApproved, true, "standby"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := store.Options{DataDir: t.TempDir()}
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, options)
				defer w.close()
				production(w, "standby", "production")
				eng, stop := w.start("one", func(o *engine.Options) { o.TTL, o.Poll = time.Hour, time.Hour })
				defer stop()
				standby := cooked("start", "shift_traffic 100", "approve")(w, "standby")
				eng.Wake()
				w.until(standby, stepStarted("approve"))
				id := w.deploy("production", "v2", func(d *lockstep.Deployment) { d.Strategy = c.strategy })
				eng.Wake()
				w.until(id, happened(lockstep.EventOperationWaiting))
				synctest.Wait()
				op := w.operation(id)
				next := slices.IndexFunc(op.Steps, func(s lockstep.Step) bool { return s.Status == lockstep.StepPending })
				if op.Waits == nil || op.Waits.Lock != lockstep.LiveLock("sunday") || op.Steps[next].Name != c.before {
					t.Fatalf("it waits %+v\n%s", op.Waits, journal(op))
				}
				if to := w.routed("production"); to != "production.v1" {
					t.Errorf("while it waits requests go to %s", to)
				}
				if c.cancelled {
					w.cancel(id)
					eng.Wake()
					op = w.finished(id)
					wantStatus(t, op, lockstep.StatusCancelled)
				}
				w.decide(standby, c.verdict, "")
				eng.Wake()
				w.finished(standby)
				if !c.cancelled { // the end of the other is heard of at once
					op = w.finished(id)
					wantStatus(t, op, lockstep.StatusCompleted)
				}
				if op.Waits != nil {
					t.Errorf("it still waits %+v", op.Waits)
				}
				for _, env := range []string{"standby", "production"} {
					if live := strings.HasSuffix(w.routed(env), "live"); live != (env == c.live) {
						t.Errorf("requests of %s go to %s", env, w.routed(env))
					}
				}
				if current := w.readProject().CurrentID; current != c.live {
					t.Errorf("current is %q, want %q", current, c.live)
				}
			})
		})
	}
}

// What an older server has queued has the lock from its beginning.
func TestWhatWasQueuedWithTheLiveAddressHasItFromTheBeginning(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		production(w, "production")
		_, stop := w.start("one")
		defer stop()
		d := lockstep.Deployment{
			ID: "old", ProjectID: "sunday", EnvironmentID: "production", Environment: "production", Version: "v2", ReleaseID: "v2",
			RevisionID: "production.v2", RevisionHash: "sha256:v2", ConfigVersion: 1, Strategy: lockstep.StrategyBlueGreen, Status: lockstep.StatusPending,
			RollbackOnFailure: true, StartedBy: "ada", CreatedAt: time.Now(),
		}
		op := w.pending(d.ID, lockstep.OperationDeploy, w.read("production"), d.RevisionID)
		op.Locks = append(op.Locks, lockstep.LiveLock("sunday"))
		w.update(func(tx *store.Tx) error {
			if err := tx.AddOperation(op); err != nil {
				return err
			}
			return tx.AddDeployment(d)
		})
		wantStatus(t, w.finished(d.ID), lockstep.StatusCompleted)
		if to := w.routed("production"); to != "production.v2, live" {
			t.Errorf("requests go to %s", to)
		}
	})
}

var anEpoch = regexp.MustCompile(`epoch (\d+)`)

// sinceFirstEpoch counts epochs from the first one that is named.
func sinceFirstEpoch(effects []string) []string {
	first := -1
	for i, text := range effects {
		effects[i] = anEpoch.ReplaceAllStringFunc(text, func(found string) string {
			n, err := strconv.Atoi(strings.TrimPrefix(found, "epoch "))
			if err != nil {
				panic(err)
			}
			if first < 0 {
				first = n
			}
			return fmt.Sprintf("epoch +%d", n-first)
		})
	}
	return effects
}
