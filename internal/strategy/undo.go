package strategy

import (
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// Undo takes a started plan back, for a failure or a cancel: afterwards
// requests go to the active revision, complete and healthy, or to nothing
// where there was none, no hold is in force, and what the plan started is
// stopped. A warm side that the plan retired stays gone; one that was its
// target stays up. forward are the steps of the first phase as they ended.
// The plan is empty where none of them began.
func Undo(s Snapshot, r Request, forward []lockstep.Step) (lockstep.Plan, error) {
	sc, err := newScene(s)
	if err != nil {
		return lockstep.Plan{}, err
	}
	b := builder{scene: sc, phase: lockstep.PhaseUndo}
	done := trace(forward)
	if !done.any {
		return b.plan(), nil
	}
	lost, green := b.lost(done), b.green(done)
	switch {
	case r.Strategy == lockstep.StrategyRecreate && lost:
		b.recreateBack(green)
	case r.Strategy == lockstep.StrategyRecreate:
		b.switchBack(lost, green, wording{shift: "release-traffic", stop: "stop-new-instances"})
	case r.Strategy == lockstep.StrategyRolling:
		b.switchBack(lost, green, wording{
			prepare: "prepare-old-instances", start: "start-old-instances",
			shift: "switch-traffic-to-old-instances", stop: "stop-new-instances",
		})
	case r.Strategy == lockstep.StrategyCanary:
		b.switchBack(lost, green, wording{
			prepare: "prepare-stable", start: "deploy-stable",
			shift: "switch-traffic-to-stable", stop: "cleanup-canary",
		})
	case r.Strategy == lockstep.StrategyCustom:
		b.switchBack(lost, green, wording{
			prepare: "prepare-old", start: "start-old",
			shift: "switch-traffic-to-old", stop: "stop-new",
		})
	case r.Strategy == "": // no deployment: a stop, a start, a destroy that was cancelled
		b.switchBack(lost, green, wording{
			prepare: "prepare-environment", start: "start-instances",
			shift: "resume-traffic", stop: "stop-instances",
		})
	default:
		b.switchBack(lost, green, wording{
			prepare: "prepare-blue-environment", start: "deploy-to-blue-environment",
			shift: "switch-traffic-to-blue", stop: "cleanup-green-environment",
		})
	}
	return b.plan(), nil
}

// Release ends what a plan keeps from users, or gives them, only while it runs,
// and takes nothing else back: for a failure that is not to be rolled back.
//
// Of a hold requests return to the active revision where it is still whole.
// Where its instances are gone they are answered that nothing serves: what
// could not be proved gets no traffic. Testers, and copies of requests, are not
// led to a target any more that has only a share, or none; shares stay.
func Release(s Snapshot, forward []lockstep.Step) (lockstep.Plan, error) {
	sc, err := newScene(s)
	if err != nil {
		return lockstep.Plan{}, err
	}
	b := builder{scene: sc, phase: lockstep.PhaseUndo}
	if done := trace(forward); done.held {
		to := s.Active
		if b.lost(done) {
			to = nil
		}
		b.shift("release-traffic", to, true)
	} else if done.any && b.audience() {
		b.add("end-trial", lockstep.StepShiftTraffic, lockstep.StepAction{Revision: s.Target.ID, Splits: s.Splits, Always: true})
	}
	return b.plan(), nil
}

// audience says that testers or copies may be led to the target beside the
// shares in force.
func (b *builder) audience() bool {
	spec := b.Environment.Spec.Strategy
	if spec.Testers == nil && spec.Mirror == 0 || b.Target.ID == "" {
		return false
	}
	return len(b.Serving) > 1 || len(b.Serving) == 1 && b.Serving[0].ID != b.Target.ID
}

// wording is what the steps of switchBack are called.
type wording struct{ prepare, start, shift, stop string }

// switchBack is for two sides that may run at once.
func (b *builder) switchBack(lost bool, green []lockstep.Group, w wording) {
	if lost {
		b.prepare(w.prepare, *b.Active)
		b.bringUp(w.start, *b.Active, b.active)
	}
	if b.Active == nil {
		w.shift = "stop-traffic"
	}
	b.shift(w.shift, b.Active, true)
	b.stop(w.stop, green, b.drainTimeout())
}

// recreateBack stops the new instances before the old ones start again.
// Requests wait meanwhile: still, or again where they lead to the new ones.
func (b *builder) recreateBack(green []lockstep.Group) {
	if len(without(green, b.serving)) < len(green) {
		b.hold()
		b.drain("drain-new-instances", green, b.drainHeld())
	}
	b.stop("stop-new-instances", green, quietDrain)
	b.prepare("prepare-old-instances", *b.Active)
	b.bringUp("start-old-instances", *b.Active, b.active)
	b.shift("release-traffic", b.Active, true)
}

// lost says that some of the active revision has to start again: a group is
// not ready, or a stop may have taken instances from it.
func (b *builder) lost(done traces) bool {
	return !b.up(b.active) || slices.ContainsFunc(b.active, func(g lockstep.Group) bool {
		return slices.Contains(done.stopped, g.ID)
	})
}

// green are the groups that the plan brought, or an earlier one that failed
// and was not rolled back, and what is left of a warm side that it began to
// retire.
func (b *builder) green(done traces) []lockstep.Group {
	brought := without(union(b.target, b.serving), b.warm)
	if slices.ContainsFunc(b.warm, func(g lockstep.Group) bool { return slices.Contains(done.stopped, g.ID) }) {
		brought = union(b.warm, b.target, b.serving)
	}
	return keep(without(brought, b.active), func(g lockstep.Group) bool {
		return b.running[g.ID] || slices.Contains(done.started, g.ID)
	})
}

// traces are what the steps of a plan may have done.
type traces struct {
	any              bool
	held             bool     // a hold began and no shift ended it
	started, stopped []string // groups
}

func trace(steps []lockstep.Step) traces {
	var t traces
	for _, step := range steps {
		if step.Attempts == 0 && (step.Status == lockstep.StepPending || step.Status == lockstep.StepSkipped) {
			continue
		}
		t.any = true
		switch step.Kind {
		case lockstep.StepStart:
			t.started = append(t.started, step.Do.Group)
		case lockstep.StepStop:
			t.stopped = append(t.stopped, step.Do.Groups...)
		case lockstep.StepHold:
			t.held = true
		case lockstep.StepShiftTraffic:
			t.held = t.held && step.Status != lockstep.StepCompleted
		case lockstep.StepPrepare, lockstep.StepAwaitHealthy, lockstep.StepVerify,
			lockstep.StepMaintenance, lockstep.StepOffer, lockstep.StepDrain, lockstep.StepAnalyze, lockstep.StepHook, lockstep.StepPause, lockstep.StepApprove, lockstep.StepKeepWarm, lockstep.StepRemove,
			lockstep.StepValidateLive, lockstep.StepMoveLive, lockstep.StepProbeLive, lockstep.StepSettleLive, lockstep.StepSetCurrent, lockstep.StepSyncConfig:
		}
	}
	return t
}

// MovesUsers says that a step leads requests elsewhere, or makes them wait.
func MovesUsers(step lockstep.Step) bool {
	return step.Kind == lockstep.StepHold || step.Kind == lockstep.StepShiftTraffic
}
