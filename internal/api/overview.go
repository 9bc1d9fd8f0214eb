package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func (h *Handler) overviewRoutes() {
	register(h, huma.Operation{
		OperationID: "get-overview", Method: http.MethodGet, Path: "/api/system/overview", Tags: []string{"Environments"},
		Summary: "A project at a glance: where what runs, whether it is well, what is on its way and what waits",
		Description: "All environments, the pipeline's first and in its order, with version, health as it was seen last, how far each stage is behind the one before, " +
			"traffic of this moment and the last thing that was done; the live address; the newest of the history; what waits for an approval. " +
			"Where the host could not be asked, `unknown` says why, and traffic is empty.",
	}, func(ctx context.Context, in *Project) (*body[lockstep.Overview], error) {
		return answer(h.control.Overview(ctx, by(ctx, Change{}), in.Project))
	})
	register(h, huma.Operation{
		OperationID: "list-approvals", Method: http.MethodGet, Path: "/api/system/approvals", Tags: []string{"Deployments"},
		Summary:     "What waits for somebody's word, the oldest first",
		Description: "Deployments before they begin and at a step of their recipe, and switches. `mayApprove` is the gate's answer to whoever asks.",
	}, func(ctx context.Context, in *struct {
		Project
		Environment string `query:"environment" maxLength:"64" doc:"Only of this environment: its ID or name."`
	},
	) (*body[control.List[lockstep.Approval]], error) {
		return items(h.control.Approvals(ctx, by(ctx, Change{}), in.Project.Project, in.Environment))
	})
	register(h, huma.Operation{
		OperationID: "get-environment-security", Method: http.MethodGet, Path: environmentsPath + "/{id}/security", Tags: []string{"Monitoring"},
		Summary: "Weak spots in how an environment is run, and in what it was told",
		Description: "What Lockstep itself can see at this moment: certificates, domains without HTTPS, secrets that are old, revoked and still in use or kept in the open, services without a user or a limit, debugging in production. " +
			"It looks into no program and watches for no intruder. Values are never shown. At most 200 findings, the worst first; `more` says how many are left out.",
	}, func(ctx context.Context, in *environmentInput) (*body[lockstep.SecurityReport], error) {
		return answer(h.control.Security(ctx, in.Project.Project, in.ID))
	})
	register(h, huma.Operation{
		OperationID: "get-environment-map", Method: http.MethodGet, Path: environmentsPath + "/{id}/map", Tags: []string{"Monitoring"},
		Summary:     "An environment's services and dependencies, and who needs whom",
		Description: "Edges are what is said (routes, dependsOn) or shown by a variable that names a dependency's endpoint. Only requests through the edge are counted.",
	}, func(ctx context.Context, in *environmentInput) (*body[lockstep.EnvironmentMap], error) {
		return answer(h.control.Map(ctx, in.Project.Project, in.ID))
	})
}
