package engine

import (
	"context"
	"errors"
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/strategy"
)

// begin of a step: what may hold an operation up between two of them, beside
// a cancel and this worker's own end. Both end with the forward phase: what is
// being taken back waits for nobody.
//
//   - A pause that somebody asked for. The store refuses to journal the step as
//     started, so that none begins once the answer to who asked is out.
//   - The live address, which somebody else moves at the moment.

// enter carries a step out once nothing holds it up any more.
func (r *run) enter(ctx context.Context, step *lockstep.Step) error {
	for {
		err := r.takeLive(ctx, step)
		if err == nil {
			err = r.perform(ctx, step)
		}
		if !errors.Is(err, lockstep.ErrPaused) {
			return err
		}
		if err := r.hold(ctx, step); err != nil {
			return err
		}
	}
}

// yields says that a step may be held up by a pause: of a deployment, before
// its first try, and where its environment's users are served meanwhile.
func (r *run) yields(step *lockstep.Step) bool {
	return r.Operation.Kind == lockstep.OperationDeploy && step.Phase == lockstep.PhaseForward && step.Status == lockstep.StepPending &&
		!step.Do.Always && !r.Operation.HoldsRequests(step.Seq)
}

// hold waits until the deployment is resumed or cancelled. The live address is
// given back where it has not been moved yet: a person may take long.
func (r *run) hold(ctx context.Context, step *lockstep.Step) error {
	r.paused.Store(true)
	h := lockstep.Hold{Step: step.Seq, Name: step.Name}
	if lock := lockstep.LiveLock(r.Project.ID); r.Project.CurrentID == "" && slices.Contains(r.Operation.Locks, lock) && !r.movedLive() {
		h.Frees = []string{lock}
	}
	if err := r.record(ctx, "held", lockstep.Record{Hold: &h}); err != nil {
		return err
	}
	r.Operation.Locks = slices.DeleteFunc(r.Operation.Locks, func(lock string) bool { return slices.Contains(h.Frees, lock) })
	ctx, release := r.interruptible(ctx, true, true)
	defer release()
	for r.paused.Load() {
		waitFor(ctx, r.news, openEnd)
		if err := context.Cause(ctx); err != nil {
			return err
		}
	}
	return nil
}

// takeLive waits until the project's live address is this operation's to move,
// where the step is about to move it. It comes after the environment's own
// lock, and whoever has it takes no other: nobody waits in a circle. It is kept
// until the operation's end: should that fail, its undo moves the address back.
func (r *run) takeLive(ctx context.Context, step *lockstep.Step) error {
	if !r.opensLive(*step) || slices.Contains(r.Operation.Locks, lockstep.LiveLock(r.Project.ID)) {
		return nil
	}
	ctx, release := r.interruptible(ctx, true, true)
	defer release()
	pause := firstRetry
	for {
		taken, err := r.tryLive(ctx, step)
		switch {
		case err == nil && taken:
			return nil
		case errors.Is(err, lockstep.ErrPaused):
			return err
		case lockstep.CodeOf(err) == lockstep.CodeFenced:
			return errLost
		case lockstep.IsTerminal(err):
			return err
		case err != nil:
			waitFor(ctx, nil, pause)
			pause = min(2*pause, maxRetry)
		default:
			waitFor(ctx, r.freed, r.Poll)
		}
		if err := context.Cause(ctx); err != nil {
			return err
		}
	}
}

// tryLive is true where the step may begin: the address is ours, or nobody is
// to be moved by it any more because it leads somewhere by now.
func (r *run) tryLive(ctx context.Context, step *lockstep.Step) (bool, error) {
	r.Failpoint("before:commit:live")
	project, taken, err := r.Store.TakeLive(ctx, r.Lease, r.yields(step))
	if err != nil {
		return false, err
	}
	if taken {
		r.Failpoint("after:commit:live")
		r.Operation.Locks = append(r.Operation.Locks, lockstep.LiveLock(r.Project.ID))
	}
	if taken || project.CurrentID != "" {
		r.Project = project
		return true, nil
	}
	return false, nil
}

// opensLive says that a deployment which may become its project's first
// current one comes to where its users are moved, or their requests held for
// that: nobody shall wait for a lock while requests wait for him.
func (r *run) opensLive(step lockstep.Step) bool {
	return r.Operation.Kind == lockstep.OperationDeploy && r.Environment.Type == lockstep.TypeProduction && r.Project.CurrentID == "" &&
		step.Phase == lockstep.PhaseForward && strategy.MovesUsers(step)
}

// movedLive says that the live address may lead to the environment by what the
// operation has done.
func (r *run) movedLive() bool {
	return slices.ContainsFunc(r.Operation.Steps, func(s lockstep.Step) bool { return r.opensLive(s) && s.Attempts > 0 })
}
