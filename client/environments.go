package client

import (
	"context"
	"net/http"

	"github.com/lockstep-dev/lockstep"
)

const environments = "/api/system/environments"

// Environments lists the project's environments.
func (c *Client) Environments(ctx context.Context, page Page) (List[lockstep.Environment], error) {
	return get[List[lockstep.Environment]](ctx, c, environments, page.query())
}

// Environment reads one by ID or name.
func (c *Client) Environment(ctx context.Context, idOrName string) (lockstep.Environment, error) {
	return get[lockstep.Environment](ctx, c, environments+"/"+seg(idOrName), nil)
}

// Current is the live environment; CodeNoCurrentEnvironment before there is one.
func (c *Client) Current(ctx context.Context) (lockstep.Environment, error) {
	return get[lockstep.Environment](ctx, c, environments+"/current", nil)
}

// Status is an environment as it is now.
func (c *Client) Status(ctx context.Context, idOrName string) (lockstep.StatusReport, error) {
	return get[lockstep.StatusReport](ctx, c, environments+"/"+seg(idOrName)+"/status", nil)
}

// Health is whether an environment's services and dependencies are well.
func (c *Client) Health(ctx context.Context, idOrName string) (lockstep.HealthReport, error) {
	return get[lockstep.HealthReport](ctx, c, environments+"/"+seg(idOrName)+"/health", nil)
}

// Map is an environment's services and dependencies, and who needs whom.
func (c *Client) Map(ctx context.Context, idOrName string) (lockstep.EnvironmentMap, error) {
	return get[lockstep.EnvironmentMap](ctx, c, environments+"/"+seg(idOrName)+"/map", nil)
}

// Security are weak spots in how an environment is run, the worst first.
func (c *Client) Security(ctx context.Context, idOrName string) (lockstep.SecurityReport, error) {
	return get[lockstep.SecurityReport](ctx, c, environments+"/"+seg(idOrName)+"/security", nil)
}

// Destroy starts the operation that stops and deletes an environment.
func (c *Client) Destroy(ctx context.Context, idOrName string) (lockstep.Operation, error) {
	var op lockstep.Operation
	err := c.json(ctx, call{method: http.MethodDelete, path: environments + "/" + seg(idOrName)}, nil, &op)
	return op, err
}
