package engine

import (
	"context"
	"errors"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// keepLease prolongs the lease every third of its time and hears what others
// ask of the operation. It loses it at once when a newer claim is found, and
// when it could not be prolonged for as long as it lasts: by then another
// worker may act.
func (r *run) keepLease(ctx context.Context, lose context.CancelCauseFunc) {
	held, prolonging := r.claimed, r.setback(r.log, "prolong the lease", 0)
	for {
		waitFor(ctx, r.poke, r.TTL/3)
		if ctx.Err() != nil {
			return
		}
		sent := r.Now()
		err := r.heartbeat(ctx, held.Add(r.TTL).Sub(sent))
		switch {
		case err == nil:
			held = sent
			prolonging.note(nil)
			continue
		case ctx.Err() != nil:
			return
		case lockstep.IsTerminal(err) || r.Now().Sub(held) >= r.TTL:
			r.log.Warn("lease lost", "error", err)
			lose(errLost)
			return
		}
		prolonging.note(err)
		waitFor(ctx, nil, min(r.TTL/12, held.Add(r.TTL).Sub(r.Now())))
		poke(r.poke)
	}
}

// heartbeat waits no longer than the lease lasts.
func (r *run) heartbeat(ctx context.Context, left time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	signals, err := r.Store.Heartbeat(ctx, r.Lease, r.TTL)
	if err == nil && signals.Cancel {
		r.cancel()
	}
	if err == nil && r.paused.Swap(signals.Paused) && !signals.Paused {
		poke(r.news)
	}
	if err == nil && signals.Decision != nil {
		r.decision.Store(signals.Decision)
		poke(r.news)
	}
	return err
}

// final says that an error is the operation's own: not that this worker lost
// it, stops, or was asked to cancel.
func final(err error) bool {
	return err != nil && !errors.Is(err, errLost) && !errors.Is(err, errStopping) && !errors.Is(err, errCancelled)
}

// holds asks the store whether the lease is still this worker's. Where it is
// and an effect was fenced all the same, what carries effects out has seen
// more than the database knows: one was restored, or shared. Then the step
// has failed; to claim again would be fenced again, for ever.
func (r *run) holds(ctx context.Context) bool {
	err := r.heartbeat(ctx, r.TTL)
	return err == nil
}
