package control_test

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// guarded is twoSides with approvals of switches to staging.
func (w *world) guarded() {
	w.Helper()
	w.twoSides()
	w.apply(strings.Replace(matrixText, "  staging:\n    strategy:", "  staging:\n    approvals: {required: true, for: [switch]}\n    strategy:", 1))
}

func (w *world) tryApproveSwitch(id string, req control.ApprovalRequest) result[lockstep.Operation] {
	w.Helper()
	return got(w.control.ApproveSwitch(w.Context(), bo, id, req))
}

func (w *world) switchStatus(id string) lockstep.SwitchResult {
	w.Helper()
	return must(w, got(w.control.SwitchResult(w.Context(), id)))
}

func TestASwitchWaitsForItsApproval(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.guarded()
		if l := w.live(); !l.Others[0].Ready || !l.Others[0].NeedsApproval {
			w.Errorf("before: %+v", l.Others)
		}
		must(w, w.trySwitch("staging", func(o *lockstep.EnvironmentSwitchOptions) { o.Drill = true }))
		if c := w.work(); !c.Operation.Switch.Drill { // a drill needs none
			w.Fatalf("worked on %+v", c.Operation)
		}
		o := must(w, w.trySwitch("staging"))
		if o.Status != lockstep.StatusPendingApproval {
			w.Fatalf("asked for: %+v", o)
		}
		if c := w.claim(); c != nil {
			w.Fatalf("claimed %+v", c.Operation)
		}
		if l := w.live(); l.Switching != nil || len(l.Waiting) != 1 || l.Waiting[0].ID != o.ID || l.Waiting[0].Status != lockstep.SwitchPendingApproval || l.Waiting[0].Version != "1.0.0" {
			w.Errorf("while it waits: %+v", l)
		}
		// It holds nothing: others deploy, and switch.
		w.deploy("staging", "1.0.0")
		w.work()

		refused(w, w.tryApproveSwitch(o.ID, control.ApprovalRequest{RevisionHash: "sha256:other"}), lockstep.CodeStale, "not to the one that was looked at")
		refused(w, w.tryApproveSwitch(o.ID, control.ApprovalRequest{Comment: strings.Repeat("x", 5000)}), lockstep.CodeInvalid)
		approved := must(w, w.tryApproveSwitch(o.ID, control.ApprovalRequest{Comment: "go", RevisionHash: o.Switch.RevisionHash}))
		if approved.Status != lockstep.StatusPending || approved.Switch.ApprovedBy != "bo" {
			w.Errorf("approved: %+v of %+v", approved, approved.Switch)
		}
		refused(w, w.tryApproveSwitch(o.ID, control.ApprovalRequest{}), lockstep.CodeConflict, "it is pending, and was approved by bo")
		w.work()
		if r := w.switchStatus(o.ID); r.Status != lockstep.SwitchCompleted || r.ApprovedBy != "bo" || r.StartedBy != "ana" {
			w.Errorf("in the end %+v", r)
		}
		if l := w.live(); l.Environment.Name != "staging" || len(l.Waiting) != 0 {
			w.Errorf("afterwards %+v", l)
		}
	})
}

func TestASwitchIsRejected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.guarded()
	o := must(w, w.trySwitch("staging"))
	rejected := must(w, got(w.control.RejectSwitch(t.Context(), bo, o.ID, control.RejectionRequest{Reason: "not now"})))
	if rejected.Status != lockstep.StatusCancelled || rejected.Error.Message != "rejected by bo: not now" {
		t.Errorf("rejected: %+v", rejected)
	}
	refused(w, w.tryApproveSwitch(o.ID, control.ApprovalRequest{}), lockstep.CodeConflict, "it is cancelled and does not wait")
	d := w.deploy("production", "1.0.0")
	refused(w, w.tryApproveSwitch(d.ID, control.ApprovalRequest{}), lockstep.CodeNotFound, "is no switch: it is a deploy")
	refused(w, w.tryApproveSwitch("nothing", control.ApprovalRequest{}), lockstep.CodeNotFound)
}

// An approval would be one of something else: the switch is over.
func TestWhatVoidsAnApproval(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(w *world)
		says string
	}{
		"the address has moved": {func(w *world) {
			w.apply(matrixText)
			w.switched("staging")
		}, "the live address has moved since this was asked for: switch again"},
		"it has moved there and back": {func(w *world) {
			w.apply(matrixText)
			w.moved("staging", lockstep.StatusRolledBack)
		}, "the live address has moved since this was asked for: switch again"},
		"another revision came": {func(w *world) {
			w.release("1.1.0")
			w.deployed("staging", "1.1.0")
		}, "another revision runs in staging since this was asked for: switch again"},
		"the target is gone": {func(w *world) {
			must(w, got(w.control.Destroy(w.Context(), ana, "", "staging")))
			w.work()
		}, "environment staging was deleted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.guarded()
			o := must(w, w.trySwitch("staging"))
			before := w.newest()
			c.do(w)
			if r := w.switchStatus(o.ID); r.Status != lockstep.SwitchCancelled || r.Error != c.says {
				t.Errorf("it is %+v", r)
			}
			told := false
			for _, e := range w.happened(before) {
				told = told || e.Type == lockstep.EventOperationFinished && e.OperationID == o.ID
			}
			if !told {
				t.Error("nobody was told")
			}
			refused(w, w.tryApproveSwitch(o.ID, control.ApprovalRequest{}), lockstep.CodeConflict, "it is cancelled")
		})
	}
}

// What was approved and waits for its turn is judged again then: the approval
// is of what was looked at.
func TestAnApprovedSwitchIsJudgedAgainWhenItsTurnComes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.guarded()
	o := must(w, w.trySwitch("staging"))
	w.release("1.1.0")
	w.deploy("staging", "1.1.0")
	running := w.begin()
	must(w, w.tryApproveSwitch(o.ID, control.ApprovalRequest{}))
	w.end(running, lockstep.StatusCompleted)
	c := w.claim()
	if c == nil || c.Operation.ID != o.ID {
		t.Fatalf("claimed %+v", c)
	}
	refused(w, got(0, w.control.Gate(t.Context(), *c)), lockstep.CodeConflict, "another revision runs in staging by now: switch again")
}

// Two that wait for approval are both bound to where the address leads now:
// the second is void when the first has moved it, and refused before.
func TestOfTwoSwitchesThatWaitOneIsApproved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.guarded()
	first, second := must(w, w.trySwitch("staging")), must(w, w.trySwitch("staging"))
	must(w, w.tryApproveSwitch(first.ID, control.ApprovalRequest{}))
	refused(w, w.tryApproveSwitch(second.ID, control.ApprovalRequest{}), lockstep.CodeConflict, "is under way")
	w.work()
	if r := w.switchStatus(second.ID); r.Status != lockstep.SwitchCancelled {
		t.Errorf("the second is %+v", r)
	}
}

// Who approves has looked at what users get in the target.
func TestAnApprovalIsNotOfLess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.guarded()
	o := must(w, w.trySwitch("staging"))
	must(w, w.tryDisable(ana, "staging", "frontend", false))
	w.work()
	if l := w.live(); len(l.Others) != 1 || len(l.Others[0].Disabled) != 1 || l.Others[0].Disabled[0] != "frontend" {
		t.Errorf("it could be taken over by %+v", l.Others)
	}
	refused(w, w.tryApproveSwitch(o.ID, control.ApprovalRequest{}), lockstep.CodeConflict, "since it was asked for frontend was disabled in staging: enable that again")
	must(w, w.tryEnable("staging", "frontend"))
	w.work()
	must(w, w.tryApproveSwitch(o.ID, control.ApprovalRequest{}))
	c := w.claim()
	c.Environment.Disabled = []string{"frontend"}
	if err := w.control.Gate(t.Context(), *c); err == nil || !strings.Contains(err.Error(), "frontend was disabled in staging") {
		t.Errorf("at the claim: %v", err)
	}
}
