package engine

import (
	"context"
	"errors"

	"github.com/lockstep-dev/lockstep"
)

// advance carries out what has not ended of a phase, in order. It returns
// why the rest is not done: a step failed, a cancel was asked for, or ""
// where nothing is left. A worker that takes over gets the same answer from
// the same journal.
func (r *run) advance(ctx context.Context, phase lockstep.Phase) (why lockstep.UndoCause, err error) {
	for i := range r.Operation.Steps {
		step := &r.Operation.Steps[i]
		if step.Phase != phase {
			continue
		}
		if step.Status == lockstep.StepPending || step.Status == lockstep.StepRunning {
			if why != "" && !step.Do.Always {
				continue
			}
			if err := r.safePoint(phase); errors.Is(err, errCancelled) {
				return lockstep.UndoCancel, nil
			} else if err != nil {
				return "", err
			}
			err := r.enter(ctx, step)
			if errors.Is(err, errCancelled) { // before it began
				return lockstep.UndoCancel, nil
			}
			if err != nil {
				return "", err
			}
		}
		switch {
		case step.Status == lockstep.StepFailed && !step.Do.Optional:
			why = lockstep.UndoFailure
		case step.Status == lockstep.StepSkipped && why == "": // interrupted
			return lockstep.UndoCancel, nil
		}
	}
	return why, nil
}

// safePoint is where an operation may stop between two steps.
func (r *run) safePoint(phase lockstep.Phase) error {
	select {
	case <-r.stopping:
		return errStopping
	default:
	}
	if phase != lockstep.PhaseForward {
		return nil
	}
	select {
	case <-r.cancels:
		return errCancelled
	default:
		return nil
	}
}

// perform journals one step around its effect. It returns an error only
// where this worker cannot go on; how the step ended is in its status.
func (r *run) perform(ctx context.Context, step *lockstep.Step) error {
	if err := r.start(ctx, step); err != nil {
		return err
	}
	output, made, err := r.attempt(ctx, *step)
	step.Output, step.Results, step.Warning, step.Ledger = output, made.results, made.warning, made.ledger
	switch {
	case err == nil:
		step.Status = lockstep.StepCompleted
	case errors.Is(err, errCancelled):
		step.Status, step.Output = lockstep.StepSkipped, "interrupted: a cancel was asked for"
	case !final(err):
		return err // the journal keeps it running, for whoever continues
	case lockstep.CodeOf(err) == lockstep.CodeFenced && !r.holds(ctx):
		return errLost
	default:
		step.Status, step.Error = lockstep.StepFailed, r.failure(err, step.Name)
	}
	ended := r.Now()
	step.CompletedAt, step.Duration = &ended, lockstep.Duration(ended.Sub(*step.StartedAt))
	failure := step.Error
	if step.Do.Optional {
		failure = nil // the step's, and not the operation's
	}
	if err := r.recordStep(ctx, string(step.Status), step, lockstep.EventStepFinished, failure, made.outputs); err != nil {
		return err
	}
	r.StepEnded(*step)
	return nil
}

// start journals that a step begins. Where that is refused because somebody
// wants the operation held, nothing of it has.
func (r *run) start(ctx context.Context, step *lockstep.Step) error {
	now, begun := r.Now(), *step
	begun.Status, begun.Attempts = lockstep.StepRunning, step.Attempts+1
	if begun.StartedAt == nil {
		begun.StartedAt = &now
	}
	err := r.record(ctx, "started:"+string(step.Kind), lockstep.Record{
		Step: &begun, Yields: r.yields(step), Events: event(lockstep.EventStepStarted, map[string]any{"step": begun}),
	})
	if err == nil {
		*step = begun
	}
	return err
}

func (r *run) recordStep(ctx context.Context, what string, step *lockstep.Step, happened lockstep.EventType, failure *lockstep.OperationError, outputs []lockstep.StepOutput) error {
	journaled := *step
	err := r.record(ctx, what+":"+string(step.Kind), lockstep.Record{
		Step: &journaled, Outputs: outputs, Failure: failure, Events: event(happened, map[string]any{"step": journaled}),
	})
	if err == nil && failure != nil && r.Operation.Error == nil {
		r.Operation.Error = failure
	}
	return err
}

// attempt runs a step's effect until it succeeds, cannot, or may not go on.
func (r *run) attempt(ctx context.Context, step lockstep.Step) (output string, left made, err error) {
	act, err := runnerOf(step.Kind)
	if err != nil {
		return "", left, err
	}
	forward, waits := step.Phase == lockstep.PhaseForward, step.Kind.Waits()
	// A hook goes on where this worker leaves, so that leaving needs no grace.
	// A cancel does not leave it: while it may still run, nothing is undone.
	detached := step.Kind == lockstep.StepHook
	ctx, release := r.interruptible(ctx, waits || detached, waits && forward)
	defer release()
	e := r.effect(step)
	e.made = &left
	told := ""
	err = r.retry(ctx, deadline(step), e.call.Key, forward && !detached, func(ctx context.Context) (err error) {
		left = made{}
		output, err = act(ctx, e)
		told = e.tellTrouble(ctx, told, err)
		return err
	})
	return output, left, err
}

// tellTrouble lets whoever watches know why a step takes long, once for each
// reason.
func (e effect) tellTrouble(ctx context.Context, told string, err error) string {
	if !final(err) || lockstep.IsTerminal(err) || ctx.Err() != nil {
		return told
	}
	trouble := "no answer"
	if lockstep.CodeOf(err) == lockstep.CodeUnavailable {
		trouble = err.Error()
	}
	if trouble != told {
		e.progress(ctx, map[string]any{"message": trouble + "; trying again"})
	}
	return trouble
}
