package client

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// ToggleOptions say how a service is enabled or disabled.
type ToggleOptions struct {
	ChangeOptions
	Force bool // although others depend on it, or users reach nothing else
}

// DisableService starts the operation that switches a service off until it is
// enabled.
func (c *Client) DisableService(ctx context.Context, idOrName, service string, opts ToggleOptions) (lockstep.Operation, error) {
	return c.toggleService(ctx, idOrName, service, "/disable", opts)
}

// EnableService starts the operation that switches a service on again.
func (c *Client) EnableService(ctx context.Context, idOrName, service string, opts ToggleOptions) (lockstep.Operation, error) {
	return c.toggleService(ctx, idOrName, service, "/enable", opts)
}

func (c *Client) toggleService(ctx context.Context, idOrName, service, how string, opts ToggleOptions) (lockstep.Operation, error) {
	path := environments + "/" + seg(idOrName) + "/services/" + seg(service) + how
	return post[lockstep.Operation](ctx, c, path, opts.query(), map[string]any{"force": opts.Force})
}
