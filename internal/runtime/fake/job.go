package fake

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
)

// maxOutput is what a result keeps of a job's output.
const maxOutput = 64 << 10

// job is one that began. How it ends was decided then; nothing runs.
type job struct {
	ends   time.Time
	result runtime.JobResult
}

// RunJob implements runtime.JobRunner. The job goes on where ctx ends first.
func (f *Fake) RunJob(ctx context.Context, call runtime.Call, _ runtime.Place, order runtime.Job) (result runtime.JobResult, err error) {
	err = f.around(ctx, "job", call.Key, func() error {
		j, err := f.begin(call, order)
		if err != nil {
			return err
		}
		if err := sleep(ctx, time.Until(j.ends)); err != nil {
			return err
		}
		result = j.result
		return nil
	})
	return result, err
}

// begin finds the job of a key, or makes it.
func (f *Fake) begin(call runtime.Call, order runtime.Job) (*job, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.enter(call)
	if err != nil {
		return nil, err
	}
	if j, ok := e.jobs[call.Key]; ok {
		return j, nil
	}
	script := order.Command
	if order.HTTP != nil { // its body is its script
		script = strings.Split(order.HTTP.Body, "\n")
	}
	s, err := parse(script)
	if err != nil {
		return nil, lockstep.Errorf(lockstep.CodeInvalid, "job: %w", err)
	}
	if err := s.tell(order.Secrets); err != nil {
		return nil, err
	}
	command := strings.Join(script, "\n")
	run := e.runs[command]
	e.runs[command]++
	f.jobs = append(f.jobs, order)
	e.made[lockstep.LedgerJobs]++
	f.note(call, "job", call.Key[strings.LastIndex(call.Key, "/")+1:])
	j := &job{result: runtime.JobResult{Duration: s.takes + s.exitAfter, Output: written(s.logs, run)}}
	if s.exits && (s.failures == 0 || run < s.failures) {
		j.result.ExitCode = s.exitStatus
	}
	if j.result.ExitCode == 0 {
		j.result.Results = s.results
	}
	if order.HTTP != nil && j.result.ExitCode == 0 {
		j.result.Answer = "200 OK"
	} else if order.HTTP != nil {
		j.result.Fault = fmt.Sprintf("was answered %d (expected: %s)", j.result.ExitCode, order.HTTP.ExpectText())
	}
	if order.Timeout > 0 && (s.hangs || j.result.Duration > order.Timeout) {
		j.result.Duration, j.result.ExitCode, j.result.TimedOut = order.Timeout, -1, true
	}
	j.ends = time.Now().Add(j.result.Duration)
	e.jobs[call.Key] = j
	return j, nil
}

// tell puts the values of secrets where a script says {{secret NAME}}.
func (s *script) tell(secrets map[string]lockstep.SecretText) error {
	for name, text := range secrets {
		value, err := text.Join(func(text string) string { return text })
		if err != nil {
			return err
		}
		for i, line := range s.logs {
			s.logs[i] = strings.ReplaceAll(line, "{{secret "+name+"}}", value)
		}
		for key, result := range s.results {
			s.results[key] = strings.ReplaceAll(result, "{{secret "+name+"}}", value)
		}
	}
	return nil
}

func written(logs []string, run int) string {
	var b strings.Builder
	for _, line := range logs {
		b.WriteString(strings.ReplaceAll(line, "{{run}}", strconv.Itoa(run)) + "\n")
	}
	out := b.String()
	return out[max(0, len(out)-maxOutput):]
}

// JobOutput implements runtime.JobWatcher: all that a job writes is there when
// it begins.
func (f *Fake) JobOutput(_ context.Context, environment, key string) (runtime.JobOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, ok := f.envs[environment]
	if !ok || e.jobs[key] == nil {
		return runtime.JobOutput{}, lockstep.Errorf(lockstep.CodeNotFound, "there is no job %s", key)
	}
	text := e.jobs[key].result.Output
	return runtime.JobOutput{Total: int64(len(text)), End: []byte(text)}, nil
}

// Jobs lists what ran, oldest first.
func (f *Fake) Jobs() []runtime.Job {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]runtime.Job(nil), f.jobs...)
}
