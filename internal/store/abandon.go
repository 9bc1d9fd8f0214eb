package store

import "context"

// Abandon ends the leases that a dead worker left, so that its operations go
// on at once instead of when their leases expire. The caller knows that the
// worker is dead, such as by holding the lock on its data directory.
func (s *Store) Abandon(ctx context.Context, worker string) error {
	err := s.Update(ctx, func(tx *Tx) error {
		now, err := tx.dialect.clock(tx)
		if err != nil {
			return err
		}
		_, err = tx.exec("UPDATE operations SET lease_until = $2 WHERE worker = $1 AND lease_until > $2", worker, micros(now))
		return err
	})
	return within(err, "abandon the leases of %s", worker)
}
