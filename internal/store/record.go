package store

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Record writes to the journal; see engine.Store and lockstep.Record. What
// the store makes of a record (a changed environment, a new current one) is
// announced before the record's own events, so that whoever follows an
// operation up to operation.finished misses nothing.
//
// A record that was committed before, by a caller who did not hear of it,
// changes nothing and is no error.
func (s *Store) Record(ctx context.Context, lease lockstep.Lease, record lockstep.Record) error {
	err := s.Update(ctx, func(tx *Tx) error {
		if err := tx.lockAround(lease.EnvironmentID, record); err != nil {
			return err
		}
		op, err := tx.held(lease)
		if done, checkErr := tx.recorded(op, lease, record); done || checkErr != nil {
			return checkErr
		}
		if err != nil {
			return err
		}
		now, err := tx.dialect.clock(tx)
		if err != nil {
			return err
		}
		return tx.record(op, record, now)
	})
	return within(err, "record %s", lease.Operation)
}

// lockAround locks what a record may change besides its operation, in the
// order that everyone keeps: project, environment, operation.
func (tx *Tx) lockAround(environmentID string, record lockstep.Record) error {
	if record.Outcome != nil {
		if _, err := queryAll(tx, scanText, `SELECT p.id FROM projects p
      WHERE p.id = (SELECT e.project_id FROM environments e WHERE e.id = $1)`+tx.lockRow("p"), environmentID); err != nil {
			return err
		}
	}
	_, err := queryAll(tx, scanText, "SELECT e.id FROM environments e WHERE e.id = $1"+tx.lockRow("e"), environmentID)
	return err
}

func (tx *Tx) record(op lockstep.Operation, record lockstep.Record, now time.Time) error {
	if record.Yields && op.Pause != nil {
		return lockstep.ErrPaused
	}
	if record.Hold != nil {
		if err := tx.hold(op, *record.Hold, now); err != nil {
			return err
		}
	}
	if record.Step != nil {
		if err := tx.putStep(op.ID, *record.Step); err != nil {
			return err
		}
	}
	for _, o := range record.Outputs {
		if err := tx.putStepOutput(op.ID, o); err != nil {
			return err
		}
	}
	if record.Failure != nil {
		failure := *record.Failure
		if failure.Timestamp.IsZero() {
			failure.Timestamp = now
		}
		if err := tx.putFailure(op, failure); err != nil {
			return err
		}
	}
	if record.Plan != nil {
		if err := tx.freeze(op, record, now); err != nil {
			return err
		}
		if record.Phase == lockstep.PhaseForward {
			op.Status, op.StartedAt = lockstep.StatusRunning, &now
		}
	}
	if record.Outcome != nil {
		if err := tx.conclude(op, *record.Outcome, now); err != nil {
			return err
		}
	}
	for _, e := range record.Events {
		e.At, e.ProjectID, e.EnvironmentID, e.OperationID = now, op.ProjectID, op.EnvironmentID, op.ID
		tx.events = append(tx.events, e)
	}
	return nil
}

func (tx *Tx) putFailure(op lockstep.Operation, failure lockstep.OperationError) error {
	if _, err := tx.exec("UPDATE operations SET error = COALESCE(error, $2) WHERE id = $1", op.ID, asJSON(failure)); err != nil {
		return err
	}
	if op.Kind == lockstep.OperationSync {
		_, err := tx.exec("UPDATE config_sync_history SET error = COALESCE(error, $2) WHERE id = $1", op.ID, failure.Message)
		return err
	}
	_, err := tx.exec("UPDATE deployments SET error = COALESCE(error, $2) WHERE id = $1", op.ID, asJSON(failure))
	return err
}

// freeze writes the plan of a phase, and what begins with it.
func (tx *Tx) freeze(op lockstep.Operation, record lockstep.Record, now time.Time) error {
	there, err := tx.steps(op.ID)
	if err != nil {
		return err
	}
	switch record.Phase {
	case lockstep.PhaseForward:
		if err := tx.beginForward(op, now); err != nil {
			return err
		}
	case lockstep.PhaseUndo:
		if op.Status != lockstep.StatusRunning || op.Phase != lockstep.PhaseForward {
			return lockstep.Errorf(lockstep.CodeConflict, "operation %s is %s in its %s phase and cannot be undone", op.ID, op.Status, op.Phase)
		}
		if err := tx.forgetWaits(op.ID); err != nil {
			return err
		}
		if _, err := tx.exec("UPDATE operations SET phase = $2, undo_cause = $3 WHERE id = $1", op.ID, string(lockstep.PhaseUndo), string(record.Cause)); err != nil {
			return err
		}
	default:
		return lockstep.Invalid("phase", "operation %s: a plan names no phase", op.ID)
	}
	return tx.addSteps(op.ID, len(there), record.Phase, record.Plan.Steps)
}

// beginForward turns the operation running. A deployment remembers what it
// replaces; where something comes up the environment is deploying.
func (tx *Tx) beginForward(op lockstep.Operation, now time.Time) error {
	if err := tx.move(op, lockstep.StatusRunning, now, nil); err != nil {
		return err
	}
	if op.Kind != lockstep.OperationDeploy && op.Kind != lockstep.OperationStart {
		return nil
	}
	env, err := tx.Environment("", op.EnvironmentID)
	if err != nil {
		return err
	}
	if op.Kind == lockstep.OperationDeploy {
		previous, err := tx.previousRevision(op, env)
		if err != nil {
			return err
		}
		if _, err := tx.exec("UPDATE deployments SET previous_revision_id = $2, served_revision_id = $3 WHERE id = $1", op.ID, previous, env.ServingID()); err != nil {
			return err
		}
	}
	change := environmentChange{Environment: env, operation: op.ID, now: now}
	if err := change.status(lockstep.EnvironmentDeploying); err != nil {
		return err
	}
	return tx.apply(change)
}

// previousRevision is what a deployment that starts now replaces. Where it
// brings in what runs already, that is what the deployment of that replaced:
// a rollback has to lead somewhere else.
func (tx *Tx) previousRevision(op lockstep.Operation, env lockstep.Environment) (string, error) {
	last := env.Metadata.LastDeployment
	if env.ActiveID != op.RevisionID || last == nil {
		return env.ActiveID, nil
	}
	d, err := tx.Deployment(last.DeploymentID)
	return d.PreviousRevisionID, err
}

// recorded says that the record was committed before. Only what a repetition
// would be refused for is looked at.
func (tx *Tx) recorded(op lockstep.Operation, lease lockstep.Lease, record lockstep.Record) (bool, error) {
	if op.Fence != lease.Fence || op.Worker != lease.Worker {
		return false, nil
	}
	if out := record.Outcome; out != nil {
		return op.Status == out.Status && op.CompletedAt != nil, nil
	}
	if record.Plan == nil && (record.Step == nil || !ended(record.Step.Status)) {
		return false, nil
	}
	steps, err := tx.steps(op.ID)
	if err != nil {
		return false, err
	}
	if record.Plan != nil {
		return op.Status == lockstep.StatusRunning && op.Phase == record.Phase && planned(steps, record), nil
	}
	for _, s := range steps {
		if s.Seq == record.Step.Seq {
			return sameEnd(s, *record.Step), nil
		}
	}
	return false, nil
}

func ended(s lockstep.StepStatus) bool { return len(lockstep.StepTransitions[s]) == 0 }

// planned says that a phase has exactly the steps of a plan.
func planned(steps []lockstep.Step, record lockstep.Record) bool {
	n := 0
	for _, s := range steps {
		if s.Phase != record.Phase {
			continue
		}
		if n >= len(record.Plan.Steps) || record.Plan.Steps[n].Name != s.Name || record.Plan.Steps[n].Kind != s.Kind {
			return false
		}
		n++
	}
	return n == len(record.Plan.Steps)
}

func sameEnd(a, b lockstep.Step) bool {
	return a.Status == b.Status && a.Attempts == b.Attempts && sameTime(a.CompletedAt, b.CompletedAt)
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return micros(*a) == micros(*b)
}
