package api_test

import (
	"context"
	"sync/atomic"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// observer has no agent, or one on which everything is ready.
type observer struct {
	store *store.Store
	agent atomic.Bool
}

func (o *observer) Observe(ctx context.Context, env lockstep.Environment) (control.Observation, error) {
	if !o.agent.Load() || env.ServingID() == "" {
		return control.Observation{}, lockstep.Errorf(lockstep.CodeUnavailable, "this server has no agent")
	}
	revision, err := o.store.Revision(ctx, env.ServingID())
	if err != nil {
		return control.Observation{}, err
	}
	groups, err := revision.Content.Groups()
	var seen control.Observation
	for _, g := range groups {
		for n := range env.Spec.ReplicasOf(g.Service) {
			seen.Instances = append(seen.Instances, lockstep.Instance{ID: lockstep.InstanceID(g.ID, n), Group: g.ID, Service: g.Service, State: lockstep.InstanceReady})
		}
	}
	return seen, err
}
