package engine

import (
	"context"
	"time"
)

// longestSleep bounds how late a warm side is retired whose time was stored
// by another server.
const longestSleep = 30 * time.Second

// clockSlack is for the database's clock, which decides, being behind ours.
const clockSlack = 250 * time.Millisecond

// retireWarmSides keeps the stored timers of warm sides. It runs on every
// worker; the store makes each retire operation once.
func (e *Engine) retireWarmSides(ctx context.Context) {
	for ctx.Err() == nil {
		next, err := e.Store.Due(ctx)
		if err != nil && ctx.Err() == nil {
			e.Logger.Error("cannot look for warm sides to retire", "error", err)
		}
		e.look()
		sleep := longestSleep
		if err == nil && !next.IsZero() {
			sleep = min(sleep, max(next.Sub(e.Now()), 0)+clockSlack)
		}
		waitFor(ctx, e.timer, sleep)
	}
}
