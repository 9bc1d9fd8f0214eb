package storetest

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testMonitored(t *testing.T, open Opener) {
	with := func(dependency string) func(*lockstep.Environment) {
		return func(e *lockstep.Environment) {
			e.Spec.Dependencies = []lockstep.DependencyRecord{{Name: dependency, Type: lockstep.ServiceCache, Endpoint: "redis://" + dependency}}
		}
	}
	health := func(w *world, env lockstep.Environment, state lockstep.AlertState) (lockstep.ServiceHealth, lockstep.Alert) {
		h := lockstep.ServiceHealth{EnvironmentID: env.ID, Name: "cache", Type: lockstep.ServiceCache, Status: lockstep.HealthHealthy}
		a := lockstep.Alert{EnvironmentID: env.ID, Environment: env.Name, Name: "unwell", When: "true", State: state, Since: w.tick()}
		w.health(lockstep.HealthBatch{States: []lockstep.ServiceHealth{h}, Alerts: []lockstep.Alert{a}})
		return h, a
	}
	runRules(t, open, []rule{
		{"what is monitored is everything at first", func(t *testing.T, w *world) {
			one, two := w.environment("staging", with("cache")), w.environment("other", with("queue"))
			h, a := health(w, one, lockstep.AlertFiring)
			w.happens(lockstep.EventEnvironmentCreated, one.ID)
			got := w.monitored(-1)
			want := lockstep.Monitored{
				Newest: got.Newest, Whole: true, Environments: []lockstep.Environment{w.readEnvironment(one.ID), w.readEnvironment(two.ID)},
				States: []lockstep.ServiceHealth{h}, Alerts: []lockstep.Alert{a},
			}
			w.same("monitored", want, got)
		}},
		{"what is monitored is read again where an event concerns it", func(t *testing.T, w *world) {
			one, two := w.environment("staging", with("cache")), w.environment("other", with("queue"))
			gone := w.environment("gone")
			h, a := health(w, two, lockstep.AlertFiring)
			health(w, one, lockstep.AlertPending)
			known := w.monitored(-1).Newest
			w.same("nothing happened", lockstep.Monitored{Newest: known}, w.monitored(known))
			w.happens(lockstep.EventReleaseCreated, "")
			w.happens(lockstep.EventStepProgress, one.ID)
			w.happens(lockstep.EventHealthChanged, one.ID)
			w.same("nothing that concerns it", lockstep.Monitored{Newest: known + 3}, w.monitored(known))

			at := w.tick()
			w.update(func(tx *store.Tx) error { return tx.AcknowledgeAlert(two.ID, "unwell", "ada", "on it", at) })
			w.happens(lockstep.EventAlertAcknowledged, two.ID)
			w.update(func(tx *store.Tx) error { return tx.DeleteEnvironment(gone.ID) })
			w.happens(lockstep.EventEnvironmentDeleted, gone.ID)
			a.AcknowledgedBy, a.AcknowledgedAt, a.Comment = "ada", &at, "on it"
			got := w.monitored(known)
			w.same("monitored", lockstep.Monitored{
				Newest: known + 5, Concerned: []string{two.ID, gone.ID}, Environments: []lockstep.Environment{w.readEnvironment(two.ID)},
				States: []lockstep.ServiceHealth{h}, Alerts: []lockstep.Alert{a},
			}, got)
			w.same("later", lockstep.Monitored{Newest: known + 5}, w.monitored(got.Newest))
		}},
		{"what is monitored is read whole where a number was never given", func(t *testing.T, w *world) {
			w.environment("staging")
			known := w.monitored(-1).Newest
			if got := w.monitored(known + 1); !got.Whole || got.Newest != known || len(got.Environments) != 1 {
				t.Errorf("monitored %+v", got)
			}
		}},
	})
	t.Run("what is monitored is read whole where events are no longer kept", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open(t, store.Options{EventRetention: store.EventRetention{Age: time.Hour, Count: 2}, Now: func() time.Time { return epoch }}))
		env := w.environment("staging")
		known := w.monitored(-1).Newest
		for range 4 {
			w.happens(lockstep.EventEnvironmentUpdated, env.ID)
		}
		if got := w.monitored(known); got.Whole || len(got.Concerned) != 1 {
			t.Errorf("before they are gone: %+v", got)
		}
		w.must(w.store.Prune(t.Context()))
		if got := w.monitored(known); !got.Whole || got.Newest != known+4 || len(got.Environments) != 1 {
			t.Errorf("monitored %+v", got)
		}
		if got := w.monitored(known + 2); got.Whole || len(got.Concerned) != 1 {
			t.Errorf("from the oldest that is kept: %+v", got)
		}
	})
}

func (w *world) happens(event lockstep.EventType, environmentID string) {
	w.t.Helper()
	w.update(func(tx *store.Tx) error {
		return tx.AppendEvent(lockstep.Event{Type: event, ProjectID: w.project.ID, EnvironmentID: environmentID, At: epoch})
	})
}

func (w *world) monitored(known int64) lockstep.Monitored {
	w.t.Helper()
	m, err := w.store.Monitored(w.t.Context(), known)
	w.must(err)
	return m
}
