package strategy

import (
	"github.com/lockstep-dev/lockstep"
)

// Retire stops the target, a warm side whose time is over. Groups that the
// active revision, another warm one or requests still use stay, so that the
// plan is empty where a deployment has taken the target up meanwhile.
func Retire(s Snapshot) (lockstep.Plan, error) {
	sc, err := newScene(s)
	if err != nil {
		return lockstep.Plan{}, err
	}
	b := builder{scene: sc, phase: lockstep.PhaseForward}
	used := union(b.active, b.serving)
	if s.Warm != nil && s.Warm.ID != s.Target.ID {
		used = union(used, b.warm)
	}
	b.stop("retire-warm-environment", b.alive(without(b.target, used)), b.drainTimeout())
	return b.plan(), nil
}

// Stop leads requests to nothing and stops everything; files and addresses
// stay, for a Start. s has no target.
func Stop(s Snapshot) (lockstep.Plan, error) {
	sc, err := newScene(s)
	if err != nil {
		return lockstep.Plan{}, err
	}
	b := builder{scene: sc, phase: lockstep.PhaseForward}
	b.shift("stop-traffic", nil, false)
	b.drain("drain-instances", b.alive(union(b.active, b.serving)), b.drainTimeout())
	b.stop("stop-instances", b.all(), quietDrain)
	return b.plan(), nil
}

// Destroy leads requests to nothing, stops everything, and removes what the
// runtime and the router keep of the environment.
func Destroy(s Snapshot) (lockstep.Plan, error) {
	sc, err := newScene(s)
	if err != nil {
		return lockstep.Plan{}, err
	}
	b := builder{scene: sc, phase: lockstep.PhaseForward}
	b.shift("stop-traffic", nil, false)
	b.stop("stop-instances", b.all(), b.drainTimeout())
	b.add("remove-environment", lockstep.StepRemove, lockstep.StepAction{})
	return b.plan(), nil
}
