package store

import (
	"context"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

const (
	defaultEvents = 100
	maxEvents     = 1000
)

const selectEvent = `SELECT seq, at, type, project_id, environment_id, operation_id, actor, data FROM events`

func scanEvent(r row) (e lockstep.Event, err error) {
	return e, r.Scan(&e.Seq, at(&e.At), &e.Type, &e.ProjectID, &e.EnvironmentID, &e.OperationID, &e.Actor, fromJSON(&e.Data))
}

// AppendEvent adds an event, which becomes visible with the transaction. An
// event without a time gets the present one.
func (tx *Tx) AppendEvent(e lockstep.Event) error {
	if e.At.IsZero() {
		e.At = tx.now()
	}
	tx.events = append(tx.events, e)
	return nil
}

// writeEvents numbers and writes the transaction's events. It comes last: the
// counter is held up to the commit, and everyone else waits for it.
func (tx *Tx) writeEvents() error {
	if len(tx.events) == 0 {
		return nil
	}
	newest, err := tx.raise(counterEvents, len(tx.events))
	if err != nil {
		return err
	}
	first := newest - int64(len(tx.events)) + 1
	for at := 0; at < len(tx.events); at += eventsAtOnce {
		some := tx.events[at:min(at+eventsAtOnce, len(tx.events))]
		args, rows := make([]any, 0, 8*len(some)), make([]string, len(some))
		for i, e := range some {
			rows[i] = "(" + places(len(args), 8) + ")"
			args = append(args, first+int64(at+i), micros(e.At), string(e.Type), e.ProjectID, e.EnvironmentID, e.OperationID, e.Actor, asJSON(e.Data))
		}
		if _, err := tx.exec("INSERT INTO events (seq, at, type, project_id, environment_id, operation_id, actor, data) VALUES "+strings.Join(rows, ", "), args...); err != nil {
			return within(err, "event %s", some[0].Type)
		}
	}
	return nil
}

// eventsAtOnce is how many are written by one statement: the counter is held,
// and a change that a thousand environments inherit has a thousand events.
const eventsAtOnce = 100

// places are n arguments of a statement after some.
func places(after, n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = arg(after + i + 1)
	}
	return strings.Join(out, ", ")
}

// Events reads up to limit events after seq, oldest first. Where there is
// none it waits: for one, for ctx's end (whose error it returns), or for
// Close. seq before what is kept is CodeGone, with the smallest number
// to resume after in its message; see EventRange. seq beyond the newest waits.
func (s *Store) Events(ctx context.Context, after int64, filter lockstep.EventFilter, limit int) ([]lockstep.Event, error) {
	if limit <= 0 {
		limit = defaultEvents
	}
	limit = min(limit, maxEvents)
	for {
		// The signal is taken before the look, so that nothing falls between.
		news, closed := s.news.wait()
		events, err := s.eventsNow(ctx, after, filter, limit)
		if err != nil || len(events) > 0 {
			return events, within(err, "read events")
		}
		if closed {
			return nil, lockstep.Errorf(lockstep.CodeUnavailable, "the server is stopping: resume after event %d when it is back", after)
		}
		s.news.waiting.Add(1)
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-news:
		}
		s.news.waiting.Add(-1)
		if err != nil {
			return nil, err
		}
	}
}

func (s *Store) eventsNow(ctx context.Context, after int64, filter lockstep.EventFilter, limit int) (events []lockstep.Event, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		events, err = tx.EventsAfter(after, filter, limit)
		return err
	})
	return events, err
}

// EventsAfter is what there is of Events, without waiting for it.
func (tx *Tx) EventsAfter(after int64, filter lockstep.EventFilter, limit int) ([]lockstep.Event, error) {
	before, _, err := tx.EventRange()
	if err != nil {
		return nil, err
	}
	if after < before {
		return nil, lockstep.Errorf(lockstep.CodeGone, "events up to %d are no longer kept: read the present state, then resume after %d", before, before)
	}
	where, args := " WHERE seq > $1", []any{after}
	for _, want := range []struct{ column, value string }{
		{"project_id", filter.ProjectID}, {"environment_id", filter.EnvironmentID}, {"operation_id", filter.OperationID},
	} {
		if want.value != "" {
			args = append(args, want.value)
			where += " AND " + want.column + " = " + arg(len(args))
		}
	}
	args = append(args, limit)
	return queryAll(tx, scanEvent, selectEvent+where+" ORDER BY seq LIMIT "+arg(len(args)), args...)
}

// EventRange is the smallest number that Events resumes after, and that of
// the newest event; 0 where nothing happened yet.
func (tx *Tx) EventRange() (before, newest int64, err error) {
	reader := tx.withoutLocks()
	if before, err = reader.counter(counterPruned); err != nil {
		return 0, 0, err
	}
	newest, err = reader.counter(counterEvents)
	return before, newest, err
}
