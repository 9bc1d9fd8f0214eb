package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

const templatesPath = "/api/system/config/templates"

// TemplateRef addresses a template.
type TemplateRef struct {
	ID string `path:"id" maxLength:"80" doc:"The template's ID or name; NAME@VERSION for one of its versions."`
}

// taggedTemplate is a template with its version as the entity tag.
type taggedTemplate struct {
	Status int
	ETag   string `header:"ETag" doc:"The template's version, for If-Match."`
	Body   lockstep.ConfigTemplate
}

func tagTemplate(status int, t lockstep.ConfigTemplate, err error) (*taggedTemplate, error) {
	if err != nil {
		return nil, err
	}
	return &taggedTemplate{status, `"` + t.Metadata.Version + `"`, t}, nil
}

func (h *Handler) templateRoutes() {
	tags := []string{"Configuration templates"}
	h.templateSourceRoutes(tags)
	h.templateUseRoutes(tags)
}

func (h *Handler) templateSourceRoutes(tags []string) {
	register(h, huma.Operation{
		OperationID: "list-templates", Method: http.MethodGet, Path: templatesPath, Tags: tags,
		Summary: "A project's configuration templates and the built-in ones, by name, without what they make",
	}, func(ctx context.Context, in *struct {
		Project
		Type            lockstep.TemplateType    `query:"type" doc:"Only of this type."`
		EnvironmentType lockstep.EnvironmentType `query:"environmentType" doc:"Only those that may be applied to environments of this type."`
	},
	) (*body[control.List[lockstep.ConfigTemplate]], error) {
		return items(h.control.Templates(ctx, in.Project.Project, in.Type, in.EnvironmentType))
	})
	register(h, huma.Operation{
		OperationID: "create-template", Method: http.MethodPost, Path: templatesPath, Tags: tags,
		Summary: "Record a configuration template",
		Description: "`template` has `sections`, `variables` and `files`. Texts in them are Go templates with sprig's functions that depend on their arguments alone; " +
			"upper-case variables are also written `{{NAME}}`. A text that is one placeholder keeps the type of its value. Every placeholder is checked, and mistakes are told with line and column.",
		DefaultStatus: http.StatusCreated,
		Responses:     answers(map[string]*huma.Schema{"200": schema[lockstep.ConfigTemplate](h), "201": schema[lockstep.ConfigTemplate](h)}),
	}, func(ctx context.Context, in *struct {
		Change
		Body lockstep.ConfigTemplateConfig
	},
	) (*taggedTemplate, error) {
		t, err := h.control.CreateTemplate(ctx, by(ctx, in.Change), in.Project.Project, in.Body)
		status := http.StatusCreated
		if in.DryRun {
			status = http.StatusOK
		}
		return tagTemplate(status, t, err)
	})
	register(h, huma.Operation{
		OperationID: "get-template", Method: http.MethodGet, Path: templatesPath + "/{id}", Tags: tags,
		Summary: "One version of a configuration template, the newest where none is named",
	}, func(ctx context.Context, in *struct {
		TemplateRef
		Project
		Version string `query:"version" maxLength:"30" doc:"1.0.0"`
	},
	) (*taggedTemplate, error) {
		t, err := h.control.Template(ctx, in.Project.Project, in.ID, in.Version)
		return tagTemplate(http.StatusOK, t, err)
	})
	register(h, huma.Operation{
		OperationID: "update-template", Method: http.MethodPut, Path: templatesPath + "/{id}", Tags: tags,
		Summary:     "Make a template's next version",
		Description: "The versions before it stay as they are. The same text once more makes none.",
	}, func(ctx context.Context, in *struct {
		TemplateRef
		Change
		IfMatch string `header:"If-Match" maxLength:"40" doc:"The version that the change was made for, or *. Required (428)."`
		Body    lockstep.ConfigTemplateConfig
	},
	) (*taggedTemplate, error) {
		t, err := h.control.UpdateTemplate(ctx, by(ctx, in.Change), in.Project.Project, in.ID, version(in.IfMatch), in.Body)
		return tagTemplate(http.StatusOK, t, err)
	})
	register(h, huma.Operation{
		OperationID: "delete-template", Method: http.MethodDelete, Path: templatesPath + "/{id}", Tags: tags,
		Summary:     "Delete a template with its versions",
		Description: "What it made in environments stays. Where it made something it is refused, unless it is forced.",
	}, func(ctx context.Context, in *struct {
		TemplateRef
		Change
		Force bool `query:"force" doc:"Although it made something."`
	},
	) (*body[lockstep.ConfigTemplate], error) {
		return answer(h.control.DeleteTemplate(ctx, by(ctx, in.Change), in.Project.Project, in.ID, in.Force))
	})
	register(h, huma.Operation{
		OperationID: "list-template-versions", Method: http.MethodGet, Path: templatesPath + "/{id}/versions", Tags: tags,
		Summary: "A template's versions, the newest first, without what they make",
	}, func(ctx context.Context, in *struct {
		TemplateRef
		Project
	},
	) (*body[control.List[lockstep.ConfigTemplate]], error) {
		return items(h.control.TemplateVersions(ctx, in.Project.Project, in.ID))
	})
}

func (h *Handler) templateUseRoutes(tags []string) {
	type use struct {
		TemplateRef
		Change
		Body control.ApplyTemplateRequest
	}
	register(h, huma.Operation{
		OperationID: "preview-template", Method: http.MethodPost, Path: templatesPath + "/{id}/preview", Tags: tags,
		Summary:     "What a template makes, and what that would change in an environment",
		Description: "Without an environment it is only rendered. Sensitive variables may be left out. Nothing is changed.",
	}, func(ctx context.Context, in *use) (*body[lockstep.TemplateApplyResult], error) {
		return answer(h.control.PreviewTemplate(ctx, by(ctx, in.Change), in.Project.Project, in.ID, in.Body))
	})
	register(h, huma.Operation{
		OperationID: "apply-template", Method: http.MethodPost, Path: templatesPath + "/{id}/apply", Tags: tags,
		Summary: "Apply a template to an environment's configuration, all of it or nothing",
		Description: "What the template does not name stays. What runs changes with the next deployment that takes the newest configuration, or at once with `applyImmediately`. " +
			"Which version made what is kept.",
	}, func(ctx context.Context, in *use) (*body[lockstep.TemplateApplyResult], error) {
		return answer(h.control.ApplyTemplate(ctx, by(ctx, in.Change), in.Project.Project, in.ID, in.Body))
	})
	register(h, huma.Operation{
		OperationID: "upgrade-template", Method: http.MethodPost, Path: templatesPath + "/{id}/upgrade", Tags: tags,
		Summary: "Bring another version of a template into an environment that it made",
		Description: "A merge of three sides: what was made, what is there, what would be made now. What people changed stays; what both changed is a conflict and stays too, " +
			"unless `take` names its path. With dryRun it is a diff to review.",
	}, func(ctx context.Context, in *use) (*body[lockstep.TemplateUpgrade], error) {
		return answer(h.control.UpgradeTemplate(ctx, by(ctx, in.Change), in.Project.Project, in.ID, in.Body))
	})
	register(h, huma.Operation{
		OperationID: "list-applied-templates", Method: http.MethodGet, Path: environmentsPath + "/{id}/config/templates", Tags: tags,
		Summary: "The templates that made an environment's configuration, without what was rendered",
	}, func(ctx context.Context, in *struct {
		Ref
		Project
	},
	) (*body[control.List[control.AppliedTemplate]], error) {
		return items(h.control.AppliedTemplates(ctx, in.Project.Project, in.ID))
	})
	register(h, huma.Operation{
		OperationID: "get-applied-template", Method: http.MethodGet, Path: environmentsPath + "/{id}/config/templates/{template}", Tags: tags,
		Summary: "What a template made in an environment when it was applied last, with the files",
	}, func(ctx context.Context, in *struct {
		Ref
		Project
		Template string `path:"template" maxLength:"64" doc:"The template's ID or name."`
	},
	) (*body[control.AppliedTemplate], error) {
		return answer(h.control.AppliedTemplate(ctx, in.Project.Project, in.ID, in.Template))
	})
}
