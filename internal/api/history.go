package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func (h *Handler) historyRoutes() {
	register(h, huma.Operation{
		OperationID: "list-history", Method: http.MethodGet, Path: "/api/system/history", Tags: []string{"Events"},
		Summary: "What happened in a project, the newest first, in sentences",
		Description: "Of an operation there is one entry: that it is asked for or under way, until it has ended; then how it ended. " +
			"What leads there (approvals, decisions, a cancel) has entries of its own. It reaches as far back as events are kept.",
	}, func(ctx context.Context, in *struct {
		Project
		Page
		Environment string               `query:"environment" maxLength:"64" doc:"Only of this environment: its ID or name."`
		Kind        lockstep.HistoryKind `query:"kind" doc:"Only what is about this."`
		Actor       string               `query:"actor" maxLength:"100" doc:"Only what this one did, or asked for."`
	},
	) (*body[control.List[lockstep.HistoryEntry]], error) {
		query := control.HistoryQuery{Environment: in.Environment, Kind: in.Kind, Actor: in.Actor}
		return answer(h.control.History(ctx, in.Project.Project, query, in.page()))
	})
}
