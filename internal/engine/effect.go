package engine

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// effect is everything that a step's runner has: the step, where it acts, and
// what it acts through. Runners may be run again at any point.
type effect struct {
	step        lockstep.Step
	operation   lockstep.Operation
	environment lockstep.Environment
	project     lockstep.Project
	call        runtime.Call

	runtime    runtime.Runtime
	router     traffic.Router
	tailer     runtime.LogTailer  // nil where the runtime has none
	jobs       runtime.JobRunner  // nil where the runtime has none
	watcher    runtime.JobWatcher // the same
	accountant runtime.Accountant // the same
	lives      traffic.LiveRouter // nil where the router cannot move a live address
	sampler    traffic.Sampler    // nil where the router is none
	mask       *mask              // of a hook that gets secrets
	made       *made              // beside the output; a try that is repeated begins with an empty one

	revision func(context.Context, string) (lockstep.Revision, error)
	secrets  func(context.Context, []lockstep.SecretRef) (map[lockstep.SecretRef]lockstep.Sensitive, error)
	progress func(context.Context, map[string]any)                        // for whoever watches; may be lost
	keep     func(context.Context, any) error                             // step.State, for whoever resumes the step
	state    func() json.RawMessage                                       // step.State as it is now
	shown    func(context.Context, map[string]any, any)                   // progress that also sets step.State; both may be lost
	person   func(context.Context, time.Time) (*lockstep.Decision, error) // what somebody decides about the step until then; nil: nothing. Zero: whenever that is
	pause    func(context.Context, time.Duration) error                   // between two tries of the runner's own; ends early with the error to return
	now      func() time.Time
}

// made is what else a runner leaves in the journal.
type made struct {
	outputs []lockstep.StepOutput
	results lockstep.Results
	warning bool
	ledger  lockstep.Ledger
}

// A runner does what a kind of step asks for. output is for people. An error
// without a code is tried again.
type runner func(ctx context.Context, e effect) (output string, err error)

func runnerOf(kind lockstep.StepKind) (runner, error) {
	switch kind {
	case lockstep.StepPrepare:
		return prepare, nil
	case lockstep.StepStart:
		return start, nil
	case lockstep.StepAwaitHealthy:
		return awaitHealthy, nil
	case lockstep.StepVerify:
		return verify, nil
	case lockstep.StepShiftTraffic:
		return shiftTraffic, nil
	case lockstep.StepMaintenance:
		return maintain, nil
	case lockstep.StepHold:
		return hold, nil
	case lockstep.StepDrain:
		return drain, nil
	case lockstep.StepStop:
		return stop, nil
	case lockstep.StepAnalyze:
		return analyze, nil
	case lockstep.StepHook:
		return hook, nil
	case lockstep.StepPause:
		return pauseFor, nil
	case lockstep.StepApprove:
		return approval, nil
	case lockstep.StepKeepWarm:
		return keepWarm, nil
	case lockstep.StepValidateLive:
		return validateLive, nil
	case lockstep.StepMoveLive:
		return moveLive, nil
	case lockstep.StepProbeLive:
		return probeLive, nil
	case lockstep.StepSettleLive:
		return settleLive, nil
	case lockstep.StepSetCurrent:
		return setCurrent, nil
	case lockstep.StepRemove:
		return remove, nil
	}
	return nil, lockstep.Errorf(lockstep.CodeUnsupported, "this server cannot carry out steps of kind %q: upgrade it", kind)
}

// deadline bounds the tries of a step. One that waits by itself for so long
// gets time for its calls beside.
func deadline(step lockstep.Step) time.Duration {
	calls := time.Minute
	switch step.Kind {
	case lockstep.StepAnalyze:
		return step.Do.Analysis.Deadline.Std() + calls
	case lockstep.StepHook: // its artifact may have to travel again
		try := step.Do.Timeout.Std() + hookEnd + maxHookPause
		return time.Duration(1+step.Do.Hook.Retries)*try + 10*time.Minute
	case lockstep.StepPrepare: // artifacts travel
		calls = 10 * time.Minute
	case lockstep.StepApprove:
		if step.Do.Timeout == 0 {
			return openEnd
		}
	case lockstep.StepStop: // each instance may use its grace
		calls = 5 * time.Minute
	case lockstep.StepStart, lockstep.StepAwaitHealthy, lockstep.StepVerify, lockstep.StepShiftTraffic,
		lockstep.StepMaintenance, lockstep.StepHold, lockstep.StepDrain, lockstep.StepPause, lockstep.StepKeepWarm,
		lockstep.StepValidateLive, lockstep.StepMoveLive, lockstep.StepProbeLive, lockstep.StepSettleLive, lockstep.StepSetCurrent, lockstep.StepRemove:
	}
	return step.Do.Timeout.Std() + calls
}

func (r *run) effect(step lockstep.Step) effect {
	return effect{
		step: step, operation: r.Operation, environment: r.Environment, project: r.Project,
		call:    runtime.Call{Environment: r.Environment.ID, Fence: r.Lease.Fence, Key: step.Key(r.Operation.ID)},
		runtime: r.runtime, router: r.router, tailer: r.tailer, jobs: r.jobs, watcher: r.watcher, accountant: r.accountant, lives: r.lives, sampler: r.sampler,
		revision: r.revision, secrets: r.Secrets, now: r.Now,
		state: func() json.RawMessage { return r.step(step.Seq).State },
		shown: func(ctx context.Context, data map[string]any, state any) { r.shown(ctx, step, data, state) },
		keep:  func(ctx context.Context, state any) error { return r.keep(ctx, step.Seq, state) },
		person: func(ctx context.Context, until time.Time) (*lockstep.Decision, error) {
			return r.decided(ctx, step.Seq, until)
		},
		pause: func(ctx context.Context, d time.Duration) error {
			return r.between(ctx, d, step.Phase == lockstep.PhaseForward)
		},
		progress: func(ctx context.Context, data map[string]any) {
			data["step"], data["seq"] = step.Name, step.Seq
			record := lockstep.Record{Events: event(lockstep.EventStepProgress, data)}
			if err := r.Store.Record(ctx, r.Lease, record); err != nil {
				r.log.Debug("progress not recorded", "step", step.Name, "error", err)
			}
		},
	}
}

// groups are those of a revision, in start order.
func (e effect) groups(ctx context.Context, revision string) (lockstep.Revision, []lockstep.Group, error) {
	rev, err := e.revision(ctx, revision)
	if err != nil {
		return rev, nil, err
	}
	groups, err := rev.Content.Groups()
	return rev, groups, err
}

// instances are those of some groups, by ID; of all without any.
func (e effect) instances(ctx context.Context, groups ...string) ([]lockstep.Instance, error) {
	all, err := e.runtime.Instances(ctx, e.environment.ID)
	if err != nil || len(groups) == 0 {
		return all, err
	}
	return slices.DeleteFunc(all, func(i lockstep.Instance) bool { return !slices.Contains(groups, i.Group) }), nil
}
