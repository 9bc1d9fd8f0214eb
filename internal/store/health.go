package store

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const selectHealthState = "SELECT state FROM health_states"

func scanHealthState(r row) (h lockstep.ServiceHealth, err error) {
	return h, r.Scan(fromJSON(&h))
}

// HealthStates are how the services of an environment were when they were
// written last, by name; of all environments where none is named.
func (tx *Tx) HealthStates(environmentID string) ([]lockstep.ServiceHealth, error) {
	where, args := "", []any(nil)
	if environmentID != "" {
		where, args = " WHERE environment_id = $1", []any{environmentID}
	}
	all, err := queryAll(tx, scanHealthState, selectHealthState+where+" ORDER BY environment_id, service_name", args...)
	return all, within(err, "read health")
}

// HealthChanges are changes of state in an environment, the latest first.
func (tx *Tx) HealthChanges(environmentID string, limit int) ([]lockstep.HealthChange, error) {
	all, err := queryAll(tx, scanHealthChange, `SELECT id, environment_id, service_name, status, response_time, coalesce(error_message, ''), checked_at, metadata
  FROM environment_health_checks WHERE environment_id = $1 ORDER BY checked_at DESC, id DESC LIMIT $2`, environmentID, limit)
	return all, within(err, "read changes of health")
}

func scanHealthChange(r row) (c lockstep.HealthChange, err error) {
	var took *int64
	err = r.Scan(&c.ID, &c.EnvironmentID, &c.Service, &c.Status, &took, &c.Message, at(&c.CheckedAt), fromJSON(&c.Metadata))
	if took != nil {
		d := lockstep.Duration(time.Duration(*took) * time.Millisecond)
		c.ResponseTime = &d
	}
	return c, err
}

// HealthUptime adds up the rollups of an environment that began at since or
// later, by service.
func (tx *Tx) HealthUptime(environmentID string, resolution time.Duration, since time.Time) (map[string]lockstep.ObservedTime, error) {
	type sum struct {
		service string
		time    lockstep.ObservedTime
	}
	all, err := queryAll(tx, func(r row) (s sum, err error) {
		var observed, up int64
		err = r.Scan(&s.service, &observed, &up)
		s.time = lockstep.ObservedTime{Observed: time.Duration(observed) * time.Millisecond, Up: time.Duration(up) * time.Millisecond}
		return s, err
	}, `SELECT service_name, CAST(sum(observed) AS BIGINT), CAST(sum(up) AS BIGINT) FROM health_rollups
  WHERE environment_id = $1 AND resolution = $2 AND bucket >= $3 GROUP BY service_name`,
		environmentID, int64(resolution/time.Second), micros(since))
	if err != nil {
		return nil, within(err, "add up rollups")
	}
	out := make(map[string]lockstep.ObservedTime, len(all))
	for _, s := range all {
		out[s.service] = s.time
	}
	return out, nil
}

// HealthStates reads those of all environments, in a transaction of its own.
func (s *Store) HealthStates(ctx context.Context) (all []lockstep.ServiceHealth, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		all, err = tx.HealthStates("")
		return err
	})
	return all, err
}
