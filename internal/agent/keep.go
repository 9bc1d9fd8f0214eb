package agent

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// keepLook is how often an agent is asked whether it is still there and of
	// the version that is wanted. That it has ended is noticed without asking.
	keepLook = time.Second

	// keepYouth is how long an agent has to have lived to be replaced at once:
	// one that dies sooner would die again.
	keepYouth = time.Second
)

// Keep ensures an agent until ctx ends, whatever becomes of it. report is told
// when what Ensure says has changed: nil when an agent runs, or why none does.
func Keep(ctx context.Context, opts EnsureOptions, report func(error)) {
	keep(ctx, opts, keepLook, report)
}

func keep(ctx context.Context, opts EnsureOptions, look time.Duration, report func(error)) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	last := errors.New("nothing is known yet")
	var seen watching
	defer func() { seen.stop() }()
	for {
		client, info, err := ensure(ctx, opts)
		if err == nil {
			client.Close()
			seen.turnTo(info.PID)
		}
		if ctx.Err() != nil {
			return
		}
		if fmt.Sprint(err) != fmt.Sprint(last) {
			last = err
			report(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-seen.ended:
			select {
			case <-ctx.Done():
				return
			case <-time.After(keepYouth - time.Since(seen.since)):
			}
			seen.stop()
		}
	}
}

// watching is the agent's process whose end Keep waits for.
type watching struct {
	pid   int
	since time.Time
	ended chan struct{} // closed when it has ended; nil while nobody is watched
	give  chan struct{}
}

func (w *watching) turnTo(pid int) {
	if pid == w.pid {
		return
	}
	w.stop()
	born := birth(pid)
	if born == "" {
		return // gone again: the next look finds out
	}
	ended, give := make(chan struct{}), make(chan struct{})
	*w = watching{pid: pid, since: time.Now(), ended: ended, give: give}
	go func() {
		awaitExit(pid, born, give)
		close(ended)
	}()
}

func (w *watching) stop() {
	if w.give != nil {
		close(w.give)
	}
	*w = watching{}
}
