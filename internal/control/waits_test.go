package control_test

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// Whoever waits says for whom, and what that one waits for.
func TestWhoWaitsSaysForWhom(t *testing.T) {
	t.Parallel()
	w := applied(t)
	c := w.atStep(lockstep.StepAction{}, lockstep.StepApprove)
	holder := c.Operation.ID
	second, third := w.deploy("staging", "1.0.0"), w.deploy("staging", "1.0.0")
	waits := func(id string) *lockstep.WaitingFor {
		t.Helper()
		return must(w, got(w.control.Deployment(t.Context(), id))).WaitingFor
	}
	if f := waits(second.ID); f == nil || f.Holder != holder || f.Live || f.HolderStatus != lockstep.StatusRunning || f.HolderWaitsFor != "" ||
		f.HolderVersion != "1.0.0" || f.HolderEnvironment != "staging" || f.HolderURL != "/api/system/deployments/"+holder || f.Since.Before(second.CreatedAt) {
		t.Errorf("it waits for %+v", f)
	}
	w.step(c, 1, lockstep.StepRunning)
	if f := waits(second.ID); f == nil || f.HolderStep != "wait" || f.HolderWaitsFor != lockstep.HolderWaitsApproval {
		t.Errorf("it waits for %+v", f)
	}
	if waits(holder) != nil {
		t.Error("what works waits for nobody")
	}
	for what, all := range map[string][]lockstep.Operation{
		"operations": must(w, got(w.control.Operations(t.Context(), "", ""))),
		"of one":     must(w, got(w.control.Operations(t.Context(), "", "staging"))),
		"status":     w.status("staging").Operations,
	} {
		if len(all) != 3 || all[0].WaitingFor != nil || all[1].WaitingFor == nil || all[2].WaitingFor == nil || all[2].WaitingFor.Holder != holder {
			t.Errorf("%s: %+v", what, all)
		}
	}
	list := must(w, got(w.control.Deployments(t.Context(), "", "staging", lockstep.StatusPending, lockstep.Page{})))
	if len(list.Items) != 2 || list.Items[0].WaitingFor == nil {
		t.Errorf("deployments %+v", list.Items)
	}

	// In an environment nobody is overtaken: the second waits elsewhere, and
	// the third for the second.
	w.record(c, lockstep.Record{Outcome: &lockstep.Outcome{Status: lockstep.StatusCompleted, EnvironmentStatus: lockstep.EnvironmentActive}})
	if waits(second.ID) != nil {
		t.Errorf("it is its turn: %+v", waits(second.ID))
	}
	if f := waits(third.ID); f == nil || f.Holder != second.ID || f.HolderStatus != lockstep.StatusPending {
		t.Errorf("it waits for %+v", f)
	}
}

// A deployment that has come to the live address says who moves it.
func TestWhoWaitsForTheLiveAddressSaysForWhom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.apply(strings.Replace(strings.Replace(matrixText, ", approval_required: true", "", 1), "\ndeployment_strategies", "\n  standby: {type: production}\ndeployment_strategies", 1))
	w.release("1.0.0")
	begin := func(environment string) *lockstep.Claimed {
		t.Helper()
		w.deploy(environment, "1.0.0")
		c := w.claim()
		w.record(c, lockstep.Record{Phase: lockstep.PhaseForward, Plan: &lockstep.Plan{Steps: []lockstep.Step{
			{Name: "shift", Kind: lockstep.StepShiftTraffic}, {Name: "look", Kind: lockstep.StepApprove},
		}}})
		return c
	}
	standby, production := begin("standby"), begin("production")
	take := func(c *lockstep.Claimed) (lockstep.Project, bool) {
		t.Helper()
		p, taken, err := w.store.TakeLive(t.Context(), c.Lease, true)
		if err != nil {
			t.Fatal(err)
		}
		return p, taken
	}
	for range 2 { // again, by who did not hear of it
		if _, taken := take(standby); !taken {
			t.Fatal("nobody has it, and it was not taken")
		}
	}
	newest := w.newest()
	for range 2 {
		if _, taken := take(production); taken {
			t.Fatal("both have it")
		}
	}
	if e := w.happened(newest); len(e) != 1 || e[0].Type != lockstep.EventOperationWaiting || e[0].Data["holder"] != standby.Operation.ID {
		t.Errorf("events %+v", e)
	}
	w.step(standby, 1, lockstep.StepRunning)
	w.step(standby, 1, lockstep.StepCompleted)
	w.step(standby, 2, lockstep.StepRunning)
	f := must(w, got(w.control.Deployment(t.Context(), production.Operation.ID))).WaitingFor
	if f == nil || !f.Live || f.Holder != standby.Operation.ID || f.HolderEnvironment != "standby" || f.HolderStep != "look" ||
		f.HolderWaitsFor != lockstep.HolderWaitsApproval || f.Since.IsZero() {
		t.Fatalf("it waits for %+v", f)
	}
	if card := w.card("production"); card.WaitingFor == nil || card.WaitingFor.Holder != standby.Operation.ID {
		t.Errorf("overview %+v", card)
	}
	if said := w.sentences("production"); said[0] != "Deployment of 1.0.0 to production waits for the live address, which another one moves" {
		t.Errorf("history %q", said)
	}
	later := w.deploy("production", "1.0.0")
	if f := must(w, got(w.control.Deployment(t.Context(), later.ID))).WaitingFor; f == nil || f.Holder != production.Operation.ID || f.HolderWaitsFor != lockstep.HolderWaitsLock {
		t.Errorf("behind it: %+v", f)
	}

	// Who wanted it held meanwhile is obeyed first, and holds nothing up.
	must(w, w.tryPause(production.Operation.ID, ""))
	if _, _, err := w.store.TakeLive(t.Context(), production.Lease, true); err == nil || !strings.Contains(err.Error(), lockstep.ErrPaused.Error()) {
		t.Errorf("it did not yield: %v", err)
	}
	w.record(production, lockstep.Record{Hold: &lockstep.Hold{Step: 1, Name: "shift"}})
	if d := must(w, got(w.control.Deployment(t.Context(), production.Operation.ID))); d.WaitingFor != nil || d.Pause.HeldSince == nil {
		t.Errorf("held %+v, waits %+v", d.Pause, d.WaitingFor)
	}
	must(w, w.tryResume(production.Operation.ID, 0))

	w.step(standby, 2, lockstep.StepCompleted)
	// Where users are by then, nobody has to move them.
	w.record(standby, lockstep.Record{Outcome: &lockstep.Outcome{Status: lockstep.StatusCompleted, EnvironmentStatus: lockstep.EnvironmentActive}})
	if p, taken := take(production); taken || p.CurrentID == "" {
		t.Errorf("taken %v, current %q", taken, p.CurrentID)
	}
	if f := must(w, got(w.control.Deployment(t.Context(), production.Operation.ID))).WaitingFor; f != nil {
		t.Errorf("it still waits for %+v", f)
	}
	if err := w.store.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
