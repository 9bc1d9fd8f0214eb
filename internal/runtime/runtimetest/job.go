package runtimetest

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
)

// jobs is the runtime's ability to run jobs; false where it has none.
func (w *world) jobs(t *testing.T) (runtime.JobRunner, bool) {
	t.Helper()
	runner, ok := w.Runtime.(runtime.JobRunner)
	if ok != (w.Job != nil) {
		t.Fatalf("the runtime runs jobs: %v; the subject makes them: %v", ok, w.Job != nil)
	}
	if !ok {
		t.Log("this runtime runs no jobs")
	}
	return runner, ok
}

func jobRunsOnce(t *testing.T, w *world) {
	runner, ok := w.jobs(t)
	if !ok {
		return
	}
	call := w.call()
	results := make([]runtime.JobResult, 3)
	var wg sync.WaitGroup
	for i := range results[:2] {
		wg.Go(func() {
			var err error
			if results[i], err = runner.RunJob(t.Context(), call, w.place, w.Job(JobSucceeds)); err != nil {
				t.Errorf("run job: %v", err)
			}
		})
	}
	wg.Wait()
	if w.Reopen != nil {
		w.Runtime = w.Reopen(t)
		runner, _ = w.jobs(t)
	}
	var err error
	results[2], err = runner.RunJob(t.Context(), call, w.place, w.Job(JobSucceeds))
	must(t, err, "ask again for the job")
	for _, r := range results {
		if r.ExitCode != 0 || r.TimedOut || !strings.HasPrefix(r.Output, "done ") {
			t.Errorf("result %+v", r)
		}
		if r.Output != results[0].Output {
			t.Errorf("one key gave two runs: %q and %q", results[0].Output, r.Output)
		}
	}
	second, err := runner.RunJob(t.Context(), w.call(), w.place, w.Job(JobSucceeds))
	must(t, err, "run another job")
	if second.Output == results[0].Output {
		t.Errorf("another key gave the result of the first: %q", second.Output)
	}
}

func jobReportsFailure(t *testing.T, w *world) {
	runner, ok := w.jobs(t)
	if !ok {
		return
	}
	got, err := runner.RunJob(t.Context(), w.call(), w.place, w.Job(JobFails))
	must(t, err, "run a job that fails")
	if got.ExitCode != 3 || got.TimedOut || !strings.Contains(got.Output, "broken") {
		t.Errorf("result %+v", got)
	}
}

func jobEndsAtItsTimeout(t *testing.T, w *world) {
	runner, ok := w.jobs(t)
	if !ok {
		return
	}
	job := w.Job(JobSleeps)
	job.Timeout = 200 * time.Millisecond
	got, err := runner.RunJob(t.Context(), w.call(), w.place, job)
	must(t, err, "run a job that takes too long")
	if !got.TimedOut || got.ExitCode == 0 || got.Duration < job.Timeout {
		t.Errorf("result %+v", got)
	}
}

func jobOutputIsCapped(t *testing.T, w *world) {
	runner, ok := w.jobs(t)
	if !ok {
		return
	}
	got, err := runner.RunJob(t.Context(), w.call(), w.place, w.Job(JobFloods))
	must(t, err, "run a job that writes much")
	if got.ExitCode != 0 || len(got.Output) > 64<<10 || !strings.HasSuffix(strings.TrimSpace(got.Output), "the end") {
		t.Errorf("exit code %d, %d bytes, which end in %q", got.ExitCode, len(got.Output), got.Output[max(0, len(got.Output)-40):])
	}
}

func jobHonoursTheFence(t *testing.T, w *world) {
	runner, ok := w.jobs(t)
	if !ok {
		return
	}
	w.prepare(t, w.group(t, "backend", Serves))
	late := w.call()
	late.Fence--
	_, err := runner.RunJob(t.Context(), late, w.place, w.Job(JobSucceeds))
	wantCode(t, err, lockstep.CodeFenced, "a job under a lower fence")
}
