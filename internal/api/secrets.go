package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// VariableRef addresses a variable of an environment.
type VariableRef struct {
	Ref
	Variable string `path:"key" maxLength:"200" doc:"The variable's key; backend%2FKEY for that of one service."`
}

func (h *Handler) secretRoutes() {
	tags := []string{"Secrets"}
	register(h, huma.Operation{
		OperationID: "get-key-status", Method: http.MethodGet, Path: "/api/system/keys", Tags: tags,
		Summary: "The keys that secrets are sealed with, and how far their rotation is",
	}, func(ctx context.Context, _ *Project) (*body[lockstep.KeyStatus], error) {
		return answer(h.control.KeyStatus(ctx))
	})
	register(h, huma.Operation{
		OperationID: "rotate-keys", Method: http.MethodPost, Path: "/api/system/keys/rotate", Tags: tags,
		Summary:       "Seal all secrets with a new key",
		Description:   "Returns when it has begun. It goes on by itself, on whichever server lives, and nothing that reads secrets fails meanwhile. A rotation that is under way is a conflict.",
		DefaultStatus: http.StatusAccepted,
		Responses:     answers(map[string]*huma.Schema{"200": schema[lockstep.KeyStatus](h), "202": schema[lockstep.KeyStatus](h)}),
	}, func(ctx context.Context, in *Change) (*accepted[lockstep.KeyStatus], error) {
		status, err := h.control.RotateKeys(ctx, by(ctx, *in))
		return accept(*in, status, err)
	})
	register(h, huma.Operation{
		OperationID: "list-secret-uses", Method: http.MethodGet, Path: environmentsPath + "/{id}/variables/{key}/uses", Tags: tags,
		Summary:     "Who has which value of a secret",
		Description: "All secrets of that key that the environment can see, of whatever level, with the instances and revisions of every environment that have their values. Values are never shown.",
	}, func(ctx context.Context, in *struct {
		VariableRef
		Project
	},
	) (*body[control.List[lockstep.SecretUse]], error) {
		return items(h.control.SecretUses(ctx, in.Project.Project, in.ID, in.Variable))
	})
	register(h, huma.Operation{
		OperationID: "revoke-secret-version", Method: http.MethodPost, Path: environmentsPath + "/{id}/variables/{key}/revoke", Tags: tags,
		Summary:     "Remove a value of a secret for good",
		Description: "Refused while an instance or a revision in use has it, unless it is forced. What needs it later is refused before anything happens.",
	}, func(ctx context.Context, in *struct {
		VariableRef
		Change
		Body lockstep.SecretRevocation
	},
	) (*body[lockstep.SecretUse], error) {
		return answer(h.control.RevokeSecret(ctx, by(ctx, in.Change), in.Project.Project, in.ID, in.Variable, in.Body))
	})
}
