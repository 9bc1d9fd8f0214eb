package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// onHost says that the worker's machine may act on an operation's environment.
const onHost = `EXISTS (SELECT 1 FROM environments e WHERE e.id = o.environment_id AND (e.host_id = '' OR e.host_id = $1))`

// What may be claimed. What a dead worker left goes first: it holds locks.
// What is scheduled is not there before its time, nor when it was missed; that
// is asked of the operation itself too, because PostgreSQL looks at that anew
// where somebody has changed it meanwhile, and not at the queue.
// Of what waits only the head of each environment's queue may go, so that one
// which waits for a second lock is not overtaken in its environment. The
// operations are read in the order of an index, up to the first hit.
const (
	selectAbandoned = `SELECT o.id FROM operations o WHERE o.lease_until <= $2 AND ` + onHost + `
  ORDER BY o.priority DESC, o.created_at, o.id LIMIT 1`
	selectPending = `SELECT o.id FROM operations o WHERE o.status = 'pending' AND o.lease_until IS NULL AND ` + onHost + `
  AND (o.scheduled_for IS NULL OR o.scheduled_for <= $2) AND (o.not_after IS NULL OR o.not_after > $2)
  AND o.id = (SELECT h.id FROM operations h WHERE h.environment_id = o.environment_id AND h.status = 'pending'
    AND (h.scheduled_for IS NULL OR h.scheduled_for <= $2) AND (h.not_after IS NULL OR h.not_after > $2)
    ORDER BY h.priority DESC, h.created_at, h.id LIMIT 1)
  AND NOT EXISTS (SELECT 1 FROM operation_resources r JOIN operation_locks l ON l.resource = r.resource WHERE r.operation_id = o.id)
  ORDER BY o.priority DESC, o.created_at, o.id LIMIT 1`
)

// errNothing ends a claim that found nothing, without writing.
var errNothing = errors.New("nothing to claim")

// Claim takes the next operation that may run on this host; see engine.Store.
func (s *Store) Claim(ctx context.Context, worker, host string, ttl time.Duration) (*lockstep.Claimed, error) {
	// Workers ask often and mostly in vain: look before writing.
	err := s.View(ctx, func(tx *Tx) error {
		_, err := tx.claimable(host)
		return err
	})
	if errors.Is(err, errNothing) {
		return nil, nil
	}
	if err != nil {
		return nil, within(err, "claim")
	}
	var claimed *lockstep.Claimed
	err = s.Update(ctx, func(tx *Tx) error {
		claimed, err = tx.claim(worker, host, ttl)
		return err
	})
	if errors.Is(err, errNothing) {
		return nil, nil
	}
	return claimed, within(err, "claim")
}

// claim holds the fence counter throughout: claims happen one after the
// other, so that two workers never look at the same free lock.
func (tx *Tx) claim(worker, host string, ttl time.Duration) (*lockstep.Claimed, error) {
	if _, err := tx.counter(counterFence); err != nil {
		return nil, err
	}
	id, err := tx.claimable(host)
	if err != nil {
		return nil, err
	}
	fence, err := tx.raise(counterFence, 1)
	if err != nil {
		return nil, err
	}
	now, err := tx.dialect.clock(tx)
	if err != nil {
		return nil, err
	}
	if _, err := tx.exec("UPDATE operations SET fence = $2, worker = $3, lease_until = $4 WHERE id = $1", id, fence, worker, micros(now.Add(ttl))); err != nil {
		return nil, err
	}
	if _, err := tx.exec(`INSERT INTO operation_locks (resource, operation_id, taken_at)
  SELECT r.resource, r.operation_id, CAST($2 AS BIGINT) FROM operation_resources r
  WHERE r.operation_id = $1 AND NOT EXISTS (SELECT 1 FROM operation_locks l WHERE l.resource = r.resource AND l.operation_id = $1)
  ORDER BY r.resource`, id, micros(now)); err != nil {
		return nil, err
	}
	claimed, err := tx.withoutLocks().claimed(id)
	if err != nil {
		return nil, err
	}
	op := claimed.Operation
	tx.events = append(tx.events, lockstep.Event{
		At: now, Type: lockstep.EventOperationClaimed, ProjectID: op.ProjectID, EnvironmentID: op.EnvironmentID, OperationID: id,
		Data: map[string]any{"worker": worker, "fence": fence},
	})
	return claimed, nil
}

// claimable finds the operation to take, and locks it in an Update.
func (tx *Tx) claimable(host string) (string, error) {
	now, err := tx.dialect.clock(tx)
	if err != nil {
		return "", err
	}
	id, err := queryOne(tx, scanText, selectAbandoned+tx.lockRow("o"), host, micros(now))
	if errors.Is(err, sql.ErrNoRows) {
		id, err = queryOne(tx, scanText, selectPending+tx.lockRow("o"), host, micros(now))
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = errNothing
	}
	return id, err
}

func (tx *Tx) claimed(id string) (*lockstep.Claimed, error) {
	op, err := tx.Operation(id)
	if err != nil {
		return nil, err
	}
	c := &lockstep.Claimed{
		Lease:     lockstep.Lease{Operation: id, EnvironmentID: op.EnvironmentID, Fence: op.Fence, Worker: op.Worker},
		Operation: op,
	}
	if c.Environment, err = tx.Environment("", op.EnvironmentID); err != nil {
		return nil, err
	}
	if c.Project, err = tx.projectByID(op.ProjectID); err != nil {
		return nil, err
	}
	if op.Kind == lockstep.OperationDeploy {
		d, err := tx.Deployment(id)
		if err != nil {
			return nil, err
		}
		c.Deployment = &d
	}
	return c, nil
}
