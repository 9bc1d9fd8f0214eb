package storetest

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testHealth(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"a state is the one that was written last", func(t *testing.T, w *world) {
			env, other := w.environment("staging"), w.environment("other")
			took, since, at := lockstep.Duration(3*time.Millisecond), w.tick(), w.tick()
			db := lockstep.ServiceHealth{
				EnvironmentID: env.ID, Name: "database", Type: lockstep.ServiceDatabase, Managed: true, Status: lockstep.HealthWarning, Kind: lockstep.CheckPostgreSQL,
				Version: "PostgreSQL 16.4", Figure: "primary", Message: "it's slow 🐢", ResponseTime: &took, Since: &since, CheckedAt: &at,
				Metadata: map[string]any{"replicas": 2.0},
			}
			app := lockstep.ServiceHealth{EnvironmentID: env.ID, Name: "backend", Type: lockstep.ServiceApp, Managed: true, Status: lockstep.HealthHealthy, Serves: true, Ready: 1, Desired: 1, CheckedAt: &at}
			elsewhere := lockstep.ServiceHealth{EnvironmentID: other.ID, Name: "database", Type: lockstep.ServiceDatabase, Status: lockstep.HealthUnknown}
			first := db
			first.Status = lockstep.HealthUnknown
			w.health(lockstep.HealthBatch{States: []lockstep.ServiceHealth{first, app, elsewhere}})
			w.health(lockstep.HealthBatch{States: []lockstep.ServiceHealth{db}})
			w.view(func(tx *store.Tx) error {
				got, err := tx.HealthStates(env.ID)
				w.same("states", []lockstep.ServiceHealth{app, db}, got)
				return err
			})
			all, err := w.store.HealthStates(t.Context())
			w.must(err)
			w.same("states of all", []lockstep.ServiceHealth{app, db, elsewhere}, all)
			w.health(lockstep.HealthBatch{Gone: []lockstep.ServiceHealth{{EnvironmentID: env.ID, Name: "database"}, {EnvironmentID: env.ID, Name: "none"}}})
			all, err = w.store.HealthStates(t.Context())
			w.must(err)
			w.same("what is not gone", []lockstep.ServiceHealth{app, elsewhere}, all)
		}},
		{"changes are kept, the latest first", func(t *testing.T, w *world) {
			env := w.environment("staging")
			took := lockstep.Duration(7 * time.Millisecond)
			first := lockstep.HealthChange{ID: w.id("change"), EnvironmentID: env.ID, Service: "cache", Status: lockstep.HealthHealthy, ResponseTime: &took, CheckedAt: w.tick(), Metadata: map[string]any{"mode": "standalone"}}
			second := lockstep.HealthChange{ID: w.id("change"), EnvironmentID: env.ID, Service: "cache", Status: lockstep.HealthUnhealthy, Message: "refused", CheckedAt: w.tick(), Metadata: map[string]any{}}
			w.health(lockstep.HealthBatch{
				Changes: []lockstep.HealthChange{first, second},
				Events:  []lockstep.Event{{At: w.tick(), Type: lockstep.EventHealthChanged, ProjectID: w.project.ID, EnvironmentID: env.ID, Data: map[string]any{"service": "cache"}}},
			})
			w.same("changes", []lockstep.HealthChange{second, first}, w.changes(env.ID, 10))
			w.same("the latest", []lockstep.HealthChange{second}, w.changes(env.ID, 1))
			events := w.events(0)
			if last := events[len(events)-1]; last.Type != lockstep.EventHealthChanged || last.Data["service"] != "cache" {
				t.Errorf("event %+v", last)
			}
		}},
		{"a service that flaps keeps so many changes", func(t *testing.T, w *world) {
			env := w.environment("staging")
			quiet := lockstep.HealthChange{ID: w.id("change"), EnvironmentID: env.ID, Service: "quiet", Status: lockstep.HealthHealthy, CheckedAt: w.tick()}
			batch := lockstep.HealthBatch{Changes: []lockstep.HealthChange{quiet}}
			for range lockstep.HealthChangesMost + 5 {
				batch.Changes = append(batch.Changes, lockstep.HealthChange{ID: w.id("change"), EnvironmentID: env.ID, Service: "cache", Status: lockstep.HealthHealthy, CheckedAt: w.tick()})
			}
			w.health(batch)
			if got := len(w.changes(env.ID, 10_000)); got != lockstep.HealthChangesMost+1 {
				t.Errorf("%d changes, want %d of cache and 1 of quiet", got, lockstep.HealthChangesMost)
			}
		}},
		{"rollups add up", func(t *testing.T, w *world) {
			env, other := w.environment("staging"), w.environment("other")
			roll := func(environment, service string, resolution time.Duration, bucket time.Time, observed, up time.Duration) lockstep.HealthRollup {
				return lockstep.HealthRollup{EnvironmentID: environment, Service: service, Resolution: resolution, Bucket: bucket, Observed: observed, Up: up}
			}
			minute := lockstep.RollupMinute
			w.health(lockstep.HealthBatch{Rollups: []lockstep.HealthRollup{
				roll(env.ID, "cache", minute, epoch, 10*time.Second, 5*time.Second),
				roll(env.ID, "", minute, epoch, time.Second, time.Second),
				roll(env.ID, "cache", lockstep.RollupQuarter, epoch, time.Hour, 0),
				roll(other.ID, "cache", minute, epoch, time.Hour, 0),
				roll(env.ID, "cache", minute, epoch.Add(-minute), time.Hour, 0),
			}})
			w.health(lockstep.HealthBatch{Rollups: []lockstep.HealthRollup{
				roll(env.ID, "cache", minute, epoch, 20*time.Second, 20*time.Second),
				roll(env.ID, "cache", minute, epoch.Add(minute), time.Second, 0),
			}})
			w.view(func(tx *store.Tx) error {
				got, err := tx.HealthUptime(env.ID, minute, epoch)
				w.same("uptime", map[string]lockstep.ObservedTime{
					"": {Observed: time.Second, Up: time.Second}, "cache": {Observed: 31 * time.Second, Up: 25 * time.Second},
				}, got)
				return err
			})
		}},
		{"alerts keep who acknowledged them until they fire anew", func(t *testing.T, w *world) {
			env, other := w.environment("staging"), w.environment("other")
			fires := lockstep.Alert{EnvironmentID: env.ID, Environment: "staging", Name: "unwell", When: "health.score < 90", State: lockstep.AlertFiring, Since: w.tick(), Summary: "score 80"}
			pending := lockstep.Alert{EnvironmentID: other.ID, Environment: "other", Name: "unwell", When: "true", State: lockstep.AlertPending, Since: w.tick()}
			alerts := func(environmentID string) (all []lockstep.Alert) {
				w.view(func(tx *store.Tx) (err error) { all, err = tx.Alerts(w.project.ID, environmentID); return err })
				return all
			}
			acknowledge := func(a lockstep.Alert, at time.Time) error {
				return w.store.Update(t.Context(), func(tx *store.Tx) error {
					return tx.AcknowledgeAlert(a.EnvironmentID, a.Name, "ada", "on it", at)
				})
			}
			w.health(lockstep.HealthBatch{Alerts: []lockstep.Alert{fires, pending, {EnvironmentID: "gone", Name: "unwell"}}})
			w.same("alerts", []lockstep.Alert{pending, fires}, alerts(""))
			at := w.tick()
			w.must(acknowledge(fires, at))
			if err := acknowledge(pending, at); lockstep.CodeOf(err) != lockstep.CodeConflict {
				t.Errorf("what does not fire was acknowledged: %v", err)
			}
			taken := fires
			taken.AcknowledgedBy, taken.AcknowledgedAt, taken.Comment = "ada", &at, "on it"
			w.same("acknowledged", []lockstep.Alert{taken}, alerts(env.ID))
			taken.State, taken.Since = lockstep.AlertResolved, w.tick()
			w.health(lockstep.HealthBatch{Alerts: []lockstep.Alert{taken}})
			w.same("resolved", []lockstep.Alert{taken}, alerts(env.ID))
			fires.Since = w.tick()
			w.health(lockstep.HealthBatch{Alerts: []lockstep.Alert{fires}})
			w.same("anew", []lockstep.Alert{fires}, alerts(env.ID))
			w.health(lockstep.HealthBatch{NoMore: []lockstep.Alert{fires}})
			w.same("one less", []lockstep.Alert{pending}, alerts(""))
		}},
		{"health ends with its environment, and nothing comes after", func(t *testing.T, w *world) {
			env, stays := w.environment("staging"), w.environment("stays")
			of := func(id string) lockstep.HealthBatch {
				return lockstep.HealthBatch{
					States:  []lockstep.ServiceHealth{{EnvironmentID: id, Name: "cache", Status: lockstep.HealthHealthy}},
					Changes: []lockstep.HealthChange{{ID: w.id("change"), EnvironmentID: id, Service: "cache", Status: lockstep.HealthHealthy, CheckedAt: w.tick()}},
					Rollups: []lockstep.HealthRollup{{EnvironmentID: id, Service: "cache", Resolution: time.Minute, Bucket: epoch, Observed: time.Second}},
				}
			}
			w.health(of(env.ID))
			w.update(func(tx *store.Tx) error { return tx.DeleteEnvironment(env.ID) })
			late := of(env.ID)
			late.States = append(late.States, of(stays.ID).States...)
			w.health(late)
			states, err := w.store.HealthStates(t.Context())
			w.must(err)
			if len(states) != 1 || states[0].EnvironmentID != stays.ID {
				t.Errorf("states %+v", states)
			}
			if got := w.changes(env.ID, 10); len(got) != 0 {
				t.Errorf("changes %+v", got)
			}
		}},
	})
	t.Run("old health is forgotten", func(t *testing.T) {
		t.Parallel()
		now := epoch
		w := newWorld(t, open(t, store.Options{Now: func() time.Time { return now }}))
		env := w.environment("staging")
		at := func(d time.Duration) time.Time { return now.Add(-d) }
		old, young := at(lockstep.HealthChangesKept+time.Second), at(time.Minute)
		batch := lockstep.HealthBatch{}
		for i, when := range []time.Time{old, young} {
			batch.States = append(batch.States, lockstep.ServiceHealth{EnvironmentID: env.ID, Name: []string{"old", "young"}[i], CheckedAt: &when})
			batch.Changes = append(batch.Changes, lockstep.HealthChange{ID: w.id("change"), EnvironmentID: env.ID, Service: "cache", CheckedAt: when})
		}
		for resolution, kept := range map[time.Duration]time.Duration{lockstep.RollupMinute: lockstep.RollupMinuteKept, lockstep.RollupQuarter: lockstep.RollupQuarterKept} {
			for _, when := range []time.Time{at(kept + time.Hour), at(kept + time.Second), at(kept - time.Second)} {
				batch.Rollups = append(batch.Rollups, lockstep.HealthRollup{EnvironmentID: env.ID, Service: "cache", Resolution: resolution, Bucket: when, Observed: time.Second})
			}
		}
		w.health(batch)
		w.must(w.store.Prune(t.Context()))
		states, err := w.store.HealthStates(t.Context())
		w.must(err)
		if len(states) != 1 || states[0].Name != "young" {
			t.Errorf("states %+v", states)
		}
		if got := w.changes(env.ID, 10); len(got) != 1 || !got[0].CheckedAt.Equal(young) {
			t.Errorf("changes %+v", got)
		}
		for _, resolution := range []time.Duration{lockstep.RollupMinute, lockstep.RollupQuarter} {
			w.view(func(tx *store.Tx) error {
				got, err := tx.HealthUptime(env.ID, resolution, time.Time{})
				w.same("rollups", map[string]lockstep.ObservedTime{"cache": {Observed: time.Second}}, got)
				return err
			})
		}
	})
}

func testDuties(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"one holds a duty", func(t *testing.T, w *world) {
			hold := func(name, holder string, ttl time.Duration, want bool) {
				t.Helper()
				held, err := w.store.HoldDuty(t.Context(), name, holder, ttl)
				if err != nil || held != want {
					t.Errorf("%s asked for %s: %t, %v; want %t", holder, name, held, err, want)
				}
			}
			hold("checks", "ada", time.Hour, true)
			hold("checks", "eve", time.Hour, false)
			hold("checks", "ada", time.Hour, true)
			hold("other", "eve", time.Hour, true)
			hold("ended", "ada", time.Nanosecond, true)
			hold("ended", "eve", time.Hour, true)
			hold("checks", "eve", 0, false) // gives up what it has not
			hold("checks", "eve", time.Hour, false)
			hold("checks", "ada", 0, false)
			hold("checks", "eve", time.Hour, true)
		}},
	})
}

func (w *world) health(b lockstep.HealthBatch) {
	w.t.Helper()
	w.must(w.store.RecordHealth(w.t.Context(), b))
}

func (w *world) changes(environmentID string, limit int) (all []lockstep.HealthChange) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { all, err = tx.HealthChanges(environmentID, limit); return err })
	return all
}
