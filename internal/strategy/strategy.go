// Package strategy turns what is and what is wanted into a plan: a list of
// the few kinds of step that the engine can carry out. Everything here is a
// pure function of its arguments.
//
// A plan is frozen when it starts. Undo is the plan that takes a started one
// back: it is made from a fresh snapshot, for any point at which the first
// plan may have stopped, and each of its steps holds where there is nothing
// left to undo.
package strategy

import (
	"github.com/lockstep-dev/lockstep"
)

// Snapshot is what is, at the moment of planning. Active and Warm are nil
// where there is none. Running holds the IDs of groups with instances.
type Snapshot struct {
	Environment lockstep.Environment
	Target      lockstep.Revision
	Active      *lockstep.Revision // that requests went to when the operation started
	Warm        *lockstep.Revision
	Serving     []lockstep.Revision // with a weight in the routing in force; differs from Active after a failure that was not rolled back
	Running     []string
}

// Request is what is wanted of a deployment.
type Request struct {
	Strategy lockstep.Strategy
	Level    lockstep.ValidationLevel // "": no validation was asked for
}
