package store

import (
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const selectOperation = `SELECT o.id, o.kind, o.project_id, o.environment_id, o.status, o.phase, o.undo_cause, o.revision_id,
  o.priority, o.locks, o.fence, o.worker, o.lease_until, o.cancel_requested, o.error,
  o.created_at, o.created_by, o.started_at, o.completed_at, o.replicas, o.maintenance, o.live_switch, o.scheduled_for, o.not_after, o.decision, o.service, o.config_sync, o.pause, o.waits FROM operations o`

func scanOperation(r row) (o lockstep.Operation, err error) {
	return o, r.Scan(&o.ID, &o.Kind, &o.ProjectID, &o.EnvironmentID, &o.Status, &o.Phase, &o.UndoCause, &o.RevisionID,
		&o.Priority, fromJSON(&o.Locks), &o.Fence, &o.Worker, maybeAt(&o.LeaseUntil), &o.CancelRequested, fromJSON(&o.Error),
		at(&o.CreatedAt), &o.CreatedBy, maybeAt(&o.StartedAt), maybeAt(&o.CompletedAt), fromJSON(&o.Replicas), fromJSON(&o.Maintenance), fromJSON(&o.Switch),
		maybeAt(&o.ScheduledFor), maybeAt(&o.NotAfter), fromJSON(&o.Decision), &o.Service, fromJSON(&o.Sync), fromJSON(&o.Pause), fromJSON(&o.Waits))
}

// AddOperation queues an operation, or lets it wait for an approval. It needs
// at least one lock; its plan comes later.
func (tx *Tx) AddOperation(o lockstep.Operation) error {
	switch {
	case o.Status != lockstep.StatusPending && o.Status != lockstep.StatusPendingApproval:
		return lockstep.Invalid("status", "operation %s: a new operation is pending or pending_approval, not %s", o.ID, o.Status)
	case len(o.Locks) == 0:
		return lockstep.Invalid("locks", "operation %s: it takes no lock, so that others could act beside it", o.ID)
	case len(o.Steps) > 0:
		return lockstep.Invalid("steps", "operation %s: its steps are frozen when a worker plans it, not before", o.ID)
	}
	locks := slices.Compact(slices.Sorted(slices.Values(o.Locks)))
	_, err := tx.exec(`INSERT INTO operations (id, kind, project_id, environment_id, status, phase, undo_cause, revision_id,
    priority, locks, fence, worker, cancel_requested, created_at, created_by, replicas, maintenance, live_switch, scheduled_for, not_after, service, config_sync)
  VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $9, 0, '', 0, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		o.ID, string(o.Kind), o.ProjectID, o.EnvironmentID, string(o.Status), string(lockstep.PhaseForward), o.RevisionID,
		o.Priority, asJSON(locks), micros(o.CreatedAt), o.CreatedBy, replicasOrNull(o.Replicas), orNull(o.Maintenance), orNull(o.Switch),
		microsOrNull(o.ScheduledFor), microsOrNull(o.NotAfter), o.Service, orNull(o.Sync))
	if err != nil {
		return tx.refused(err, "operation "+o.ID, "exists already", "refers to nothing")
	}
	for _, resource := range locks {
		if _, err := tx.exec("INSERT INTO operation_resources (operation_id, resource) VALUES ($1, $2)", o.ID, resource); err != nil {
			return within(err, "operation %s", o.ID)
		}
	}
	return nil
}

// Operation reads an operation with its steps.
func (tx *Tx) Operation(id string) (lockstep.Operation, error) {
	o, err := tx.operationRow(id)
	if err != nil {
		return o, err
	}
	o.Steps, err = tx.steps(id)
	return o, within(err, "operation %s", id)
}

func (tx *Tx) operationRow(id string) (lockstep.Operation, error) {
	o, err := queryOne(tx, scanOperation, selectOperation+" WHERE o.id = $1"+tx.lockRow("o"), id)
	return o, orNotFound(err, "operation %s does not exist", id)
}

// OpenOperations lists what is not done of an environment, or of all of them,
// in the order in which it will run: what runs, what waits for its turn, what
// waits for its time, what waits for an approval. Without steps.
func (tx *Tx) OpenOperations(environmentID string) ([]lockstep.Operation, error) {
	return tx.openOperations("environment_id", environmentID)
}

// ProjectOperations lists those of all of a project's environments.
func (tx *Tx) ProjectOperations(projectID string) ([]lockstep.Operation, error) {
	return tx.openOperations("project_id", projectID)
}

func (tx *Tx) openOperations(column, id string) ([]lockstep.Operation, error) {
	where, args := " WHERE o.completed_at IS NULL", []any{}
	if id != "" {
		where, args = where+" AND o."+column+" = $1", append(args, id)
	}
	all, err := queryAll(tx, scanOperation, selectOperation+where+` ORDER BY
    CASE WHEN o.status = 'running' THEN 0 WHEN o.lease_until IS NOT NULL THEN 1 WHEN o.status = 'pending' AND o.scheduled_for > `+arg(len(args)+1)+` THEN 3
      WHEN o.status = 'pending' THEN 2 ELSE 4 END, CASE WHEN o.scheduled_for > `+arg(len(args)+1)+` THEN o.scheduled_for ELSE 0 END,
    o.priority DESC, o.created_at, o.id`+tx.lockRow("o"), append(args, micros(tx.now()))...)
	return all, within(err, "list open operations")
}

// SetOperationStatus moves an operation, and its deployment, from one status
// to another; where it is not in the first one that is a conflict. What runs
// is ended by its worker only: RequestCancel asks it to.
func (tx *Tx) SetOperationStatus(id string, from, to lockstep.OperationStatus, why *lockstep.OperationError) error {
	o, err := tx.operationRow(id)
	if err != nil {
		return err
	}
	if o.Status != from {
		return lockstep.Errorf(lockstep.CodeConflict, "operation %s is %s, not %s any more", id, o.Status, from)
	}
	if from == lockstep.StatusRunning || to == lockstep.StatusRunning {
		return lockstep.Errorf(lockstep.CodeConflict, "operation %s: only its worker moves it from %s to %s", id, from, to)
	}
	return tx.move(o, to, tx.now(), why)
}

// RequestCancel asks the worker to stop at the next safe point.
func (tx *Tx) RequestCancel(id string) error {
	o, err := tx.operationRow(id)
	if err != nil {
		return err
	}
	if o.Status.Done() {
		return lockstep.Errorf(lockstep.CodeConflict, "operation %s is %s already", id, o.Status)
	}
	_, err = tx.exec("UPDATE operations SET cancel_requested = 1 WHERE id = $1", id)
	return within(err, "operation %s", id)
}

// Decide notes a person's decision about a step that waits for it. That it
// waits, the caller has seen in the same transaction.
func (tx *Tx) Decide(id string, decision lockstep.Decision) error {
	n, err := tx.exec("UPDATE operations SET decision = $2 WHERE id = $1", id, asJSON(decision))
	if err == nil && n == 0 {
		return lockstep.Errorf(lockstep.CodeNotFound, "operation %s does not exist", id)
	}
	return within(err, "operation %s", id)
}

// move is the one place where a status changes. An operation that is done
// holds neither lease nor locks. The first error stays.
func (tx *Tx) move(o lockstep.Operation, to lockstep.OperationStatus, now time.Time, why *lockstep.OperationError) error {
	if err := lockstep.OperationTransitions.Check("operation "+o.ID, o.Status, to); err != nil {
		return err
	}
	started, completed := o.StartedAt, o.CompletedAt
	if to == lockstep.StatusRunning {
		started = &now
	}
	if to.Done() && completed == nil {
		completed = &now
	}
	if _, err := tx.exec(`UPDATE operations SET status = $2, started_at = $3, completed_at = $4, error = COALESCE(error, $5) WHERE id = $1`,
		o.ID, string(to), microsOrNull(started), microsOrNull(completed), orNull(why)); err != nil {
		return within(err, "operation %s", o.ID)
	}
	if o.Kind == lockstep.OperationDeploy {
		if err := tx.moveDeployment(o.ID, to, started, completed, why); err != nil {
			return err
		}
	}
	if o.Kind == lockstep.OperationSync {
		if err := tx.moveSync(o.ID, to, o.CreatedAt, completed, why); err != nil {
			return err
		}
	}
	if !to.Done() {
		return nil
	}
	if err := tx.forgetWaits(o.ID); err != nil {
		return err
	}
	if _, err := tx.exec("UPDATE operations SET lease_until = NULL WHERE id = $1", o.ID); err != nil {
		return within(err, "operation %s", o.ID)
	}
	_, err := tx.exec("DELETE FROM operation_locks WHERE operation_id = $1", o.ID)
	return within(err, "operation %s", o.ID)
}

func replicasOrNull(replicas map[string]int) any {
	if len(replicas) == 0 {
		return nil
	}
	return asJSON(replicas)
}

// finished is the event of an operation that ended otherwise than by its own
// worker's record.
func finished(o lockstep.Operation, status lockstep.OperationStatus, why *lockstep.OperationError, now time.Time) lockstep.Event {
	data := map[string]any{"status": status}
	if why != nil {
		data["error"] = why
	}
	return lockstep.Event{At: now, Type: lockstep.EventOperationFinished, ProjectID: o.ProjectID, EnvironmentID: o.EnvironmentID, OperationID: o.ID, Data: data}
}
