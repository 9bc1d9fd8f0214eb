package control_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// soaking is the matrix with an hour in staging before production.
var soaking = strings.Replace(matrixText, "  production:\n", "  production:\n    prerequisites: {soak: 1h}\n", 1)

func soaked(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.apply(soaking)
	w.release("1.0.0")
	return w
}

func TestPrerequisitesOfADeployment(t *testing.T) {
	t.Parallel()
	w := soaked(t)
	req := lockstep.DeploymentRequest{Version: "1.0.0"}
	refused(w, w.tryDeploy("production", req), lockstep.CodeRefused, "1.0.0 has not run in staging: deploy it there first")
	w.deployed("staging", "1.0.0")
	w.clock.pass(20 * time.Minute)
	refused(w, w.tryDeploy("production", req), lockstep.CodeRefused, "1.0.0 has run in staging for 20m", "it may go from 2026-03-01 10:00")
	preview := must(w, got(w.control.PreviewDeploy(t.Context(), ana, "", "production", req)))
	if u := preview.Gate.Until; u == nil || u.Format("15:04") != "10:00" {
		t.Errorf("gate %+v", preview.Gate)
	}
	w.healthy("staging")
	refused(w, w.tryPromote("production", lockstep.PromotionRequest{}), lockstep.CodeRefused, "for 20m")

	// It may be asked for now what may go then.
	req.ScheduledFor = w.in(10 * time.Minute)
	refused(w, w.tryDeploy("production", req), lockstep.CodeRefused, "for 30m")
	req.ScheduledFor = w.in(time.Hour)
	d := must(w, w.tryDeploy("production", req))
	must(w, got(w.control.Approve(t.Context(), bo, d.ID, control.ApprovalRequest{})))
	w.clock.pass(61 * time.Minute)
	if c := w.work(); c.Operation.ID != d.ID {
		t.Errorf("worked on %+v", c.Operation)
	}
	w.deploy("production", "1.0.0") // what runs there may be deployed again
}

func TestProofIsLostWhereItIsTakenBack(t *testing.T) {
	t.Parallel()
	w := soaked(t)
	w.deployed("staging", "1.0.0")
	w.release("1.1.0")
	bad := w.deployed("staging", "1.1.0")
	w.clock.pass(2 * time.Hour)
	d := w.deploy("production", "1.1.0")
	must(w, got(w.control.Rollback(t.Context(), ana, bad.ID, control.RollbackRequest{Description: "too slow"})))
	w.work()
	must(w, got(w.control.Approve(t.Context(), bo, d.ID, control.ApprovalRequest{})))
	if err := w.control.Gate(t.Context(), *w.claim()); lockstep.CodeOf(err) != lockstep.CodeRefused || !strings.Contains(err.Error(), "1.1.0 was rolled back in staging") {
		t.Errorf("the gate says %v", err)
	}
}

func TestForcedPastPrerequisites(t *testing.T) {
	t.Parallel()
	w := soaked(t)
	refused(w, w.tryDeploy("production", lockstep.DeploymentRequest{Version: "1.0.0", Force: true}), lockstep.CodeInvalid, "needs a reason")
	d := must(w, w.tryDeploy("production", lockstep.DeploymentRequest{Version: "1.0.0", Force: true, Reason: "the cellar floods"}))
	if !d.Forced || !w.deployment(d.ID).Forced {
		t.Errorf("deployment %+v", d)
	}
	must(w, got(w.control.Approve(t.Context(), bo, d.ID, control.ApprovalRequest{})))
	w.work() // the claim's gate knows of the force
}
