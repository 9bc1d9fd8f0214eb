package strategy

import (
	"github.com/lockstep-dev/lockstep"
)

// blueGreen brings the target (green) up beside what serves (blue), proves
// it, moves all requests at once, proves it again, and keeps blue warm.
//
// Where green is the warm side of the deployment before, everything up to
// the switch finds its work done; that is what makes a rollback instant.
func (b *builder) blueGreen(level lockstep.ValidationLevel) {
	b.stop("retire-warm-environment", b.stale(), b.drainTimeout())
	b.prepare("prepare-green-environment", b.Target)
	b.runHooks(lockstep.HookPreDeployment)
	b.bringUp("deploy-to-green-environment", b.Target, b.target)
	b.verify("validate-green-environment", level, true)
	b.shift("switch-traffic-to-green", &b.Target, false)
	b.verify("deployment-validation", level, false)
	b.runHooks(lockstep.HookPostDeployment)
	b.cleanupOld("cleanup-blue-environment", "drain-blue-environment")
}

// cleanupOld keeps the old side warm, or stops it.
func (b *builder) cleanupOld(name, drain string) {
	old := b.old()
	warm := b.warmSide(old, b.warmFor())
	if warm != nil {
		old = without(old, b.active)
	}
	b.drain(drain, old, b.drainTimeout())
	b.stop(name, old, quietDrain)
	if warm != nil {
		b.add(name, lockstep.StepKeepWarm, *warm)
	}
}

// warmFor is what the environment says; 0: nothing is kept.
func (b *builder) warmFor() lockstep.Duration {
	if w := b.Environment.Spec.Strategy.WarmFor; w != nil {
		return *w
	}
	return lockstep.Duration(lockstep.DefaultWarmFor)
}

// warmSide is nil where nothing is to be kept: the environment asks for
// none, the active revision is not whole any more, or the target has all of
// its groups, so that returning to it is instant anyway.
func (b *builder) warmSide(blue []lockstep.Group, warmFor lockstep.Duration) *lockstep.StepAction {
	own := keep(blue, func(g lockstep.Group) bool { return contains(b.active, g.ID) })
	if warmFor <= 0 || b.Active == nil || len(own) == 0 || !b.up(b.active) {
		return nil
	}
	return &lockstep.StepAction{Revision: b.Active.ID, Timeout: warmFor}
}
