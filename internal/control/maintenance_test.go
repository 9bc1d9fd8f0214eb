package control_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func (w *world) tryMaintenance(m lockstep.Maintenance) result[lockstep.Operation] {
	return got(w.control.BeginMaintenance(w.Context(), ana, "", "staging", m))
}

func (w *world) tryEndMaintenance() result[lockstep.Operation] {
	return got(w.control.EndMaintenance(w.Context(), ana, "", "staging"))
}

func TestMaintenance(t *testing.T) {
	t.Parallel()
	w := applied(t)
	past := time.Unix(0, 0)
	refused(w, w.tryMaintenance(lockstep.Maintenance{}), lockstep.CodeConflict, "nothing runs in staging")
	refused(w, w.tryMaintenance(lockstep.Maintenance{Until: &past}), lockstep.CodeInvalid, "name a time to come")
	refused(w, w.tryMaintenance(lockstep.Maintenance{Message: "a\nb"}), lockstep.CodeInvalid, "one line")
	refused(w, w.tryMaintenance(lockstep.Maintenance{Message: strings.Repeat("a", 501)}), lockstep.CodeInvalid, "longer than 500")
	w.deployed("staging", "1.0.0")
	refused(w, w.tryEndMaintenance(), lockstep.CodeConflict, "is not in maintenance")

	must(w, w.tryMaintenance(lockstep.Maintenance{Message: "we move"}))
	w.work()
	s := must(w, got(w.control.Status(t.Context(), "", "staging")))
	if s.Status != lockstep.EnvironmentMaintenance || s.Maintenance == nil || s.Maintenance.Message != "we move" {
		t.Errorf("status %+v", s)
	}
	refused(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0"}), lockstep.CodeRefused, "end the maintenance first")
	refused(w, w.tryStop("staging"), lockstep.CodeRefused, "end the maintenance first")
	must(w, w.tryEndMaintenance())
	w.work()
	if env := w.environment("staging"); env.Status != lockstep.EnvironmentActive || env.Maintenance != nil {
		t.Errorf("afterwards %+v", env)
	}
}
