package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
	"github.com/lockstep-dev/lockstep/internal/strategy"
)

// BeginMaintenance asks for an environment's users to be told that it is in
// maintenance, while its instances go on running. In maintenance already,
// they are told something else.
func (c *Control) BeginMaintenance(ctx context.Context, by By, project, environmentRef string, m lockstep.Maintenance) (lockstep.Operation, error) {
	if err := m.Validate(c.now()); err != nil {
		return lockstep.Operation{}, err
	}
	return c.maintain(ctx, by, project, environmentRef, policy.MaintenanceOn, &m)
}

// EndMaintenance asks for requests to be led back.
func (c *Control) EndMaintenance(ctx context.Context, by By, project, environmentRef string) (lockstep.Operation, error) {
	return c.maintain(ctx, by, project, environmentRef, policy.MaintenanceOff, nil)
}

func (c *Control) maintain(ctx context.Context, by By, project, environmentRef string, action policy.Action, m *lockstep.Maintenance) (lockstep.Operation, error) {
	return change(ctx, c, by, string(action), []any{project, environmentRef, m}, func(tx Tx) (lockstep.Operation, error) {
		env, err := c.allowed(tx, by, project, environmentRef, action)
		if err != nil {
			return lockstep.Operation{}, err
		}
		o := c.operation(by, env, lockstep.OperationKind(action))
		o.Maintenance = m
		return c.ask(tx, by, env, o, func(Tx, lockstep.Environment) (lockstep.Plan, error) {
			return strategy.Maintain(m), nil
		})
	})
}
