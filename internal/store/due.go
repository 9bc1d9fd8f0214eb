package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
)

// retiredBy is who asks for the operations that a timer makes.
const retiredBy = "timer"

// Due turns warm sides whose time is over into pending retire operations; see
// engine.Store. The time is cleared with it, so that one side is retired once.
func (s *Store) Due(ctx context.Context) (next time.Time, err error) {
	next, over, err := s.nextDue(ctx)
	if err != nil || !over {
		return next, within(err, "warm sides")
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
		return nil
	})
	if err != nil {
		return time.Time{}, within(err, "retire warm sides")
	}
	next, _, err = s.nextDue(ctx)
	return next, within(err, "warm sides")
}

// nextDue is when the next warm side's time is over, and whether that was.
func (s *Store) nextDue(ctx context.Context) (next time.Time, over bool, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		all, err := queryAll(tx, scanNumber, "SELECT warm_until FROM environments WHERE warm_until IS NOT NULL ORDER BY warm_until LIMIT 1")
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
		CreatedAt: now, CreatedBy: retiredBy,
	}
	if err := tx.AddOperation(op); err != nil {
		return err
	}
	tx.events = append(tx.events, lockstep.Event{
		At: now, Type: lockstep.EventOperationRequested, ProjectID: env.ProjectID, EnvironmentID: env.ID, OperationID: op.ID, Actor: retiredBy,
		Data: map[string]any{"kind": op.Kind, "revisionId": env.WarmID},
	})
	return nil
}
