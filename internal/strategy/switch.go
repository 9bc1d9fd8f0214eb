package strategy

import (
	"github.com/lockstep-dev/lockstep"
)

// Switch leads the project's live address to the environment of s, which runs
// already: its readiness is proved, then the address moves in one change under
// an epoch above all others. The side before stays up, with its requests in
// flight. The environment's hooks of a switch run right before the move, and
// when the live address has been seen to lead there. A drill does the same
// with an address that nobody knows, and takes it away again; it runs no
// hooks, which could not know that nobody was moved.
func Switch(s Snapshot, sw lockstep.Switch, epoch int64) (lockstep.Plan, error) {
	if s.Active == nil {
		return lockstep.Plan{}, lockstep.Errorf(lockstep.CodeConflict, "nothing runs in %s: deploy a release, or start it", s.Environment.Name)
	}
	move := lockstep.LiveMove{FromID: sw.FromID, From: sw.From, ToID: sw.ToID, To: sw.To, Epoch: epoch, Drill: sw.Drill}
	b := builder{scene: scene{Snapshot: s}, phase: lockstep.PhaseForward}
	var err error
	if b.hooks, err = switchHooks(s); err != nil {
		return lockstep.Plan{}, err
	}
	b.live("validate-environment-switch", lockstep.StepValidateLive, move, lockstep.StepAction{})
	b.add("verify-target-environment", lockstep.StepVerify, lockstep.StepAction{
		Revision: s.Active.ID, Level: requesting(s.Environment.Spec.Validation), Direct: true, Partial: true,
		Timeout: lockstep.Duration(s.Environment.Spec.Strategy.StableFor.Or(lockstep.DefaultStableFor)),
	})
	if sw.Drill {
		move.Epoch = 0
		b.live("rehearse-move-traffic", lockstep.StepMoveLive, move, lockstep.StepAction{})
		b.live("verify-drill-address", lockstep.StepProbeLive, move, lockstep.StepAction{})
		b.live("end-rehearsal", lockstep.StepSettleLive, theirs(move), lockstep.StepAction{Always: true})
		return b.plan(), nil
	}
	b.runHooks(lockstep.HookPreSwitch)
	b.live("move-traffic", lockstep.StepMoveLive, move, lockstep.StepAction{})
	b.live("verify-live-address", lockstep.StepProbeLive, move, lockstep.StepAction{})
	b.runHooks(lockstep.HookPostSwitch)
	if sw.FromID != "" {
		b.live("release-previous-environment", lockstep.StepSettleLive, move, lockstep.StepAction{Optional: true})
	}
	b.live("set-current-environment", lockstep.StepSetCurrent, move, lockstep.StepAction{})
	return b.plan(), nil
}

// Unswitch takes a Switch back that may have moved traffic: the address leads
// to where it led before, under an epoch above the switch's. Where it led
// nowhere it does so again. forward are the switch's steps as they ended.
func Unswitch(forward []lockstep.Step) lockstep.Plan {
	b := builder{phase: lockstep.PhaseUndo}
	for _, step := range forward {
		if step.Kind != lockstep.StepMoveLive || step.Attempts == 0 {
			continue
		}
		done := *step.Do.Live
		if done.FromID != "" && !done.Drill {
			back := lockstep.LiveMove{FromID: done.ToID, From: done.To, ToID: done.FromID, To: done.From, Epoch: done.Epoch + 1}
			b.live("rollback-environment-switch", lockstep.StepMoveLive, back, lockstep.StepAction{Always: true})
		}
		name := "release-target-environment"
		if done.Drill {
			name = "end-rehearsal"
		}
		b.live(name, lockstep.StepSettleLive, theirs(done), lockstep.StepAction{Always: true})
	}
	return b.plan()
}

// Moved says that a switch's steps may have moved users.
func Moved(forward []lockstep.Step) bool {
	for _, step := range forward {
		if step.Kind == lockstep.StepMoveLive && step.Attempts > 0 && !step.Do.Live.Drill {
			return true
		}
	}
	return false
}

func (b *builder) live(name string, kind lockstep.StepKind, move lockstep.LiveMove, do lockstep.StepAction) {
	do.Live = &move
	if b.Active != nil {
		do.Revision = b.Active.ID
	}
	b.add(name, kind, do)
}

// theirs is the end of the claim of where the address went.
func theirs(move lockstep.LiveMove) lockstep.LiveMove {
	return lockstep.LiveMove{FromID: move.ToID, From: move.To, Drill: move.Drill}
}

// requesting is the level, or the lowest one that sends requests.
func requesting(level lockstep.ValidationLevel) lockstep.ValidationLevel {
	if level == lockstep.ValidationComprehensive {
		return level
	}
	return lockstep.ValidationStandard
}
