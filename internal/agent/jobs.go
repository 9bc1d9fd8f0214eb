package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// A job runs under a process of its own (RunJobProcess), which keeps its time
// and leaves its result in the job's directory, whether the agent that
// started it lives or not:
//
//	DIR/jobs/<launch>/begun    the command is about to run, or ran
//	DIR/jobs/<launch>/result   a wire.JobResult
//	DIR/jobs/<launch>/output   the end of what it wrote so far, behind a line with the length of all of it
//	DIR/jobs/<launch>/results  what it leaves for later jobs, KEY=VALUE lines of its own
//	DIR/jobs/<launch>/work     the working directory, where there is no artifact
//
// A job with neither begun nor result never began and may be run anew. One that began and
// left no result was killed: that is its result.
const (
	fileBegun   = "begun"
	fileResult  = "result"
	fileOutput  = "output"
	fileResults = "results"
	dirWork     = "work"
)

// jobsKept is how many results of an environment are remembered.
const jobsKept = 20

// jobGrace is the time from a job's interrupt to its kill.
const jobGrace = 5 * time.Second

const defaultJobTimeout = 10 * time.Minute

type jobKey struct{ environment, key string }

// jobRun is a job that this agent started or found.
type jobRun struct {
	launch   string
	artifact string
	p        *process      // nil where it had ended before
	found    bool          // an agent before this one began it
	over     chan struct{} // closed when its process is gone
}

func (r *jobRun) isOver() bool {
	select {
	case <-r.over:
		return true
	default:
		return false
	}
}

// runJob runs a command once for its key, and returns its result when it has
// ended. Where ctx ends first the job goes on.
func (a *agent) runJob(ctx context.Context, req wire.JobRequest) (wire.JobResult, error) {
	env := req.Call.Environment
	if err := a.fence(req.Call); err != nil {
		return wire.JobResult{}, err
	}
	for {
		run, err := a.beginJob(ctx, req)
		if err != nil {
			return wire.JobResult{}, err
		}
		select {
		case <-run.over:
		case <-ctx.Done():
			return wire.JobResult{}, ctx.Err()
		case <-a.detached:
			return wire.JobResult{}, errClosing
		}
		res, began, err := a.jobResult(run.launch)
		if err != nil || began && !run.unsure(req, res) {
			return res, err
		}
		a.dropJob(env, req.Call.Key, run.launch)
		if !run.found {
			return res, fmt.Errorf("the job of %s could not be begun: its process %s", req.Call.Key, run.p.ending)
		}
		// The agent before died while it gave the order: that its process ended
		// without one says nothing against another. Or it is a request, of which
		// nobody knows whether it was sent: who gets it twice sees it by its key.
	}
}

// unsure says that a request may have been sent or not, and that whoever did
// it is gone with the agent before this one.
func (r *jobRun) unsure(req wire.JobRequest, res wire.JobResult) bool {
	return req.HTTP != nil && r.found && res.Lost
}

// beginJob finds the run of a key, or makes it.
func (a *agent) beginJob(ctx context.Context, req wire.JobRequest) (*jobRun, error) {
	env := req.Call.Environment
	unlock, err := a.lock(ctx, env+" jobs")
	if err != nil {
		return nil, err
	}
	defer unlock()
	key := jobKey{env, req.Call.Key}
	a.mu.Lock()
	run, ok := a.jobs[key]
	a.mu.Unlock()
	if ok {
		return run, nil
	}
	a.trees.RLock()
	defer a.trees.RUnlock()
	if d := req.Artifact; d != "" {
		if !digestShape.MatchString(d) {
			return nil, lockstep.Invalid("artifact", "artifact %q is not a digest", d)
		}
		if !a.artifacts.use(d) {
			return nil, &wire.MissingError{Digests: []string{d}}
		}
	}
	launch := newLaunch(env)
	order, err := a.orderJob(req, launch)
	if err != nil {
		return nil, err
	}
	if err := a.declareJob(req, launch); err != nil {
		return nil, errors.Join(err, os.RemoveAll(a.jobDir(launch)))
	}
	p, err := a.launchJob(order, launch)
	if err != nil {
		a.dropJob(env, req.Call.Key, launch)
		return nil, err
	}
	a.store.note(env, "job "+req.Call.Key, func(e *environment) {
		if j, ok := e.Jobs[req.Call.Key]; ok && j.Launch == launch {
			j.PID, j.Born = p.pid, p.born
		}
	})
	return a.watchJob(key, &jobRun{launch: launch, artifact: req.Artifact, p: p, over: make(chan struct{})}), nil
}

func (a *agent) jobDir(launch string) string { return filepath.Join(a.opts.Dir, "jobs", launch) }

// declareJob writes down that the job of this key is about to begin.
func (a *agent) declareJob(req wire.JobRequest, launch string) error {
	env := req.Call.Environment
	var dropped []string
	err := a.store.change(env, func(e *environment) error {
		if err := e.allow(req.Call); err != nil {
			return err
		}
		if e.Jobs == nil {
			e.Jobs = map[string]*job{}
		}
		e.count(lockstep.LedgerProcesses, 1)
		e.count(lockstep.LedgerJobs, 1)
		e.Jobs[req.Call.Key] = &job{Launch: launch, At: time.Now().UTC(), Artifact: req.Artifact}
		a.uses(e, req.Artifact)
		dropped = a.oldJobs(env, e)
		for _, key := range dropped {
			delete(e.Jobs, key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, key := range dropped {
		a.removeJob(jobKey{env, key})
	}
	if err := a.journal.write(wire.Entry{Effect: effectJob, Environment: env, Key: req.Call.Key}); err != nil {
		a.dropJob(env, req.Call.Key, launch)
		return err
	}
	return nil
}

// oldJobs are the keys of finished jobs above jobsKept, the oldest first.
func (a *agent) oldJobs(env string, e *environment) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var over []string
	for key := range e.Jobs {
		if run, ok := a.jobs[jobKey{env, key}]; ok && run.isOver() {
			over = append(over, key)
		}
	}
	slices.SortFunc(over, func(x, y string) int { return e.Jobs[x].At.Compare(e.Jobs[y].At) })
	return over[:max(0, len(over)-jobsKept)]
}

// watchJob remembers a run and notices its end.
func (a *agent) watchJob(key jobKey, run *jobRun) *jobRun {
	a.mu.Lock()
	a.jobs[key] = run
	a.mu.Unlock()
	if run.p == nil {
		a.tidyJob(run.launch)
		close(run.over)
		return run
	}
	a.running.Go(func() {
		select {
		case <-run.p.exited:
		case <-a.detached:
			return
		}
		run.p.family().kill(a.table, a.log) // nothing of a job outlives it
		a.tidyJob(run.launch)
		close(run.over)
	})
	return run
}

func (a *agent) tidyJob(launch string) {
	removeAll(a.log, filepath.Join(a.jobDir(launch), dirWork))
	a.removeValues(valuesOf(ofJobs, launch))
}

// jobResult reads what a job left. began is false where there is no trace of it.
func (a *agent) jobResult(launch string) (res wire.JobResult, began bool, err error) {
	text, err := os.ReadFile(filepath.Join(a.jobDir(launch), fileResult))
	if err == nil {
		err = json.Unmarshal(text, &res)
		return res, true, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return res, true, fmt.Errorf("result of a job: %w", err)
	}
	if _, err := os.Stat(filepath.Join(a.jobDir(launch), fileBegun)); err != nil {
		return res, false, nil
	}
	return wire.JobResult{ExitCode: -1, Lost: true, Output: a.lastWords(launch) + "the job was killed from outside, or this machine stopped, before it left a result\n"}, true, nil
}

// lastWords are what was seen of a job that left no result.
func (a *agent) lastWords(launch string) string {
	text, err := os.ReadFile(filepath.Join(a.jobDir(launch), fileOutput))
	if err != nil {
		return "" // nothing was
	}
	_, end, _ := bytes.Cut(text, []byte{'\n'})
	words := valid(end)
	if words != "" && !strings.HasSuffix(words, "\n") {
		words += "\n"
	}
	return words
}

// dropJob forgets a job that never ran, so that its key may be tried again.
func (a *agent) dropJob(env, key, launch string) {
	a.settle(env, func(e *environment) {
		if j, ok := e.Jobs[key]; ok && j.Launch == launch {
			delete(e.Jobs, key)
		}
	})
	a.mu.Lock()
	if run, ok := a.jobs[jobKey{env, key}]; ok && run.launch == launch {
		delete(a.jobs, jobKey{env, key})
	}
	a.mu.Unlock()
	a.tidyJob(launch)
	removeAll(a.log, a.jobDir(launch))
}

func (a *agent) removeJob(key jobKey) {
	a.mu.Lock()
	run, ok := a.jobs[key]
	delete(a.jobs, key)
	a.mu.Unlock()
	if ok {
		removeAll(a.log, a.jobDir(run.launch))
	}
}
