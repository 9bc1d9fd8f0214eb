package control

import (
	"context"
	"maps"
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
	"github.com/lockstep-dev/lockstep/internal/strategy"
)

// ScaleRequest says how many instances services shall have.
type ScaleRequest struct {
	Services map[string]int `json:"services"`
}

// maxReplicas is the most that a matrix may say, too.
const maxReplicas = 1_000

// Scale asks for other numbers of instances, of what serves and in what is
// recorded: both change when the operation completes. The file that was applied
// knows nothing of it; ExportMatrix does.
func (c *Control) Scale(ctx context.Context, by By, project, environmentRef string, req ScaleRequest) (lockstep.Operation, error) {
	return change(ctx, c, by, "scale", []any{project, environmentRef, req}, func(tx Tx) (lockstep.Operation, error) {
		env, err := environment(tx, project, environmentRef)
		if err != nil {
			return lockstep.Operation{}, err
		}
		q, err := c.facts(tx, policy.Scale, by.Actor, env)
		if err != nil {
			return lockstep.Operation{}, err
		}
		if q.Gone, err = goneToScale(tx, env, req.Services); err != nil {
			return lockstep.Operation{}, err
		}
		if err := policy.Decide(q).Err(); err != nil {
			return lockstep.Operation{}, err
		}
		if err := scalable(tx, env, req); err != nil {
			return lockstep.Operation{}, err
		}
		o := c.operation(by, env, lockstep.OperationScale)
		o.Replicas = req.Services
		return c.ask(tx, by, env, o, func(tx Tx, env lockstep.Environment) (lockstep.Plan, error) {
			s, err := stored(tx, env, lockstep.Revision{})
			if err != nil {
				return lockstep.Plan{}, err
			}
			return strategy.Scale(s, req.Services)
		})
	})
}

// scalable checks a request against the services that the environment has:
// those that run, and those that the matrix wants there.
func scalable(tx Tx, env lockstep.Environment, req ScaleRequest) error {
	if len(req.Services) == 0 {
		return lockstep.Invalid("services", "name at least one service and its number of instances")
	}
	has := maps.Clone(env.Spec.Replicas)
	if has == nil {
		has = map[string]int{}
	}
	if env.ActiveID != "" {
		active, err := tx.Revision(env.ActiveID)
		if err != nil {
			return err
		}
		for _, s := range active.Content.Services {
			has[s.Name] = 0
		}
	}
	names := slices.Sorted(maps.Keys(has))
	for _, service := range slices.Sorted(maps.Keys(req.Services)) {
		if _, ok := has[service]; !ok {
			return within(notFound("service", service, names), env.Name)
		}
		if n := req.Services[service]; n < 0 || n > maxReplicas {
			return lockstep.Invalid("services."+service, "%d instances of service %s: ask for 0 to %d", n, service, maxReplicas)
		}
	}
	return nil
}
