package control_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func TestAnApprovalLetsADeploymentGo(t *testing.T) {
	t.Parallel()
	w := applied(t)
	d := w.deploy("production", "1.0.0")
	if d.Status != lockstep.StatusPendingApproval {
		t.Fatalf("status %s", d.Status)
	}
	if c := w.claim(); c != nil {
		t.Fatal("it was claimed without an approval")
	}
	refused(w, got(w.control.Approve(t.Context(), bo, d.ID, control.ApprovalRequest{RevisionHash: "sha256:0"})), lockstep.CodeStale, "look at it again")
	newest := w.newest()
	approved := must(w, got(w.control.Approve(t.Context(), bo, d.ID, control.ApprovalRequest{Comment: "go", RevisionHash: d.RevisionHash})))
	if approved.Status != lockstep.StatusPending || approved.ApprovedBy != "bo" {
		t.Errorf("approved %+v", approved)
	}
	e := w.happened(newest)
	if len(e) != 1 || e[0].Type != lockstep.EventOperationApproved || e[0].Actor != "bo" ||
		e[0].Data["revisionHash"] != d.RevisionHash || e[0].Data["strategy"] != "blue_green" || e[0].Data["comment"] != "go" {
		t.Errorf("event %+v", e)
	}
	refused(w, got(w.control.Approve(t.Context(), ana, d.ID, control.ApprovalRequest{})), lockstep.CodeConflict, "approved by bo")
	refused(w, got(w.control.Reject(t.Context(), ana, d.ID, control.RejectionRequest{})), lockstep.CodeConflict)
	w.work()
}

func TestARejectionCancels(t *testing.T) {
	t.Parallel()
	w := applied(t)
	d := w.deploy("production", "1.0.0")
	rejected := must(w, got(w.control.Reject(t.Context(), bo, d.ID, control.RejectionRequest{Reason: "not on a Friday"})))
	if rejected.Status != lockstep.StatusCancelled || rejected.Error == nil || !strings.Contains(rejected.Error.Message, "rejected by bo: not on a Friday") {
		t.Errorf("rejected %+v", rejected)
	}
	refused(w, got(w.control.Approve(t.Context(), bo, d.ID, control.ApprovalRequest{})), lockstep.CodeConflict, "cancelled")
	staging := w.deploy("staging", "1.0.0")
	refused(w, got(w.control.Approve(t.Context(), bo, staging.ID, control.ApprovalRequest{})), lockstep.CodeConflict, "does not wait")
}

func TestWhatCameToNeedAnApprovalIsRefusedAtTheClaim(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deploy("staging", "1.0.0")
	w.apply(strings.Replace(matrixText, "alternatives: [blue_green, custom]}", "alternatives: [blue_green, custom], approval_required: true}", 1))
	if err := w.control.Gate(t.Context(), *w.claim()); lockstep.CodeOf(err) != lockstep.CodeRefused || !strings.Contains(err.Error(), "deploy again") {
		t.Errorf("gate: %v", err)
	}
}

func TestCancelInEveryState(t *testing.T) {
	t.Parallel()
	w := applied(t)
	cancel := func(id string) result[lockstep.Deployment] {
		return got(w.control.CancelDeployment(t.Context(), bo, id))
	}

	waiting := w.deploy("production", "1.0.0")
	if d := must(w, cancel(waiting.ID)); d.Status != lockstep.StatusCancelled || d.Error.Message != "cancelled by bo" {
		t.Errorf("waiting for an approval: %+v", d)
	}
	pending := w.deploy("staging", "1.0.0")
	newest := w.newest()
	if d := must(w, cancel(pending.ID)); d.Status != lockstep.StatusCancelled || d.CompletedAt == nil {
		t.Errorf("pending: %+v", d)
	}
	if got := types(w.happened(newest)); !slices.Equal(got, []lockstep.EventType{lockstep.EventOperationFinished}) {
		t.Errorf("events %v", got)
	}

	running := w.deploy("staging", "1.0.0")
	c := w.begin()
	newest = w.newest()
	if d := must(w, cancel(running.ID)); d.Status != lockstep.StatusRunning {
		t.Errorf("running: %+v", d)
	}
	must(w, cancel(running.ID)) // asking twice changes nothing
	if got := types(w.happened(newest)); !slices.Equal(got, []lockstep.EventType{lockstep.EventOperationCancelAsked}) {
		t.Errorf("events %v", got)
	}
	if o := must(w, got(w.control.Operation(t.Context(), running.ID))); !o.CancelRequested {
		t.Error("the worker is not asked")
	}
	signals, err := w.store.Heartbeat(t.Context(), c.Lease, 60e9)
	if err != nil || !signals.Cancel {
		t.Errorf("signals %+v, %v", signals, err)
	}
	w.end(c, lockstep.StatusCancelled)

	w.deploy("staging", "1.0.0")
	c = w.begin()
	w.record(c, lockstep.Record{Plan: &lockstep.Plan{}, Phase: lockstep.PhaseUndo, Cause: lockstep.UndoFailure})
	refused(w, cancel(c.Operation.ID), lockstep.CodeConflict, "being rolled back already")
	w.end(c, lockstep.StatusRolledBack)

	for id, status := range map[string]string{running.ID: "cancelled", c.Operation.ID: "rolled_back"} {
		refused(w, cancel(id), lockstep.CodeConflict, status)
	}
	must(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0", Reason: "to see it complete"}))
	done := w.work()
	refused(w, got(w.control.CancelOperation(t.Context(), bo, done.Operation.ID)), lockstep.CodeConflict, "completed")
	refused(w, cancel("nope"), lockstep.CodeNotFound)
}

func TestCancelOfADestroy(t *testing.T) {
	t.Parallel()
	w := applied(t)
	o := must(w, got(w.control.Destroy(t.Context(), ana, "", "staging")))
	refused(w, got(w.control.Destroy(t.Context(), ana, "", "staging")), lockstep.CodeConflict, o.ID)
	if c := must(w, got(w.control.CancelOperation(t.Context(), bo, o.ID))); c.Status != lockstep.StatusCancelled {
		t.Errorf("cancelled %+v", c)
	}
	w.deployed("staging", "1.0.0")
}

func TestDryRunsOfTheQueueLeaveNoTrace(t *testing.T) {
	t.Parallel()
	w := applied(t)
	d := w.deploy("production", "1.0.0")
	newest := w.newest()
	dry := control.By{Actor: "bo", DryRun: true}
	if got := must(w, got(w.control.Approve(t.Context(), dry, d.ID, control.ApprovalRequest{}))); got.Status != lockstep.StatusPending {
		t.Errorf("approve %+v", got)
	}
	if got := must(w, got(w.control.Reject(t.Context(), dry, d.ID, control.RejectionRequest{}))); got.Status != lockstep.StatusCancelled {
		t.Errorf("reject %+v", got)
	}
	must(w, got(w.control.CancelDeployment(t.Context(), dry, d.ID)))
	must(w, got(w.control.Destroy(t.Context(), dry, "", "production")))
	must(w, got(w.control.CreateRelease(t.Context(), dry, "", control.ReleaseRequest{Version: "9.0.0"})))
	refused(w, got(w.control.CreateRelease(t.Context(), dry, "", control.ReleaseRequest{Version: "1.0.0"})), lockstep.CodeConflict, "1.0.0")
	if got := w.deployment(d.ID).Status; got != lockstep.StatusPendingApproval || w.newest() != newest {
		t.Errorf("status %s, %d events", got, w.newest()-newest)
	}
	refused(w, got(w.control.Release(t.Context(), "", "9.0.0")), lockstep.CodeNotFound)
}
