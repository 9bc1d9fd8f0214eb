package client

import (
	"context"
	"net/url"

	"github.com/lockstep-dev/lockstep"
)

// Alerts are those of the project, or of one environment.
func (c *Client) Alerts(ctx context.Context, environment string) ([]lockstep.Alert, error) {
	query := url.Values{}
	if environment != "" {
		query.Set("environment", environment)
	}
	list, err := get[struct {
		Items []lockstep.Alert `json:"items"`
	}](ctx, c, "/api/system/alerts", query)
	return list.Items, err
}

// AcknowledgeAlert says that somebody takes care of an alert that fires.
func (c *Client) AcknowledgeAlert(ctx context.Context, environment, name, comment string) (lockstep.Alert, error) {
	return post[lockstep.Alert](ctx, c, environments+"/"+seg(environment)+"/alerts/"+seg(name)+"/acknowledge", nil, map[string]any{"comment": comment})
}
