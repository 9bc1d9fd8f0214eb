package client

import (
	"context"
	"net/url"

	"github.com/lockstep-dev/lockstep"
)

// Overview is the project at a glance.
func (c *Client) Overview(ctx context.Context) (lockstep.Overview, error) {
	return get[lockstep.Overview](ctx, c, "/api/system/overview", nil)
}

// Approvals are what waits for somebody's word in the project, or in one of
// its environments where it is named.
func (c *Client) Approvals(ctx context.Context, environment string) (List[lockstep.Approval], error) {
	q := url.Values{}
	if environment != "" {
		q.Set("environment", environment)
	}
	return get[List[lockstep.Approval]](ctx, c, "/api/system/approvals", q)
}
