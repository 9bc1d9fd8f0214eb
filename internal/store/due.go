package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
)

// byTimer is who does what a stored time asks for.
const byTimer = "timer"

// Due turns warm sides whose time is over into pending retire operations, and
// cancels what was scheduled and missed; see engine.Store. A warm side's time
// is cleared with it, so that it is retired once.
func (s *Store) Due(ctx context.Context) (next time.Time, err error) {
	next, over, err := s.nextDue(ctx)
	if err != nil || !over {
		return next, within(err, "stored times")
	}
	err = s.Update(ctx, func(tx *Tx) error {
		now, err := tx.dialect.clock(tx)
		if err != nil {
			return err
		}
		due, err := queryAll(tx, scanEnvironment, selectEnvironment+" WHERE e.warm_until <= $1 ORDER BY e.warm_until, e.id"+tx.lockRow("e"), micros(now))
		if err != nil {
			return err
		}
		for _, env := range due {
			if err := tx.retire(env, now); err != nil {
				return err
			}
		}
		return tx.cancelMissed(now)
	})
	if err != nil {
		return time.Time{}, within(err, "what a stored time asks for")
	}
	next, _, err = s.nextDue(ctx)
	return next, within(err, "stored times")
}

// nextDue is the next stored time, and whether it has come.
func (s *Store) nextDue(ctx context.Context) (next time.Time, over bool, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		all, err := queryAll(tx, scanNumber, `SELECT due FROM (
    SELECT min(warm_until) AS due FROM environments WHERE warm_until IS NOT NULL
    UNION ALL SELECT min(o.not_after) FROM operations o WHERE `+unstarted+`) times WHERE due IS NOT NULL ORDER BY due LIMIT 1`)
		if err != nil || len(all) == 0 {
			return err
		}
		now, err := tx.dialect.clock(tx)
		next = fromMicros(all[0])
		over = !next.After(now)
		return err
	})
	return next, over, err
}

// unstarted is what could be missed: nobody has claimed it.
const unstarted = "o.not_after IS NOT NULL AND o.started_at IS NULL AND o.completed_at IS NULL AND o.lease_until IS NULL"

// cancelMissed ends what was to have started by now.
func (tx *Tx) cancelMissed(now time.Time) error {
	missed, err := queryAll(tx, scanOperation, selectOperation+" WHERE "+unstarted+" AND o.not_after <= $1 ORDER BY o.not_after, o.id"+tx.lockRow("o"), micros(now))
	if err != nil {
		return err
	}
	for _, op := range missed {
		why := &lockstep.OperationError{Code: lockstep.CodeConflict, Message: lockstep.Missed(op, now), Timestamp: wholeMicros(now)}
		if err := tx.move(op, lockstep.StatusCancelled, now, why); err != nil {
			return err
		}
		ended := finished(op, lockstep.StatusCancelled, why, now)
		ended.Actor = byTimer
		tx.events = append(tx.events, ended)
	}
	return nil
}

// Reschedule moves the time of an operation that nobody has claimed.
func (tx *Tx) Reschedule(id string, scheduledFor, notAfter *time.Time) error {
	o, err := tx.operationRow(id)
	if err != nil {
		return err
	}
	if o.LeaseUntil != nil || o.Status != lockstep.StatusPending && o.Status != lockstep.StatusPendingApproval {
		return lockstep.Errorf(lockstep.CodeConflict, "operation %s has begun, or is done: its time cannot be changed", id)
	}
	_, err = tx.exec("UPDATE operations SET scheduled_for = $2, not_after = $3 WHERE id = $1", id, microsOrNull(scheduledFor), microsOrNull(notAfter))
	return within(err, "operation %s", id)
}

func (tx *Tx) retire(env lockstep.Environment, now time.Time) error {
	if _, err := tx.exec("UPDATE environments SET warm_until = NULL WHERE id = $1", env.ID); err != nil {
		return err
	}
	if env.WarmID == "" {
		return nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	op := lockstep.Operation{
		ID: id.String(), Kind: lockstep.OperationRetire, ProjectID: env.ProjectID, EnvironmentID: env.ID,
		Status: lockstep.StatusPending, RevisionID: env.WarmID, Locks: []string{lockstep.EnvironmentLock(env.ID)},
		CreatedAt: now, CreatedBy: byTimer,
	}
	if err := tx.AddOperation(op); err != nil {
		return err
	}
	tx.events = append(tx.events, lockstep.Event{
		At: now, Type: lockstep.EventOperationRequested, ProjectID: env.ProjectID, EnvironmentID: env.ID, OperationID: op.ID, Actor: byTimer,
		Data: map[string]any{"kind": op.Kind, "revisionId": env.WarmID},
	})
	return nil
}
