package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func (w *world) schedule(env lockstep.Environment, name string, next time.Time) lockstep.Schedule {
	w.t.Helper()
	now := w.tick()
	s := lockstep.Schedule{
		ID: w.id("schedule"), ProjectID: env.ProjectID, Name: name, EnvironmentID: env.ID, Environment: env.Name,
		Rule: "0 2 * * *", TimeZone: "Europe/Berlin", Release: "latest", Strategy: lockstep.StrategyRolling, Description: "by night",
		WithConfig: "latest", IfMissed: lockstep.MissedRun, Grace: lockstep.Duration(time.Minute),
		CreatedAt: now, CreatedBy: "ada", UpdatedAt: now, Version: 1,
	}
	if !next.IsZero() {
		s.NextAt = &next
	}
	w.update(func(tx *store.Tx) error { return tx.PutSchedule(s) })
	return s
}

func (w *world) readSchedule(ref string) (s lockstep.Schedule) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { s, err = tx.Schedule(w.project.ID, ref); return err })
	return s
}

func testSchedules(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"are read as they were written", func(_ *testing.T, w *world) {
			env := w.environment("staging")
			s := w.schedule(env, "nightly", epoch)
			w.same("by name", s, w.readSchedule("nightly"))
			w.same("by ID", s, w.readSchedule(s.ID))
			s.Rule, s.TimeZone, s.Release, s.Promote, s.From, s.Paused, s.NextAt = "@daily", "", "", true, "development", true, nil
			s.IfMissed, s.Grace, s.Strategy, s.UpdatedAt, s.Version = lockstep.MissedSkip, 0, "", w.tick(), 2
			w.update(func(tx *store.Tx) error { return tx.PutSchedule(s) })
			w.same("changed", s, w.readSchedule("nightly"))
		}},
		{"a name is one in its project", func(t *testing.T, w *world) {
			env := w.environment("staging")
			s := w.schedule(env, "nightly", epoch)
			s.ID = w.id("schedule")
			wantCode(t, w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.PutSchedule(s) }), lockstep.CodeConflict)
			err := w.store.View(t.Context(), func(tx *store.Tx) error { _, err := tx.Schedule("other", "nightly"); return err })
			wantCode(t, err, lockstep.CodeNotFound)
		}},
		{"are listed by name", func(_ *testing.T, w *world) {
			one, other := w.environment("one"), w.environment("other")
			b, a, c := w.schedule(one, "b-b", epoch), w.schedule(other, "a-a", epoch), w.schedule(one, "c-c", time.Time{})
			for environment, want := range map[string][]lockstep.Schedule{"": {a, b, c}, one.ID: {b, c}} {
				var got []lockstep.Schedule
				w.view(func(tx *store.Tx) (err error) { got, err = tx.Schedules(w.project.ID, environment); return err })
				w.same("of "+environment, want, got)
			}
		}},
		{"those that are due are told, and when the next one is", func(_ *testing.T, w *world) {
			env := w.environment("staging")
			now := epoch.Add(time.Hour)
			exact, past := w.schedule(env, "exact", now), w.schedule(env, "past", epoch)
			w.schedule(env, "later", now.Add(time.Hour))
			w.schedule(env, "soon", now.Add(time.Minute))
			w.schedule(env, "paused", time.Time{})
			var due []lockstep.Schedule
			var next time.Time
			w.view(func(tx *store.Tx) (err error) { due, next, err = tx.DueSchedules(now); return err })
			w.same("due", []lockstep.Schedule{past, exact}, due)
			w.same("next", now.Add(time.Minute), next)
			w.view(func(tx *store.Tx) (err error) { _, next, err = tx.DueSchedules(now.Add(24 * time.Hour)); return err })
			w.same("next after all", time.Time{}, next)
		}},
		{"one firing at an instant", func(t *testing.T, w *world) {
			s := w.schedule(w.environment("staging"), "nightly", epoch)
			f := lockstep.Firing{ScheduleID: s.ID, Instant: epoch, At: epoch.Add(time.Second), Outcome: lockstep.FiringDeployed, DeploymentID: "d1", Reason: "late"}
			w.update(func(tx *store.Tx) error { return tx.AddFiring(f) })
			wantCode(t, w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.AddFiring(f) }), lockstep.CodeConflict)
			w.same("history", []lockstep.Firing{f}, w.firings(s, 10))
		}},
		{"the history ends somewhere", func(t *testing.T, w *world) {
			s, other := w.schedule(w.environment("staging"), "nightly", epoch), w.schedule(w.environment("other"), "daily", epoch)
			const kept = 200
			w.update(func(tx *store.Tx) error {
				w.must(tx.AddFiring(lockstep.Firing{ScheduleID: other.ID, Instant: epoch, At: epoch, Outcome: lockstep.FiringMissed}))
				for i := range kept + 3 {
					at := epoch.Add(time.Duration(i) * time.Hour)
					w.must(tx.AddFiring(lockstep.Firing{ScheduleID: s.ID, Instant: at, At: at, Outcome: lockstep.FiringSkipped, Reason: fmt.Sprint(i)}))
				}
				return nil
			})
			got := w.firings(s, 1000)
			if len(got) != kept || got[0].Reason != "202" || got[kept-1].Reason != "3" || len(w.firings(s, 2)) != 2 || len(w.firings(other, 10)) != 1 {
				t.Errorf("%d firings, from %v to %v", len(got), got[0], got[len(got)-1])
			}
		}},
		{"they end with their environment", func(t *testing.T, w *world) {
			env := w.environment("staging")
			s := w.schedule(env, "nightly", epoch)
			w.update(func(tx *store.Tx) error {
				w.must(tx.AddFiring(lockstep.Firing{ScheduleID: s.ID, Instant: epoch, At: epoch, Outcome: lockstep.FiringMissed}))
				return tx.DeleteEnvironment(env.ID)
			})
			err := w.store.View(t.Context(), func(tx *store.Tx) error { _, err := tx.Schedule("", s.ID); return err })
			wantCode(t, err, lockstep.CodeNotFound)
		}},
		{"environments with automation are found", func(_ *testing.T, w *world) {
			auto := func(e *lockstep.Environment) { e.Spec.Automation.Deploy = lockstep.DeployOnRelease }
			w.environment("by-hand")
			b, a := w.environment("b-b", auto), w.environment("a-a", auto)
			off := w.environment("off", auto)
			off.Spec.Automation = lockstep.Automation{}
			w.update(func(tx *store.Tx) error { return tx.PutEnvironment(off) })
			var got []lockstep.Environment
			w.view(func(tx *store.Tx) (err error) { got, err = tx.AutomatedEnvironments(); return err })
			w.same("environments", []lockstep.Environment{a, b}, got)
		}},
		{"deployments of a version are found", func(_ *testing.T, w *world) {
			env, other := w.environment("staging"), w.environment("other")
			one := w.deploy(env, "1.0.0")
			w.deploy(env, "2.0.0")
			w.deploy(other, "1.0.0")
			var got []lockstep.Deployment
			w.view(func(tx *store.Tx) (err error) {
				got, _, err = tx.Deployments(lockstep.DeploymentFilter{EnvironmentID: env.ID, Version: "1.0.0"}, lockstep.Page{})
				return err
			})
			w.same("deployments", []lockstep.Deployment{w.deployment(one.ID)}, append([]lockstep.Deployment{}, got...))
		}},
		{"deleted ones are gone", func(t *testing.T, w *world) {
			s := w.schedule(w.environment("staging"), "nightly", epoch)
			w.update(func(tx *store.Tx) error { return tx.DeleteSchedule(s.ID) })
			wantCode(t, w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.DeleteSchedule(s.ID) }), lockstep.CodeNotFound)
		}},
	})
}

func (w *world) firings(s lockstep.Schedule, limit int) (all []lockstep.Firing) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { all, err = tx.Firings(s.ID, limit); return err })
	return all
}
