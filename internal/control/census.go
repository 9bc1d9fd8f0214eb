package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// Census is who is there, over all projects: what the server's metrics count.
type Census struct {
	Environments []lockstep.Environment
	Open         []lockstep.Operation // not done, without steps
	Health       []lockstep.ServiceHealth
}

// Census reads it in one moment.
func (c *Control) Census(ctx context.Context) (Census, error) {
	return view(ctx, c, func(tx Tx) (Census, error) {
		var out Census
		projects, err := tx.Projects()
		if err != nil {
			return out, err
		}
		for _, p := range projects {
			environments, err := tx.Environments(p.ID)
			if err != nil {
				return out, err
			}
			out.Environments = append(out.Environments, environments...)
		}
		if out.Open, err = tx.OpenOperations(""); err != nil {
			return out, err
		}
		out.Health, err = tx.HealthStates("")
		return out, err
	})
}
