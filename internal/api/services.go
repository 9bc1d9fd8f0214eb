package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func (h *Handler) serviceRoutes(tags []string, operation map[string]*huma.Response) {
	for _, route := range []struct {
		name, summary, description string
		ask                        func(context.Context, control.By, string, string, string, control.ToggleRequest) (lockstep.Operation, error)
	}{
		{
			"disable", "Switch a service off until it is enabled",
			"Returns the operation that drains and stops the service's instances. Requests to it are answered 503, and deployments, starts and scales start nothing of it. A dependency is not checked any more. Refused, unless forced, where an enabled service depends on it, or where users reach nothing else.",
			h.control.DisableService,
		},
		{
			"enable", "Switch a service on again",
			"Returns the operation that starts the service with its recorded number of instances and leads requests to it once they are ready. Where that fails, the service is disabled again.",
			h.control.EnableService,
		},
	} {
		register(h, huma.Operation{
			OperationID: route.name + "-service", Method: http.MethodPost, Path: environmentsPath + "/{id}/services/{service}/" + route.name, Tags: tags,
			Summary: route.summary, Description: route.description,
			DefaultStatus: http.StatusAccepted, Responses: clone(operation),
		}, func(ctx context.Context, in *struct {
			Ref
			Change
			Service string `path:"service" maxLength:"64" doc:"The name of a service, or of a dependency."`
			Body    *control.ToggleRequest
		},
		) (*accepted[lockstep.Operation], error) {
			var req control.ToggleRequest
			if in.Body != nil {
				req = *in.Body
			}
			o, err := route.ask(ctx, by(ctx, in.Change), in.Project.Project, in.ID, in.Service, req)
			return accept(in.Change, o, err)
		})
	}
}
