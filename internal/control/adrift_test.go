package control_test

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// adrift is what a switch to staging leaves that moved the address and could
// not take it back.
func (w *world) adrift() {
	w.Helper()
	w.moved("staging", lockstep.StatusFailed)
}

// moved ends a switch, after the move, as its worker would.
func (w *world) moved(to string, status lockstep.OperationStatus) {
	w.Helper()
	epoch := w.live().Epoch + 1
	must(w, w.trySwitch(to))
	c := w.claim()
	move := lockstep.Step{Name: "move-traffic", Kind: lockstep.StepMoveLive, Do: lockstep.StepAction{Live: &lockstep.LiveMove{Epoch: epoch}}}
	w.record(c, lockstep.Record{Plan: &lockstep.Plan{Steps: []lockstep.Step{move}}, Phase: lockstep.PhaseForward})
	move.Seq, move.Phase, move.Attempts, move.Status = 1, lockstep.PhaseForward, 1, lockstep.StepRunning
	w.record(c, lockstep.Record{Step: &move})
	move.Status = lockstep.StepFailed
	w.record(c, lockstep.Record{Step: &move})
	w.record(c, lockstep.Record{Outcome: &lockstep.Outcome{Status: status, Epoch: epoch}})
}

// A switch that could not be taken back may have left the address anywhere:
// it can be fetched back to the environment that is current.
func TestAnAddressThatIsAdriftCanBeFetchedBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.twoSides()
	w.adrift()
	if l := w.live(); !l.Adrift || l.AdriftTo != "staging" || l.Environment.Name != "production" || l.Epoch != 3 {
		t.Errorf("afterwards %+v", l)
	}
	o := must(w, w.trySwitch("production"))
	if o.Switch.FromID != "" || len(o.Locks) != 2 {
		t.Errorf("it goes from %+v under %v", o.Switch, o.Locks)
	}
	w.work()
	if l := w.live(); l.Adrift || l.Environment.Name != "production" || l.Epoch != 4 {
		t.Errorf("fetched back: %+v", l)
	}
	refused(w, w.trySwitch("production"), lockstep.CodeConflict, "production is current")
}

// Nothing that routes one of the two says, on the side, where users are.
func TestWhatIsAdriftIsNotRouted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.twoSides()
	must(w, got(w.control.Approve(t.Context(), bo, w.deploy("production", "1.0.0").ID, control.ApprovalRequest{})))
	w.adrift()
	says := []string{"sunday.localhost may lead to production or to staging", "lockstep switch production or lockstep switch staging"}
	before := w.newest()
	for _, env := range []string{"production", "staging"} {
		refused(w, w.tryDeploy(env, lockstep.DeploymentRequest{Version: "1.0.0"}), lockstep.CodeConflict, says...)
		refused(w, w.tryStop(env), lockstep.CodeConflict, says...)
		refused(w, got(w.control.Destroy(t.Context(), ana, "", env)), lockstep.CodeConflict, says...)
		refused(w, got(w.control.BeginMaintenance(t.Context(), ana, "", env, lockstep.Maintenance{})), lockstep.CodeConflict, says...)
		refused(w, got(w.control.Scale(t.Context(), ana, "", env, control.ScaleRequest{Services: map[string]int{"backend": 2}})), lockstep.CodeConflict, says...)
	}
	if w.newest() != before {
		t.Error("what was refused left something")
	}
	// What was queued before is asked about again when its turn comes.
	refused(w, got(0, w.control.Gate(t.Context(), *w.claim())), lockstep.CodeConflict, says...)
}

// What stays of a switch that moved and failed ends with whatever settles it.
func TestWhatEndsThatAnAddressIsAdrift(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do func(w *world)
		to string // is current afterwards
	}{
		"a switch to where users may be": {func(w *world) { w.switched("staging") }, "staging"},
		"a deployment that is forced": {func(w *world) {
			d := must(w, w.tryDeploy("production", lockstep.DeploymentRequest{Version: "1.0.0", Force: true, Reason: "staging is dead"}))
			must(w, got(w.control.Approve(w.Context(), bo, d.ID, control.ApprovalRequest{})))
			w.work()
		}, "production"},
		"a switch from there that is taken back": {func(w *world) {
			w.apply(strings.Replace(matrixText, "environments:\n", "environments:\n  other: {}\n", 1))
			w.deployed("other", "1.0.0")
			w.seesReady("staging", "production", "other")
			w.moved("other", lockstep.StatusRolledBack)
		}, "production"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.twoSides()
			w.adrift()
			c.do(w)
			if l := w.live(); l.Adrift || l.AdriftTo != "" || l.Environment.Name != c.to {
				t.Errorf("afterwards %+v", l)
			}
			w.deploy("staging", "1.0.0")
		})
	}
}

// A switch that fails before it moves anybody settles nothing.
func TestAnAddressStaysAdriftWhereAnotherSwitchMovesNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.twoSides()
	w.adrift()
	must(w, w.trySwitch("production"))
	w.end(w.begin(), lockstep.StatusFailed)
	if l := w.live(); !l.Adrift || l.AdriftTo != "staging" {
		t.Errorf("afterwards %+v", l)
	}
}
