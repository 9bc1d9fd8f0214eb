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
	looking, idle := e.setback(e.Logger, "look for warm sides to retire", 0), backoff{idle: longestSleep, most: longestSleep}
	for ctx.Err() == nil {
		next, err := e.Store.Due(ctx)
		if ctx.Err() != nil {
			return
		}
		looking.note(err)
		if err == nil {
			e.look()
			idle.idle = longestSleep
			if !next.IsZero() {
				idle.idle = min(longestSleep, max(next.Sub(e.Now()), 0)+clockSlack)
			}
		}
		idle.wait(ctx, e.timer, err)
	}
}
