package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/lockstep-dev/lockstep"
)

const schedules = "/api/system/schedules"

// ScheduledDeployment is a deployment that waits for its time.
type ScheduledDeployment struct {
	lockstep.Deployment
	RollbackPlan      string             `json:"rollbackPlan"`
	EstimatedDowntime *lockstep.Duration `json:"estimatedDowntime,omitempty"` // nil: unknown
}

// ScheduledDeployments lists the deployments that wait for their time, the
// next one first: to an environment (ID or name), or of the whole project.
func (c *Client) ScheduledDeployments(ctx context.Context, environment string) ([]ScheduledDeployment, error) {
	q := url.Values{}
	if environment != "" {
		q.Set("environment", environment)
	}
	list, err := get[List[ScheduledDeployment]](ctx, c, schedules+"/deployments", q)
	return list.Items, err
}

// Reschedule changes when a deployment starts that waits for its time.
func (c *Client) Reschedule(ctx context.Context, id string, timing lockstep.Timing) (lockstep.Deployment, error) {
	var d lockstep.Deployment
	err := c.json(ctx, call{method: http.MethodPut, path: deployments + "/" + seg(id) + "/schedule"}, timing, &d)
	return d, err
}
