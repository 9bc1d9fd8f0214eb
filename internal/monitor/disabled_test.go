package monitor

import (
	"net"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// What is disabled is not checked, has no state and no alert, until it is
// enabled.
func TestWhatIsDisabledIsNotWatched(t *testing.T) {
	t.Parallel()
	a, b := listen(t), listen(t)
	record := func(name string, at net.Listener) lockstep.DependencyRecord {
		return lockstep.DependencyRecord{Name: name, Endpoint: at.Addr().String(), Check: &lockstep.CheckSpec{Interval: quick}}
	}
	w := newWorld(t, record("a", a))
	w.env.Spec.Alerts = []lockstep.AlertRule{{Name: "down", When: "!services.a.up"}}
	w.put()
	m, _ := w.watch(Options{alertsEvery: 20 * time.Millisecond})
	w.changes("a", lockstep.HealthHealthy)
	a.Close()
	w.alert("down", lockstep.AlertFiring)

	w.env.Disabled = []string{"a"}
	w.env.Spec.Dependencies = append(w.env.Spec.Dependencies, record("b", b))
	w.put()
	w.changes("b", lockstep.HealthHealthy)
	if got := m.Latest("e"); len(got) != 1 || got[0].Name != "b" {
		t.Errorf("latest %+v", got)
	}
	if got := w.states(); len(got) != 1 || got[0].Name != "b" {
		t.Errorf("states %+v", got)
	}
	if got := w.alerts(); len(got) != 0 {
		t.Errorf("alerts %+v", got)
	}

	w.env.Disabled = nil
	w.put()
	if e := w.changes("a", lockstep.HealthUnhealthy); e.Data["from"] != "unknown" {
		t.Errorf("event %+v", e)
	}
	w.alert("down", lockstep.AlertFiring)
}
