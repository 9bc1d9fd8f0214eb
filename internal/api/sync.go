package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

const syncsPath = "/api/system/syncs"

func (h *Handler) syncRoutes() {
	tags := []string{"Sync"}
	register(h, huma.Operation{
		OperationID: "sync-environment", Method: http.MethodPost, Path: environmentsPath + "/{id}/sync", Tags: tags,
		Summary: "Bring one environment's configuration into another's",
		Description: "The body names the other environment: `sourceEnvironmentId`, and {id} is the target, or `targetEnvironmentId`, and {id} is the source. " +
			"What differs by intention stays, unless `includeSpecific` says otherwise; secrets are copied as they are sealed. " +
			"All of it is one new version of the target's configuration, or nothing is changed. With `dryRun` the answer is the plan. " +
			"The sync holds both environments: it waits for a deployment of either, and until then its operation can be cancelled.",
		DefaultStatus: http.StatusAccepted,
		Responses:     answers(map[string]*huma.Schema{"200": schema[lockstep.SyncResult](h), "202": schema[lockstep.SyncResult](h)}),
	}, func(ctx context.Context, in *struct {
		Ref
		Change
		Body lockstep.ConfigSyncOptions
	},
	) (*accepted[lockstep.SyncResult], error) {
		s, err := h.control.Sync(ctx, by(ctx, in.Change), in.Project.Project, in.ID, in.Body)
		return accept(in.Change, s, err)
	})
	register(h, huma.Operation{
		OperationID: "diff-environments", Method: http.MethodGet, Path: environmentsPath + "/{id}/diff", Tags: tags,
		Summary: "In what two environments differ",
		Description: "Every difference has a class: intended (declared as specific to an environment), unpromoted (changed in one and not brought to the other), " +
			"drifted (what one of them runs is not what it stores). Sensitive values are compared and not shown.",
	}, func(ctx context.Context, in *struct {
		Ref
		Project
		With string `query:"with" required:"true" minLength:"1" maxLength:"100" doc:"The other environment: ID or name. {id} is the source, it is the target."`
	},
	) (*body[lockstep.EnvironmentDiff], error) {
		return answer(h.control.DiffEnvironments(ctx, in.Project.Project, in.ID, in.With))
	})
	register(h, huma.Operation{
		OperationID: "list-environment-syncs", Method: http.MethodGet, Path: environmentsPath + "/{id}/syncs", Tags: tags,
		Summary: "Syncs from and to an environment, the newest first",
	}, func(ctx context.Context, in *struct {
		Ref
		Project
		Page
	},
	) (*body[control.List[lockstep.SyncResult]], error) {
		return answer(h.control.Syncs(ctx, in.Project.Project, in.ID, in.page()))
	})
	register(h, huma.Operation{
		OperationID: "list-syncs", Method: http.MethodGet, Path: syncsPath, Tags: tags,
		Summary: "A project's syncs, the newest first",
	}, func(ctx context.Context, in *struct {
		Project
		Page
	},
	) (*body[control.List[lockstep.SyncResult]], error) {
		return answer(h.control.Syncs(ctx, in.Project.Project, "", in.page()))
	})
	register(h, huma.Operation{
		OperationID: "get-sync", Method: http.MethodGet, Path: syncsPath + "/{id}", Tags: tags,
		Summary: "One sync, with what it changed",
	}, func(ctx context.Context, in *struct {
		ID
		Project
	},
	) (*body[lockstep.SyncResult], error) {
		return answer(h.control.SyncResult(ctx, in.ID.ID))
	})
	register(h, huma.Operation{
		OperationID: "undo-sync", Method: http.MethodPost, Path: syncsPath + "/{id}/undo", Tags: tags,
		Summary:     "Make a sync's target say again what it said before",
		Description: "A new version of its configuration with what stood in the version before the sync. Refused where it has changed since.",
	}, func(ctx context.Context, in *struct {
		ID
		Change
	},
	) (*body[lockstep.SyncResult], error) {
		return answer(h.control.UndoSync(ctx, by(ctx, in.Change), in.ID.ID))
	})
}
