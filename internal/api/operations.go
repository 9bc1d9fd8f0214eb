package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

const operationsPath = "/api/system/operations"

func (h *Handler) operationRoutes() {
	tags := []string{"Operations"}
	register(h, huma.Operation{
		OperationID: "list-operations", Method: http.MethodGet, Path: operationsPath, Tags: tags,
		Summary: "What runs and what waits, in the order in which it will run",
	}, func(ctx context.Context, in *struct {
		Project
		Environment string `query:"environment" maxLength:"64" doc:"Only of this environment: its ID or name."`
	},
	) (*body[control.List[lockstep.Operation]], error) {
		return items(h.control.Operations(ctx, in.Project.Project, in.Environment))
	})
	register(h, huma.Operation{
		OperationID: "get-operation", Method: http.MethodGet, Path: operationsPath + "/{id}", Tags: tags,
		Summary: "One operation, with its steps",
	}, func(ctx context.Context, in *struct {
		ID
		Project
	},
	) (*body[lockstep.Operation], error) {
		return answer(h.control.Operation(ctx, in.ID.ID))
	})
	register(h, huma.Operation{
		OperationID: "get-operation-output", Method: http.MethodGet, Path: operationsPath + "/{id}/output", Tags: tags,
		Summary: "What the steps of an operation wrote: all of it, or both ends of it",
	}, func(ctx context.Context, in *struct {
		ID
		Project
	},
	) (*body[control.List[lockstep.StepOutput]], error) {
		return items(h.control.StepOutputs(ctx, in.ID.ID))
	})
	register(h, huma.Operation{
		OperationID: "cancel-operation", Method: http.MethodPost, Path: operationsPath + "/{id}/cancel", Tags: tags,
		Summary: "Stop an operation at its next safe point, and undo it",
	}, func(ctx context.Context, in *struct {
		ID
		Change
	},
	) (*body[lockstep.Operation], error) {
		return answer(h.control.CancelOperation(ctx, by(ctx, in.Change), in.ID.ID))
	})
}
