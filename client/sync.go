package client

import (
	"context"
	"net/url"

	"github.com/lockstep-dev/lockstep"
)

// Sync asks for one environment's configuration to be brought into another's:
// env is the one that the options do not name. The answer of a dry run is the
// plan; otherwise the sync runs, and is read again by its ID.
func (c *Client) Sync(ctx context.Context, env string, options lockstep.ConfigSyncOptions, opts ChangeOptions) (lockstep.SyncResult, error) {
	return post[lockstep.SyncResult](ctx, c, environments+"/"+seg(env)+"/sync", opts.query(), options)
}

// Syncs lists syncs, the newest first; of one environment where it is named.
func (c *Client) Syncs(ctx context.Context, env string, page Page) (List[lockstep.SyncResult], error) {
	path := "/api/system/syncs"
	if env != "" {
		path = environments + "/" + seg(env) + "/syncs"
	}
	return get[List[lockstep.SyncResult]](ctx, c, path, page.query())
}

// SyncResult reads one sync by its ID.
func (c *Client) SyncResult(ctx context.Context, id string) (lockstep.SyncResult, error) {
	return get[lockstep.SyncResult](ctx, c, "/api/system/syncs/"+seg(id), nil)
}

// UndoSync makes a sync's target say again what it said before.
func (c *Client) UndoSync(ctx context.Context, id string, opts ChangeOptions) (lockstep.SyncResult, error) {
	return post[lockstep.SyncResult](ctx, c, "/api/system/syncs/"+seg(id)+"/undo", opts.query(), nil)
}

// Diff says in what two environments differ, and what is to be thought of
// each difference.
func (c *Client) Diff(ctx context.Context, source, target string) (lockstep.EnvironmentDiff, error) {
	return get[lockstep.EnvironmentDiff](ctx, c, environments+"/"+seg(source)+"/diff", url.Values{"with": {target}})
}
