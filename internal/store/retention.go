package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"
)

// EventRetention says which events are kept: those that are neither older
// than Age nor beyond the newest Count.
type EventRetention struct {
	Age   time.Duration // 0: 30 days
	Count int64         // 0: a million
}

func (r EventRetention) orDefault() EventRetention {
	return EventRetention{cmp.Or(r.Age, 30*24*time.Hour), cmp.Or(r.Count, 1_000_000)}
}

// pruneBatch bounds how long pruning holds up writers.
const pruneBatch = 1000

// Prune forgets events beyond the retention, answers kept under expired
// idempotency keys, and health that is older than it is kept for. The server calls it now and then; how often does not
// matter.
func (s *Store) Prune(ctx context.Context) error {
	cut, err := s.eventsToPrune(ctx)
	if err != nil {
		return within(err, "prune events")
	}
	for done := false; !done; {
		err := s.Update(ctx, func(tx *Tx) error {
			pruned, err := tx.counter(counterPruned)
			if err != nil || pruned >= cut {
				done = true
				return err
			}
			next := min(cut, pruned+pruneBatch)
			if _, err := tx.exec("DELETE FROM events WHERE seq <= $1", next); err != nil {
				return err
			}
			_, err = tx.raise(counterPruned, int(next-pruned))
			return err
		})
		if err != nil {
			return within(err, "prune events")
		}
	}
	expired := micros(s.now().Add(-answersFor))
	err = s.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec("DELETE FROM idempotency_keys WHERE created_at <= $1", expired)
		return err
	})
	if err != nil {
		return within(err, "prune idempotency keys")
	}
	err = s.drain(ctx, `DELETE FROM step_outputs WHERE (operation_id, seq, try) IN
  (SELECT x.operation_id, x.seq, x.try FROM step_outputs x JOIN operations o ON o.id = x.operation_id
   WHERE o.completed_at < $1 LIMIT $2)`, micros(s.now().Add(-s.retention.Age)), pruneBatch)
	if err != nil {
		return within(err, "prune the output of hooks")
	}
	if err := s.pruneHealth(ctx); err != nil {
		return err
	}
	return within(s.pruneFigures(ctx), "prune figures")
}

// eventsToPrune is the number of the newest event that is not kept.
func (s *Store) eventsToPrune(ctx context.Context) (cut int64, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		_, newest, err := tx.EventRange()
		if err != nil {
			return err
		}
		cut = newest - s.retention.Count
		// The scan runs over what is about to be deleted, and stops after it.
		young, err := queryOne(tx, scanNumber, "SELECT seq FROM events WHERE at >= $1 ORDER BY seq LIMIT 1", micros(s.now().Add(-s.retention.Age)))
		if errors.Is(err, sql.ErrNoRows) {
			young, err = newest+1, nil
		}
		cut = max(cut, young-1)
		return err
	})
	return cut, err
}
