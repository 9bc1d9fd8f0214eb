package engine_test

import (
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// recipe reads the steps of a scenario; nil without any.
func recipe(tb testing.TB, lines []string) *lockstep.Recipe {
	tb.Helper()
	if lines == nil {
		return nil
	}
	r := &lockstep.Recipe{Name: "careful"}
	for _, line := range lines {
		word, rest, _ := strings.Cut(line, " ")
		step := lockstep.RecipeStep{Do: lockstep.RecipeWord(word)}
		operand, message, _ := strings.Cut(rest, " ")
		var err error
		switch step.Do {
		case lockstep.RecipeShift:
			step.Weight, err = strconv.Atoi(operand)
		case lockstep.RecipeApprove, lockstep.RecipePause, lockstep.RecipeAnalyze:
			var d time.Duration
			if operand != "" {
				d, err = time.ParseDuration(operand)
			}
			step.For = lockstep.Duration(d)
			if step.Do == lockstep.RecipeApprove {
				step.For, step.Timeout, step.Message = 0, lockstep.Duration(d), message
			}
		case lockstep.RecipeHook:
			step.Inline = &lockstep.Hook{Name: operand, Run: []string{message}, Required: true}
		default:
		}
		if err != nil {
			tb.Fatal(err)
		}
		r.Steps = append(r.Steps, step)
	}
	if faults := r.Faults(); len(faults) > 0 {
		tb.Fatalf("%+v", faults)
	}
	return r
}

// decide says a word on the step that waits, as bo.
func (w *world) decide(id string, verdict lockstep.Verdict, comment string) {
	w.t.Helper()
	w.update(func(tx *store.Tx) error {
		op, err := tx.Operation(id)
		if err != nil {
			return err
		}
		for _, s := range op.Steps {
			if s.Status == lockstep.StepRunning {
				return tx.Decide(id, lockstep.Decision{Step: s.Seq, Verdict: verdict, By: "bo", At: time.Now(), Comment: comment})
			}
		}
		return lockstep.Errorf(lockstep.CodeConflict, "%s is at no step", id)
	})
}

// cooked asks for a deployment of v2 by a recipe.
func cooked(lines ...string) func(*world, string) string {
	return func(w *world, env string) string {
		return w.deploy(env, "v2", func(d *lockstep.Deployment) {
			d.Strategy, d.Recipe = lockstep.StrategyCustom, recipe(w.t, lines)
		})
	}
}

// decided is a story in which bo says a word as soon as the step named waits.
func decided(ask func(*world, string) string, step string, verdict lockstep.Verdict) func(*world, string) string {
	return func(w *world, env string) string {
		id := ask(w, env)
		w.saying.Go(func() {
			w.until(id, stepStarted(step))
			w.decide(id, verdict, "")
		})
		return id
	}
}

// A pause that another worker goes on with waits for the rest of its time, and
// one that begins anew would not.
func TestAPauseIsNotBegunAgain(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		w.prepared("shop")
		_, stop := w.start("one")
		id := cooked("start", "shift_traffic 50", "pause 10m", "shift_traffic 100")(w, "shop")
		began := w.until(id, stepStarted("pause-10m")).At
		time.Sleep(7 * time.Minute)
		stop()
		_, stop = w.start("two")
		defer stop()
		op := w.finished(id)
		if op.Status != lockstep.StatusCompleted {
			t.Fatal(journal(op))
		}
		for _, s := range op.Steps {
			if s.Name != "pause-10m" {
				continue
			}
			if paused := s.CompletedAt.Sub(began); paused < 10*time.Minute || paused > 10*time.Minute+5*time.Second || s.Attempts != 2 {
				t.Errorf("paused for %s in %d attempts\n%s", paused, s.Attempts, journal(op))
			}
			if s.Output != "10m0s have passed" {
				t.Errorf("output %q", s.Output)
			}
		}
	})
}

// While nobody decides, the database is asked for nothing but the heartbeat.
func TestAnApprovalWaitsWithoutAskingAndHearsAtOnce(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		w.prepared("shop")
		eng, stop := w.start("one", func(o *engine.Options) { o.TTL, o.Poll = time.Hour, time.Hour })
		defer stop()
		id := cooked("start", "approve", "shift_traffic 100")(w, "shop")
		eng.Wake()
		w.until(id, stepStarted("approve"))
		synctest.Wait()
		time.Sleep(10 * time.Minute)
		asked := time.Now()
		w.decide(id, lockstep.VerdictApproved, "fine")
		eng.Wake()
		op := w.finished(id)
		i := 0
		for op.Steps[i].Name != "approve" {
			i++
		}
		if s := op.Steps[i]; s.CompletedAt.Sub(asked) > time.Second || s.Output != "approved by bo after 10m0s: fine" {
			t.Errorf("heard after %s\n%s", s.CompletedAt.Sub(asked), journal(op))
		}
	})
}

// The last moment counts: a word that came in time and was not heard of yet.
func TestAnApprovalInTimeCountsThoughNobodyWasWoken(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		w.prepared("shop")
		eng, stop := w.start("one", func(o *engine.Options) { o.TTL, o.Poll = time.Hour, time.Hour })
		defer stop()
		id := cooked("start", "approve 5m", "shift_traffic 100")(w, "shop")
		eng.Wake()
		w.until(id, stepStarted("approve"))
		time.Sleep(5*time.Minute - time.Second)
		w.decide(id, lockstep.VerdictApproved, "")
		if op := w.finished(id); op.Status != lockstep.StatusCompleted {
			t.Error(journal(op))
		}
	})
}
