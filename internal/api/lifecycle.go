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
}
