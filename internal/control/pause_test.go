package control_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func (w *world) tryPause(id, reason string) result[lockstep.Deployment] {
	return got(w.control.Pause(w.Context(), bo, id, control.PauseRequest{Reason: reason}))
}

func (w *world) tryResume(id string, step int) result[lockstep.Deployment] {
	return got(w.control.Resume(w.Context(), ana, id, control.ResumeRequest{Step: step, Comment: "fine again"}))
}

// sentences are what the history of an environment says, the newest first.
func (w *world) sentences(environment string) (out []string) {
	w.Helper()
	h := must(w, got(w.control.History(w.Context(), "", control.HistoryQuery{Environment: environment}, lockstep.Page{})))
	for _, e := range h.Items {
		text := e.Text
		if e.Reason != "" {
			text += ": " + e.Reason
		}
		out = append(out, text)
	}
	return out
}

func TestAPauseHoldsAndAResumeEndsIt(t *testing.T) {
	t.Parallel()
	w := applied(t)
	c := w.atStep(lockstep.StepAction{}, lockstep.StepAwaitHealthy)
	id := c.Operation.ID
	w.step(c, 1, lockstep.StepRunning)
	refused(w, w.tryResume(id, 0), lockstep.CodeConflict, "at wait, and does not pause")
	woken := w.woken.count()
	d := must(w, w.tryPause(id, "orders look odd"))
	if p := d.Pause; p == nil || p.By != "bo" || p.Reason != "orders look odd" || p.Before != "after" || p.Step != 2 || p.HeldSince != nil || d.Status != lockstep.StatusRunning {
		t.Fatalf("pause %+v of %s", d.Pause, d.Status)
	}
	if w.woken.count() == woken {
		t.Error("the worker was not told")
	}
	refused(w, w.tryPause(id, ""), lockstep.CodeConflict, "a pause before after was asked for already at 20", "by bo (orders look odd); lockstep resume lets it go on")

	// What is under way may end; nothing else begins.
	w.step(c, 1, lockstep.StepCompleted)
	begin := lockstep.Record{Yields: true, Step: &lockstep.Step{Seq: 2, Status: lockstep.StepRunning, Attempts: 1}}
	if err := w.store.Record(t.Context(), c.Lease, begin); err == nil || !strings.Contains(err.Error(), lockstep.ErrPaused.Error()) {
		t.Errorf("a step began: %v", err)
	}
	w.record(c, lockstep.Record{Hold: &lockstep.Hold{Step: 2, Name: "after"}})
	w.record(c, lockstep.Record{Hold: &lockstep.Hold{Step: 2, Name: "after"}})
	held := w.deployment(id).Pause
	if held == nil || held.HeldSince == nil || held.By != "bo" {
		t.Fatalf("held %+v", held)
	}
	refused(w, w.tryPause(id, ""), lockstep.CodeConflict, "it is paused already, before after, since 20")
	if s := w.status("staging"); len(s.Operations) != 1 || s.Operations[0].Pause == nil || s.Operations[0].Pause.Reason != "orders look odd" {
		t.Errorf("status %+v", s.Operations)
	}
	if card := w.card("staging"); card.Pause == nil || card.Step != "after" {
		t.Errorf("overview %+v", card)
	}

	refused(w, w.tryResume(id, 1), lockstep.CodeConflict, "holds before step 2 (after), not at step 1")
	if d := must(w, w.tryResume(id, 2)); d.Pause != nil {
		t.Errorf("resumed %+v", d.Pause)
	}
	w.record(c, begin)
	refused(w, w.tryResume(id, 0), lockstep.CodeConflict, "does not pause")
	refused(w, w.tryPause(id, ""), lockstep.CodeConflict, "it is at its last step")
	want := []string{
		"Resumed the deployment of 1.0.0 to staging: fine again", "Deployment of 1.0.0 to staging is paused before after", // once
		"Asked to pause the deployment of 1.0.0 to staging: orders look odd", "Deployment of 1.0.0 to staging is under way",
	}
	if said := w.sentences("staging"); !slices.Equal(said[:4], want) {
		t.Errorf("history %q", said)
	}
}

// card is what the overview says of what is done in an environment.
func (w *world) card(environment string) lockstep.RunningOperation {
	w.Helper()
	o := must(w, got(w.control.Overview(w.Context(), ana, "")))
	for _, e := range o.Environments {
		if e.Name == environment && e.Operation != nil {
			return *e.Operation
		}
	}
	return lockstep.RunningOperation{}
}

// One word ends the pause of a recipe and the one that was asked for meanwhile.
func TestAResumeEndsBothPauses(t *testing.T) {
	t.Parallel()
	w := applied(t)
	c := w.atStep(lockstep.StepAction{Timeout: lockstep.Duration(time.Hour)}, lockstep.StepPause)
	w.step(c, 1, lockstep.StepRunning)
	must(w, w.tryPause(c.Operation.ID, ""))
	if d := must(w, w.tryResume(c.Operation.ID, 1)); d.Pause != nil {
		t.Errorf("pause %+v", d.Pause)
	}
	if o := must(w, got(w.control.Operation(t.Context(), c.Operation.ID))); o.Decision == nil || o.Decision.Verdict != lockstep.VerdictResumed {
		t.Errorf("decision %+v", o.Decision)
	}
}

func TestWhatCannotBePaused(t *testing.T) {
	t.Parallel()
	w := applied(t)
	d := w.deploy("production", "1.0.0")
	refused(w, w.tryPause(d.ID, ""), lockstep.CodeConflict, "it is pending_approval and has not begun")
	refused(w, w.tryPause("nope", ""), lockstep.CodeNotFound)
	must(w, got(w.control.CancelDeployment(t.Context(), bo, d.ID)))
	refused(w, w.tryPause(d.ID, ""), lockstep.CodeConflict, "it is cancelled: there is nothing left to hold")

	c := w.atStep(lockstep.StepAction{}, lockstep.StepAwaitHealthy)
	id := c.Operation.ID
	w.step(c, 1, lockstep.StepRunning)
	must(w, w.tryPause(id, ""))
	must(w, got(w.control.CancelDeployment(t.Context(), bo, id)))
	refused(w, w.tryResume(id, 0), lockstep.CodeConflict, "a cancel was asked for")
	w.step(c, 1, lockstep.StepFailed)
	w.record(c, lockstep.Record{Phase: lockstep.PhaseUndo, Cause: lockstep.UndoCancel, Plan: &lockstep.Plan{Steps: []lockstep.Step{{Name: "back", Kind: lockstep.StepPrepare}}}})
	if p := w.deployment(id).Pause; p != nil {
		t.Errorf("an undo is held: %+v", p)
	}
	refused(w, w.tryPause(id, ""), lockstep.CodeConflict, "it is being taken back")
}

// While requests wait nothing is held: the answer names the step before which
// they are served again.
func TestAPauseIsForWhereUsersAreServed(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deploy("staging", "1.0.0")
	c := w.claim()
	kinds := []lockstep.StepKind{lockstep.StepHold, lockstep.StepStop, lockstep.StepStart, lockstep.StepShiftTraffic, lockstep.StepVerify}
	plan := lockstep.Plan{}
	for _, kind := range kinds {
		plan.Steps = append(plan.Steps, lockstep.Step{Name: string(kind), Kind: kind})
	}
	w.record(c, lockstep.Record{Phase: lockstep.PhaseForward, Plan: &plan})
	w.step(c, 1, lockstep.StepRunning)
	if d := must(w, w.tryPause(c.Operation.ID, "")); d.Pause.Before != string(lockstep.StepVerify) {
		t.Errorf("before %s", d.Pause.Before)
	}
}

// Who rolls back does not want what is held to go on before that.
func TestARollbackEndsWhatIsHeld(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.release("2.0.0")
	w.deployed("staging", "1.0.0")
	second := w.deployed("staging", "2.0.0")
	c := w.atStep(lockstep.StepAction{}, lockstep.StepAwaitHealthy)
	w.step(c, 1, lockstep.StepRunning)
	must(w, w.tryPause(c.Operation.ID, ""))
	back := must(w, w.rollback(second.ID, control.RollbackRequest{}))
	o := must(w, got(w.control.Operation(t.Context(), c.Operation.ID)))
	if !o.CancelRequested {
		t.Errorf("what is held was not asked to end: %+v", o)
	}
	if b := must(w, got(w.control.Deployment(t.Context(), back.ID))); b.WaitingFor == nil || b.WaitingFor.Holder != c.Operation.ID {
		t.Errorf("the rollback waits for %+v", b.WaitingFor)
	}
}
