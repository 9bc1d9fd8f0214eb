package strategy

import (
	"github.com/lockstep-dev/lockstep"
)

// recreate never runs two versions of a service at once: requests wait while
// what serves is stopped and the target starts. Nothing waits, and nothing
// is stopped, where the target only adds services or changes none.
func (b *builder) recreate(level lockstep.ValidationLevel) {
	b.stop("retire-warm-environment", b.stale(), b.drainTimeout())
	b.prepare("prepare-new-instances", b.Target)
	b.runHooks(lockstep.HookPreDeployment)
	if old := b.old(); len(old) > 0 {
		b.hold()
		b.drain("drain-old-instances", old, b.drainHeld())
		b.stop("stop-old-instances", old, quietDrain)
	}
	b.bringUp("start-new-instances", b.Target, b.target)
	b.verify("validate-new-instances", level, true)
	b.shift("release-traffic", &b.Target, false)
	b.verify("deployment-validation", level, false)
	b.runHooks(lockstep.HookPostDeployment)
}
