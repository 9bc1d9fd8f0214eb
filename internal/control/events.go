package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// Stream says where a reader of events begins: after the last that it has
// seen. Without After that is now; 0 (it has seen none) begins with the oldest
// that is kept; another number before what is kept is lockstep.CodeGone.
type Stream struct {
	After                             *int64
	Project, Environment, OperationID string // names or IDs; empty: of all
}

// OpenStream finds the filter of a stream and the sequence number after which
// it begins. Events goes on from there.
func (c *Control) OpenStream(ctx context.Context, s Stream) (lockstep.EventFilter, int64, error) {
	filter := lockstep.EventFilter{OperationID: s.OperationID}
	after, err := view(ctx, c, func(tx Tx) (int64, error) {
		if s.Environment != "" {
			env, err := environment(tx, s.Project, s.Environment)
			if err != nil {
				return 0, err
			}
			filter.EnvironmentID = env.ID
		} else if s.Project != "" {
			p, err := project(tx, s.Project)
			if err != nil {
				return 0, err
			}
			filter.ProjectID = p.ID
		}
		before, newest, err := tx.EventRange()
		if err != nil {
			return 0, err
		}
		switch {
		case s.After == nil:
			return newest, nil
		case *s.After == 0:
			return before, nil
		case *s.After < before:
			return 0, lockstep.Errorf(lockstep.CodeGone, "events up to %d are not kept any more: read the state anew, then resume after %d", before, newest)
		default:
			return *s.After, nil
		}
	})
	return filter, after, err
}

// Events reads up to limit events after a sequence number, and waits up to
// ctx's end for the first.
func (c *Control) Events(ctx context.Context, after int64, filter lockstep.EventFilter, limit int) ([]lockstep.Event, error) {
	return c.store.Events(ctx, after, filter, limit)
}

// EventsNow is what there is of Events, without waiting for it.
func (c *Control) EventsNow(ctx context.Context, after int64, filter lockstep.EventFilter, limit int) ([]lockstep.Event, error) {
	return view(ctx, c, func(tx Tx) ([]lockstep.Event, error) { return tx.EventsAfter(after, filter, limit) })
}

// Newest is the number of the newest event, 0 before the first.
func (c *Control) Newest(ctx context.Context) (int64, error) {
	return view(ctx, c, func(tx Tx) (int64, error) {
		_, newest, err := tx.EventRange()
		return newest, err
	})
}
