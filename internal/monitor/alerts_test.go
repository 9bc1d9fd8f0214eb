package monitor

import (
	"context"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// alert waits for an alert to get into a state.
func (w *world) alert(name string, to lockstep.AlertState) lockstep.Event {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 30*time.Second)
	defer cancel()
	for {
		events, err := w.store.Events(ctx, w.after, lockstep.EventFilter{EnvironmentID: "e"}, 100)
		if err != nil {
			w.Fatalf("%s did not get %s: %v", name, to, err)
		}
		for _, e := range events {
			w.after = e.Seq
			if e.Type == lockstep.EventAlertChanged && e.Data["name"] == name && e.Data["to"] == string(to) {
				return e
			}
		}
	}
}

func (w *world) alerts() map[string]lockstep.Alert {
	w.Helper()
	all, err := w.store.Monitored(w.Context(), everything)
	if err != nil {
		w.Fatal(err)
	}
	out := map[string]lockstep.Alert{}
	for _, a := range all.Alerts {
		out[a.Name] = a
	}
	return out
}

func TestAlerts(t *testing.T) {
	t.Parallel()
	a, b := listen(t), listen(t)
	record := func(name string, at interface{ String() string }) lockstep.DependencyRecord {
		return lockstep.DependencyRecord{Name: name, Endpoint: at.String(), Check: &lockstep.CheckSpec{Interval: quick}}
	}
	w := newWorld(t, record("a", a.Addr()), record("b", b.Addr()))
	w.env.Spec.Alerts = []lockstep.AlertRule{
		{Name: "down", When: "!services.a.up"},
		{Name: "waits", When: `health.score < 90`, For: lockstep.Duration(time.Hour)},
		{Name: "quiet", When: "health.score < 10"},
	}
	w.put()
	_, stop := w.watch(Options{alertsEvery: 20 * time.Millisecond})
	w.changes("a", lockstep.HealthHealthy)
	a.Close()
	if e := w.alert("down", lockstep.AlertFiring); e.Data["from"] != "ok" || e.Data["summary"] != "score 50, a is unhealthy" {
		t.Errorf("event %+v", e)
	}
	w.after = 0
	w.alert("waits", lockstep.AlertPending)
	got := w.alerts()
	if len(got) != 2 || got["down"].State != lockstep.AlertFiring || got["waits"].State != lockstep.AlertPending || got["down"].When != "!services.a.up" {
		t.Errorf("alerts %+v", got)
	}
	stop()

	// Another life goes on with it, and does not tell of it again.
	w.env.Spec.Alerts = w.env.Spec.Alerts[:1]
	w.env.Spec.Dependencies[0] = record("a", b.Addr())
	w.put()
	before := w.after
	w.watch(Options{alertsEvery: 20 * time.Millisecond})
	if e := w.alert("down", lockstep.AlertResolved); e.Data["from"] != "firing" {
		t.Errorf("event %+v", e)
	}
	events, err := w.store.Events(t.Context(), before, lockstep.EventFilter{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Type == lockstep.EventAlertChanged && e.Data["to"] == "firing" {
			t.Errorf("it fires again: %+v", e)
		}
	}
	if got := w.alerts(); len(got) != 1 || got["down"].State != lockstep.AlertResolved {
		t.Errorf("alerts %+v", got)
	}
}

// TestAlertsOfWhatIsNotKnown stay as they are.
func TestAlertsOfWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	m := New(Options{Holder: "one"})
	env := lockstep.Environment{ID: "e", Spec: lockstep.EnvironmentSpec{Alerts: []lockstep.AlertRule{{Name: "unwell", When: "health.score < 90"}, {Name: "down", When: "!services.web.up"}}}}
	m.heed(&concern{id: "e", env: &env, alerts: []lockstep.Alert{{EnvironmentID: "e", Name: "unwell", When: "health.score < 90", State: lockstep.AlertFiring}}})
	m.judge(m.alerts["e"], []lockstep.ServiceHealth{{Name: "db", Managed: true, Status: lockstep.HealthUnknown}}, time.Unix(1, 0))
	if got := m.alerts["e"].states["unwell"].State; got != lockstep.AlertFiring {
		t.Errorf("state %s", got)
	}
	m.judge(m.alerts["e"], []lockstep.ServiceHealth{{Name: "db", Managed: true, Status: lockstep.HealthHealthy}}, time.Unix(2, 0))
	if _, fires := m.alerts["e"].states["down"]; fires {
		t.Error("it fires for a service that nobody has seen")
	}
	if got := m.alerts["e"].states["unwell"].State; got != lockstep.AlertResolved {
		t.Errorf("state %s", got)
	}
}

var _ Store = (*store.Store)(nil)
