package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// made is the answer to something new; to a dry run it is what would be made,
// with 200.
func made[T any](c Change, v T, err error) (*accepted[T], error) {
	out, err := accept(c, v, err)
	if err == nil && !c.DryRun {
		out.Status = http.StatusCreated
	}
	return out, err
}

func (h *Handler) makingRoutes(tags []string) {
	register(h, huma.Operation{
		OperationID: "create-environment", Method: http.MethodPost, Path: environmentsPath, Tags: tags,
		Summary: "Make an environment",
		Description: "Writes it into the recorded matrix, from a template (standard, production, preview), and records it. " +
			"Nothing runs in it before its first deployment.",
		DefaultStatus: http.StatusCreated,
		Responses:     answers(map[string]*huma.Schema{"200": schema[lockstep.Environment](h), "201": schema[lockstep.Environment](h)}),
	}, func(ctx context.Context, in *struct {
		Change
		Body control.CreateRequest
	},
	) (*accepted[lockstep.Environment], error) {
		env, err := h.control.CreateEnvironment(ctx, by(ctx, in.Change), in.Project.Project, in.Body)
		return made(in.Change, env, err)
	})
	register(h, huma.Operation{
		OperationID: "update-environment", Method: http.MethodPut, Path: environmentsPath + "/{id}", Tags: tags,
		Summary: "Replace what the matrix says of one environment",
		Description: "The body is what stands under `environments.<name>` in a matrix, as JSON, whole. " +
			"The rest of the recorded matrix stays as it is. What runs changes with the next deployment.",
	}, func(ctx context.Context, in *struct {
		Ref
		Change
		Body map[string]any
	},
	) (*body[lockstep.Environment], error) {
		return answer(h.control.UpdateEnvironment(ctx, by(ctx, in.Change), in.Project.Project, in.ID, in.Body))
	})
	register(h, huma.Operation{
		OperationID: "tag-environment", Method: http.MethodPost, Path: environmentsPath + "/{id}/tags", Tags: tags,
		Summary: "Change an environment's tags", Description: "Each is key=value, with one value for each key. Nothing is decided by them.",
	}, func(ctx context.Context, in *struct {
		Ref
		Change
		Body control.TagRequest
	},
	) (*body[lockstep.Environment], error) {
		return answer(h.control.Tag(ctx, by(ctx, in.Change), in.Project.Project, in.ID, in.Body))
	})
	register(h, huma.Operation{
		OperationID: "clone-environment", Method: http.MethodPost, Path: environmentsPath + "/{id}/clone", Tags: tags,
		Summary: "Make an environment that is like another one",
		Description: "Its configuration is the source's, under its own name: host names and URLs that contain the source's name have the new one, and are listed. " +
			"No data comes along. Nothing runs in it before its first deployment.",
		DefaultStatus: http.StatusCreated,
		Responses:     answers(map[string]*huma.Schema{"200": schema[control.Cloned](h), "201": schema[control.Cloned](h)}),
	}, func(ctx context.Context, in *struct {
		Ref
		Change
		Body control.CloneRequest
	},
	) (*accepted[control.Cloned], error) {
		out, err := h.control.CloneEnvironment(ctx, by(ctx, in.Change), in.Project.Project, in.ID, in.Body)
		return made(in.Change, out, err)
	})
}
