package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

const switchesPath = "/api/system/switches"

func (h *Handler) switchRoutes() {
	tags := []string{"Live address"}
	register(h, huma.Operation{
		OperationID: "switch-environment", Method: http.MethodPost, Path: environmentsPath + "/switch", Tags: tags,
		Summary: "Lead the project's live address to another environment",
		Description: "Returns the operation that proves the target, moves new requests to it in one change, and verifies the live address; what was in flight goes on. " +
			"Where a step after the move fails, traffic goes back. With `drill` everything is rehearsed and nobody is moved. " +
			"Where the matrix asks for it the switch is `pending_approval` and waits for somebody, in nobody's way; it ends where the address moves, or another revision comes to the target, meanwhile. " +
			"A switch that was asked for at another `epoch` than the one that holds, or while another is under way, is a conflict that says who moved the address.",
		DefaultStatus: http.StatusAccepted,
		Responses:     answers(map[string]*huma.Schema{"200": schema[lockstep.Operation](h), "202": schema[lockstep.Operation](h)}),
	}, func(ctx context.Context, in *struct {
		Change
		Body lockstep.EnvironmentSwitchOptions
	},
	) (*accepted[lockstep.Operation], error) {
		o, err := h.control.Switch(ctx, by(ctx, in.Change), in.Project.Project, in.Body)
		return accept(in.Change, o, err)
	})
	register(h, huma.Operation{
		OperationID: "list-switches", Method: http.MethodGet, Path: switchesPath, Tags: tags,
		Summary: "A project's switches and drills, the newest first",
	}, func(ctx context.Context, in *struct {
		Project
		Page
	},
	) (*body[control.List[lockstep.SwitchResult]], error) {
		return answer(h.control.Switches(ctx, in.Project.Project, in.page()))
	})
	register(h, huma.Operation{
		OperationID: "get-switch", Method: http.MethodGet, Path: switchesPath + "/{id}", Tags: tags,
		Summary: "One switch, with its steps",
	}, func(ctx context.Context, in *struct {
		ID
		Project
	},
	) (*body[lockstep.SwitchResult], error) {
		return answer(h.control.SwitchResult(ctx, in.ID.ID))
	})
	register(h, huma.Operation{
		OperationID: "approve-switch", Method: http.MethodPost, Path: switchesPath + "/{id}/approve", Tags: tags,
		Summary:     "Let a switch go that waits for an approval",
		Description: "The approval is of its target, of what ran there when the switch was asked for, and of the epoch of then; where one of these has changed it is refused. `revisionHash` says what the approver has looked at.",
	}, func(ctx context.Context, in *onDeployment[control.ApprovalRequest]) (*body[lockstep.Operation], error) {
		return answer(h.control.ApproveSwitch(ctx, by(ctx, in.Change), in.ID.ID, in.body()))
	})
	register(h, huma.Operation{
		OperationID: "reject-switch", Method: http.MethodPost, Path: switchesPath + "/{id}/reject", Tags: tags,
		Summary: "Cancel a switch that waits for an approval",
	}, func(ctx context.Context, in *onDeployment[control.RejectionRequest]) (*body[lockstep.Operation], error) {
		return answer(h.control.RejectSwitch(ctx, by(ctx, in.Change), in.ID.ID, in.body()))
	})
	register(h, huma.Operation{
		OperationID: "get-live", Method: http.MethodGet, Path: "/api/system/live", Tags: tags,
		Summary:     "Who has the live address, and who could take it over now",
		Description: "For each other environment that something was deployed to, or of type production: whether a switch to it would be let in at this moment, and if not, why.",
	}, func(ctx context.Context, in *Project) (*body[lockstep.Live], error) {
		return answer(h.control.Live(ctx, by(ctx, Change{}), in.Project))
	})
}
