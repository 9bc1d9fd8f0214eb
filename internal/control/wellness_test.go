package control_test

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// A list says how what serves was seen last, and of the rest nothing.
func TestAListHasTheHealthThatIsKnown(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	id := w.environment("staging").ID
	list := func() map[string]*lockstep.HealthSummary {
		t.Helper()
		out := map[string]*lockstep.HealthSummary{}
		for _, e := range must(w, got(w.control.Environments(t.Context(), "", lockstep.Page{Limit: 10}))).Items {
			out[e.Name] = e.Health
		}
		return out
	}
	if got := list(); got["staging"] != nil || got["production"] != nil {
		t.Errorf("before anybody looked: %+v", got)
	}
	see := func(name string, ready int) lockstep.ServiceHealth {
		h := lockstep.ServiceHealth{EnvironmentID: id, Name: name, Type: lockstep.ServiceApp, Managed: true, Serves: true, Ready: ready, Desired: 2, Status: lockstep.HealthHealthy}
		if ready < 2 {
			h.Status = lockstep.HealthWarning
		}
		return h
	}
	if err := w.store.RecordHealth(t.Context(), lockstep.HealthBatch{States: []lockstep.ServiceHealth{see("backend", 2), see("frontend", 1)}}); err != nil {
		t.Fatal(err)
	}
	if got := list()["staging"]; got == nil || *got != (lockstep.HealthSummary{Status: "degraded", Score: 75, Worst: "frontend", Ready: 3, Desired: 4}) {
		t.Errorf("seen: %+v", got)
	}
	// What is disabled does not count, though it was seen.
	env := w.environment("staging")
	env.Disabled = []string{"frontend"}
	if err := w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.PutEnvironment(env) }); err != nil {
		t.Fatal(err)
	}
	if got := list()["staging"]; got == nil || *got != (lockstep.HealthSummary{Status: "healthy", Score: 100, Ready: 2, Desired: 2}) {
		t.Errorf("without the frontend: %+v", got)
	}
}

func TestTheStatusSaysHowItIsWatched(t *testing.T) {
	t.Parallel()
	w := applied(t)
	if m := w.status("staging").Monitoring; m == nil || m.Watched != 0 || m.Uptime != lockstep.MonitorIdle || m.Performance != lockstep.MonitorIdle {
		t.Errorf("of what does not run: %+v", m)
	}
	w.deployed("staging", "1.0.0")
	w.run(lockstep.InstanceReady, 1)
	m := w.status("staging").Monitoring
	if m.Watched != 2 || m.Uptime != lockstep.MonitorPending || m.Performance == lockstep.MonitorIdle || m.Security != lockstep.MonitorActive || m.Month.Window.Std() == 0 {
		t.Errorf("before anybody looked: %+v", m)
	}
	must(w, got(w.control.DisableService(t.Context(), ana, "", "staging", "frontend", control.ToggleRequest{})))
	w.work()
	if m := w.status("staging").Monitoring; m.Watched != 1 {
		t.Errorf("without the frontend: %+v", m)
	}
}

// Whoever asks is told the same: the status, the report behind the tab, the
// list and the overview.
func TestHowAnEnvironmentIsIsSaidInOneWord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.apply(strings.Replace(matrixText, "  staging:\n", "  staging:\n    databases: {db: {engine: postgresql, endpoint: \"127.0.0.1:1\", check: {kind: tcp}}}\n", 1))
	w.release("1.0.0")
	w.deployed("staging", "1.0.0")
	w.run(lockstep.InstanceReady, 1)
	id := w.environment("staging").ID
	for _, tt := range []struct {
		db   lockstep.HealthStatus
		word string
	}{{lockstep.HealthHealthy, lockstep.WellHealthy}, {lockstep.HealthWarning, lockstep.WellDegraded}, {lockstep.HealthUnhealthy, lockstep.WellUnhealthy}} {
		states := []lockstep.ServiceHealth{{EnvironmentID: id, Name: w.environment("staging").Spec.Dependencies[0].Name, Type: lockstep.ServiceDatabase, Kind: lockstep.CheckTCP, Managed: true, Status: tt.db}}
		for _, name := range []string{"backend", "frontend"} {
			states = append(states, lockstep.ServiceHealth{EnvironmentID: id, Name: name, Type: lockstep.ServiceApp, Managed: true, Serves: true, Ready: 1, Desired: 1, Status: lockstep.HealthHealthy})
		}
		if err := w.store.RecordHealth(t.Context(), lockstep.HealthBatch{States: states}); err != nil {
			t.Fatal(err)
		}
		said := map[string]string{"status": w.status("staging").Health.Status}
		report := must(w, got(w.control.Health(t.Context(), "", "staging")))
		said["report"] = report.Summary.Status
		if report.Status != tt.db {
			t.Errorf("the worst service is %s, want %s", report.Status, tt.db)
		}
		for _, e := range must(w, got(w.control.Environments(t.Context(), "", lockstep.Page{Limit: 10}))).Items {
			if e.ID == id {
				said["list"] = e.Health.Status
			}
		}
		for _, card := range must(w, got(w.control.Overview(t.Context(), ana, ""))).Environments {
			if card.Name == "staging" {
				said["overview"] = card.Health.Status
			}
		}
		for who, word := range said {
			if word != tt.word || len(said) != 4 {
				t.Errorf("with a database that is %s the %s says %s, want %s", tt.db, who, word, tt.word)
			}
		}
	}
}
