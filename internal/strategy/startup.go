package strategy

import "github.com/lockstep-dev/lockstep"

// Start brings the target up where nothing serves, proves it at the level and
// leads requests to it. What a failure left there is stopped: what serves
// nobody first, and what gets requests once they have gone.
func Start(s Snapshot, level lockstep.ValidationLevel) (lockstep.Plan, error) {
	sc, err := newScene(s)
	if err != nil {
		return lockstep.Plan{}, err
	}
	b := builder{scene: sc, phase: lockstep.PhaseForward}
	b.stop("stop-leftovers", b.stale(), b.drainTimeout())
	b.prepare("prepare-environment", b.Target)
	b.bringUp("start-instances", b.Target, b.target)
	b.verify("validate-instances", level, true)
	b.shift("resume-traffic", &b.Target, false)
	b.verify("environment-validation", level, false)
	old := b.old()
	b.drain("drain-old-instances", old, b.drainTimeout())
	b.stop("stop-old-instances", old, quietDrain)
	return b.plan(), nil
}
