package control_test

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func (w *world) tryScale(by control.By, services map[string]int) result[lockstep.Operation] {
	return got(w.control.Scale(w.Context(), by, "", "staging", control.ScaleRequest{Services: services}))
}

func TestScale(t *testing.T) {
	t.Parallel()
	w := applied(t)
	refused(w, w.tryScale(ana, nil), lockstep.CodeInvalid, "name at least one service")
	refused(w, w.tryScale(ana, map[string]int{"bakend": 2}), lockstep.CodeNotFound, "staging", "did you mean backend?")
	refused(w, w.tryScale(ana, map[string]int{"backend": -1}), lockstep.CodeInvalid, "ask for 0 to 1000")
	refused(w, w.tryScale(ana, map[string]int{"backend": 1001}), lockstep.CodeInvalid, "ask for 0 to 1000")
	refused(w, w.tryScale(control.By{}, map[string]int{"backend": 1}), lockstep.CodeUnauthenticated)
	w.deployed("staging", "1.0.0")

	before := w.newest()
	op := must(w, w.tryScale(control.By{Actor: "ana", DryRun: true}, map[string]int{"backend": 3}))
	if names := stepNames(op.Steps); names != "prepare-instances scale/backend await-healthy/backend" {
		t.Errorf("it would %s", names)
	}
	if events := w.happened(before); len(events) != 0 {
		t.Errorf("a dry run left %+v", events)
	}

	op = must(w, w.tryScale(ana, map[string]int{"backend": 3}))
	if n := w.environment("staging").Spec.ReplicasOf("backend"); n != 1 {
		t.Errorf("%d are recorded before it is done", n)
	}
	w.scaled(op)
	s := must(w, got(w.control.Status(t.Context(), "", "staging")))
	if len(s.NotDeployed) != 0 || s.Services[0].Name != "backend" || s.Services[0].Desired != 3 {
		t.Errorf("status %+v", s)
	}

	// The file still says one: its plan shows it, and a deployment of it does it.
	plan := must(w, got(w.control.PlanMatrix(t.Context(), ana, "", []byte(matrixText))))
	if len(plan.Plan.Changes) != 1 || plan.Plan.Changes[0].Name != "staging" || plan.Plan.Changes[0].Fields[0].Path != "replicas.backend" {
		t.Errorf("plan %+v", plan.Plan)
	}
	w.apply(matrixText)
	s = must(w, got(w.control.Status(t.Context(), "", "staging")))
	if len(s.NotDeployed) != 1 || !strings.Contains(s.NotDeployed[0], "1 replicas are recorded and 3 deployed") {
		t.Errorf("not deployed: %q", s.NotDeployed)
	}
	w.deployed("staging", "1.0.0")
	s = must(w, got(w.control.Status(t.Context(), "", "staging")))
	if len(s.NotDeployed) != 0 || s.Services[0].Desired != 1 {
		t.Errorf("status %+v", s)
	}
}

// scaled carries a scale out, as the engine would.
func (w *world) scaled(op lockstep.Operation) {
	w.Helper()
	c := w.claim()
	if c.Operation.ID != op.ID {
		w.Fatalf("claimed %+v", c.Operation)
	}
	if err := w.control.Gate(w.Context(), *c); err != nil {
		w.Fatal(err)
	}
	plan := lockstep.Plan{}
	for service, n := range c.Operation.Replicas {
		plan.Steps = append(plan.Steps, lockstep.Step{Name: "scale/" + service, Kind: lockstep.StepStart, Do: lockstep.StepAction{Service: service, Replicas: n}})
	}
	w.record(c, lockstep.Record{Plan: &plan, Phase: lockstep.PhaseForward})
	w.end(c, lockstep.StatusCompleted)
}
