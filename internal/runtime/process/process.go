// Package process is the runtime that runs instances as processes of one
// machine. It is a client: the agent of that machine does the work, keeps the
// fences and remembers the keys (see package agent).
package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
	"github.com/lockstep-dev/lockstep/internal/runtime"
)

// Runtime runs instances through an agent. An agent that cannot be reached is
// an error without a code, which the engine tries again.
type Runtime struct {
	agent *wire.Client
	blobs runtime.Blobs
}

var (
	_ runtime.Runtime   = (*Runtime)(nil)
	_ runtime.LogTailer = (*Runtime)(nil)
	_ runtime.JobRunner = (*Runtime)(nil)

	_ runtime.JobWatcher = (*Runtime)(nil)
	_ runtime.Accountant = (*Runtime)(nil)
)

// New makes a runtime over the agent that the client reaches. Artifacts that
// the agent lacks are read from blobs.
func New(agent *wire.Client, blobs runtime.Blobs) *Runtime {
	return &Runtime{agent: agent, blobs: blobs}
}

// Prepare implements runtime.Runtime.
func (r *Runtime) Prepare(ctx context.Context, call runtime.Call, place runtime.Place, groups []lockstep.Group) error {
	req := wire.PrepareRequest{Call: wireCall(call), Place: wirePlace(place), Groups: groups}
	return r.sending(ctx, func() error { return r.agent.Prepare(ctx, req) })
}

// Start implements runtime.Runtime.
func (r *Runtime) Start(ctx context.Context, call runtime.Call, group string, replicas int) error {
	return r.agent.Start(ctx, wire.StartRequest{Call: wireCall(call), Group: group, Replicas: replicas})
}

// Stop implements runtime.Runtime.
func (r *Runtime) Stop(ctx context.Context, call runtime.Call, groups []string, drain time.Duration) error {
	return r.agent.Stop(ctx, wire.StopRequest{Call: wireCall(call), Groups: groups, Drain: lockstep.Duration(drain)})
}

// Instances implements runtime.Runtime.
func (r *Runtime) Instances(ctx context.Context, environment string) ([]lockstep.Instance, error) {
	return r.agent.Instances(ctx, environment)
}

// Remove implements runtime.Runtime.
func (r *Runtime) Remove(ctx context.Context, call runtime.Call) error {
	return r.agent.Remove(ctx, wireCall(call))
}

// Tail implements runtime.LogTailer.
func (r *Runtime) Tail(ctx context.Context, environment, instance string, lines int) ([]string, error) {
	return r.agent.Tail(ctx, environment, instance, lines)
}

// RunJob implements runtime.JobRunner.
func (r *Runtime) RunJob(ctx context.Context, call runtime.Call, place runtime.Place, job runtime.Job) (runtime.JobResult, error) {
	req := wire.JobRequest{
		Call: wireCall(call), Place: wirePlace(place),
		Command: job.Command, Env: job.Env, Secrets: job.Secrets, Files: job.Files, Artifact: job.Artifact, User: job.User, Timeout: lockstep.Duration(job.Timeout),
	}
	if job.HTTP != nil {
		req.HTTP = &wire.HTTPJob{HTTPHook: job.HTTP.HTTPHook, IdempotencyKey: job.HTTP.IdempotencyKey}
	}
	var res wire.JobResult
	err := r.sending(ctx, func() (err error) {
		res, err = r.agent.RunJob(ctx, req)
		return err
	})
	return runtime.JobResult{
		ExitCode: res.ExitCode, Fault: res.Fault, Answer: res.Answer, Final: res.Final, Output: res.Output, Missing: res.Missing, Results: res.Results, TimedOut: res.TimedOut, Duration: res.Duration.Std(),
	}, err
}

// JobOutput implements runtime.JobWatcher.
func (r *Runtime) JobOutput(ctx context.Context, environment, key string) (runtime.JobOutput, error) {
	out, err := r.agent.JobOutput(ctx, environment, key)
	return runtime.JobOutput{Total: out.Total, End: out.End}, err
}

// Ledger implements runtime.Accountant.
func (r *Runtime) Ledger(ctx context.Context, environment string) (lockstep.Ledger, error) {
	return r.agent.Ledger(ctx, environment)
}

// sending makes a call, sends the artifacts that the agent says it lacks, and
// makes the call again.
func (r *Runtime) sending(ctx context.Context, call func() error) error {
	err := call()
	var missing *wire.MissingError
	if !errors.As(err, &missing) {
		return err
	}
	for _, digest := range missing.Digests {
		if err := r.send(ctx, digest); err != nil {
			return err
		}
	}
	return call()
}

func (r *Runtime) send(ctx context.Context, digest string) error {
	blob, err := r.blobs.Open(ctx, digest)
	if err != nil {
		return fmt.Errorf("send artifact %s: %w", digest, err)
	}
	err = r.agent.PutArtifact(ctx, digest, io.NopCloser(blob)) // the transport would close what is ours to close
	if err := errors.Join(err, blob.Close()); err != nil {
		return fmt.Errorf("send artifact %s: %w", digest, err)
	}
	return nil
}

func wireCall(c runtime.Call) wire.Call {
	return wire.Call{Environment: c.Environment, Fence: c.Fence, Key: c.Key}
}

func wirePlace(p runtime.Place) wire.Place {
	return wire.Place{Project: p.Project, Environment: p.Environment}
}
