package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// triedLately is how many deployments are looked through for the last attempt:
// those that wait, and those that somebody cancelled, are none.
const triedLately = 10

// tried is an environment's last attempt to deploy where it did not succeed,
// and nil where it did: what runs looks well then, and says nothing of it.
func tried(ctx context.Context, c *client.Client, environmentID string) *lockstep.Deployment {
	list, err := c.Deployments(ctx, client.DeploymentFilter{Environment: environmentID}, client.Page{Limit: triedLately})
	if err != nil {
		return nil // the status stands without it
	}
	for _, d := range list.Items {
		switch d.Status {
		case lockstep.StatusFailed, lockstep.StatusRolledBack:
			return &d
		case lockstep.StatusCompleted:
			return nil
		case lockstep.StatusPending, lockstep.StatusPendingApproval, lockstep.StatusRunning, lockstep.StatusCancelled:
		}
	}
	return nil
}

func triedText(p paint, d *lockstep.Deployment) string {
	if d == nil {
		return ""
	}
	ended := d.CreatedAt
	if d.CompletedAt != nil {
		ended = *d.CompletedAt
	}
	return fmt.Sprintf("%s, %s %s by %s: %s; lockstep watch %s",
		d.Version, outcome(p, d.Status), ago(time.Now(), ended), d.StartedBy, deploymentNote(*d), shortID(d.ID))
}
