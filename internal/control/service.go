package control

import (
	"context"
	"maps"
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
	"github.com/lockstep-dev/lockstep/internal/policy"
	"github.com/lockstep-dev/lockstep/internal/strategy"
)

// ToggleRequest says how a service is enabled or disabled.
type ToggleRequest struct {
	Force bool `json:"force,omitempty"` // although others depend on it, it depends on one that is disabled, or users reach nothing else
}

// EnableService asks for a service that is disabled to be started again, or
// for a dependency to be checked.
func (c *Control) EnableService(ctx context.Context, by By, project, environmentRef, service string, req ToggleRequest) (lockstep.Operation, error) {
	return c.toggle(ctx, by, project, environmentRef, service, req, policy.EnableService, strategy.Enable)
}

// DisableService asks for a service to be stopped, and to stay so whatever is
// deployed, started or scaled, until it is enabled. A dependency, which we do
// not run, is not checked any more and gates nothing.
func (c *Control) DisableService(ctx context.Context, by By, project, environmentRef, service string, req ToggleRequest) (lockstep.Operation, error) {
	return c.toggle(ctx, by, project, environmentRef, service, req, policy.DisableService, strategy.Disable)
}

func (c *Control) toggle(ctx context.Context, by By, project, environmentRef, service string, req ToggleRequest, action policy.Action,
	plan func(strategy.Snapshot, string) (lockstep.Plan, error),
) (lockstep.Operation, error) {
	return change(ctx, c, by, string(action), []any{project, environmentRef, service, req}, func(tx Tx) (lockstep.Operation, error) {
		env, err := environment(tx, project, environmentRef)
		if err != nil {
			return lockstep.Operation{}, err
		}
		q, err := c.facts(tx, action, by.Actor, env)
		if err != nil {
			return lockstep.Operation{}, err
		}
		q.Service, q.Force = service, req.Force
		if q.Offers, err = c.offers(tx, env); err != nil {
			return lockstep.Operation{}, err
		}
		if err := hasService(env, q.Offers, service); err != nil {
			return lockstep.Operation{}, err
		}
		if q.Environment, err = toggledByThen(tx, env); err != nil {
			return lockstep.Operation{}, err
		}
		if action == policy.EnableService {
			if q.Gone, err = goneToEnable(tx, env, service); err != nil {
				return lockstep.Operation{}, err
			}
		}
		if err := policy.Decide(q).Err(); err != nil {
			return lockstep.Operation{}, err
		}
		o := c.operation(by, env, lockstep.OperationKind(action))
		o.Service = service
		return c.ask(tx, by, env, o, func(tx Tx, env lockstep.Environment) (lockstep.Plan, error) {
			s, err := stored(tx, env, lockstep.Revision{})
			if err != nil {
				return lockstep.Plan{}, err
			}
			return plan(s, service)
		})
	})
}

// offers are the services that run there, or those that the matrix wants
// where nothing was deployed yet.
func (c *Control) offers(tx Tx, env lockstep.Environment) ([]lockstep.ServiceSpec, error) {
	if env.ActiveID != "" {
		active, err := tx.Revision(env.ActiveID)
		return active.Content.Services, err
	}
	p, err := tx.Project(env.Project)
	if err != nil {
		return nil, err
	}
	m, err := matrix.Parse(p.Matrix, "the applied matrix")
	if err != nil {
		return nil, nil //nolint:nilerr // a newer server may see it otherwise; its services are in env.Spec.Replicas all the same
	}
	return m.Desired().Services, nil
}

// hasService checks that there is such a service, or dependency.
func hasService(env lockstep.Environment, offers []lockstep.ServiceSpec, service string) error {
	has := map[string]bool{}
	for name := range env.Spec.Replicas {
		has[name] = true
	}
	for _, s := range offers {
		has[s.Name] = true
	}
	for _, d := range env.Spec.Dependencies {
		has[d.Name] = true
	}
	for _, name := range env.Disabled { // of a release that is gone
		has[name] = true
	}
	if has[service] {
		return nil
	}
	return within(notFound("service", service, slices.Sorted(maps.Keys(has))), env.Name)
}

// toggledByThen is the environment as the queue ahead will have left it, as
// far as services are concerned.
func toggledByThen(tx Tx, env lockstep.Environment) (*lockstep.Environment, error) {
	open, err := tx.OpenOperations(env.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range open {
		if o.Kind.TogglesService() {
			env.Disabled = env.DisabledWith(o.Service, o.Kind == lockstep.OperationEnableService)
		}
	}
	return &env, nil
}
