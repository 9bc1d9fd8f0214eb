package engine

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// pierced names the moments before and after each effect of a runtime.
type pierced struct {
	runtime.Runtime
	point func(string)
}

func (p pierced) around(effect string, do func() error) error {
	p.point("before:effect:" + effect)
	err := do()
	p.point("after:effect:" + effect)
	return err
}

func (p pierced) Prepare(ctx context.Context, call runtime.Call, place runtime.Place, groups []lockstep.Group) error {
	return p.around("prepare", func() error { return p.Runtime.Prepare(ctx, call, place, groups) })
}

func (p pierced) Start(ctx context.Context, call runtime.Call, group string, replicas int) error {
	return p.around("start", func() error { return p.Runtime.Start(ctx, call, group, replicas) })
}

func (p pierced) Stop(ctx context.Context, call runtime.Call, groups []string, drain time.Duration) error {
	return p.around("stop", func() error { return p.Runtime.Stop(ctx, call, groups, drain) })
}

func (p pierced) Remove(ctx context.Context, call runtime.Call) error {
	return p.around("remove", func() error { return p.Runtime.Remove(ctx, call) })
}

// piercedJobs does the same for jobs.
type piercedJobs struct {
	runtime.JobRunner
	point func(string)
}

func (p piercedJobs) RunJob(ctx context.Context, call runtime.Call, place runtime.Place, job runtime.Job) (runtime.JobResult, error) {
	p.point("before:effect:job")
	result, err := p.JobRunner.RunJob(ctx, call, place, job)
	p.point("after:effect:job")
	return result, err
}

// piercedSync does the same for syncs.
func piercedSync(sync SyncConfig, point func(string)) SyncConfig {
	if sync == nil {
		return nil
	}
	return func(ctx context.Context, operation lockstep.Operation, lease lockstep.Lease) (string, error) {
		point("before:effect:sync")
		said, err := sync(ctx, operation, lease)
		point("after:effect:sync")
		return said, err
	}
}

// piercedRouter does the same for a router.
type piercedRouter struct {
	traffic.Router
	point func(string)
}

func (p piercedRouter) Set(ctx context.Context, call runtime.Call, routing lockstep.Routing) error {
	p.point("before:effect:route")
	err := p.Router.Set(ctx, call, routing)
	p.point("after:effect:route")
	return err
}

func (p piercedRouter) Drain(ctx context.Context, call runtime.Call, groups []string, timeout time.Duration) (int, error) {
	p.point("before:effect:drain")
	left, err := p.Router.Drain(ctx, call, groups, timeout)
	p.point("after:effect:drain")
	return left, err
}
