package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

const schedulesPath = "/api/system/schedules"

func (h *Handler) scheduleRoutes() {
	tags := []string{"Schedules"}
	register(h, huma.Operation{
		OperationID: "list-scheduled-deployments", Method: http.MethodGet, Path: schedulesPath + "/deployments", Tags: tags,
		Summary:     "Deployments that wait for their time, the next one first",
		Description: "Each with whether a failure is rolled back by itself, and for how long requests will be held.",
	}, func(ctx context.Context, in *struct {
		Project
		Environment string `query:"environment" maxLength:"64" doc:"Only to this environment: its ID or name."`
	},
	) (*body[control.List[control.ScheduledDeployment]], error) {
		return items(h.control.ScheduledDeployments(ctx, in.Project.Project, in.Environment))
	})
	register(h, huma.Operation{
		OperationID: "reschedule-deployment", Method: http.MethodPut, Path: deploymentsPath + "/{id}/schedule", Tags: tags,
		Summary:     "Change when a deployment starts that waits for its time",
		Description: "An approval that was given holds: it is of the revision and the strategy. `ifMissed` and `grace` go back to their defaults where they are left out.",
	}, func(ctx context.Context, in *struct {
		ID
		Change
		Body lockstep.Timing
	},
	) (*body[lockstep.Deployment], error) {
		return answer(h.control.Reschedule(ctx, by(ctx, in.Change), in.ID.ID, in.Body))
	})
}
