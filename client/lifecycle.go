package client

import (
	"context"
	"net/url"

	"github.com/lockstep-dev/lockstep"
)

// ChangeOptions say how a change is asked for.
type ChangeOptions struct {
	DryRun bool // say what would change, and change nothing
}

func (o ChangeOptions) query() url.Values {
	if !o.DryRun {
		return nil
	}
	return url.Values{"dryRun": {"true"}}
}

// Stop starts the operation that stops an environment. That of a dry run has
// the steps that it would take.
func (c *Client) Stop(ctx context.Context, idOrName string, opts ChangeOptions) (lockstep.Operation, error) {
	return post[lockstep.Operation](ctx, c, environments+"/"+seg(idOrName)+"/stop", opts.query(), nil)
}

// Start starts the operation that brings a stopped environment up again.
func (c *Client) Start(ctx context.Context, idOrName string, opts ChangeOptions) (lockstep.Operation, error) {
	return post[lockstep.Operation](ctx, c, environments+"/"+seg(idOrName)+"/start", opts.query(), nil)
}

// Scale starts the operation that gives services other numbers of instances.
func (c *Client) Scale(ctx context.Context, idOrName string, services map[string]int, opts ChangeOptions) (lockstep.Operation, error) {
	return post[lockstep.Operation](ctx, c, environments+"/"+seg(idOrName)+"/scale", opts.query(), map[string]any{"services": services})
}
