package store

import (
	"context"
	"time"
)

// HoldDuty takes or prolongs a duty that one of several servers has, for ttl
// from now by the database's clock, and says whether holder has it. A ttl of
// 0 gives it up.
func (s *Store) HoldDuty(ctx context.Context, name, holder string, ttl time.Duration) (held bool, err error) {
	err = s.Update(ctx, func(tx *Tx) error {
		now, err := tx.dialect.clock(tx)
		if err != nil {
			return err
		}
		n, err := tx.exec(`INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3)
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
  WHERE leases.holder = excluded.holder OR leases.until <= $4`, name, holder, micros(now.Add(ttl)), micros(now))
		held = n > 0 && ttl > 0
		return err
	})
	return held, within(err, "duty %s", name)
}
