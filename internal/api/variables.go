package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// VariablesInput is a change of variables.
type VariablesInput struct {
	Change
	Seen
	Body VariablesBody
}

// update is what a request asks for.
func (in VariablesInput) update() (lockstep.ConfigUpdate, error) {
	changes, problems := changesOf(in.Body.Variables)
	up := lockstep.ConfigUpdate{Variables: changes, Options: in.Body.Options}
	if err := invalid(problems); err != nil {
		return up, err
	}
	return up, in.base(&up.Options)
}

func (h *Handler) variableRoutes(tags []string, at string) {
	register(h, huma.Operation{
		OperationID: "list-variables", Method: http.MethodGet, Path: at + "/variables", Tags: tags,
		Summary:     "An environment's variables, of all levels, as they win",
		Description: "Level and owner say where each comes from; what is inherited has the source inherited. Problems are what no deployment would go with.",
	}, func(ctx context.Context, in *struct {
		Ref
		Project
		Service string `query:"service" maxLength:"64" doc:"Only what this service gets, each name once."`
		Own     bool   `query:"own" doc:"Only what the environment says itself."`
		Key     string `query:"key" maxLength:"255" doc:"Only those of this name: whoever asks for one secret need not get, and be noted for, all."`
		Reveal
	},
	) (*tagged[control.VariableList], error) {
		query := control.VariableQuery{Service: in.Service, Own: in.Own, Key: in.Key, Reveal: in.IncludeSecrets}
		return listed(h.control.Variables(ctx, by(ctx, Change{}), in.Project.Project, in.ID, query))
	})
	register(h, huma.Operation{
		OperationID: "update-variables", Method: http.MethodPut, Path: at + "/variables", Tags: tags, MaxBodyBytes: maxConfigBody,
		Summary:     "Set and remove an environment's own variables",
		Description: "What is not named stays. All of it or nothing. What runs changes with the next deployment that asks for it, or at once with options.applyImmediately.",
	}, func(ctx context.Context, in *struct {
		Ref
		VariablesInput
	},
	) (*tagged[lockstep.ConfigUpdateResult], error) {
		up, err := in.update()
		if err != nil {
			return nil, err
		}
		return updated(h.control.UpdateConfig(ctx, by(ctx, in.Change), in.Project.Project, in.ID, up))
	})
	register(h, huma.Operation{
		OperationID: "explain-variable", Method: http.MethodGet, Path: at + "/variables/{key}/explain", Tags: tags,
		Summary:     "Where a variable's value comes from",
		Description: "For each service that gets it: who says it, the one that wins first, and why the others do not.",
	}, func(ctx context.Context, in *struct {
		Ref
		Project
		Key     string `path:"key" maxLength:"255"`
		Service string `query:"service" maxLength:"64" doc:"Only of this service."`
	},
	) (*body[control.List[config.Explanation]], error) {
		return items(h.control.Explain(ctx, in.Project.Project, in.ID, in.Key, in.Service))
	})
	h.variablesAbove(tags)
	h.formatRoutes(tags)
}

// variablesAbove are those of projects and of types.
func (h *Handler) variablesAbove(tags []string) {
	const project, kind = "/api/system/projects/{id}/variables", "/api/system/types/{type}/variables"
	register(h, huma.Operation{
		OperationID: "list-project-variables", Method: http.MethodGet, Path: project, Tags: tags,
		Summary: "What a project says for all of its environments",
	}, func(ctx context.Context, in *ID) (*tagged[control.VariableList], error) {
		return listed(h.control.OwnVariables(ctx, in.ID, ""))
	})
	register(h, huma.Operation{
		OperationID: "update-project-variables", Method: http.MethodPut, Path: project, Tags: tags, MaxBodyBytes: maxConfigBody,
		Summary:     "Set and remove a project's variables",
		Description: "Each environment whose configuration changes by it gets a new version; nothing is deployed.",
	}, func(ctx context.Context, in *struct {
		ID
		VariablesInput
	},
	) (*tagged[lockstep.ConfigUpdateResult], error) {
		up, err := in.update()
		if err != nil {
			return nil, err
		}
		return updated(h.control.UpdateOwnVariables(ctx, by(ctx, in.Change), in.ID.ID, "", up))
	})
	register(h, huma.Operation{
		OperationID: "list-type-variables", Method: http.MethodGet, Path: kind, Tags: tags,
		Summary: "What is said for all environments of a type",
	}, func(ctx context.Context, in *struct {
		Project
		Type lockstep.EnvironmentType `path:"type"`
	},
	) (*tagged[control.VariableList], error) {
		return listed(h.control.OwnVariables(ctx, in.Project.Project, in.Type))
	})
	register(h, huma.Operation{
		OperationID: "update-type-variables", Method: http.MethodPut, Path: kind, Tags: tags, MaxBodyBytes: maxConfigBody,
		Summary:     "Set and remove the variables of a type",
		Description: "Each environment of the type whose configuration changes by it gets a new version; nothing is deployed.",
	}, func(ctx context.Context, in *struct {
		Type lockstep.EnvironmentType `path:"type"`
		VariablesInput
	},
	) (*tagged[lockstep.ConfigUpdateResult], error) {
		up, err := in.update()
		if err != nil {
			return nil, err
		}
		return updated(h.control.UpdateOwnVariables(ctx, by(ctx, in.Change), in.Project.Project, in.Type, up))
	})
}

func listed(list control.VariableList, err error) (*tagged[control.VariableList], error) {
	if err != nil {
		return nil, err
	}
	return &tagged[control.VariableList]{configTag(list.Version, list.Hash), list}, nil
}
