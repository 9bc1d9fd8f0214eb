package control_test

import (
	"slices"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func (w *world) tryDisable(by control.By, environment, service string, force bool) result[lockstep.Operation] {
	return got(w.control.DisableService(w.Context(), by, "", environment, service, control.ToggleRequest{Force: force}))
}

func (w *world) tryEnable(environment, service string) result[lockstep.Operation] {
	return got(w.control.EnableService(w.Context(), ana, "", environment, service, control.ToggleRequest{}))
}

// The backend of staging is all that its users reach, and its frontend calls it.
func TestDisableAndEnable(t *testing.T) {
	t.Parallel()
	w := applied(t)
	refused(w, w.tryDisable(ana, "staging", "frontnd", false), lockstep.CodeNotFound, "did you mean frontend?")
	refused(w, w.tryDisable(ana, "staging", "backend", false), lockstep.CodeConflict)
	refused(w, w.tryDisable(control.By{}, "staging", "frontend", false), lockstep.CodeUnauthenticated)
	w.deployed("staging", "1.0.0")
	w.run(lockstep.InstanceReady, 1)

	before := w.newest()
	op := must(w, w.tryDisable(control.By{Actor: "ana", DryRun: true}, "staging", "backend", true))
	if names := stepNames(op.Steps); names != "withhold-requests drain-service stop-service/backend" || op.Service != "backend" {
		t.Errorf("it would %s", names)
	}
	if events := w.happened(before); len(events) != 0 {
		t.Errorf("a dry run left %+v", events)
	}

	op = must(w, w.tryDisable(ana, "staging", "frontend", false))
	if op.Kind != lockstep.OperationDisableService || op.Service != "frontend" {
		t.Errorf("operation %+v", op)
	}
	refused(w, w.tryDisable(ana, "staging", "frontend", false), lockstep.CodeConflict, "frontend is disabled already") // by then
	if !w.environment("staging").Enabled("frontend") {
		t.Error("it is recorded before it is done")
	}
	w.work()
	if env := w.environment("staging"); env.Enabled("frontend") || env.Status != lockstep.EnvironmentActive {
		t.Errorf("afterwards %+v", env)
	}

	s := w.status("staging")
	if s.Services[1].Name != "frontend" || s.Services[1].Enabled || s.Services[1].Desired != 0 || !s.Services[0].Enabled || s.Health.Desired != 1 {
		t.Errorf("status %+v", s.Services)
	}
	if len(s.NotDeployed) != 0 {
		t.Errorf("not deployed: %q", s.NotDeployed)
	}
	h := must(w, got(w.control.Health(t.Context(), "", "staging")))
	if !h.Services[1].Disabled || h.Services[0].Disabled || h.Score == nil || *h.Score != 100 {
		t.Errorf("health %+v", h)
	}
	watched := must(w, got(w.control.AppHealth(t.Context(), w.environment("staging"))))
	if len(watched) != 1 || watched[0].Name != "backend" {
		t.Errorf("watched are %+v", watched)
	}

	// A deployment, and a file that is applied, leave it out.
	w.deployed("staging", "1.0.0")
	w.apply("# hello\n" + matrixText)
	if w.environment("staging").Enabled("frontend") {
		t.Error("it came back by itself")
	}
	refused(w, w.tryEnable("staging", "backend"), lockstep.CodeConflict, "backend is not disabled")
	must(w, w.tryEnable("staging", "frontend"))
	w.work()
	if env := w.environment("staging"); len(env.Disabled) != 0 {
		t.Errorf("afterwards %+v", env.Disabled)
	}
}

// A dependency runs elsewhere: only its checks end.
func TestDisableADependency(t *testing.T) {
	t.Parallel()
	w := applied(t)
	must(w, w.tryDisable(ana, "production", "database", false))
	c := w.work()
	if len(c.Operation.Steps) != 0 {
		t.Errorf("it took %s", stepNames(c.Operation.Steps))
	}
	s := w.status("production")
	at := slices.IndexFunc(s.Services, func(s lockstep.ServiceStatus) bool { return s.Name == "database" })
	if at < 0 || s.Services[at].Enabled {
		t.Errorf("status %+v", s.Services)
	}
	must(w, w.tryEnable("production", "database"))
	w.work()
	if !w.environment("production").Enabled("database") {
		t.Error("it is still disabled")
	}
}

// What another takes out meanwhile is not taken out again.
func TestADisableIsAskedAboutAgainWhenItsTurnComes(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	must(w, w.tryDisable(ana, "staging", "frontend", false))
	c := w.claim()
	c.Environment.Disabled = []string{"frontend"}
	if err := w.control.Gate(t.Context(), *c); lockstep.CodeOf(err) != lockstep.CodeConflict {
		t.Errorf("the gate said %v", err)
	}
}
