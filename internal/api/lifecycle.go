package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// onEnvironment is a change of one environment that needs no more words.
type onEnvironment struct {
	Ref
	Change
}

func (h *Handler) lifecycleRoutes(tags []string) {
	operation := answers(map[string]*huma.Schema{"200": schema[lockstep.Operation](h), "202": schema[lockstep.Operation](h)})
	for _, route := range []struct {
		name, summary, description string
		ask                        func(context.Context, control.By, string, string) (lockstep.Operation, error)
	}{
		{
			"stop", "Stop an environment",
			"Returns the operation that leads no more requests to it, drains and stops all of its instances. Its addresses answer 503; its active revision is kept for a start.",
			h.control.Stop,
		},
		{
			"start", "Start a stopped environment",
			"Returns the operation that brings the active revision up again, verifies it at the environment's level, and leads requests to it. Where that fails, what it started is stopped.",
			h.control.Start,
		},
	} {
		register(h, huma.Operation{
			OperationID: route.name + "-environment", Method: http.MethodPost, Path: environmentsPath + "/{id}/" + route.name, Tags: tags,
			Summary: route.summary, Description: route.description,
			DefaultStatus: http.StatusAccepted, Responses: clone(operation),
		}, func(ctx context.Context, in *onEnvironment) (*accepted[lockstep.Operation], error) {
			o, err := route.ask(ctx, by(ctx, in.Change), in.Project.Project, in.ID)
			return accept(in.Change, o, err)
		})
	}
	for _, route := range []struct {
		name, summary string
		do            func(context.Context, control.By, string, string) (lockstep.Environment, error)
	}{
		{"archive", "Keep a stopped environment for its history only", h.control.Archive},
		{"unarchive", "Make an archived environment a stopped one again", h.control.Unarchive},
	} {
		register(h, huma.Operation{
			OperationID: route.name + "-environment", Method: http.MethodPost, Path: environmentsPath + "/{id}/" + route.name, Tags: tags,
			Summary: route.summary,
		}, func(ctx context.Context, in *onEnvironment) (*body[lockstep.Environment], error) {
			return answer(route.do(ctx, by(ctx, in.Change), in.Project.Project, in.ID))
		})
	}
	maintenance := huma.Operation{
		OperationID: "begin-maintenance", Method: http.MethodPost, Path: environmentsPath + "/{id}/maintenance", Tags: tags,
		Summary:       "Tell an environment's users that it is in maintenance",
		Description:   "Returns the operation after which requests are answered 503 with a page, and Retry-After, while the instances go on running. Deployments are refused meanwhile. It does not end by itself.",
		DefaultStatus: http.StatusAccepted, Responses: clone(operation),
	}
	register(h, maintenance, func(ctx context.Context, in *struct {
		Ref
		Change
		Body *lockstep.Maintenance
	},
	) (*accepted[lockstep.Operation], error) {
		var m lockstep.Maintenance
		if in.Body != nil {
			m = *in.Body
		}
		o, err := h.control.BeginMaintenance(ctx, by(ctx, in.Change), in.Project.Project, in.ID, m)
		return accept(in.Change, o, err)
	})
	register(h, huma.Operation{
		OperationID: "end-maintenance", Method: http.MethodDelete, Path: maintenance.Path, Tags: tags,
		Summary:       "End an environment's maintenance",
		Description:   "Returns the operation that leads requests back.",
		DefaultStatus: http.StatusAccepted, Responses: clone(operation),
	}, func(ctx context.Context, in *onEnvironment) (*accepted[lockstep.Operation], error) {
		o, err := h.control.EndMaintenance(ctx, by(ctx, in.Change), in.Project.Project, in.ID)
		return accept(in.Change, o, err)
	})
	register(h, huma.Operation{
		OperationID: "scale-environment", Method: http.MethodPost, Path: environmentsPath + "/{id}/scale", Tags: tags,
		Summary:       "Change how many instances services have",
		Description:   "Returns the operation that starts more, or drains and stops some; nothing else restarts. The numbers are recorded when it completes. Where it fails, those before are brought back.",
		DefaultStatus: http.StatusAccepted, Responses: clone(operation),
	}, func(ctx context.Context, in *struct {
		Ref
		Change
		Body control.ScaleRequest
	},
	) (*accepted[lockstep.Operation], error) {
		o, err := h.control.Scale(ctx, by(ctx, in.Change), in.Project.Project, in.ID, in.Body)
		return accept(in.Change, o, err)
	})
	h.serviceRoutes(tags, operation)
}
