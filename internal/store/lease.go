package store

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Heartbeat prolongs the lease by ttl from now, or gives it up with a ttl of
// 0; see engine.Store.
func (s *Store) Heartbeat(ctx context.Context, lease lockstep.Lease, ttl time.Duration) (signals lockstep.Signals, err error) {
	err = s.Update(ctx, func(tx *Tx) error {
		op, err := tx.held(lease)
		if err != nil {
			return err
		}
		now, err := tx.dialect.clock(tx)
		if err != nil {
			return err
		}
		signals = lockstep.Signals{Cancel: op.CancelRequested, Decision: op.Decision, Paused: op.Pause != nil}
		_, err = tx.exec("UPDATE operations SET lease_until = $2 WHERE id = $1", op.ID, micros(now.Add(ttl)))
		return err
	})
	return signals, within(err, "heartbeat of %s", lease.Operation)
}

// held reads, and locks, the operation of a lease, without steps. It fails
// with CodeFenced where the lease is not the operation's any more. One that
// expired and that nobody took over still counts: every claim raises the
// fence under the same row lock, so nobody else acts.
func (tx *Tx) held(lease lockstep.Lease) (lockstep.Operation, error) {
	op, err := tx.operationRow(lease.Operation)
	if err != nil {
		return op, err
	}
	if op.Fence != lease.Fence || op.Worker != lease.Worker {
		return op, lockstep.Errorf(lockstep.CodeFenced, "operation %s is held by %s under fence %d, this lease has %d", op.ID, op.Worker, op.Fence, lease.Fence)
	}
	if op.LeaseUntil == nil {
		return op, lockstep.Errorf(lockstep.CodeFenced, "operation %s is %s: its lease has ended", op.ID, op.Status)
	}
	return op, nil
}
