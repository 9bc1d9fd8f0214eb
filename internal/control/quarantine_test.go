package control_test

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// rolledBack lets a deployment of a version fail and take itself back.
func (w *world) rolledBack(environment, version string) lockstep.Deployment {
	w.Helper()
	d := w.deploy(environment, version)
	c := w.begin()
	w.record(c, lockstep.Record{
		Plan: &lockstep.Plan{}, Phase: lockstep.PhaseUndo, Cause: lockstep.UndoFailure,
		Failure: &lockstep.OperationError{Code: lockstep.CodeFailed, Message: "orders fail\nat length"},
	})
	w.end(c, lockstep.StatusRolledBack)
	return d
}

func (w *world) quarantined(environment string) []lockstep.Quarantine {
	w.Helper()
	return must(w, got(w.control.Status(w.Context(), "", environment))).Quarantined
}

func TestWhatTookItselfBackComesBackOnlyWithAReason(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.setUp()
		w.deployed("staging", "1.0.0")
		w.release("1.1.0")
		bad := w.rolledBack("staging", "1.1.0")
		q := w.quarantined("staging")
		if len(q) != 1 || q[0].RevisionID != bad.RevisionID || q[0].Version != "1.1.0" || !q[0].Automatic || q[0].Reason != "orders fail" ||
			q[0].DeploymentID != bad.ID || q[0].Environment != "staging" || q[0].RevisionHash != bad.RevisionHash || q[0].At.IsZero() {
			w.Fatalf("quarantined %+v", q)
		}
		refused(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.1.0", Reason: " \n"}), lockstep.CodeRefused,
			"1.1.0 (revision "+lockstep.ShortHash(bad.RevisionHash)+") failed in staging and was rolled back on "+q[0].At.Format("2006-01-02 15:04")+" UTC: orders fail", "--reason")
		w.deployed("production", "1.1.0") // quarantine is the environment's

		newest := w.newest()
		d := must(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.1.0", Reason: "the database is back"}))
		if e := w.happened(newest)[0]; d.Reason != "the database is back" || e.Data["reason"] != d.Reason || !strings.Contains(e.Data["gate"].(string), "it may run again") {
			w.Errorf("deployment %+v, event %+v", d, e)
		}
		if len(w.quarantined("staging")) != 1 {
			w.Error("the quarantine ended before the deployment has shown anything")
		}
		w.work()
		if q := w.quarantined("staging"); len(q) != 0 {
			w.Errorf("still quarantined: %+v", q)
		}
		w.deployed("staging", "1.1.0")
	})
}

func TestAnotherConfigurationIsAnotherRevision(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	w.release("1.1.0")
	w.rolledBack("staging", "1.1.0")
	w.apply(strings.Replace(matrixText, "LOG_LEVEL: debug", "LOG_LEVEL: trace", 1))
	must(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.1.0", WithConfig: "latest"}))
}

// A matrix that is applied and shipped again is automation too.
func TestApplyDoesNotBringBackWhatWasRolledBack(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	text := strings.Replace(matrixText, "LOG_LEVEL: debug", "LOG_LEVEL: trace", 1)
	ship := func(r *control.ApplyRequest) { r.Deploy = true }
	w.apply(text, ship)
	c := w.begin()
	w.record(c, lockstep.Record{Plan: &lockstep.Plan{}, Phase: lockstep.PhaseUndo, Cause: lockstep.UndoFailure})
	w.end(c, lockstep.StatusRolledBack)
	refused(w, w.tryApply(text, ship), lockstep.CodeRefused, "deploy of 1.0.0 to staging is refused", "rolled back")
	w.apply(text) // recording it is nobody's deployment
}

func TestWhatAPersonTookBackStaysBack(t *testing.T) {
	t.Parallel()
	w := applied(t)
	first := w.deployed("staging", "1.0.0")
	w.release("1.1.0")
	bad := w.deployed("staging", "1.1.0")
	waits := w.deploy("production", "1.1.0")
	back := must(w, w.rollback(bad.ID, control.RollbackRequest{Description: "too slow"}))
	if len(w.quarantined("staging")) != 0 {
		t.Error("it is quarantined while it runs")
	}
	w.work()
	q := w.quarantined("staging")
	if len(q) != 1 || q[0].Automatic || q[0].By != "bo" || q[0].Reason != "too slow" || q[0].DeploymentID != bad.ID {
		t.Fatalf("quarantined %+v", q)
	}
	refused(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "latest"}), lockstep.CodeRefused, "was rolled back in staging by bo", "too slow")

	// Rolled back twice: it would be the same again.
	refused(w, w.rollback(back.ID, control.RollbackRequest{}), lockstep.CodeRefused, "1.1.0", "--reason")
	refused(w, w.rollback(back.ID, control.RollbackRequest{To: bad.RevisionID}), lockstep.CodeRefused, "too slow", "--reason")
	again := must(w, w.rollback(back.ID, control.RollbackRequest{To: bad.RevisionID, Reason: "1.0.0 is worse"}))
	if again.Reason != "1.0.0 is worse" {
		t.Errorf("rollback %+v", again)
	}
	w.work()
	if q := w.quarantined("staging"); len(q) != 1 || q[0].RevisionID != first.RevisionID {
		t.Errorf("quarantined %+v, want what was left", q)
	}
	must(w, got(w.control.CancelDeployment(t.Context(), bo, waits.ID)))
	for _, r := range must(w, got(w.control.Releases(t.Context(), "", lockstep.Page{}))).Items {
		if (len(r.Quarantined) == 1) != (r.Version == "1.0.0") {
			t.Errorf("release %s: %+v", r.Version, r.Quarantined)
		}
	}
}

func TestWhatWaitedIsHeldToAQuarantineAtTheClaim(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	w.release("1.1.0")
	first, second := w.deploy("staging", "1.1.0"), w.deploy("staging", "1.1.0")
	c := w.begin()
	if c.Operation.ID != first.ID {
		t.Fatalf("%s began, want %s", c.Operation.ID, first.ID)
	}
	w.record(c, lockstep.Record{Plan: &lockstep.Plan{}, Phase: lockstep.PhaseUndo, Cause: lockstep.UndoFailure})
	w.end(c, lockstep.StatusRolledBack)
	next := w.claim()
	if next == nil || next.Operation.ID != second.ID {
		t.Fatalf("claimed %+v", next)
	}
	if err := w.control.Gate(t.Context(), *next); lockstep.CodeOf(err) != lockstep.CodeRefused || !strings.Contains(err.Error(), "rolled back") {
		t.Errorf("gate: %v", err)
	}
}

// A promotion moves the release: one that waits is held to what became of the
// release meanwhile under another configuration.
func TestAPromotionThatWaitedIsHeldToAQuarantineOfItsRelease(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("production", "1.0.0")
	w.release("1.1.0")
	w.deployed("staging", "1.1.0")
	w.healthy("staging")
	w.apply(strings.Replace(matrixText, "production:\n", "production:\n    services: {backend: {env: {LOG_LEVEL: warn}}}\n", 1))
	promoted := must(w, w.tryPromote("production", lockstep.PromotionRequest{WithConfig: "latest"}))
	d := w.deploy("production", "1.1.0")
	must(w, got(w.control.Approve(t.Context(), bo, d.ID, control.ApprovalRequest{})))
	c := w.begin()
	w.record(c, lockstep.Record{Plan: &lockstep.Plan{}, Phase: lockstep.PhaseUndo, Cause: lockstep.UndoFailure})
	w.end(c, lockstep.StatusRolledBack)
	must(w, got(w.control.Approve(t.Context(), bo, promoted.ID, control.ApprovalRequest{})))
	next := w.claim()
	if next == nil || next.Operation.ID != promoted.ID {
		t.Fatalf("claimed %+v", next)
	}
	if err := w.control.Gate(t.Context(), *next); lockstep.CodeOf(err) != lockstep.CodeRefused || !strings.Contains(err.Error(), "promotion of 1.1.0 to production is refused") {
		t.Errorf("gate: %v", err)
	}
}

func TestWhatWasRolledBackIsNotPromoted(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("production", "1.0.0")
	w.release("1.1.0")
	w.deployed("staging", "1.1.0")
	w.healthy("staging")
	bad := w.deployed("production", "1.1.0")
	must(w, w.rollback(bad.ID, control.RollbackRequest{Description: "orders fail"}))
	w.work()
	refused(w, w.tryPromote("production", lockstep.PromotionRequest{}), lockstep.CodeRefused, "was rolled back in production by bo on 2026-03-01", "orders fail", "--force --reason")
	// Whatever its configuration: it is the release that is promoted.
	w.apply(strings.Replace(matrixText, "production:\n", "production:\n    services: {backend: {env: {LOG_LEVEL: warn}}}\n", 1))
	refused(w, w.tryPromote("production", lockstep.PromotionRequest{WithConfig: "latest"}), lockstep.CodeRefused, "orders fail")
	d := must(w, w.tryPromote("production", lockstep.PromotionRequest{Force: true, Reason: "orders are repaired"}))
	must(w, got(w.control.Approve(t.Context(), bo, d.ID, control.ApprovalRequest{})))
	w.work()
	if q := w.quarantined("production"); len(q) != 0 {
		t.Errorf("quarantined %+v", q)
	}
}
