package engine

import (
	"context"
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/strategy"
)

// snapshot reads what a plan is made from: what the store believes, and what
// runtime and router report at this moment.
func (r *run) snapshot(ctx context.Context) (s strategy.Snapshot, err error) {
	s.Environment = r.Environment
	if target := arriving(r.Operation, r.Environment); target != "" {
		if s.Target, err = r.revision(ctx, target); err != nil {
			return s, err
		}
	}
	if s.Active, err = r.maybeRevision(ctx, r.Environment.ServingID()); err != nil {
		return s, err
	}
	if s.Warm, err = r.maybeRevision(ctx, r.Environment.WarmID); err != nil {
		return s, err
	}
	instances, err := r.runtime.Instances(ctx, r.Environment.ID)
	if err != nil {
		return s, err
	}
	s.Running, s.Ready = groupsOf(instances, r.Environment)
	routing, err := r.router.Get(ctx, r.Environment.ID)
	if err != nil {
		return s, err
	}
	s.Splits = routing.Splits
	for _, split := range routing.Splits {
		if split.Weight == 0 {
			continue
		}
		serving, err := r.revision(ctx, split.Revision)
		if err != nil {
			return s, err
		}
		s.Serving = append(s.Serving, serving)
	}
	return s, nil
}

// arriving is the revision that an operation is about: a start's is settled
// when its turn comes, because a deployment may go first.
func arriving(op lockstep.Operation, env lockstep.Environment) string {
	if op.Kind == lockstep.OperationStart {
		return env.ActiveID
	}
	return op.RevisionID
}

// groupsOf are the groups that have instances, and those whose instances are
// as many as the environment wants and all ready.
func groupsOf(instances []lockstep.Instance, env lockstep.Environment) (running, ready []string) {
	count := map[string]int{}
	for _, i := range instances {
		if !slices.Contains(running, i.Group) {
			running = append(running, i.Group)
		}
		if i.State == lockstep.InstanceReady {
			count[i.Group]++
		}
		if count[i.Group] == env.ReplicasOf(i.Service) {
			ready = append(ready, i.Group)
		}
	}
	return running, ready
}

// revision reads one, once for each run: revisions do not change.
func (r *run) revision(ctx context.Context, id string) (lockstep.Revision, error) {
	if known, ok := r.revisions[id]; ok {
		return known, nil
	}
	revision, err := r.Store.Revision(ctx, id)
	if err != nil {
		return revision, err
	}
	r.revisions[id] = revision
	return revision, nil
}

func (r *run) maybeRevision(ctx context.Context, id string) (*lockstep.Revision, error) {
	if id == "" {
		return nil, nil
	}
	revision, err := r.revision(ctx, id)
	return &revision, err
}
