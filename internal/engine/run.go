package engine

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// Why a run, or a step of it, stops before its end. None is the operation's
// fault, and none is journaled as one.
var (
	errLost      = errors.New("the lease is another worker's")
	errStopping  = errors.New("this worker stops")
	errCancelled = errors.New("a cancel was asked for")
)

// run is this worker's part of one operation: from a claim to the outcome,
// or to where another worker has to continue.
type run struct {
	*Engine
	lockstep.Claimed
	claimed time.Time // the lease began no earlier
	log     *slog.Logger

	runtime    runtime.Runtime
	router     traffic.Router
	tailer     runtime.LogTailer  // nil where the runtime has none
	jobs       runtime.JobRunner  // nil where the runtime has none
	watcher    runtime.JobWatcher // the same
	accountant runtime.Accountant // the same
	lives      traffic.LiveRouter // nil where the router cannot move a live address
	sampler    traffic.Sampler    // nil where the router is none

	poke     chan struct{}   // look for signals now
	stopping <-chan struct{} // closed when this worker has to end
	cancel   func()          // a cancel was asked for; repeatable
	cancels  <-chan struct{} // closed by cancel

	decision atomic.Pointer[lockstep.Decision] // the last that was heard of
	paused   atomic.Bool                       // somebody wants it held, as far as is known
	news     chan struct{}                     // there may be one, or that may have ended
	freed    chan struct{}                     // locks may be free

	revisions map[string]lockstep.Revision
}

// carryOut takes a claimed operation as far as this worker gets.
func (e *Engine) carryOut(ctx context.Context, c lockstep.Claimed, asked time.Time) {
	r := &run{
		Engine: e, Claimed: c, claimed: asked, poke: make(chan struct{}, 1), news: make(chan struct{}, 1), freed: make(chan struct{}, 1), stopping: ctx.Done(),
		log:       e.Logger.With("operation", c.Operation.ID, "kind", c.Operation.Kind, "environment", c.Environment.Name),
		revisions: map[string]lockstep.Revision{},
	}
	cancels := make(chan struct{})
	r.cancels, r.cancel = cancels, sync.OnceFunc(func() { close(cancels) })
	r.decision.Store(c.Operation.Decision)
	if c.Operation.CancelRequested {
		r.cancel()
	}
	e.mu.Lock()
	e.runs[r] = struct{}{}
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		delete(e.runs, r)
		e.mu.Unlock()
	}()

	// What runs outlives ctx: it ends with the lease, or at a safe point.
	work, lose := context.WithCancelCause(context.WithoutCancel(ctx))
	var beating sync.WaitGroup
	beating.Go(func() { r.keepLease(work, lose) })
	err := r.guarded(work)
	lose(context.Canceled)
	beating.Wait()
	r.end(ctx, err)
}

// guarded keeps the worker alive where our own code panics. The lease then
// expires by itself, so that a panic at each attempt does not spin.
func (r *run) guarded(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("panic while carrying out an operation", "panic", p, "stack", string(debug.Stack()))
			err = errLost
		}
	}()
	return r.toTheEnd(ctx)
}

// end tells the log how it went, and gives the lease up where another worker
// can do better. After an error it expires, which keeps a broken journal from
// being tried in a tight loop.
func (r *run) end(ctx context.Context, err error) {
	switch {
	case err == nil:
		r.log.Debug("operation ended", "status", r.Operation.Status)
		return
	case errors.Is(err, errLost):
		r.log.Warn("operation left to another worker: the lease is gone")
		return
	case errors.Is(err, errStopping):
		r.log.Info("operation left to another worker: this one stops")
	default:
		r.log.Error("operation left to another worker", "error", err)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.TTL)
	defer cancel()
	if _, err := r.Store.Heartbeat(ctx, r.Lease, 0); err != nil {
		r.log.Warn("cannot give up the lease", "error", err)
	}
}

// toTheEnd returns nil when the outcome is recorded.
func (r *run) toTheEnd(ctx context.Context) error {
	if r.Operation.Status == lockstep.StatusPending {
		planned, err := r.begin(ctx)
		if err != nil || !planned {
			return err
		}
	} else if r.Operation.Kind != lockstep.OperationSync { // which acts on nothing that runs
		if err := r.ask(ctx, "takeover", false, r.connect); err != nil {
			return r.giveUp(ctx, err)
		}
	}
	if r.Operation.Phase != lockstep.PhaseUndo {
		cause, err := r.advance(ctx, lockstep.PhaseForward)
		if err != nil {
			return err
		}
		if cause == "" {
			return r.finish(ctx, lockstep.StatusCompleted, nil)
		}
		planned, err := r.beginUndo(ctx, cause)
		if err != nil || !planned {
			return err
		}
	}
	failed, err := r.advance(ctx, lockstep.PhaseUndo)
	if err != nil {
		return err
	}
	return r.finish(ctx, r.undone(failed != ""), nil)
}

// giveUp ends an operation that cannot even be tried. An error that is not
// the operation's own stays one.
func (r *run) giveUp(ctx context.Context, err error) error {
	if !final(err) {
		return err
	}
	return r.finish(ctx, lockstep.StatusFailed, r.failure(err, ""))
}

// connect finds what acts on the environment.
func (r *run) connect(context.Context) error {
	rt, router, err := r.Options.Runtime(r.Environment)
	if err != nil {
		return err
	}
	r.tailer, _ = rt.(runtime.LogTailer)
	r.sampler, _ = router.(traffic.Sampler)
	if jobs, ok := rt.(runtime.JobRunner); ok {
		r.jobs = piercedJobs{jobs, r.Failpoint}
	}
	r.accountant, _ = rt.(runtime.Accountant)
	r.watcher, _ = rt.(runtime.JobWatcher)
	r.lives, _ = router.(traffic.LiveRouter)
	r.runtime, r.router = pierced{rt, r.Failpoint}, piercedRouter{router, r.Failpoint}
	return nil
}
