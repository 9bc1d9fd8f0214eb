package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
)

// Between two tries of a hook.
const (
	firstHookPause = time.Second
	maxHookPause   = 30 * time.Second
)

// hookEnd is what a try may take beyond its timeout to be stopped.
const hookEnd = 15 * time.Second

// hook runs a command once, with as many more tries as it may have. Each try
// is a job of its own key, so that whoever continues the step finds those that
// ended, and waits for the one that runs instead of running it again.
func hook(ctx context.Context, e effect) (string, error) {
	if e.jobs == nil {
		return "", lockstep.Errorf(lockstep.CodeUnsupported,
			"the %s runtime cannot run hooks: remove them from environments.%s.hooks", e.environment.Spec.Runtime, e.environment.Name)
	}
	job, values, err := e.hookJob(ctx)
	if err != nil {
		return "", err
	}
	e.mask = newMask(values)
	tries := 1 + e.step.Do.Hook.Retries
	for n, pause := 1, firstHookPause; ; n, pause = n+1, min(2*pause, maxHookPause) {
		t, err := e.tryHook(ctx, job, n)
		switch {
		case err != nil:
			return "", err
		case t.fault == "":
			e.made.results = t.results
			return t.output(t.success + manyTries(n)), nil
		case n == tries || t.hopeless:
			return e.hookFailed(t, n)
		}
		e.progress(ctx, map[string]any{"message": fmt.Sprintf("try %d of %d: %s; again in %s", n, tries, t.fault, pause)})
		if err := e.pause(ctx, pause); err != nil {
			return "", err
		}
	}
}

// hookJob is the same for each try. What the matrix says cannot set what
// Lockstep does: its names are reserved there. values are those of the secrets
// that the job gets.
func (e effect) hookJob(ctx context.Context) (job runtime.Job, values map[lockstep.SecretRef]lockstep.Sensitive, err error) {
	do := e.step.Do
	revision, err := e.revision(ctx, do.Revision)
	if err != nil {
		return job, nil, err
	}
	previous := ""
	if id := e.environment.ActiveID; id != "" {
		active, err := e.revision(ctx, id)
		if err != nil {
			return job, nil, err
		}
		previous = active.Content.Release
	}
	job = runtime.Job{Command: do.Hook.Run, Env: map[string]string{}, Timeout: do.Timeout.Std()}
	if do.Hook.HTTP != nil {
		job.HTTP = &runtime.HTTPJob{HTTPHook: e.filled(*do.Hook.HTTP, revision, previous), IdempotencyKey: e.call.Key}
		return job, nil, nil
	}
	services := revision.Content.Services
	if i := slices.IndexFunc(services, func(s lockstep.ServiceSpec) bool { return s.Name == do.Service }); i >= 0 {
		job.Artifact, job.User = services[i].Artifact, services[i].User
		maps.Copy(job.Env, services[i].Env)
		if values, err = e.opened(ctx, services[i]); err != nil {
			return job, nil, err
		}
		job.Secrets = maps.Clone(services[i].WithSecrets(values).SecretEnv)
		job.Files = slices.Clone(services[i].FileEnv)
	}
	own := maps.Clone(do.Hook.Env)
	if own == nil {
		own = map[string]string{}
	}
	maps.Copy(own, e.earlierResults())
	maps.Copy(own, map[string]string{
		"LOCKSTEP_PROJECT":          e.environment.Project,
		"LOCKSTEP_ENVIRONMENT":      e.environment.Name,
		"LOCKSTEP_RELEASE":          revision.Content.Release,
		"LOCKSTEP_REVISION":         lockstep.ShortHash(revision.Hash),
		"LOCKSTEP_PREVIOUS_RELEASE": previous,
		"LOCKSTEP_OPERATION":        e.operation.ID,
		"LOCKSTEP_STEP_KEY":         e.call.Key,
		"LOCKSTEP_HOOK":             do.Hook.Name,
	})
	if e.operation.Switch != nil {
		own["LOCKSTEP_LIVE_HOST"] = lockstep.LiveHost(e.environment.Project)
		own["LOCKSTEP_SWITCH_FROM"] = e.switchedFrom()
	}
	maps.Copy(job.Env, own)
	maps.DeleteFunc(job.Secrets, func(key string, _ lockstep.SecretText) bool {
		_, said := own[key]
		return said
	})
	job.Files = slices.DeleteFunc(job.Files, func(key string) bool {
		_, said := own[key]
		return said
	})
	return job, values, nil
}

// switchedFrom is the environment that has the live address before a switch.
func (e effect) switchedFrom() string {
	if e.operation.Switch == nil {
		return ""
	}
	return e.operation.Switch.From
}

// earlierResults are those of the hooks before this one.
func (e effect) earlierResults() map[string]string {
	out := map[string]string{}
	for _, s := range e.operation.Steps {
		if s.Kind == lockstep.StepHook && s.Seq < e.step.Seq {
			maps.Copy(out, s.Results.Variables(s.Do.Hook.Name))
		}
	}
	return out
}

// hookTry is how one try ended.
type hookTry struct {
	fault    string // "" none
	success  string // where there is none
	hopeless bool   // another try could not even begin
	lines    []string
	results  lockstep.Results
}

func (e effect) tryHook(ctx context.Context, job runtime.Job, n int) (hookTry, error) {
	call := e.call
	call.Key = fmt.Sprintf("%s/try-%d", call.Key, n)
	place := runtime.Place{Project: e.environment.Project, Environment: e.environment.Name}
	result, err := e.runJob(ctx, call, place, job, n)
	if lockstep.CodeOf(err) == lockstep.CodeInvalid && job.HTTP != nil {
		return hookTry{fault: err.Error(), hopeless: true}, nil
	}
	if lockstep.CodeOf(err) == lockstep.CodeInvalid {
		return hookTry{fault: fmt.Sprintf("%s (in the files of service %s; the hook's service names another one)", err, e.step.Do.Service), hopeless: true}, nil
	}
	if err != nil {
		return hookTry{}, err
	}
	result = e.mask.result(result)
	if result.Output != "" {
		e.made.outputs = append(e.made.outputs, lockstep.StepOutput{
			Seq: e.step.Seq, Step: e.step.Name, Try: n, Text: plainText(result.Output), Missing: result.Missing,
		})
	}
	t := hookTry{lines: lastLines(result.Output), hopeless: result.Final, results: result.Results}
	switch {
	case result.TimedOut && job.HTTP != nil:
		t.fault = fmt.Sprintf("got no answer within %s", job.Timeout)
	case result.Fault != "":
		t.fault = result.Fault
	case result.TimedOut:
		t.fault = fmt.Sprintf("did not end within %s and was stopped", job.Timeout)
	case result.ExitCode < 0:
		t.fault = "was killed, or could not be run"
	case result.ExitCode > 0:
		t.fault = fmt.Sprintf("exited with status %d", result.ExitCode)
	case job.HTTP != nil:
		t.success = "answered " + result.Answer
	default:
		t.success = job.Command[0] + " ended with status 0"
	}
	return t, nil
}

// hookFailed ends the deployment, or the switch, only where the hook is required.
func (e effect) hookFailed(t hookTry, tries int) (string, error) {
	hook := e.step.Do.Hook
	if !hook.Required {
		e.made.warning = true
		return t.output("failed, optional: " + t.fault + manyTries(tries)), nil
	}
	message := strings.TrimSpace(fmt.Sprintf("%s hook %s failed: %s%s", hook.Stage, hook.Name, t.fault, manyTries(tries)))
	if len(t.lines) > 0 {
		message += "\nIts last lines:\n  " + strings.Join(t.lines, "\n  ")
	}
	return "", &lockstep.Error{Code: lockstep.CodeFailed, Message: message}
}

func manyTries(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(" (tries: %d)", n)
}

// output is a line on how it went, one on the results, and the last ones that
// the hook wrote.
func (t hookTry) output(how string) string {
	out := []string{how}
	if t.fault == "" && len(t.results) > 0 {
		out = append(out, "results: "+t.results.String())
	}
	return strings.Join(append(out, t.lines...), "\n")
}
