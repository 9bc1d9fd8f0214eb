package engine

import (
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// address adds to the routing what the environment asks for beside shares:
// clients that stay, and, while a deployment has a new side that does not get
// all requests yet, its testers and copies. All of it ends with the
// deployment's last routing, or with the first of its undo.
func (e effect) address(r *lockstep.Routing) {
	spec := e.environment.Spec.Strategy
	r.Sticky = spec.Sticky
	target := arriving(e.operation, e.environment)
	share, total := weight(r.Splits, target), 0
	for _, s := range r.Splits {
		total += s.Weight
	}
	if !e.brings(target) || share >= total {
		return
	}
	if spec.Testers != nil {
		r.Testers = &lockstep.TesterRoute{Revision: target, Match: *spec.Testers}
	}
	if 100*share < spec.Mirror*total && e.compares(target) {
		r.Mirror = &lockstep.Mirror{Revision: target, Percent: spec.Mirror}
	}
}

// compares says that the operation's plan watches the revision beside another.
func (e effect) compares(revision string) bool {
	return slices.ContainsFunc(e.operation.Steps, func(s lockstep.Step) bool {
		return s.Kind == lockstep.StepAnalyze && s.Do.Revision == revision
	})
}
