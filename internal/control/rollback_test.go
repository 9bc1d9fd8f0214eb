package control_test

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/policy"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func (w *world) rollback(id string, req control.RollbackRequest) result[lockstep.Deployment] {
	w.Helper()
	return got(w.control.Rollback(w.Context(), bo, id, req))
}

func TestRollbackReturnsToTheRevisionBefore(t *testing.T) {
	t.Parallel()
	w := applied(t)
	first := w.deployed("production", "1.0.0")
	w.release("1.1.0")
	second := w.deployed("production", "1.1.0")
	w.release("1.2.0")
	waiting := w.deploy("production", "1.2.0")

	p := must(w, got(w.control.PreviewRollback(t.Context(), bo, second.ID, control.RollbackRequest{})))
	if !p.Gate.Allowed || p.Deployment.RevisionID != first.RevisionID || len(p.Plan.Steps) == 0 {
		t.Errorf("preview %+v", p)
	}
	if w.deployment(waiting.ID).Status != lockstep.StatusPendingApproval {
		t.Error("a preview cancelled what waits")
	}

	back := must(w, w.rollback(second.ID, control.RollbackRequest{Description: "orders fail"}))
	if back.RevisionID != first.RevisionID || back.Version != "1.0.0" || back.RollbackOf != second.ID ||
		back.Status != lockstep.StatusPending || back.StartedBy != "bo" || back.Strategy != lockstep.StrategyBlueGreen {
		t.Errorf("rollback %+v", back)
	}
	if d := w.deployment(waiting.ID); d.Status != lockstep.StatusCancelled || !strings.HasPrefix(d.Error.Message, "superseded_by_rollback") {
		t.Errorf("what waited is %s: %+v", d.Status, d.Error)
	}
	refused(w, w.rollback(second.ID, control.RollbackRequest{}), lockstep.CodeConflict, "already being rolled back", back.ID)
	w.work()
	if d := w.deployment(second.ID); d.Status != lockstep.StatusRolledBack || d.Rollback == nil || d.Rollback.DeploymentID != back.ID {
		t.Errorf("what was taken back is %s: %+v", d.Status, d.Rollback)
	}
	env := w.environment("production")
	if env.ActiveID != first.RevisionID || env.Metadata.Version != "1.0.0" || env.Status != lockstep.EnvironmentActive {
		t.Errorf("production %+v", env)
	}
}

func TestRollbackOfWhatWasDeployedOverItselfReturnsToAnother(t *testing.T) {
	t.Parallel()
	w := applied(t)
	first := w.deployed("staging", "1.0.0")
	w.release("1.1.0")
	w.deployed("staging", "1.1.0")
	again := w.deployed("staging", "1.1.0")
	back := must(w, w.rollback(again.ID, control.RollbackRequest{}))
	if back.RevisionID != first.RevisionID || back.Version != "1.0.0" {
		t.Errorf("rollback to %s, want 1.0.0", back.Version)
	}
}

func TestRollbackGoesFirst(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	w.release("1.1.0")
	second := w.deployed("staging", "1.1.0")
	w.release("1.2.0")
	w.deploy("staging", "1.2.0")
	running := w.begin()
	// Older, and not what a rollback cancels: only its rank puts it behind.
	if err := w.store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.AddOperation(lockstep.Operation{
			ID: "retire", Kind: lockstep.OperationRetire, ProjectID: second.ProjectID, EnvironmentID: second.EnvironmentID,
			Status: lockstep.StatusPending, Locks: []string{lockstep.EnvironmentLock(second.EnvironmentID)}, CreatedAt: second.CreatedAt,
		})
	}); err != nil {
		t.Fatal(err)
	}
	back := must(w, w.rollback(second.ID, control.RollbackRequest{}))
	late := w.deploy("staging", "1.2.0")
	w.end(running, lockstep.StatusFailed)
	for _, want := range []string{back.ID, "retire", late.ID} {
		if c := w.work(); c.Operation.ID != want {
			t.Errorf("%s ran, want %s", c.Operation.ID, want)
		}
	}
}

func TestRollbackRefusals(t *testing.T) {
	t.Parallel()
	w := applied(t)
	first := w.deployed("staging", "1.0.0")
	refused(w, w.rollback(first.ID, control.RollbackRequest{}), lockstep.CodeConflict, "nothing ran in staging before")
	refused(w, w.rollback("nope", control.RollbackRequest{}), lockstep.CodeNotFound)
	w.release("1.1.0")
	second := w.deployed("staging", "1.1.0")
	refused(w, w.rollback(first.ID, control.RollbackRequest{}), lockstep.CodeConflict, "not the latest", second.ID)
	refused(w, w.rollback(second.ID, control.RollbackRequest{To: "feedface"}), lockstep.CodeNotFound)
	refused(w, w.rollback(second.ID, control.RollbackRequest{To: lockstep.ShortHash(first.RevisionHash)[:3]}), lockstep.CodeNotFound, "4 digits")
	refused(w, w.rollback(second.ID, control.RollbackRequest{To: second.RevisionID}), lockstep.CodeConflict, "runs in staging already")
	pending := w.deploy("staging", "1.1.0")
	refused(w, w.rollback(pending.ID, control.RollbackRequest{}), lockstep.CodeConflict, "cancel it instead")
	w.setStatus("staging", lockstep.EnvironmentMaintenance)
	refused(w, w.rollback(second.ID, control.RollbackRequest{}), lockstep.CodeRefused, "maintenance")
}

func TestRollbackToARevisionThatIsNamed(t *testing.T) {
	t.Parallel()
	w := applied(t)
	first := w.deployed("staging", "1.0.0")
	w.release("1.1.0")
	second := w.deployed("staging", "1.1.0")
	w.release("1.2.0")
	third := w.deployed("staging", "1.2.0")
	// Not the latest, and by the start of a hash as people read it.
	back := must(w, w.rollback(second.ID, control.RollbackRequest{To: lockstep.ShortHash(first.RevisionHash)}))
	if back.RevisionID != first.RevisionID || back.RollbackOf != third.ID {
		t.Errorf("rollback %+v", back)
	}
	w.work()
	if d := w.deployment(third.ID); d.Status != lockstep.StatusRolledBack {
		t.Errorf("what ran is %s", d.Status)
	}
	// What was taken back did run, so that it can be named again.
	must(w, w.rollback(second.ID, control.RollbackRequest{To: third.RevisionID, Reason: "it was not that"}))
}

func TestAFailedEnvironmentIsRestoredWithoutAnApproval(t *testing.T) {
	t.Parallel()
	w := applied(t)
	first := w.deployed("production", "1.0.0")
	w.release("1.1.0")
	d := w.deploy("production", "1.1.0")
	must(w, got(w.control.Approve(t.Context(), bo, d.ID, control.ApprovalRequest{})))
	w.end(w.begin(), lockstep.StatusFailed)
	refused(w, w.rollback(d.ID, control.RollbackRequest{}), lockstep.CodeConflict, "failed", "name the revision")
	refused(w, w.rollback(d.ID, control.RollbackRequest{To: d.RevisionID}), lockstep.CodeNotFound) // never ran
	back := must(w, w.rollback(d.ID, control.RollbackRequest{To: first.RevisionID}))
	if c := w.work(); c.Operation.ID != back.ID { // the gate at the claim lets it pass
		t.Fatalf("worked on %s", c.Operation.ID)
	}
	if got := w.deployment(first.ID).Status; got != lockstep.StatusCompleted {
		t.Errorf("the restored deployment is %s", got)
	}
	if env := w.environment("production"); env.Status != lockstep.EnvironmentActive || env.ActiveID != first.RevisionID {
		t.Errorf("production %+v", env)
	}
}

func TestRollbackTakesABuiltAlternative(t *testing.T) {
	t.Parallel()
	w := newWorldIn(t, store.Options{DataDir: t.TempDir()}, func(o *control.Options) {
		o.Built = policy.Built{Strategies: []lockstep.Strategy{lockstep.StrategyRecreate}, Runtimes: []lockstep.RuntimeKind{lockstep.RuntimeProcess}}
	})
	w.apply(strings.Replace(matrixText, "{primary: blue_green, alternatives: [canary], approval_required: true}", "{primary: rolling, alternatives: [recreate]}", 1))
	w.release("1.0.0")
	w.release("1.1.0")
	for _, v := range []string{"1.0.0", "1.1.0"} {
		must(w, w.tryDeploy("production", lockstep.DeploymentRequest{Version: v, Strategy: lockstep.StrategyRecreate}))
		w.work()
	}
	latest := must(w, got(w.control.Deployments(t.Context(), "", "production", "", lockstep.Page{Limit: 1}))).Items[0]
	if back := must(w, w.rollback(latest.ID, control.RollbackRequest{})); back.Strategy != lockstep.StrategyRecreate {
		t.Errorf("strategy %s", back.Strategy)
	}
}
