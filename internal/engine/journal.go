package engine

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Back-off between tries, of a record and of a call.
const (
	firstRetry = 100 * time.Millisecond
	maxRetry   = 2 * time.Second
)

// record commits an entry of the journal. It tries until the lease is lost:
// the store knows an entry that was committed and not heard of. An error with
// a code means that the journal is not where we believe it to be.
func (r *run) record(ctx context.Context, what string, record lockstep.Record) error {
	r.Failpoint("before:commit:" + what)
	writing := r.setback(r.log, "write the journal: "+what, 0)
	for pause := firstRetry; ; pause = min(2*pause, maxRetry) {
		err := r.Store.Record(ctx, r.Lease, record)
		switch {
		case err == nil:
			writing.note(nil)
			r.Failpoint("after:commit:" + what)
			return nil
		case errors.Is(err, lockstep.ErrPaused):
			return err
		case lockstep.CodeOf(err) == lockstep.CodeFenced:
			return errLost
		case lockstep.IsTerminal(err):
			return err
		}
		writing.note(err)
		if err := wait(ctx, pause); err != nil {
			return errLost
		}
	}
}

// keep journals what a step will have to know if it is resumed.
func (r *run) keep(ctx context.Context, seq int, state any) error {
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	r.step(seq).State = text
	step := *r.step(seq)
	return r.record(ctx, "kept:"+string(step.Kind), lockstep.Record{Step: &step})
}

func (r *run) step(seq int) *lockstep.Step {
	return &r.Operation.Steps[slices.IndexFunc(r.Operation.Steps, func(s lockstep.Step) bool { return s.Seq == seq })]
}

// shown tells whoever watches of what a step does, and remembers how far it
// told. Where that fails nobody was told.
func (r *run) shown(ctx context.Context, step lockstep.Step, data map[string]any, state any) {
	text, err := json.Marshal(state)
	if err != nil {
		r.log.Error("progress not encoded", "step", step.Name, "error", err)
		return
	}
	data["step"], data["seq"] = step.Name, step.Seq
	now := *r.step(step.Seq)
	now.State = text
	if err := r.Store.Record(ctx, r.Lease, lockstep.Record{Step: &now, Events: event(lockstep.EventStepProgress, data)}); err != nil {
		r.log.Debug("progress not recorded", "step", step.Name, "error", err)
		return
	}
	r.step(step.Seq).State = text
}

// wait sleeps for d. Where ctx ends first, it returns why.
func wait(ctx context.Context, d time.Duration) error {
	waitFor(ctx, nil, d)
	return context.Cause(ctx)
}

func event(t lockstep.EventType, data map[string]any) []lockstep.Event {
	return []lockstep.Event{{Type: t, Data: data}}
}

// stamp is the time as it is stored: UTC, in microseconds.
func (r *run) stamp() time.Time { return r.Now().UTC().Truncate(time.Microsecond) }

// failure is an error as a person reads it. One without a code is ours, or a
// peer's: the log has it, under a reference.
func (r *run) failure(err error, step string) *lockstep.OperationError {
	code := lockstep.CodeOf(err)
	message := err.Error()
	if code == lockstep.CodeInternal {
		reference := r.Operation.ID
		if step != "" {
			reference += "/" + step
		}
		r.log.Error("operation failed", "step", step, "reference", reference, "error", err)
		message = "something went wrong inside Lockstep: the server's log has the cause under reference " + reference
	}
	return &lockstep.OperationError{Code: code, Message: message, Step: step, Timestamp: r.stamp()}
}
