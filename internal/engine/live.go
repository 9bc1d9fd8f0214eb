package engine

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/strategy"
)

// forwardSwitch gives the switch its epoch: above that of the project, and
// above what the router knows, which is more where a database was restored.
func (r *run) forwardSwitch(ctx context.Context, s strategy.Snapshot) (lockstep.Plan, error) {
	if r.Operation.Switch == nil {
		return lockstep.Plan{}, lockstep.Errorf(lockstep.CodeInvalid, "operation %s does not say what it switches", r.Operation.ID)
	}
	if r.lives == nil {
		return lockstep.Plan{}, lockstep.Errorf(lockstep.CodeUnsupported, "%s has no router that could move the live address", r.Environment.Name)
	}
	known, err := r.lives.LiveEpoch(ctx, r.Project.Name)
	if err != nil {
		return lockstep.Plan{}, err
	}
	return strategy.Switch(s, *r.Operation.Switch, max(r.Project.CurrentEpoch, known)+1)
}

// liveEpochGiven is the highest epoch that a switch may have given the live
// address, whatever became of it.
func (r *run) liveEpochGiven() (highest int64) {
	for _, s := range r.Operation.Steps {
		if s.Kind == lockstep.StepMoveLive && s.Attempts > 0 {
			highest = max(highest, s.Do.Live.Epoch)
		}
	}
	return highest
}

// liveEpoch is the epoch under which an environment has, or gets, the live
// address with a routing of its own.
func (e effect) liveEpoch(ctx context.Context, inForce lockstep.Routing) (int64, error) {
	switch {
	case e.project.CurrentID != "":
		return max(e.project.CurrentEpoch, inForce.LiveEpoch), nil
	case inForce.Live: // by this deployment, a step or a try before
		return inForce.LiveEpoch, nil
	case e.lives == nil:
		return e.project.CurrentEpoch + 1, nil
	}
	known, err := e.lives.LiveEpoch(ctx, e.project.Name)
	return max(e.project.CurrentEpoch, known) + 1, err
}

// ask changes whether an environment of the project asks for the live address,
// or for the drill's, and nothing else of its routing. The operation holds the
// locks of both environments that it names, so that what is read here is still
// true when it is set.
func (e effect) ask(ctx context.Context, id, name string, change func(*lockstep.Routing)) (lockstep.Routing, error) {
	routing, err := e.router.Get(ctx, id)
	if err != nil {
		return routing, err
	}
	if routing.Environment == "" { // it was never routed, or its router began anew
		routing = lockstep.Routing{Project: e.project.Name, Environment: name, Revisions: []lockstep.RevisionRoutes{}, Splits: []lockstep.Split{}}
	}
	change(&routing)
	call := e.call
	call.Environment = id
	return routing, e.router.Set(ctx, call, routing)
}
