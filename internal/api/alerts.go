package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func (h *Handler) alertRoutes() {
	tags := []string{"Alerts"}
	register(h, huma.Operation{
		OperationID: "list-alerts", Method: http.MethodGet, Path: "/api/system/alerts", Tags: tags,
		Summary: "A project's alerts, by environment and in the order of the matrix",
	}, func(ctx context.Context, in *struct {
		Project
		Environment string `query:"environment" doc:"Only those of this environment: its ID or name"`
	},
	) (*body[control.List[lockstep.Alert]], error) {
		return answer(h.control.Alerts(ctx, in.Project.Project, in.Environment))
	})
	register(h, huma.Operation{
		OperationID: "acknowledge-alert", Method: http.MethodPost, Path: environmentsPath + "/{id}/alerts/{name}/acknowledge", Tags: tags,
		Summary: "Say that somebody takes care of an alert that fires",
	}, func(ctx context.Context, in *struct {
		Ref
		Name string `path:"name" maxLength:"100"`
		Change
		Body *control.AcknowledgeRequest
	},
	) (*body[lockstep.Alert], error) {
		var request control.AcknowledgeRequest
		if in.Body != nil {
			request = *in.Body
		}
		return answer(h.control.AcknowledgeAlert(ctx, by(ctx, in.Change), in.Project.Project, in.ID, in.Name, request))
	})
}
