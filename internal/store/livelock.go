package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// TakeLive takes the lock of its project's live address for an operation that
// runs; see engine.Store. A repetition by who did not hear of the first finds
// what that has taken.
func (s *Store) TakeLive(ctx context.Context, lease lockstep.Lease, yields bool) (project lockstep.Project, taken bool, err error) {
	// Whoever waits asks often and mostly in vain: look before writing.
	waits := false
	err = s.View(ctx, func(tx *Tx) error {
		op, err := tx.held(lease)
		if err != nil || op.Waits == nil || yields && op.Pause != nil {
			return err
		}
		holder, err := tx.lockHolder(lockstep.LiveLock(op.ProjectID))
		if waits = holder != "" && holder != op.ID; waits {
			project, err = tx.projectByID(op.ProjectID)
		}
		return err
	})
	if err != nil || waits {
		return project, false, within(err, "live address for %s", lease.Operation)
	}
	err = s.Update(ctx, func(tx *Tx) error {
		project, taken, err = tx.takeLive(lease, yields)
		return err
	})
	return project, taken, within(err, "live address for %s", lease.Operation)
}

// takeLive holds the fence counter throughout, as a claim does: nobody else
// looks at the same free lock meanwhile.
func (tx *Tx) takeLive(lease lockstep.Lease, yields bool) (p lockstep.Project, taken bool, err error) {
	if _, err := tx.counter(counterFence); err != nil {
		return p, false, err
	}
	op, err := tx.held(lease)
	if err != nil {
		return p, false, err
	}
	if yields && op.Pause != nil {
		return p, false, lockstep.ErrPaused
	}
	lock := lockstep.LiveLock(op.ProjectID)
	holder, err := tx.lockHolder(lock)
	if err != nil {
		return p, false, err
	}
	// Read after the lock: whoever had it has said before where users are.
	if p, err = tx.withoutLocks().projectByID(op.ProjectID); err != nil {
		return p, false, err
	}
	switch {
	case holder == op.ID:
		return p, true, nil
	case holder != "":
		return p, false, tx.awaitLock(op, lock, holder)
	case p.CurrentID != "": // users are somewhere, and this moves nobody
		return p, false, tx.endWait(op)
	}
	if err := tx.endWait(op); err != nil {
		return p, false, err
	}
	return p, true, tx.addLock(op, lock)
}

// lockHolder is the operation that holds a lock, "" for none.
func (tx *Tx) lockHolder(lock string) (string, error) {
	id, err := queryOne(tx, scanText, "SELECT l.operation_id FROM operation_locks l WHERE l.resource = $1", lock)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, within(err, "lock %s", lock)
}

func (tx *Tx) addLock(op lockstep.Operation, lock string) error {
	now, err := tx.dialect.clock(tx)
	if err != nil {
		return err
	}
	if !slices.Contains(op.Locks, lock) {
		if _, err := tx.exec("INSERT INTO operation_resources (operation_id, resource) VALUES ($1, $2)", op.ID, lock); err != nil {
			return err
		}
	}
	if _, err := tx.exec("INSERT INTO operation_locks (resource, operation_id, taken_at) VALUES ($1, $2, $3)", lock, op.ID, micros(now)); err != nil {
		return err
	}
	locks := slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(op.Locks), lock))))
	_, err = tx.exec("UPDATE operations SET locks = $2 WHERE id = $1", op.ID, asJSON(locks))
	return err
}

// dropLocks gives locks back that an operation took while it ran.
func (tx *Tx) dropLocks(op lockstep.Operation, locks []string) error {
	for _, lock := range locks {
		for _, table := range []string{"operation_locks", "operation_resources"} {
			if _, err := tx.exec("DELETE FROM "+table+" WHERE operation_id = $1 AND resource = $2", op.ID, lock); err != nil {
				return err
			}
		}
	}
	left := slices.DeleteFunc(slices.Clone(op.Locks), func(lock string) bool { return slices.Contains(locks, lock) })
	_, err := tx.exec("UPDATE operations SET locks = $2 WHERE id = $1", op.ID, asJSON(left))
	return err
}

// awaitLock notes, once, that an operation waits for a lock.
func (tx *Tx) awaitLock(op lockstep.Operation, lock, holder string) error {
	if op.Waits != nil {
		return nil
	}
	now, err := tx.dialect.clock(tx)
	if err != nil {
		return err
	}
	if _, err := tx.exec("UPDATE operations SET waits = $2 WHERE id = $1", op.ID, asJSON(lockstep.LockWait{Lock: lock, Since: wholeMicros(now)})); err != nil {
		return err
	}
	tx.events = append(tx.events, lockstep.Event{
		At: now, Type: lockstep.EventOperationWaiting, ProjectID: op.ProjectID, EnvironmentID: op.EnvironmentID, OperationID: op.ID,
		Data: map[string]any{"lock": lock, "holder": holder},
	})
	return nil
}

func (tx *Tx) endWait(op lockstep.Operation) error {
	if op.Waits == nil {
		return nil
	}
	_, err := tx.exec("UPDATE operations SET waits = NULL WHERE id = $1", op.ID)
	return err
}

// HeldLocks are the locks that a project's operations hold.
func (tx *Tx) HeldLocks(projectID string) ([]lockstep.HeldLock, error) {
	all, err := queryAll(tx, func(r row) (l lockstep.HeldLock, err error) { return l, r.Scan(&l.Lock, &l.Operation, at(&l.Since)) },
		`SELECT l.resource, l.operation_id, l.taken_at FROM operation_locks l JOIN operations o ON o.id = l.operation_id
  WHERE o.project_id = $1 ORDER BY l.resource`, projectID)
	return all, within(err, "locks")
}
