package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// patience is how long planning waits for a peer that does not answer.
const patience = time.Minute

// startPatience is how long a peer may be away before the log warns of it: an
// agent that an environment is the first to need takes some of it to start.
const startPatience = 3 * time.Second

// errDeadline is why the context of a step ends.
var errDeadline = errors.New("deadline of the step")

// ask is retry for what planning needs: it may be interrupted at any moment.
func (r *run) ask(ctx context.Context, about string, cancellable bool, do func(context.Context) error) error {
	ctx, release := r.interruptible(ctx, true, cancellable)
	defer release()
	return r.retry(ctx, patience, r.Operation.ID+"/"+about, cancellable, do)
}

// retry calls do until it succeeds, fails with a code that says that trying
// again cannot help, or that this worker may not, or limit is over. Where ctx
// ends it returns why. Between two tries it also ends for what must not
// interrupt a call: this worker stops, or a cancel was asked for and is
// allowed here.
func (r *run) retry(ctx context.Context, limit time.Duration, reference string, cancellable bool, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errDeadline)
	defer cancel()
	pause, calling := firstRetry, r.setback(r.log.With("reference", reference), "call what the environment runs on", startPatience)
	for tries := 1; ; tries++ {
		err := r.protected(ctx, do)
		if !final(err) || lockstep.IsTerminal(err) {
			calling.note(nil)
			return err
		}
		cause := context.Cause(ctx)
		if cause == nil {
			calling.note(err)
			cause = r.between(ctx, pause, cancellable)
			pause = min(2*pause, maxRetry)
		}
		if errors.Is(cause, errDeadline) {
			return r.unanswered(limit, tries, reference, err)
		}
		if cause != nil {
			return cause
		}
	}
}

// between waits for the next try.
func (r *run) between(ctx context.Context, pause time.Duration, cancellable bool) error {
	ctx, release := r.interruptible(ctx, true, cancellable)
	defer release()
	return wait(ctx, pause)
}

// unanswered shows the last error where it was made for people.
func (r *run) unanswered(limit time.Duration, tries int, reference string, err error) error {
	r.log.Error("call failed until its deadline", "reference", reference, "tries", tries, "error", err)
	if lockstep.CodeOf(err) == lockstep.CodeUnavailable {
		return lockstep.Errorf(lockstep.CodeUnavailable, "no success in %s (tries: %d): %w", limit, tries, err)
	}
	return lockstep.Errorf(lockstep.CodeUnavailable,
		"no success in %s (tries: %d): what the environment runs on does not answer; the server's log has the cause under reference %s", limit, tries, reference)
}

// protected turns a panic into an error that is not tried again.
func (r *run) protected(ctx context.Context, do func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("panic in a step", "panic", p, "stack", string(debug.Stack()))
			err = &lockstep.Error{Code: lockstep.CodeInternal, Message: fmt.Sprintf("panic: %v", p)}
		}
	}()
	return do(ctx)
}

// interruptible ends with errCancelled when a cancel is asked for and it may
// interrupt, and with errStopping when this worker stops: at once where the
// work only waits, after a grace otherwise. release frees what watches.
func (r *run) interruptible(ctx context.Context, waits, cancellable bool) (_ context.Context, release func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	var cancels <-chan struct{}
	if cancellable {
		cancels = r.cancels
	}
	go func() {
		select {
		case <-ctx.Done():
		case <-cancels:
			cancel(errCancelled)
		case <-r.stopping:
			if !waits {
				waitFor(ctx, nil, r.Grace)
			}
			cancel(errStopping)
		}
	}()
	return ctx, func() { cancel(context.Canceled) }
}
