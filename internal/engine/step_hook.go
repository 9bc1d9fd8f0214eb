package engine

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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

// hookLine is how much of a line that a hook wrote is shown, in bytes.
const hookLine = 300

// hook runs a command once, with as many more tries as it may have. Each try
// is a job of its own key, so that whoever continues the step finds those that
// ended, and waits for the one that runs instead of running it again.
func hook(ctx context.Context, e effect) (string, error) {
	if e.jobs == nil {
		return "", lockstep.Errorf(lockstep.CodeUnsupported,
			"the %s runtime cannot run hooks: remove them from environments.%s.hooks", e.environment.Spec.Runtime, e.environment.Name)
	}
	job, err := e.hookJob(ctx)
	if err != nil {
		return "", err
	}
	tries := 1 + e.step.Do.Hook.Retries
	for n, pause := 1, firstHookPause; ; n, pause = n+1, min(2*pause, maxHookPause) {
		t, err := e.tryHook(ctx, job, n)
		switch {
		case err != nil:
			return "", err
		case t.fault == "":
			return t.output(fmt.Sprintf("%s ended with status 0%s", job.Command[0], manyTries(n))), nil
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
// Lockstep does: its names are reserved there.
func (e effect) hookJob(ctx context.Context) (runtime.Job, error) {
	do := e.step.Do
	revision, err := e.revision(ctx, do.Revision)
	if err != nil {
		return runtime.Job{}, err
	}
	previous := ""
	if id := e.environment.ActiveID; id != "" {
		active, err := e.revision(ctx, id)
		if err != nil {
			return runtime.Job{}, err
		}
		previous = active.Content.Release
	}
	job := runtime.Job{Command: do.Hook.Run, Env: map[string]string{}, Timeout: do.Timeout.Std()}
	services := revision.Content.Services
	if i := slices.IndexFunc(services, func(s lockstep.ServiceSpec) bool { return s.Name == do.Service }); i >= 0 {
		job.Artifact, job.User = services[i].Artifact, services[i].User
		maps.Copy(job.Env, services[i].Env)
	}
	maps.Copy(job.Env, do.Hook.Env)
	maps.Copy(job.Env, map[string]string{
		"LOCKSTEP_PROJECT":          e.environment.Project,
		"LOCKSTEP_ENVIRONMENT":      e.environment.Name,
		"LOCKSTEP_RELEASE":          revision.Content.Release,
		"LOCKSTEP_REVISION":         lockstep.ShortHash(revision.Hash),
		"LOCKSTEP_PREVIOUS_RELEASE": previous,
		"LOCKSTEP_OPERATION":        e.operation.ID,
		"LOCKSTEP_STEP_KEY":         e.call.Key,
		"LOCKSTEP_HOOK":             do.Hook.Name,
	})
	return job, nil
}

// hookTry is how one try ended.
type hookTry struct {
	fault    string // "" none
	hopeless bool   // another try could not even begin
	lines    []string
}

func (e effect) tryHook(ctx context.Context, job runtime.Job, n int) (hookTry, error) {
	call := e.call
	call.Key = fmt.Sprintf("%s/try-%d", call.Key, n)
	place := runtime.Place{Project: e.environment.Project, Environment: e.environment.Name}
	result, err := e.jobs.RunJob(ctx, call, place, job)
	if lockstep.CodeOf(err) == lockstep.CodeInvalid {
		return hookTry{fault: fmt.Sprintf("%s (in the files of service %s; the hook's service names another one)", err, e.step.Do.Service), hopeless: true}, nil
	}
	if err != nil {
		return hookTry{}, err
	}
	t := hookTry{lines: lastLines(result.Output)}
	switch {
	case result.TimedOut:
		t.fault = fmt.Sprintf("did not end within %s and was stopped", job.Timeout)
	case result.ExitCode < 0:
		t.fault = "was killed, or could not be run"
	case result.ExitCode > 0:
		t.fault = fmt.Sprintf("exited with status %d", result.ExitCode)
	}
	return t, nil
}

// hookFailed ends the deployment only where the hook is required.
func (e effect) hookFailed(t hookTry, tries int) (string, error) {
	hook := e.step.Do.Hook
	if !hook.Required {
		return t.output("failed, and is not required: " + t.fault + manyTries(tries)), nil
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

// output is a line on how it went and the last ones that the hook wrote.
func (t hookTry) output(how string) string {
	return strings.Join(append([]string{how}, t.lines...), "\n")
}

var escapes = regexp.MustCompile(`\x1b\[[0-9;?]*[ -/]*[@-~]`)

// lastLines are the end of what a command wrote, fit for terminals and logs.
func lastLines(output string) []string {
	var lines []string
	for line := range strings.Lines(escapes.ReplaceAllString(output, "")) {
		line = strings.TrimRight(strings.Map(func(r rune) rune {
			if unicode.IsControl(r) && r != '\t' {
				return -1
			}
			return r
		}, line), " \t")
		if line == "" {
			continue
		}
		if len(line) > hookLine {
			end := hookLine
			for !utf8.RuneStart(line[end]) {
				end--
			}
			line = line[:end] + "…"
		}
		lines = append(lines, line)
	}
	return lines[max(0, len(lines)-tailLength):]
}
