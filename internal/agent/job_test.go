package agent_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

func (f *field) job(behaviour string) wire.JobRequest {
	command, env := f.Job(behaviour)
	return wire.JobRequest{Call: f.call(), Place: f.place(), Command: command, Env: env, Timeout: lockstep.Duration(time.Minute)}
}

// The agent is killed at any moment of a job, and the call repeated: the
// command ran once, and its result is there.
func TestAJobSurvivesTheAgent(t *testing.T) {
	t.Parallel()
	f := newField(t)
	for n := range 6 {
		req := f.job("counts")
		count := filepath.Join(f.Dir, fmt.Sprint("count", n))
		req.Env["COUNT"] = count
		first := make(chan error, 1)
		go func() {
			_, err := f.RunJob(t.Context(), req)
			first <- err
		}()
		<-time.After(time.Duration(n*n*6) * time.Millisecond) // from before the order arrives to while it runs
		f.Kill(t)
		t.Log("interrupted:", <-first)
		f.Launch(t)
		res, err := f.RunJob(t.Context(), req)
		must(t, err)
		if res.ExitCode != 0 || res.Output != "counted\n" {
			t.Errorf("result %+v", res)
		}
		runs, err := os.ReadFile(count)
		must(t, err)
		if got := strings.Count(string(runs), "\n"); got != 1 {
			t.Errorf("killed after %d ms: the command ran %d times", n*n*6, got)
		}
	}
}

// The agent is killed while it gives the order, and the process around the job
// ends without one, but only after the next agent has found it. The repeated
// call is answered as if nothing had been.
func TestAnOrderThatWasCutOffIsGivenAgain(t *testing.T) {
	t.Parallel()
	f := newField(t)
	req := f.job("counts")
	req.Env["COUNT"] = filepath.Join(f.Dir, "count")
	for n := range 10 { // more than a pipe holds
		req.Env[fmt.Sprint("FILLER", n)] = strings.Repeat("x", 100<<10)
	}
	letGo := f.HoldJobs(t)
	first := make(chan error, 1)
	go func() {
		_, err := f.RunJob(t.Context(), req)
		first <- err
	}()
	await(t, "the process around the job", func() (bool, string) { return len(f.jobProcesses()) == 1, "" })
	f.Kill(t)
	t.Log("interrupted:", <-first)
	f.Launch(t)
	letGo()
	res, err := f.RunJob(t.Context(), req)
	must(t, err)
	if res.Output != "counted\n" {
		t.Errorf("result %+v", res)
	}
	runs, err := os.ReadFile(req.Env["COUNT"])
	must(t, err)
	if strings.Count(string(runs), "\n") != 1 {
		t.Errorf("the command ran more than once:\n%s", runs)
	}
}

func TestNothingOfAJobOutlivesIt(t *testing.T) {
	t.Parallel()
	f := newField(t)
	res, err := f.RunJob(t.Context(), f.job("forks"))
	must(t, err)
	if res.ExitCode != 0 || !strings.HasPrefix(res.Output, "left ") {
		t.Errorf("result %+v", res)
	}
	if left := f.Processes(); len(left) != 1 {
		t.Errorf("left beside the agent:\n%s", strings.Join(left, "\n"))
	}
	stubborn := f.job("stubborn")
	stubborn.Timeout = lockstep.Duration(100 * time.Millisecond)
	began := time.Now()
	res, err = f.RunJob(t.Context(), stubborn)
	must(t, err)
	if took := time.Since(began); !res.TimedOut || res.ExitCode == 0 || took > 30*time.Second {
		t.Errorf("result %+v after %s", res, took)
	}
	if left := f.Processes(); len(left) != 1 {
		t.Errorf("left beside the agent:\n%s", strings.Join(left, "\n"))
	}
	f.noZombies(t)
}

func TestAJobThatIsKilledIsNotRunAgain(t *testing.T) {
	t.Parallel()
	f := newField(t)
	req := f.job("sleeps")
	req.Env["SECRET"] = "hush hush"
	done := make(chan wire.JobResult, 1)
	go func() {
		res, err := f.RunJob(t.Context(), req)
		if err != nil {
			t.Error(err)
		}
		done <- res
	}()
	await(t, "the job's processes", func() (bool, string) {
		seen := strings.Join(f.Processes(), "\n")
		return strings.Contains(seen, "agenttest-job sleeps"), seen
	})
	f.noSecret(t, "hush hush")
	for _, p := range f.Processes() {
		if strings.Contains(p, "hush") {
			t.Errorf("a secret in the arguments of %s", p)
		}
	}
	f.killJobs()
	if res := <-done; res.ExitCode == 0 {
		t.Errorf("result %+v", res)
	}
	again, err := f.RunJob(t.Context(), req)
	must(t, err)
	if again.ExitCode == 0 || !strings.Contains(again.Output, "killed from outside") {
		t.Errorf("result of the repeated call %+v", again)
	}
	if left := f.Processes(); len(left) != 1 {
		t.Errorf("left beside the agent:\n%s", strings.Join(left, "\n"))
	}
}

// killJobs kills the process around each job, and what it runs.
func (f *field) killJobs() {
	for _, pid := range f.jobProcesses() {
		_ = syscall.Kill(pid, syscall.SIGKILL) // gone is as good
	}
}

func (f *field) jobProcesses() (pids []int) {
	paths, _ := filepath.Glob("/proc/[0-9]*/cmdline") // the pattern is right
	for _, path := range paths {
		args, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(args), "agenttest-shim\x00"+f.Dir) {
			pids = append(pids, atoi(filepath.Base(filepath.Dir(path))))
		}
	}
	return pids
}

func atoi(s string) (n int) {
	_, _ = fmt.Sscan(s, &n) // 0 is nobody
	return n
}

func TestAJobThatDiedWithItsAgentIsNotRunAgain(t *testing.T) {
	t.Parallel()
	f := newField(t)
	req := f.job("counts")
	req.Env["COUNT"] = filepath.Join(f.Dir, "count")
	first := make(chan error, 1)
	go func() {
		_, err := f.RunJob(t.Context(), req)
		first <- err
	}()
	await(t, "the job to run", func() (bool, string) {
		_, err := os.Stat(req.Env["COUNT"])
		return err == nil, fmt.Sprint(err)
	})
	f.Kill(t)
	t.Log("interrupted:", <-first)
	f.killJobs()
	f.Launch(t)
	res, err := f.RunJob(t.Context(), req)
	must(t, err)
	if res.ExitCode == 0 || !strings.Contains(res.Output, "killed from outside") {
		t.Errorf("result %+v", res)
	}
	runs, err := os.ReadFile(req.Env["COUNT"])
	must(t, err)
	if strings.Count(string(runs), "\n") != 1 {
		t.Errorf("the command ran again:\n%s", runs)
	}
	if left := f.Processes(); len(left) != 1 {
		t.Errorf("left beside the agent:\n%s", strings.Join(left, "\n"))
	}
}

func TestAJobGoesOnWhereItsCallerLeaves(t *testing.T) {
	t.Parallel()
	f := newField(t)
	req := f.job("counts")
	req.Env["COUNT"] = filepath.Join(f.Dir, "count")
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		_, err := f.RunJob(ctx, req)
		left <- err
	}()
	await(t, "the job to run", func() (bool, string) {
		_, err := os.Stat(req.Env["COUNT"])
		return err == nil, fmt.Sprint(err)
	})
	cancel()
	if err := <-left; err == nil {
		t.Error("a call that was given up has a result")
	}
	res, err := f.RunJob(t.Context(), req)
	must(t, err)
	if res.Output != "counted\n" {
		t.Errorf("result %+v", res)
	}
}

func TestAJobThatCannotRunSaysSo(t *testing.T) {
	t.Parallel()
	f := newField(t)
	req := f.job("succeeds")
	req.Command = []string{"no-such-program"}
	_, err := f.RunJob(t.Context(), req)
	wantCode(t, err, lockstep.CodeInvalid)
	req.Command = nil
	_, err = f.RunJob(t.Context(), req)
	wantCode(t, err, lockstep.CodeInvalid)
	req.Command, req.Artifact = []string{"./migrate"}, "sha256:"+strings.Repeat("0", 64)
	_, err = f.RunJob(t.Context(), req)
	if missing := new(wire.MissingError); !asMissing(err, &missing) || missing.Digests[0] != req.Artifact {
		t.Errorf("got %v, want the missing artifact", err)
	}
}

func TestRemoveEndsJobs(t *testing.T) {
	t.Parallel()
	f := newField(t)
	req := f.job("sleeps")
	done := make(chan wire.JobResult, 1)
	go func() {
		res, _ := f.RunJob(t.Context(), req) // its result goes with the environment
		done <- res
	}()
	await(t, "the job's processes", func() (bool, string) {
		seen := strings.Join(f.Processes(), "\n")
		return strings.Contains(seen, "agenttest-job sleeps"), seen
	})
	must(t, f.Remove(t.Context(), f.call()))
	<-done
	if left := f.Processes(); len(left) != 1 {
		t.Errorf("left beside the agent:\n%s", strings.Join(left, "\n"))
	}
	if entries, err := os.ReadDir(filepath.Join(f.Dir, "jobs")); err != nil || len(entries) != 0 {
		t.Errorf("files of jobs are left: %v, %v", entries, err)
	}
}
