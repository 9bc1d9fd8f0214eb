package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Run is a load under way. Its methods may be called concurrently.
type Run struct {
	opts    Options
	started time.Time
	client  *client
	tally   tally
	flights sync.WaitGroup
	stop    context.CancelFunc // ends the arrivals
	done    chan struct{}      // closed when nothing is left under way
}

// Start begins at once, and goes on until Stop or the end of ctx.
func Start(ctx context.Context, target Target, opts Options) *Run {
	opts = opts.withDefaults()
	if target.Host == "" {
		target.Host = target.Addr
	}
	arriving, stop := context.WithCancel(ctx)
	r := &Run{opts: opts, started: time.Now(), stop: stop, done: make(chan struct{})}
	r.tally.onFail = opts.OnFailure
	r.client = newClient(ctx, target, opts, r.tally.connected)
	go func() {
		defer close(r.done)
		defer stop()
		shots := newRotation(target.Host, opts)
		if target.TLS != nil {
			shots.secure()
		}
		r.arrive(ctx, arriving, shots)
		r.tally.arrivalsEnded(time.Now())
		r.flights.Wait()
		r.client.close()
	}()
	return r
}

// Stop ends the arrivals, waits for the requests in flight and returns the
// total. It may be called again.
func (r *Run) Stop() Report {
	r.stop()
	<-r.done
	return r.Snapshot()
}

// Done is closed when the run has ended and nothing is under way.
func (r *Run) Done() <-chan struct{} { return r.done }

// Snapshot reports on the run so far.
func (r *Run) Snapshot() Report {
	return r.tally.report(r.started, counters{})
}

func (r *Run) arrive(ctx, arriving context.Context, next *rotation) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := int64(0); ; n++ {
		due := arrival(r.started, n, r.opts.Rate)
		if wait := time.Until(due); wait > 0 {
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-arriving.Done():
				return
			}
		} else if arriving.Err() != nil {
			return
		}
		r.launch(ctx, next.next(), due)
	}
}

// arrival is the moment at which request n is due. Computed from the start and
// not from the one before, so that errors do not add up.
func arrival(started time.Time, n int64, rate int) time.Time {
	whole, rest := n/int64(rate), n%int64(rate)
	return started.Add(time.Duration(whole)*time.Second + time.Duration(rest)*time.Second/time.Duration(rate))
}

var errTooLate = errors.New("timeout")

func (r *Run) launch(ctx context.Context, s shot, due time.Time) {
	if !r.tally.begin(s.kind, r.opts.MaxInFlight) {
		return
	}
	r.flights.Go(func() {
		flight, cancel := context.WithTimeoutCause(ctx, r.opts.Timeout, errTooLate)
		defer cancel()
		out := r.client.do(flight, s)
		switch {
		case out.err == nil:
			r.tally.ok(s.kind, out.release, out.ready.Sub(due))
		case ctx.Err() != nil:
			r.tally.aborted(s.kind)
		default:
			if errors.Is(context.Cause(flight), errTooLate) {
				out.err = fmt.Errorf("no complete answer within %s: %w", r.opts.Timeout, out.err)
			}
			r.tally.failed(Failure{Kind: s.kind, At: time.Now(), Status: out.status, Release: out.release, Err: out.err.Error()})
		}
	})
}
