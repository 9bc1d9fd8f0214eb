package engine

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"
)

// A setback keeps what is tried again and again from filling the log: it tells
// when it begins to fail, and when that is over and how long it took.
type setback struct {
	log *slog.Logger
	// After how long of failing it is worth a warning. Until then it is
	// normal, such as the wait for a peer that starts.
	patience time.Duration
	now      func() time.Time

	since  time.Time // it fails since then; zero: it does not
	warned bool
}

func (e *Engine) setback(log *slog.Logger, doing string, patience time.Duration) *setback {
	return &setback{log: log.With("doing", doing), patience: patience, now: e.Now}
}

// note is told how each try went.
func (s *setback) note(err error) {
	now := s.now()
	switch {
	case err == nil && s.warned:
		s.log.Info("it works again", "after", now.Sub(s.since).Round(time.Millisecond))
		fallthrough
	case err == nil:
		s.since, s.warned = time.Time{}, false
		return
	case s.since.IsZero():
		s.since = now
		s.log.Debug("it failed, trying again", "error", err)
	}
	if !s.warned && now.Sub(s.since) >= s.patience {
		s.warned = true
		s.log.Warn("this fails; trying again until it works", "error", err)
	}
}

// backoff is how long a loop waits that finds nothing, or that fails.
type backoff struct {
	idle, most time.Duration
	first      time.Duration // after one failure; 0: idle
	pause      time.Duration
}

// wait waits for news, at most as long as is due after err: longer with each
// failure in a row, and not as long as others that the same failure has met.
func (b *backoff) wait(ctx context.Context, news <-chan struct{}, err error) {
	if err == nil {
		b.pause = 0
		waitFor(ctx, news, b.idle)
		return
	}
	orDefault(&b.first, b.idle)
	b.pause = min(max(2*b.pause, b.first), b.most)
	waitFor(ctx, news, b.pause/2+rand.N(b.pause/2))
}
