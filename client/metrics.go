package client

import (
	"context"
	"net/url"
	"time"

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

// MetricsQuery says of which time figures are; zero fields are the server's
// defaults.
type MetricsQuery struct {
	Range, Step string    // "24h", "7d"
	From, Until time.Time // instead of Range
	By          string    // revision or service: a series of each
}

// MetricsOf are what users and processes did in a stretch of time.
func (c *Client) MetricsOf(ctx context.Context, idOrName string, query MetricsQuery) (lockstep.EnvironmentMetrics, error) {
	q := url.Values{}
	for name, value := range map[string]string{"range": query.Range, "step": query.Step, "by": query.By} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, at := range map[string]time.Time{"from": query.From, "until": query.Until} {
		if !at.IsZero() {
			q.Set(name, at.UTC().Format(time.RFC3339Nano))
		}
	}
	return get[lockstep.EnvironmentMetrics](ctx, c, environments+"/"+seg(idOrName)+"/metrics", q)
}

// Activity is every environment of the project at this moment.
func (c *Client) Activity(ctx context.Context) (List[lockstep.EnvironmentActivity], error) {
	return get[List[lockstep.EnvironmentActivity]](ctx, c, "/api/system/activity", nil)
}
