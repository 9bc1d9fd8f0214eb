package engine

import (
	"context"
	"errors"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/strategy"
)

// begin asks the gate again and freezes the forward plan. planned is false
// where the operation has ended instead.
func (r *run) begin(ctx context.Context) (planned bool, err error) {
	if errors.Is(r.safePoint(lockstep.PhaseForward), errCancelled) {
		return false, r.finish(ctx, lockstep.StatusCancelled, nil)
	}
	var plan lockstep.Plan
	err = r.ask(ctx, "plan", true, func(ctx context.Context) error {
		if err := r.Gate(ctx, r.Claimed); err != nil {
			return err
		}
		if r.Operation.Kind == lockstep.OperationSync {
			plan = strategy.Sync()
			return nil
		}
		if err := r.connect(ctx); err != nil {
			return err
		}
		s, err := r.snapshot(ctx)
		if err != nil {
			return err
		}
		plan, err = r.forward(ctx, s)
		return err
	})
	if errors.Is(err, errCancelled) {
		return false, r.finish(ctx, lockstep.StatusCancelled, nil)
	}
	if err != nil {
		return false, r.giveUp(ctx, err)
	}
	return true, r.freeze(ctx, lockstep.PhaseForward, "", plan)
}

func (r *run) forward(ctx context.Context, s strategy.Snapshot) (lockstep.Plan, error) {
	switch r.Operation.Kind {
	case lockstep.OperationDeploy:
		return strategy.Plan(s, r.request())
	case lockstep.OperationRetire:
		return strategy.Retire(s)
	case lockstep.OperationDestroy:
		return strategy.Destroy(s)
	case lockstep.OperationStop:
		return strategy.Stop(s)
	case lockstep.OperationStart:
		return strategy.Start(s, r.level(""))
	case lockstep.OperationScale:
		return strategy.Scale(s, r.Operation.Replicas)
	case lockstep.OperationEnableService:
		return strategy.Enable(s, r.Operation.Service)
	case lockstep.OperationDisableService:
		return strategy.Disable(s, r.Operation.Service)
	case lockstep.OperationMaintenanceOn:
		m := r.Operation.Maintenance
		if m == nil {
			m = &lockstep.Maintenance{}
		}
		return strategy.Maintain(m), nil
	case lockstep.OperationMaintenanceOff:
		return strategy.Maintain(nil), nil
	case lockstep.OperationSwitch:
		return r.forwardSwitch(ctx, s)
	case lockstep.OperationSync: // planned without a look at what runs
	}
	return lockstep.Plan{}, lockstep.Errorf(lockstep.CodeUnsupported, "operation %s: this server cannot carry out operations of kind %q", r.Operation.ID, r.Operation.Kind)
}

// request is zero for anything but a deployment.
func (r *run) request() strategy.Request {
	d := r.Deployment
	if d == nil {
		return strategy.Request{}
	}
	request := strategy.Request{Strategy: d.Strategy, Recipe: d.Recipe, Back: d.RollbackOf != ""}
	if d.ValidationRequired {
		request.Level = r.level(d.Validation)
	}
	return request
}

// level is what was asked for, else what the environment says.
func (r *run) level(asked lockstep.ValidationLevel) lockstep.ValidationLevel {
	orDefault(&asked, r.Environment.Spec.Validation)
	orDefault(&asked, lockstep.ValidationBasic)
	return asked
}

// beginUndo freezes the undo plan. planned is false where the operation has
// ended instead: nothing is to be taken back and no hold has to end.
func (r *run) beginUndo(ctx context.Context, cause lockstep.UndoCause) (planned bool, err error) {
	back := r.takesBack(cause)
	if r.Operation.Kind == lockstep.OperationSync { // its one step has changed nothing
		if cause == lockstep.UndoCancel {
			return false, r.finish(ctx, lockstep.StatusCancelled, nil)
		}
		return false, r.finish(ctx, lockstep.StatusFailed, nil)
	}
	var plan lockstep.Plan
	err = r.ask(ctx, "undo", false, func(ctx context.Context) error {
		s, err := r.snapshot(ctx)
		if err != nil {
			return err
		}
		plan, err = r.backward(s, back)
		return err
	})
	if err != nil {
		return false, r.giveUp(ctx, err)
	}
	if !back && len(plan.Steps) == 0 {
		return false, r.finish(ctx, lockstep.StatusFailed, nil)
	}
	return true, r.freeze(ctx, lockstep.PhaseUndo, cause, plan)
}

// takesBack says whether an undo returns to what was before, or only ends a
// hold: a deployment may ask not to be rolled back, and half a destroy is
// finished by another one.
func (r *run) takesBack(cause lockstep.UndoCause) bool {
	if cause == lockstep.UndoCancel {
		return true
	}
	switch r.Operation.Kind {
	case lockstep.OperationDeploy:
		return r.Deployment != nil && r.Deployment.RollbackOnFailure
	case lockstep.OperationStop, lockstep.OperationStart, lockstep.OperationScale,
		lockstep.OperationEnableService, lockstep.OperationDisableService,
		lockstep.OperationMaintenanceOn, lockstep.OperationMaintenanceOff:
		return true
	case lockstep.OperationSwitch: // what moved nobody has just failed
		return strategy.Moved(r.steps(lockstep.PhaseForward))
	case lockstep.OperationRetire, lockstep.OperationDestroy, lockstep.OperationSync:
	}
	return false
}

func (r *run) backward(s strategy.Snapshot, back bool) (lockstep.Plan, error) {
	forward := r.steps(lockstep.PhaseForward)
	switch {
	case r.Operation.Kind == lockstep.OperationRetire:
		return lockstep.Plan{}, nil // what was retired is no loss
	case back && r.Operation.Kind == lockstep.OperationScale:
		return strategy.Unscale(s, forward)
	case back && r.Operation.Kind.TogglesService():
		return strategy.Untoggle(s, r.Operation.Service, forward)
	case back && (r.Operation.Kind == lockstep.OperationMaintenanceOn || r.Operation.Kind == lockstep.OperationMaintenanceOff):
		return strategy.Unmaintain(s, forward), nil
	case back && r.Operation.Kind == lockstep.OperationSwitch:
		return strategy.Unswitch(forward), nil
	case back:
		return strategy.Undo(s, r.request(), forward)
	default:
		return strategy.Release(s, forward)
	}
}

// steps are those of one phase.
func (r *run) steps(phase lockstep.Phase) []lockstep.Step {
	var out []lockstep.Step
	for _, s := range r.Operation.Steps {
		if s.Phase == phase {
			out = append(out, s)
		}
	}
	return out
}

// freeze records a plan and continues with it as the journal numbers it.
func (r *run) freeze(ctx context.Context, phase lockstep.Phase, cause lockstep.UndoCause, plan lockstep.Plan) error {
	if plan.Steps == nil {
		plan.Steps = []lockstep.Step{} // nothing to do: said as such
	}
	for i := range plan.Steps {
		plan.Steps[i].Seq = len(r.Operation.Steps) + i + 1
		plan.Steps[i].Phase, plan.Steps[i].Status = phase, lockstep.StepPending
	}
	err := r.record(ctx, "plan-"+string(phase), lockstep.Record{
		Plan: &plan, Phase: phase, Cause: cause,
		Events: event(lockstep.EventOperationPlanned, map[string]any{"phase": phase, "cause": cause, "steps": plan.Steps}),
	})
	if err != nil {
		return err
	}
	op := &r.Operation
	op.Status, op.Phase, op.UndoCause = lockstep.StatusRunning, phase, cause
	op.Steps = append(op.Steps, plan.Steps...)
	return nil
}
