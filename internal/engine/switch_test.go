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

// hookedSwitch is an environment with a hook before the move, of which the
// first try fails, and one after it.
func hookedSwitch(after ...string) func(*world, string) {
	return func(w *world, env string) {
		fromAnother(w, env)
		w.hooks(env,
			lockstep.Hook{Name: "warm", Stage: lockstep.HookPreSwitch, Run: []string{"takes 1s", "exit 1", "recovers after 1", "result ROWS=3"}, Required: true, Retries: 1},
			lockstep.Hook{Name: "tell", Stage: lockstep.HookPostSwitch, Run: append([]string{"takes 1s"}, after...), Required: true},
		)
	}
}

// What a hook of a switch does stands around the move; a required one that
// fails leaves users where they are, or takes them back.
func TestHooksOfASwitch(t *testing.T) {
	t.Parallel()
	hook := func(name string, stage lockstep.HookStage, required bool, run ...string) lockstep.Hook {
		return lockstep.Hook{Name: name, Stage: stage, Run: run, Required: required}
	}
	pre, post := lockstep.HookPreSwitch, lockstep.HookPostSwitch
	for name, c := range map[string]struct {
		hooks  []lockstep.Hook
		drill  bool
		status lockstep.OperationStatus
		steps  string // with what they left
		lives  string
	}{
		"all is well": {
			hooks:  []lockstep.Hook{hook("tell", post, true, "log"), hook("warm", pre, true, "result ROWS=3"), hook("migrate", lockstep.HookPreDeployment, true, "exit 1")},
			status: lockstep.StatusCompleted,
			steps:  "✓pre-switch-hook-warm ✓move-traffic ✓verify-live-address ✓post-switch-hook-tell ✓release-previous-environment ✓set-current-environment",
			lives:  `leads to "blue"; current is "blue", epoch 2`,
		},
		"one before fails": {
			hooks: []lockstep.Hook{hook("warm", pre, true, "exit 3")}, status: lockstep.StatusFailed,
			steps: "✗pre-switch-hook-warm -move-traffic -verify-live-address -release-previous-environment -set-current-environment",
			lives: `leads to "blue-from"; current is "blue-from", epoch 1`,
		},
		"one after fails": {
			hooks: []lockstep.Hook{hook("tell", post, true, "exit 3")}, status: lockstep.StatusRolledBack,
			steps: "✓move-traffic ✓verify-live-address ✗post-switch-hook-tell -release-previous-environment -set-current-environment ✓rollback-environment-switch ✓release-target-environment",
			lives: `leads to "blue-from"; current is "blue-from", epoch 3`,
		},
		"those that fail are not required": {
			hooks: []lockstep.Hook{hook("warm", pre, false, "exit 3"), hook("tell", post, false, "exit 3")}, status: lockstep.StatusCompleted,
			steps: "!pre-switch-hook-warm ✓move-traffic ✓verify-live-address !post-switch-hook-tell ✓release-previous-environment ✓set-current-environment",
			lives: `leads to "blue"; current is "blue", epoch 2`,
		},
		"a drill": {
			hooks: []lockstep.Hook{hook("warm", pre, true, "exit 3"), hook("tell", post, true, "exit 3")}, drill: true, status: lockstep.StatusCompleted,
			steps: "✓rehearse-move-traffic ✓verify-drill-address ✓end-rehearsal",
			lives: `leads to "blue-from"; current is "blue-from", epoch 1`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := store.Options{DataDir: t.TempDir()}
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, options)
				defer w.close()
				w.prepared("blue")
				fromAnother(w, "blue")
				w.hooks("blue", c.hooks...)
				eng, stop := w.start("one")
				defer stop()
				id := w.switchTo("blue", c.drill)
				eng.Wake()
				op := w.finished(id)
				if got := outline(op.Steps[2:]); op.Status != c.status || got != c.steps {
					t.Errorf("it went %s, want %s\n%s", got, c.steps, journal(op))
				}
				if got := w.lives(); got != "sunday.localhost "+c.lives {
					t.Errorf("%s, want %s", got, c.lives)
				}
				for _, s := range op.SwitchResult().Steps {
					if hooked := strings.Contains(s.Name, "-hook-"); hooked && s.Required != c.hooks[0].Required || hooked && s.Success != strings.Contains(c.steps, "✓"+s.Name) {
						t.Errorf("shown as %+v", s)
					}
				}
				left := strings.Contains(op.Steps[0].Output, "a drill runs no hooks: warm, tell")
				if left != c.drill {
					t.Errorf("it says %q", op.Steps[0].Output)
				}
				for _, j := range w.fake.Jobs() {
					if j.Env["LOCKSTEP_SWITCH_FROM"] != "blue-from" || j.Env["LOCKSTEP_LIVE_HOST"] != "sunday.localhost" {
						t.Errorf("it knows %v", j.Env)
					}
				}
			})
		})
	}
}

// outline is how steps ended.
func outline(steps []lockstep.Step) string {
	var out []string
	for _, s := range steps {
		mark := map[lockstep.StepStatus]string{lockstep.StepCompleted: "✓", lockstep.StepFailed: "✗", lockstep.StepSkipped: "-"}[s.Status]
		if s.Warning {
			mark = "!"
		}
		out = append(out, mark+s.Name)
	}
	return strings.Join(out, " ")
}

// A request of a hook is told where users come from.
func TestARequestOfASwitchNamesWhereUsersComeFrom(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		w.prepared("blue")
		fromAnother(w, "blue")
		w.hooks("blue", lockstep.Hook{Name: "tell", Stage: lockstep.HookPostSwitch, HTTP: &lockstep.HTTPHook{URL: "https://chat.example.com/?text={{from}}+to+{{environment}}", Body: "log told"}})
		eng, stop := w.start("one")
		defer stop()
		id := w.switchTo("blue", false)
		eng.Wake()
		w.finished(id)
		if jobs := w.fake.Jobs(); len(jobs) != 1 || jobs[0].HTTP == nil || jobs[0].HTTP.URL != "https://chat.example.com/?text=blue-from+to+blue" {
			t.Errorf("it asked %+v", jobs)
		}
	})
}

// Of a switch that could not be taken back it is known that the address may
// lead to either, and the next epoch is free: a deployment that is forced to
// the current environment takes the address, and is not fenced.
func TestASwitchThatCannotBeTakenBackLeavesTheNextEpochFree(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][][]string{
		"the undo cannot be planned": {{"instances", "refuses"}},
		"the undo fails":             {{"set", "at", "rollback-environment-switch", "refuses"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := store.Options{DataDir: t.TempDir()}
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, options)
				defer w.close()
				w.prepared("blue")
				fromAnother(w, "blue")
				w.fake.Inject(fault([]string{"probeHost", "is-away"}))
				eng, stop := w.start("one")
				defer stop()
				id := w.switchTo("blue", false)
				eng.Wake()
				w.until(id, stepStarted("verify-live-address"))
				for _, f := range faults {
					w.fake.Inject(fault(f))
				}
				if op := w.finished(id); op.Status != lockstep.StatusFailed {
					t.Fatalf("it ended\n%s", journal(op))
				}
				w.fake.Heal()
				p := w.readProject()
				if p.AdriftID != "blue" || p.CurrentID != "blue-from" {
					t.Errorf("it leaves %+v", p)
				}
				forced := w.deploy("blue-from", "v2")
				eng.Wake()
				if op := w.finished(forced); op.Status != lockstep.StatusCompleted {
					t.Errorf("the deployment ended\n%s", journal(op))
				}
				if got := w.lives(); !strings.Contains(got, `leads to "blue-from"; current is "blue-from"`) {
					t.Error(got)
				}
				if p := w.readProject(); p.AdriftID != "" {
					t.Errorf("afterwards %+v", p)
				}
			})
		})
	}
}

// A switch may have waited while services of its target were switched off or
// on, or scaled: what is wanted is what holds when its turn comes.
func TestASwitchWantsWhatHoldsAtItsTurn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*lockstep.Environment)
		asked  int
		status lockstep.OperationStatus
		says   string
	}{
		"as it was asked for": {func(*lockstep.Environment) {}, 1, lockstep.StatusCompleted, "all services ready; from"},
		"disabled since":      {func(e *lockstep.Environment) { e.Disabled = []string{"backend"} }, 9, lockstep.StatusCompleted, "all services ready but what is disabled (backend); from"},
		"scaled down since":   {func(e *lockstep.Environment) { e.Scaled = map[string]int{"backend": 1} }, 9, lockstep.StatusCompleted, "all services ready; from"},
		"scaled up since":     {func(e *lockstep.Environment) { e.Scaled = map[string]int{"backend": 9} }, 1, lockstep.StatusFailed, "of 9 instances ready"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := store.Options{DataDir: t.TempDir()}
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, options)
				defer w.close()
				w.prepared("blue")
				fromAnother(w, "blue")
				e := w.read("blue")
				c.change(&e)
				w.update(func(tx *store.Tx) error { return tx.PutEnvironment(e) })
				eng, stop := w.start("one")
				defer stop()
				p := w.readProject()
				id := w.ask("blue", lockstep.OperationSwitch, func(op *lockstep.Operation) {
					op.Switch = &lockstep.Switch{FromID: p.CurrentID, From: p.CurrentID, ToID: "blue", To: "blue", Epoch: p.CurrentEpoch}
					op.Locks = append(op.Locks, lockstep.LiveLock(p.ID), lockstep.EnvironmentLock(p.CurrentID))
					op.Replicas = map[string]int{"backend": c.asked}
				})
				eng.Wake()
				op := w.finished(id)
				said := op.Steps[0].Output
				if op.Error != nil {
					said += op.Error.Message
				}
				if op.Status != c.status || !strings.Contains(said, c.says) {
					t.Errorf("it says %q\n%s", said, journal(op))
				}
			})
		})
	}
}
