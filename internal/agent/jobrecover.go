package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// recoverJobs finds the jobs that an earlier agent began.
func (a *agent) recoverJobs(known *state) {
	for env, e := range known.Environments {
		for key, j := range e.Jobs {
			run := &jobRun{launch: j.Launch, artifact: j.Artifact, found: true, over: make(chan struct{})}
			if s, ok := a.findJob(j); ok {
				run.p = adopted(s.pid, s.born, j.Launch, j.At, nil, a.detached)
			} else if a.takeAway(j.Launch) {
				a.dropJob(env, key, j.Launch)
				continue
			} else {
				family{group: -1, launch: j.Launch}.kill(a.table, a.log) // a command that nobody watches
			}
			a.watchJob(jobKey{env, key}, run)
		}
	}
}

// findJob looks for the process that runs a job: by its PID, by what it left,
// or, while it has left nothing, by its mark.
func (a *agent) findJob(j *job) (sighting, bool) {
	if j.PID != 0 && j.Born != "" && birth(j.PID) == j.Born {
		return sighting{pid: j.PID, born: j.Born}, true
	}
	seen, err := a.table.now()
	if err != nil {
		return sighting{}, false
	}
	if text, err := os.ReadFile(filepath.Join(a.jobDir(j.Launch), fileBegun)); err == nil {
		var s sighting
		if _, err := fmt.Sscan(string(text), &s.pid, &s.born); err != nil {
			return s, false
		}
		return s, birth(s.pid) == s.born
	}
	for _, s := range seen {
		if s.launch == j.Launch && s.pid == s.group && j.Launch != "" {
			return s, true
		}
	}
	return sighting{}, false
}

// takeAway takes the directory of a job that has not begun, so that it never
// will: a process that is only now getting there cannot say that it begins.
func (a *agent) takeAway(launch string) bool {
	dir := a.jobDir(launch)
	if err := os.Rename(dir, dir+".dropped"); err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	for _, trace := range []string{fileBegun, fileResult} {
		if _, err := os.Stat(filepath.Join(dir+".dropped", trace)); err == nil {
			if err := os.Rename(dir+".dropped", dir); err != nil {
				a.log.Error("cannot put a job's directory back", "directory", dir, "error", err)
			}
			return false
		}
	}
	removeAll(a.log, dir+".dropped")
	return true
}

// endJobs ends what still runs for an environment.
func (a *agent) endJobs(env string) {
	for _, run := range a.jobsOf(env) {
		if run.p != nil && !run.isOver() {
			run.p.terminate(jobGrace+time.Second, a.table, a.log, a.detached)
		}
	}
}

func (a *agent) forgetJobs(env string) {
	for key := range a.jobsOf(env) {
		a.removeJob(key)
	}
}

func (a *agent) jobsOf(env string) map[jobKey]*jobRun {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := map[jobKey]*jobRun{}
	for key, run := range a.jobs {
		if key.environment == env {
			out[key] = run
		}
	}
	return out
}
