package control

import (
	"context"
	"errors"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// How long Automate waits at most before it looks again, where nothing
// happens and nothing is due; and after something went wrong.
const (
	longestIdle = time.Minute
	afterError  = 5 * time.Second
)

// news are the events after which there may be something to do at once.
var news = map[lockstep.EventType]bool{
	lockstep.EventScheduleChanged:    true,
	lockstep.EventReleaseCreated:     true,
	lockstep.EventMatrixApplied:      true,
	lockstep.EventOperationFinished:  true,
	lockstep.EventEnvironmentUpdated: true,
}

// Automate does, until ctx ends, what nobody asks for at that moment: what
// schedules say, and what the matrix has deployed by itself. What it does is decided by what is stored; events and times
// only say when to look. It may run on several servers of one database.
func (c *Control) Automate(ctx context.Context) {
	for ctx.Err() == nil {
		seen, err := c.Newest(ctx)
		var next time.Time
		if err == nil {
			next, err = c.Tick(ctx)
		}
		wait := longestIdle
		if err != nil && ctx.Err() == nil {
			c.log.Error("schedules and automation", "error", err)
			wait = afterError
		}
		if !next.IsZero() {
			wait = min(wait, max(next.Sub(c.clock()), 0))
		}
		c.await(ctx, seen, wait)
	}
}

// Tick does once what is due now, and says when something is due next: zero
// where nothing is.
func (c *Control) Tick(ctx context.Context) (next time.Time, err error) {
	next, err = c.fire(ctx)
	other, automation := c.automate(ctx)
	if next.IsZero() || !other.IsZero() && other.Before(next) {
		next = other
	}
	return next, errors.Join(err, automation)
}

// await returns when there is news after an event, at the latest after a while.
func (c *Control) await(ctx context.Context, seen int64, wait time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for ctx.Err() == nil {
		events, err := c.store.Events(ctx, seen, lockstep.EventFilter{}, 200)
		if err != nil {
			if !errors.Is(err, context.DeadlineExceeded) {
				<-ctx.Done() // a database that is away, or an event that was pruned: look after a while
			}
			return
		}
		for _, e := range events {
			if news[e.Type] {
				return
			}
			seen = e.Seq
		}
	}
}
