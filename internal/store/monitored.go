package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// mostConcerned is how many events are looked through for what they concern;
// beyond it everything is read at once.
const mostConcerned = 10_000

// beside are the events that go along with what is monitored without changing
// it: most of all events are of these types. What a server sees of health, it
// knows before it has written it, and what another one saw is read where it
// is taken over.
var beside = []lockstep.EventType{
	lockstep.EventHealthChanged, lockstep.EventAlertChanged,
	lockstep.EventStepStarted, lockstep.EventStepProgress, lockstep.EventStepFinished,
}

// Monitored is what there is to watch, of one moment: what the events after
// known concern; everything where known is negative, or cannot be gone on
// from, since events after it are no longer kept or it has never been.
func (s *Store) Monitored(ctx context.Context, known int64) (m lockstep.Monitored, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		m, err = tx.monitored(known)
		return err
	})
	return m, within(err, "read what is monitored")
}

func (tx *Tx) monitored(known int64) (m lockstep.Monitored, err error) {
	before, newest, err := tx.EventRange()
	if err != nil {
		return m, err
	}
	m.Newest = newest
	if known < before || known > newest || newest-known > mostConcerned {
		m.Whole = true
		return m, tx.readMonitored(&m, "")
	}
	types := make([]string, len(beside))
	for i, t := range beside {
		types[i] = "'" + string(t) + "'"
	}
	concerned := fmt.Sprintf(`SELECT DISTINCT environment_id FROM events
  WHERE seq > $1 AND seq <= $2 AND environment_id <> '' AND type NOT IN (%s)`, strings.Join(types, ", "))
	m.Concerned, err = queryAll(tx, scanText, concerned+" ORDER BY environment_id", known, newest)
	if err != nil || len(m.Concerned) == 0 {
		return m, err
	}
	return m, tx.readMonitored(&m, " IN ("+concerned+")", known, newest)
}

// readMonitored reads of the environments whose ID fits a condition.
func (tx *Tx) readMonitored(m *lockstep.Monitored, fits string, args ...any) (err error) {
	where := func(column string) string {
		if fits == "" {
			return ""
		}
		return " WHERE " + column + fits
	}
	if m.Environments, err = queryAll(tx, scanEnvironment, selectEnvironment+where("e.id")+" ORDER BY e.id", args...); err != nil {
		return err
	}
	if m.Environments, err = tx.withDependencies(m.Environments, where("e.id"), args...); err != nil {
		return err
	}
	m.States, err = queryAll(tx, scanHealthState, selectHealthState+where("environment_id")+" ORDER BY environment_id, service_name", args...)
	if err != nil {
		return err
	}
	m.Alerts, err = queryAll(tx, scanAlert, selectAlert+where("a.environment_id")+" ORDER BY a.environment_id, a.name", args...)
	return err
}
