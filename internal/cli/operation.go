package cli

import (
	"context"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

func followedOperation(op lockstep.Operation, environment string) followed {
	f := followed{id: op.ID, title: operationTitle(op) + " " + environment}
	if op.Service != "" {
		f.title = operationTitle(op) + " in " + environment
	}
	if op.Switch != nil {
		f.title = switchTitle(*op.Switch)
	}
	if op.Sync != nil {
		f.title = syncTitle(*op.Sync)
	}
	if op.Kind != lockstep.OperationDestroy {
		f.environment = op.EnvironmentID
	}
	return f
}

// operation finds an operation that is no deployment, by its ID or the end of
// that, or as the first of its environment's queue. It is nil where ref means
// a deployment, or nothing.
func (a *app) operation(ctx context.Context, c *client.Client, ref string) (*lockstep.Operation, error) {
	if len(ref) == 36 {
		op, err := c.Operation(ctx, ref)
		if lockstep.CodeOf(err) == lockstep.CodeNotFound || err == nil && op.Kind == lockstep.OperationDeploy {
			return nil, nil
		}
		return &op, err
	}
	open, err := c.Operations(ctx, "")
	if err != nil || len(open) == 0 {
		return nil, err
	}
	env, err := c.Environment(ctx, ref)
	if err != nil && lockstep.CodeOf(err) != lockstep.CodeNotFound {
		return nil, err
	}
	for _, op := range open {
		switch {
		case err == nil && op.EnvironmentID != env.ID, err != nil && (len(ref) < 4 || !strings.HasSuffix(op.ID, ref)):
		case err == nil && op.Kind == lockstep.OperationRetire: // a timer's, and nobody's concern
		case op.Kind == lockstep.OperationDeploy:
			return nil, nil
		default:
			return &op, nil
		}
	}
	return nil, nil
}

// followedBy is an operation with the name of its environment.
func (a *app) followedBy(ctx context.Context, c *client.Client, op *lockstep.Operation) followed {
	name := op.EnvironmentID
	if env, err := c.Environment(ctx, op.EnvironmentID); err == nil {
		name = env.Name
	}
	return followedOperation(*op, name)
}

// operationTitle is what an operation does, such as "disable worker".
func operationTitle(op lockstep.Operation) string {
	if op.Service != "" {
		return strings.TrimSuffix(string(op.Kind), "_service") + " " + op.Service
	}
	return strings.ReplaceAll(string(op.Kind), "_", " ")
}
