package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const (
	deployments = "/api/system/deployments"
	operations  = "/api/system/operations"
)

// DeployOptions say how a deployment is asked for.
type DeployOptions struct {
	IdempotencyKey string // the same key asks once, however often it is sent
}

// Deploy asks for a release in an environment. The deployment it returns is
// pending or pending_approval; follow it with Watch.
func (c *Client) Deploy(ctx context.Context, environment string, req lockstep.DeploymentRequest, opts DeployOptions) (lockstep.Deployment, error) {
	return c.bring(ctx, environments+"/"+seg(environment)+"/deploy", req, opts)
}

// Promote asks for the release that runs in another environment, by default
// the stage before this one.
func (c *Client) Promote(ctx context.Context, environment string, req lockstep.PromotionRequest, opts DeployOptions) (lockstep.Deployment, error) {
	return c.bring(ctx, environments+"/"+seg(environment)+"/promote", req, opts)
}

func (c *Client) bring(ctx context.Context, path string, req any, opts DeployOptions) (lockstep.Deployment, error) {
	header := http.Header{}
	if opts.IdempotencyKey != "" {
		header.Set("Idempotency-Key", opts.IdempotencyKey)
	}
	var d lockstep.Deployment
	err := c.json(ctx, call{method: http.MethodPost, path: path, header: header}, req, &d)
	return d, err
}

// Preview is what a deployment would do.
type Preview struct {
	Deployment lockstep.Deployment `json:"deployment"`
	Plan       lockstep.Plan       `json:"plan"`
	Gate       Gate                `json:"gate"`
}

// Gate is the policy's answer.
type Gate struct {
	Allowed          bool       `json:"allowed"`
	RequiresApproval bool       `json:"requiresApproval"`
	Reasons          []Reason   `json:"reasons,omitempty"`
	Until            *time.Time `json:"until,omitempty"` // when the answer would change by itself
}

// Reason is one reason of a Gate.
type Reason struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// PreviewDeploy says what Deploy would do, and leaves no trace.
func (c *Client) PreviewDeploy(ctx context.Context, environment string, req lockstep.DeploymentRequest) (Preview, error) {
	return post[Preview](ctx, c, environments+"/"+seg(environment)+"/deploy", url.Values{"dryRun": {"true"}}, req)
}

// PreviewPromote says what Promote would do, and leaves no trace.
func (c *Client) PreviewPromote(ctx context.Context, environment string, req lockstep.PromotionRequest) (Preview, error) {
	return post[Preview](ctx, c, environments+"/"+seg(environment)+"/promote", url.Values{"dryRun": {"true"}}, req)
}

// DeploymentFilter narrows Deployments; empty fields match everything.
type DeploymentFilter struct {
	Environment string // ID or name
	Status      lockstep.OperationStatus
}

// Deployments lists deployments, newest first, without steps.
func (c *Client) Deployments(ctx context.Context, filter DeploymentFilter, page Page) (List[lockstep.Deployment], error) {
	q := page.query()
	if filter.Environment != "" {
		q.Set("environment", filter.Environment)
	}
	if filter.Status != "" {
		q.Set("status", string(filter.Status))
	}
	return get[List[lockstep.Deployment]](ctx, c, deployments, q)
}

// Deployment reads one with its steps.
func (c *Client) Deployment(ctx context.Context, id string) (lockstep.Deployment, error) {
	return get[lockstep.Deployment](ctx, c, deployments+"/"+seg(id), nil)
}

// RollbackRequest asks for a deployment to be taken back. To names another
// revision than the one before it, by ID or the start of its hash. Reason says
// why a revision that was rolled back itself may run again. Secrets "current"
// takes the newest values of those secrets whose own are gone.
type RollbackRequest struct {
	To          string `json:"to,omitempty"`
	Description string `json:"description,omitempty"`
	Secrets     string `json:"secrets,omitempty"`
	Reason      string `json:"reason,omitempty"`
}

// Rollback starts the deployment that takes id back.
func (c *Client) Rollback(ctx context.Context, id string, req RollbackRequest) (lockstep.Deployment, error) {
	return post[lockstep.Deployment](ctx, c, deployments+"/"+seg(id)+"/rollback", nil, req)
}

// Approve lets a deployment that waits for approval go.
func (c *Client) Approve(ctx context.Context, id, comment string) (lockstep.Deployment, error) {
	return post[lockstep.Deployment](ctx, c, deployments+"/"+seg(id)+"/approve", nil, map[string]string{"comment": comment})
}

// Reject cancels a deployment that waits for approval.
func (c *Client) Reject(ctx context.Context, id, reason string) (lockstep.Deployment, error) {
	return post[lockstep.Deployment](ctx, c, deployments+"/"+seg(id)+"/reject", nil, map[string]string{"reason": reason})
}

// ApproveStep lets a deployment go on that waits at a step, by its number; 0 is
// whichever waits.
func (c *Client) ApproveStep(ctx context.Context, id string, step int, comment string) (lockstep.Deployment, error) {
	return post[lockstep.Deployment](ctx, c, deployments+"/"+seg(id)+"/approve", nil, map[string]any{"comment": comment, "step": step})
}

// RejectStep fails the step at which a deployment waits, so that it is taken back.
func (c *Client) RejectStep(ctx context.Context, id string, step int, reason string) (lockstep.Deployment, error) {
	return post[lockstep.Deployment](ctx, c, deployments+"/"+seg(id)+"/reject", nil, map[string]any{"reason": reason, "step": step})
}

// Pause lets a running deployment hold before its next step.
func (c *Client) Pause(ctx context.Context, id, reason string) (lockstep.Deployment, error) {
	return post[lockstep.Deployment](ctx, c, deployments+"/"+seg(id)+"/pause", nil, map[string]any{"reason": reason})
}

// Resume ends the pause at which a deployment is.
func (c *Client) Resume(ctx context.Context, id string, step int, comment string) (lockstep.Deployment, error) {
	return post[lockstep.Deployment](ctx, c, deployments+"/"+seg(id)+"/resume", nil, map[string]any{"comment": comment, "step": step})
}

// CancelDeployment asks a deployment to stop at its next safe point and undo.
func (c *Client) CancelDeployment(ctx context.Context, id string) (lockstep.Deployment, error) {
	return post[lockstep.Deployment](ctx, c, deployments+"/"+seg(id)+"/cancel", nil, nil)
}

// Operations lists what runs and what waits, in the order in which it will
// run, without steps: of an environment (ID or name), or of all of them.
func (c *Client) Operations(ctx context.Context, environment string) ([]lockstep.Operation, error) {
	q := url.Values{}
	if environment != "" {
		q.Set("environment", environment)
	}
	list, err := get[List[lockstep.Operation]](ctx, c, operations, q)
	return list.Items, err
}

// CancelOperation asks an operation to stop at its next safe point and undo.
func (c *Client) CancelOperation(ctx context.Context, id string) (lockstep.Operation, error) {
	return post[lockstep.Operation](ctx, c, operations+"/"+seg(id)+"/cancel", nil, nil)
}

// Operation reads one with its steps.
func (c *Client) Operation(ctx context.Context, id string) (lockstep.Operation, error) {
	return get[lockstep.Operation](ctx, c, operations+"/"+seg(id), nil)
}

// Outputs are what the steps of an operation wrote, each try of them.
func (c *Client) Outputs(ctx context.Context, id string) ([]lockstep.StepOutput, error) {
	list, err := get[List[lockstep.StepOutput]](ctx, c, operations+"/"+seg(id)+"/output", nil)
	return list.Items, err
}

// Progress is how a deployment comes in, or came: shares over time, and the
// figures of the revisions side by side.
func (c *Client) Progress(ctx context.Context, id string) (lockstep.DeploymentProgress, error) {
	return get[lockstep.DeploymentProgress](ctx, c, "/api/system/deployments/"+seg(id)+"/progress", nil)
}
