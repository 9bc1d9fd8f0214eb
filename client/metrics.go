package client

import (
	"context"
	"net/url"

	"github.com/lockstep-dev/lockstep"
)

// Metrics are what users and processes did in a range of time ("24h", "7d"),
// in steps; "" is the server's default of either.
func (c *Client) Metrics(ctx context.Context, idOrName, length, step string) (lockstep.EnvironmentMetrics, error) {
	q := url.Values{}
	if length != "" {
		q.Set("range", length)
	}
	if step != "" {
		q.Set("step", step)
	}
	return get[lockstep.EnvironmentMetrics](ctx, c, environments+"/"+seg(idOrName)+"/metrics", q)
}

// Activity is every environment of the project at this moment.
func (c *Client) Activity(ctx context.Context) (List[lockstep.EnvironmentActivity], error) {
	return get[List[lockstep.EnvironmentActivity]](ctx, c, "/api/system/activity", nil)
}
