package engine

import (
	"context"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/strategy"
)

// finish ends the operation. Steps that nobody will do any more are skipped.
func (r *run) finish(ctx context.Context, status lockstep.OperationStatus, failure *lockstep.OperationError) error {
	planned := r.Operation.Status == lockstep.StatusRunning
	for i := range r.Operation.Steps {
		step := &r.Operation.Steps[i]
		if step.Status != lockstep.StepPending {
			continue
		}
		step.Status = lockstep.StepSkipped
		if err := r.record(ctx, "skipped:"+string(step.Kind), lockstep.Record{Step: step}); err != nil {
			return err
		}
	}
	if failure != nil && r.Operation.Error == nil {
		r.Operation.Error = failure
	}
	outcome := lockstep.Outcome{Status: status, Epoch: r.liveEpochGiven()}
	if planned {
		var err error
		outcome.EnvironmentStatus = r.environmentAfter(status)
		outcome.Rollback = r.rollbackResult(status)
		if outcome.WarmID, outcome.WarmFor, err = r.warmAfter(ctx, status); err != nil {
			return err
		}
	}
	data := map[string]any{"status": status}
	if r.Operation.Error != nil {
		data["error"] = r.Operation.Error
	}
	err := r.record(ctx, "outcome", lockstep.Record{
		Failure: failure, Outcome: &outcome, Events: event(lockstep.EventOperationFinished, data),
	})
	if err != nil {
		return err
	}
	r.Operation.Status = status
	began := r.claimed
	if r.Operation.StartedAt != nil { // by a worker before this one
		began = *r.Operation.StartedAt
	}
	r.Ended(r.Operation.Kind, status, r.Now().Sub(began))
	if outcome.WarmID != nil {
		poke(r.timer)
	}
	return nil
}

// undone is the status that an undo phase earns.
func (r *run) undone(failed bool) lockstep.OperationStatus {
	cause := r.Operation.UndoCause
	switch {
	case failed || !r.takesBack(cause):
		return lockstep.StatusFailed
	case cause == lockstep.UndoCancel:
		return lockstep.StatusCancelled
	default:
		return lockstep.StatusRolledBack
	}
}

// completed is what operations that are no deployment make of their
// environment.
var completed = map[lockstep.OperationKind]lockstep.EnvironmentStatus{
	lockstep.OperationStop:           lockstep.EnvironmentInactive,
	lockstep.OperationMaintenanceOn:  lockstep.EnvironmentMaintenance,
	lockstep.OperationMaintenanceOff: lockstep.EnvironmentActive,
}

// environmentAfter is what an operation that was planned makes of its
// environment (ADR 1); "" where it stays what it is.
func (r *run) environmentAfter(status lockstep.OperationStatus) lockstep.EnvironmentStatus {
	switch r.Operation.Kind {
	case lockstep.OperationDeploy:
		switch {
		case status == lockstep.StatusFailed:
			return lockstep.EnvironmentFailed
		case status == lockstep.StatusCompleted || r.Environment.ServingID() != "":
			return lockstep.EnvironmentActive
		default:
			return lockstep.EnvironmentInactive
		}
	case lockstep.OperationStart:
		switch status {
		case lockstep.StatusCompleted:
			return lockstep.EnvironmentActive
		case lockstep.StatusFailed:
			return lockstep.EnvironmentFailed
		default:
			return lockstep.EnvironmentInactive
		}
	case lockstep.OperationDestroy, lockstep.OperationStop, lockstep.OperationScale,
		lockstep.OperationEnableService, lockstep.OperationDisableService,
		lockstep.OperationMaintenanceOn, lockstep.OperationMaintenanceOff:
		if status == lockstep.StatusCompleted {
			return completed[r.Operation.Kind]
		}
		failed := lockstep.EnvironmentFailed
		if status == lockstep.StatusFailed && lockstep.EnvironmentTransitions.Allows(r.Environment.Status, failed) {
			return failed
		}
	case lockstep.OperationRetire, lockstep.OperationSwitch, lockstep.OperationSync:
	}
	return ""
}

// rollbackResult says how a deployment was taken back, where that was tried.
func (r *run) rollbackResult(status lockstep.OperationStatus) *lockstep.RollbackResult {
	op := r.Operation
	if r.Deployment == nil || len(r.steps(lockstep.PhaseUndo)) == 0 || !r.takesBack(op.UndoCause) {
		return nil
	}
	now := r.stamp()
	result := &lockstep.RollbackResult{
		Automatic: true, RevisionID: r.Environment.ServingID(), Reason: "a cancel was asked for",
		Status: lockstep.StatusCompleted, CompletedAt: &now,
	}
	if op.UndoCause == lockstep.UndoFailure && op.Error != nil {
		result.Reason, _, _ = strings.Cut(op.Error.Message, "\n") // the error has the rest
	}
	if status == lockstep.StatusFailed {
		result.Status = lockstep.StatusFailed
	}
	return result
}

// warmAfter is nil where the warm side stays what it is. What a retire, and
// a stop that completes, do to it the store knows by itself; one without a
// service that is disabled is as warm as it can be.
func (r *run) warmAfter(ctx context.Context, status lockstep.OperationStatus) (id *string, warmFor time.Duration, err error) {
	if k := r.Operation.Kind; k == lockstep.OperationRetire || k == lockstep.OperationDestroy || k == lockstep.OperationSync || k.TogglesService() {
		return nil, 0, nil
	}
	err = r.ask(ctx, "outcome", false, func(ctx context.Context) error {
		s := strategy.Snapshot{Environment: r.Environment}
		if target := arriving(r.Operation, r.Environment); target != "" {
			if s.Target, err = r.revision(ctx, target); err != nil {
				return err
			}
		}
		if s.Warm, err = r.maybeRevision(ctx, r.Environment.WarmID); err != nil {
			return err
		}
		id, warmFor = strategy.WarmAfter(s, r.steps(lockstep.PhaseForward), status == lockstep.StatusCompleted)
		return nil
	})
	return id, warmFor, err
}
