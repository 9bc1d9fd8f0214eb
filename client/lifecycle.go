package client

import (
	"context"
	"net/http"
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

// BeginMaintenance starts the operation after which an environment's users
// are told that it is in maintenance.
func (c *Client) BeginMaintenance(ctx context.Context, idOrName string, m lockstep.Maintenance, opts ChangeOptions) (lockstep.Operation, error) {
	return post[lockstep.Operation](ctx, c, environments+"/"+seg(idOrName)+"/maintenance", opts.query(), m)
}

// EndMaintenance starts the operation that leads requests back.
func (c *Client) EndMaintenance(ctx context.Context, idOrName string, opts ChangeOptions) (lockstep.Operation, error) {
	var op lockstep.Operation
	err := c.json(ctx, call{method: http.MethodDelete, path: environments + "/" + seg(idOrName) + "/maintenance", query: opts.query()}, nil, &op)
	return op, err
}

// Archive keeps a stopped environment for its history only.
func (c *Client) Archive(ctx context.Context, idOrName string, opts ChangeOptions) (lockstep.Environment, error) {
	return post[lockstep.Environment](ctx, c, environments+"/"+seg(idOrName)+"/archive", opts.query(), nil)
}

// Unarchive makes an archived environment a stopped one again.
func (c *Client) Unarchive(ctx context.Context, idOrName string, opts ChangeOptions) (lockstep.Environment, error) {
	return post[lockstep.Environment](ctx, c, environments+"/"+seg(idOrName)+"/unarchive", opts.query(), nil)
}
