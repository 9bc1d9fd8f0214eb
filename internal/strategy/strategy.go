// Package strategy turns what is and what is wanted into a plan: a list of
// the few kinds of step that the engine can carry out. Everything here is a
// pure function of its arguments.
//
// A plan is frozen when it starts. Undo is the plan that takes a started one
// back: it is made from a fresh snapshot, for any point at which the first
// plan may have stopped, and each of its steps holds where there is nothing
// left to undo.
//
// What every plan keeps to (the property tests run plans on a small model):
//
//   - requests never lead to a revision whose groups were not all started and
//     seen healthy, unless a hold makes them wait, or an undo has failed and
//     nothing better is left;
//   - a service is healthy before one that depends on it starts, and is
//     stopped only after those that depend on it;
//   - a group that the target or the active revision uses is not stopped
//     before traffic has left it, and one that both use is not stopped at all;
//   - a hook before the deployment runs while nothing of the target was
//     started or taken away for it, one after it while all requests go to the
//     target and the old side, unless recreate stopped it, can still take over;
//   - a hold ends: in the plan, in its undo, or in Release.
package strategy

import (
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Snapshot is what is, at the moment of planning. Active and Warm are nil
// where there is none. Groups are named by ID.
type Snapshot struct {
	Environment lockstep.Environment
	Target      lockstep.Revision  // what the operation is about; zero for destroy and stop
	Active      *lockstep.Revision // that requests went to when the operation started; nil in a stopped environment
	Warm        *lockstep.Revision
	Serving     []lockstep.Revision // with a weight in the routing in force; differs from Active after a failure that was not rolled back
	Splits      []lockstep.Split    // of the routing in force
	Running     []string            // groups with instances
	Ready       []string            // groups with as many ready instances as the environment wants
}

// Request is what is wanted of a deployment. It is zero for other operations.
type Request struct {
	Strategy lockstep.Strategy
	Recipe   *lockstep.Recipe         // of strategy custom; not needed on the way back
	Level    lockstep.ValidationLevel // "": no validation was asked for
	Back     bool                     // a rollback by hand: the target has served before, and users wait for it
}

// Built lists the strategies that Plan knows.
func Built() []lockstep.Strategy {
	return []lockstep.Strategy{lockstep.StrategyBlueGreen, lockstep.StrategyRolling, lockstep.StrategyCanary, lockstep.StrategyRecreate, lockstep.StrategyCustom}
}

// Plan is how the target comes in. It fails with CodeUnsupported for a
// strategy that is not built, and with CodeInvalid where the services of a
// revision depend on each other in a circle, or a hook wants the files of a
// service that the target does not have, and where a recipe makes no sense.
func Plan(s Snapshot, r Request) (lockstep.Plan, error) {
	if !slices.Contains(Built(), r.Strategy) {
		return lockstep.Plan{}, lockstep.Errorf(lockstep.CodeUnsupported,
			"strategy %q is not built yet: deploy with one of %s", r.Strategy, list(Built()))
	}
	sc, err := newScene(s)
	if err != nil {
		return lockstep.Plan{}, err
	}
	b := builder{scene: sc, phase: lockstep.PhaseForward}
	if b.hooks, err = hooksOf(s, r.Back); err != nil {
		return lockstep.Plan{}, err
	}
	switch r.Strategy {
	case lockstep.StrategyRecreate:
		b.recreate(r.Level)
	case lockstep.StrategyRolling:
		b.rolling(r.Level)
	case lockstep.StrategyCanary:
		b.canary(r)
	case lockstep.StrategyCustom:
		if err := b.custom(r); err != nil {
			return lockstep.Plan{}, err
		}
	default:
		b.blueGreen(r.Level)
	}
	return b.plan(), nil
}

func list(strategies []lockstep.Strategy) string {
	names := make([]string, len(strategies))
	for i, s := range strategies {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}
