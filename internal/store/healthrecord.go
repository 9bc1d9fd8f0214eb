package store

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// RecordHealth writes what a monitor has seen, in one transaction.
func (s *Store) RecordHealth(ctx context.Context, b lockstep.HealthBatch) error {
	err := s.Update(ctx, func(tx *Tx) error {
		for _, h := range b.States {
			if err := tx.putHealthState(h); err != nil {
				return err
			}
		}
		for _, h := range b.Gone {
			if _, err := tx.exec("DELETE FROM health_states WHERE environment_id = $1 AND service_name = $2", h.EnvironmentID, h.Name); err != nil {
				return err
			}
		}
		for _, a := range b.Alerts {
			if err := tx.putAlert(a); err != nil {
				return err
			}
		}
		for _, a := range b.NoMore {
			if err := tx.dropAlert(a.EnvironmentID, a.Name); err != nil {
				return err
			}
		}
		for _, c := range b.Changes {
			if err := tx.addHealthChange(c); err != nil {
				return err
			}
		}
		for _, r := range b.Rollups {
			if err := tx.addRollup(r); err != nil {
				return err
			}
		}
		for _, e := range b.Events {
			if err := tx.AppendEvent(e); err != nil {
				return err
			}
		}
		return nil
	})
	return within(err, "record health")
}

// Each of these leaves out what is about an environment that is gone.
const ofEnvironment = " WHERE EXISTS (SELECT 1 FROM environments WHERE id = "

func (tx *Tx) putHealthState(h lockstep.ServiceHealth) error {
	var when time.Time
	if h.CheckedAt != nil {
		when = *h.CheckedAt
	}
	_, err := tx.exec(`INSERT INTO health_states (environment_id, service_name, status, state, updated_at)
  SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT)`+ofEnvironment+`$1)
  ON CONFLICT (environment_id, service_name) DO UPDATE SET status = excluded.status, state = excluded.state, updated_at = excluded.updated_at`,
		h.EnvironmentID, h.Name, string(h.Status), asJSON(h), micros(when))
	return within(err, "health of %s", h.Name)
}

func (tx *Tx) addHealthChange(c lockstep.HealthChange) error {
	var took any
	if c.ResponseTime != nil {
		took = c.ResponseTime.Std().Milliseconds()
	}
	metadata := c.Metadata
	if metadata == nil {
		metadata = map[string]any{}
	}
	_, err := tx.exec(`INSERT INTO environment_health_checks (id, environment_id, service_name, status, response_time, error_message, checked_at, metadata)
  SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS TEXT), CAST($7 AS BIGINT), CAST($8 AS TEXT)`+ofEnvironment+`$2)`,
		c.ID, c.EnvironmentID, c.Service, string(c.Status), took, filledOrNull(c.Message), micros(c.CheckedAt), asJSON(metadata))
	if err != nil {
		return within(err, "change of %s", c.Service)
	}
	// A service that flaps must not fill the table.
	_, err = tx.exec(`DELETE FROM environment_health_checks WHERE environment_id = $1 AND service_name = $2 AND checked_at <
  (SELECT checked_at FROM environment_health_checks WHERE environment_id = $1 AND service_name = $2 ORDER BY checked_at DESC LIMIT 1 OFFSET $3)`,
		c.EnvironmentID, c.Service, lockstep.HealthChangesMost-1)
	return within(err, "forget changes of %s", c.Service)
}

func (tx *Tx) addRollup(r lockstep.HealthRollup) error {
	_, err := tx.exec(`INSERT INTO health_rollups (environment_id, resolution, bucket, service_name, observed, up)
  SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS BIGINT)`+ofEnvironment+`$1)
  ON CONFLICT (environment_id, resolution, bucket, service_name) DO UPDATE SET
    observed = health_rollups.observed + excluded.observed, up = health_rollups.up + excluded.up`,
		r.EnvironmentID, int64(r.Resolution/time.Second), micros(r.Bucket), r.Service, r.Observed.Milliseconds(), r.Up.Milliseconds())
	return within(err, "rollup of %q", r.Service)
}

// pruneHealth forgets what is older than it is kept for, a little at a time.
func (s *Store) pruneHealth(ctx context.Context) error {
	now := s.now()
	changes := micros(now.Add(-lockstep.HealthChangesKept))
	if err := s.drain(ctx, `DELETE FROM environment_health_checks WHERE id IN
  (SELECT id FROM environment_health_checks WHERE checked_at < $1 LIMIT $2)`, changes, pruneBatch); err != nil {
		return err
	}
	if err := s.drain(ctx, "DELETE FROM health_states WHERE updated_at < $1", changes); err != nil {
		return err
	}
	for resolution, kept := range map[time.Duration]time.Duration{
		lockstep.RollupMinute: lockstep.RollupMinuteKept, lockstep.RollupQuarter: lockstep.RollupQuarterKept,
	} {
		if err := s.drain(ctx, `DELETE FROM health_rollups WHERE resolution = $1 AND bucket =
  (SELECT min(bucket) FROM health_rollups WHERE resolution = $1 AND bucket < $2)`,
			int64(resolution/time.Second), micros(now.Add(-kept))); err != nil {
			return err
		}
	}
	return nil
}

// drain runs a statement that removes rows until it finds none, each time in
// a transaction of its own.
func (s *Store) drain(ctx context.Context, statement string, args ...any) error {
	for removed := int64(1); removed > 0; {
		err := s.Update(ctx, func(tx *Tx) (err error) {
			removed, err = tx.exec(statement, args...)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
