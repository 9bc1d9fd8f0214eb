package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

const environmentsPath = "/api/system/environments"

type environmentInput struct {
	Ref
	Project
}

func (h *Handler) environmentRoutes() {
	tags := []string{"Environments"}
	register(h, huma.Operation{
		OperationID: "list-environments", Method: http.MethodGet, Path: environmentsPath, Tags: tags,
		Summary: "A project's environments, by name",
	}, func(ctx context.Context, in *struct {
		Project
		Page
	},
	) (*body[control.List[lockstep.Environment]], error) {
		return answer(h.control.Environments(ctx, in.Project.Project, in.page()))
	})
	register(h, huma.Operation{
		OperationID: "get-current-environment", Method: http.MethodGet, Path: environmentsPath + "/current", Tags: tags,
		Summary: "The environment that the project's live address leads to",
	}, func(ctx context.Context, in *Project) (*body[lockstep.Environment], error) {
		return answer(h.control.Current(ctx, in.Project))
	})
	register(h, huma.Operation{
		OperationID: "get-environment", Method: http.MethodGet, Path: environmentsPath + "/{id}", Tags: tags,
		Summary: "One environment, as it is recorded",
	}, func(ctx context.Context, in *environmentInput) (*body[lockstep.Environment], error) {
		return answer(h.control.Environment(ctx, in.Project.Project, in.ID))
	})
	register(h, huma.Operation{
		OperationID: "get-environment-status", Method: http.MethodGet, Path: environmentsPath + "/{id}/status", Tags: tags,
		Summary: "One environment, as it is now",
	}, func(ctx context.Context, in *environmentInput) (*body[lockstep.StatusReport], error) {
		return answer(h.control.Status(ctx, in.Project.Project, in.ID))
	})
	register(h, huma.Operation{
		OperationID: "get-environment-health", Method: http.MethodGet, Path: environmentsPath + "/{id}/health", Tags: tags,
		Summary:     "How an environment's services and dependencies are, and for how long they were up",
		Description: "App services as their host sees them now, dependencies as they were checked last. Uptimes are shares of what was observed within 24 hours, 7 and 30 days.",
	}, func(ctx context.Context, in *environmentInput) (*body[lockstep.HealthReport], error) {
		return answer(h.control.Health(ctx, in.Project.Project, in.ID))
	})
	register(h, huma.Operation{
		OperationID: "delete-environment", Method: http.MethodDelete, Path: environmentsPath + "/{id}", Tags: tags,
		Summary:       "Destroy an environment",
		Description:   "Returns the operation that stops what runs and deletes the record. Deployments that wait are cancelled.",
		DefaultStatus: http.StatusAccepted,
		Responses:     answers(map[string]*huma.Schema{"200": schema[lockstep.Operation](h), "202": schema[lockstep.Operation](h)}),
	}, func(ctx context.Context, in *struct {
		Ref
		Change
	},
	) (*accepted[lockstep.Operation], error) {
		o, err := h.control.Destroy(ctx, by(ctx, in.Change), in.Project.Project, in.ID)
		return accept(in.Change, o, err)
	})
	h.lifecycleRoutes(tags)
	h.switchRoutes()
	h.syncRoutes()
	h.makingRoutes(tags)
	h.configRoutes([]string{"Configuration"})
	h.metricRoutes()
	h.flagRoutes()
	h.logRoutes()
}

// accepted is the answer to a change that is carried out from now on; to a
// dry run it is what would be answered, with 200.
type accepted[T any] struct {
	Status int
	Body   T
}

func accept[T any](c Change, v T, err error) (*accepted[T], error) {
	if err != nil {
		return nil, err
	}
	if c.DryRun {
		return &accepted[T]{http.StatusOK, v}, nil
	}
	return &accepted[T]{http.StatusAccepted, v}, nil
}
