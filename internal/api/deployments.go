package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

const deploymentsPath = "/api/system/deployments"

type deployInput struct {
	Ref
	Change
	Body lockstep.DeploymentRequest
}

type promoteInput struct {
	Ref
	Change
	Body *lockstep.PromotionRequest
}

// onDeployment is a change of one deployment. A body may be left out.
type onDeployment[T any] struct {
	ID
	Change
	Body *T
}

func (in onDeployment[T]) body() T {
	if in.Body == nil {
		var none T
		return none
	}
	return *in.Body
}

func (h *Handler) deploymentRoutes() {
	tags := []string{"Deployments"}
	// A dry run of these answers with a preview.
	previewed := answers(map[string]*huma.Schema{"200": schema[control.DeploymentPreview](h), "202": schema[lockstep.Deployment](h)})
	register(h, huma.Operation{
		OperationID: "deploy", Method: http.MethodPost, Path: environmentsPath + "/{id}/deploy", Tags: tags,
		Summary:       "Ask for a release in an environment",
		Description:   "The deployment is pending, or waits for an approval. With dryRun: what it would be, its steps, and the gate's answer.",
		DefaultStatus: http.StatusAccepted, Responses: clone(previewed),
	}, func(ctx context.Context, in *deployInput) (*accepted[any], error) {
		if in.DryRun {
			preview, err := h.control.PreviewDeploy(ctx, by(ctx, in.Change), in.Project.Project, in.Ref.ID, in.Body)
			return accept[any](in.Change, preview, err)
		}
		d, err := h.control.Deploy(ctx, by(ctx, in.Change), in.Project.Project, in.Ref.ID, in.Body)
		return accept[any](in.Change, d, err)
	})
	register(h, huma.Operation{
		OperationID: "promote", Method: http.MethodPost, Path: environmentsPath + "/{id}/promote", Tags: tags,
		Summary: "Ask for the release that runs in another environment",
		Description: "The deployment of that release, under this environment's own configuration. Without `from` it comes from the stage before in the project's pipeline. " +
			"The gate refuses a release that is not proved there, and one that was rolled back here, unless it is forced with a reason.",
		DefaultStatus: http.StatusAccepted, Responses: clone(previewed),
	}, func(ctx context.Context, in *promoteInput) (*accepted[any], error) {
		var req lockstep.PromotionRequest
		if in.Body != nil {
			req = *in.Body
		}
		if in.DryRun {
			preview, err := h.control.PreviewPromote(ctx, by(ctx, in.Change), in.Project.Project, in.Ref.ID, req)
			return accept[any](in.Change, preview, err)
		}
		d, err := h.control.Promote(ctx, by(ctx, in.Change), in.Project.Project, in.Ref.ID, req)
		return accept[any](in.Change, d, err)
	})
	register(h, huma.Operation{
		OperationID: "rollback-deployment", Method: http.MethodPost, Path: deploymentsPath + "/{id}/rollback", Tags: tags,
		Summary:       "Take the latest deployment back",
		Description:   "Returns the new deployment that brings the revision before back, or the one that `to` names. It goes first; those that wait are cancelled.",
		DefaultStatus: http.StatusAccepted, Responses: clone(previewed),
	}, func(ctx context.Context, in *onDeployment[control.RollbackRequest]) (*accepted[any], error) {
		if in.DryRun {
			preview, err := h.control.PreviewRollback(ctx, by(ctx, in.Change), in.ID.ID, in.body())
			return accept[any](in.Change, preview, err)
		}
		d, err := h.control.Rollback(ctx, by(ctx, in.Change), in.ID.ID, in.body())
		return accept[any](in.Change, d, err)
	})
	register(h, huma.Operation{
		OperationID: "approve-deployment", Method: http.MethodPost, Path: deploymentsPath + "/{id}/approve", Tags: tags,
		Summary:     "Let a deployment go that waits for an approval",
		Description: "Before it begins, or at a step of its recipe. `step`, where it is given, must be the one that waits.",
	}, func(ctx context.Context, in *onDeployment[control.ApprovalRequest]) (*body[lockstep.Deployment], error) {
		return answer(h.control.Approve(ctx, by(ctx, in.Change), in.ID.ID, in.body()))
	})
	register(h, huma.Operation{
		OperationID: "reject-deployment", Method: http.MethodPost, Path: deploymentsPath + "/{id}/reject", Tags: tags,
		Summary:     "Cancel a deployment that waits for an approval",
		Description: "At a step of its recipe: the step fails, and the deployment is taken back.",
	}, func(ctx context.Context, in *onDeployment[control.RejectionRequest]) (*body[lockstep.Deployment], error) {
		return answer(h.control.Reject(ctx, by(ctx, in.Change), in.ID.ID, in.body()))
	})
	register(h, huma.Operation{
		OperationID: "pause-deployment", Method: http.MethodPost, Path: deploymentsPath + "/{id}/pause", Tags: tags,
		Summary: "Hold a running deployment before its next step",
		Description: "What is under way ends; no other step begins until somebody resumes or cancels the deployment. `pause.before` of the answer names the step, " +
			"`pause.heldSince` is set once it holds. While a hold keeps users' requests waiting it goes on, and holds when they are served. " +
			"A step that fails is taken back all the same: an analysis under way goes on judging. " +
			"It is 409 where that was asked for already, where the deployment has not begun or has ended, and where it is being taken back.",
	}, func(ctx context.Context, in *onDeployment[control.PauseRequest]) (*body[lockstep.Deployment], error) {
		return answer(h.control.Pause(ctx, by(ctx, in.Change), in.ID.ID, in.body()))
	})
	register(h, huma.Operation{
		OperationID: "resume-deployment", Method: http.MethodPost, Path: deploymentsPath + "/{id}/resume", Tags: tags,
		Summary:     "End the pause at which a deployment is",
		Description: "One of its recipe, one that somebody asked for, or both at once. `step`, where it is given, must be the one that pauses, or before which it holds.",
	}, func(ctx context.Context, in *onDeployment[control.ResumeRequest]) (*body[lockstep.Deployment], error) {
		return answer(h.control.Resume(ctx, by(ctx, in.Change), in.ID.ID, in.body()))
	})
	register(h, huma.Operation{
		OperationID: "cancel-deployment", Method: http.MethodPost, Path: deploymentsPath + "/{id}/cancel", Tags: tags,
		Summary: "Stop a deployment at its next safe point, and undo it",
	}, func(ctx context.Context, in *struct {
		ID
		Change
	},
	) (*body[lockstep.Deployment], error) {
		return answer(h.control.CancelDeployment(ctx, by(ctx, in.Change), in.ID.ID))
	})
	h.deploymentReads(tags)
}

func (h *Handler) deploymentReads(tags []string) {
	register(h, huma.Operation{
		OperationID: "list-environment-deployments", Method: http.MethodGet, Path: environmentsPath + "/{id}/deployments", Tags: tags,
		Summary: "An environment's deployments, the newest first, without steps",
	}, func(ctx context.Context, in *struct {
		Ref
		Project
		Page
		Status lockstep.OperationStatus `query:"status" doc:"Only those with this status."`
	},
	) (*body[control.List[lockstep.Deployment]], error) {
		return answer(h.control.Deployments(ctx, in.Project.Project, in.ID, in.Status, in.page()))
	})
	register(h, huma.Operation{
		OperationID: "list-deployments", Method: http.MethodGet, Path: deploymentsPath, Tags: tags,
		Summary: "A project's deployments, the newest first, without steps",
	}, func(ctx context.Context, in *struct {
		Project
		Page
		Environment string                   `query:"environment" maxLength:"64" doc:"Only to this environment: its ID or name."`
		Status      lockstep.OperationStatus `query:"status" doc:"Only those with this status."`
	},
	) (*body[control.List[lockstep.Deployment]], error) {
		return answer(h.control.Deployments(ctx, in.Project.Project, in.Environment, in.Status, in.page()))
	})
	register(h, huma.Operation{
		OperationID: "get-deployment", Method: http.MethodGet, Path: deploymentsPath + "/{id}", Tags: tags,
		Summary: "One deployment, with its steps",
	}, func(ctx context.Context, in *struct {
		ID
		Project
	},
	) (*body[lockstep.Deployment], error) {
		return answer(h.control.Deployment(ctx, in.ID.ID))
	})
	register(h, huma.Operation{
		OperationID: "get-deployment-progress", Method: http.MethodGet, Path: deploymentsPath + "/{id}/progress", Tags: tags,
		Summary: "How a deployment comes in, or came: shares over time, and the revisions side by side",
		Description: "Weights hold each until the next, the last until the end; the first is what served before. Series have steps of a minute up to a day back, of 15 beyond, " +
			"from five minutes before the deployment to five minutes after it.",
	}, func(ctx context.Context, in *struct {
		ID
		Project
	},
	) (*body[lockstep.DeploymentProgress], error) {
		return answer(h.control.Progress(ctx, in.ID.ID))
	})
}

// clone: each operation adds to its own.
func clone(responses map[string]*huma.Response) map[string]*huma.Response {
	out := map[string]*huma.Response{}
	for status, r := range responses {
		own := *r
		out[status] = &own
	}
	return out
}
