package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/lockstep-dev/lockstep"
)

const templates = "/api/system/config/templates"

// Templates lists configuration templates by name, without what they make:
// of a type, and for a type of environment, where they are named.
func (c *Client) Templates(ctx context.Context, kind lockstep.TemplateType, of lockstep.EnvironmentType) ([]lockstep.ConfigTemplate, error) {
	q := url.Values{}
	if kind != "" {
		q.Set("type", string(kind))
	}
	if of != "" {
		q.Set("environmentType", string(of))
	}
	list, err := get[List[lockstep.ConfigTemplate]](ctx, c, templates, q)
	return list.Items, err
}

// Template reads a template by ID or name; NAME@VERSION is one of its
// versions.
func (c *Client) Template(ctx context.Context, ref string) (lockstep.ConfigTemplate, error) {
	return get[lockstep.ConfigTemplate](ctx, c, templates+"/"+seg(ref), nil)
}

// TemplateVersions lists a template's versions, the newest first.
func (c *Client) TemplateVersions(ctx context.Context, ref string) ([]lockstep.ConfigTemplate, error) {
	list, err := get[List[lockstep.ConfigTemplate]](ctx, c, templates+"/"+seg(ref)+"/versions", nil)
	return list.Items, err
}

// CreateTemplate records a template.
func (c *Client) CreateTemplate(ctx context.Context, config lockstep.ConfigTemplateConfig, opts ChangeOptions) (lockstep.ConfigTemplate, error) {
	return post[lockstep.ConfigTemplate](ctx, c, templates, opts.query(), config)
}

// UpdateTemplate makes a template's next version. version is the one that the
// change was made for, or * for any; CodeStale where it is another.
func (c *Client) UpdateTemplate(ctx context.Context, ref, version string, config lockstep.ConfigTemplateConfig, opts ChangeOptions) (lockstep.ConfigTemplate, error) {
	header := http.Header{}
	if version != "*" {
		version = `"` + version + `"`
	}
	header.Set("If-Match", version)
	var t lockstep.ConfigTemplate
	err := c.json(ctx, call{method: http.MethodPut, path: templates + "/" + seg(ref), query: opts.query(), header: header}, config, &t)
	return t, err
}

// DeleteTemplate deletes a template with its versions; force does so although
// it made something.
func (c *Client) DeleteTemplate(ctx context.Context, ref string, force bool) (lockstep.ConfigTemplate, error) {
	q := url.Values{}
	if force {
		q.Set("force", "true")
	}
	var t lockstep.ConfigTemplate
	err := c.json(ctx, call{method: http.MethodDelete, path: templates + "/" + seg(ref), query: q}, nil, &t)
	return t, err
}

// TemplateUse is what a template is asked to make.
type TemplateUse struct {
	Environment      string         `json:"environment,omitempty"` // ID or name
	Version          string         `json:"version,omitempty"`     // default: the newest
	Variables        map[string]any `json:"variables,omitempty"`
	ApplyImmediately bool           `json:"applyImmediately,omitempty"` // by a deployment of what runs
	BaseVersion      int64          `json:"baseVersion,omitempty"`      // of the configuration; CodeStale where it is another
	Take             []string       `json:"take,omitempty"`             // of an upgrade: the conflicts in which the template's is taken; * for all
}

// PreviewTemplate says what a template makes and, of an environment, what
// that would change.
func (c *Client) PreviewTemplate(ctx context.Context, ref string, use TemplateUse) (lockstep.TemplateApplyResult, error) {
	return post[lockstep.TemplateApplyResult](ctx, c, templates+"/"+seg(ref)+"/preview", nil, use)
}

// ApplyTemplate applies a template to an environment.
func (c *Client) ApplyTemplate(ctx context.Context, ref string, use TemplateUse, opts ChangeOptions) (lockstep.TemplateApplyResult, error) {
	return post[lockstep.TemplateApplyResult](ctx, c, templates+"/"+seg(ref)+"/apply", opts.query(), use)
}

// UpgradeTemplate brings another version of a template into an environment
// that it made.
func (c *Client) UpgradeTemplate(ctx context.Context, ref string, use TemplateUse, opts ChangeOptions) (lockstep.TemplateUpgrade, error) {
	return post[lockstep.TemplateUpgrade](ctx, c, templates+"/"+seg(ref)+"/upgrade", opts.query(), use)
}

// AppliedTemplate is what a template made in an environment. Newest is the
// template's version by now, "" where it is gone.
type AppliedTemplate struct {
	lockstep.TemplateApplication
	Newest string `json:"newest,omitempty"`
}

// AppliedTemplates lists the templates that made an environment's
// configuration, without what was rendered.
func (c *Client) AppliedTemplates(ctx context.Context, environment string) ([]AppliedTemplate, error) {
	list, err := get[List[AppliedTemplate]](ctx, c, environments+"/"+seg(environment)+"/config/templates", nil)
	return list.Items, err
}

// AppliedTemplate is one of them, with what was rendered.
func (c *Client) AppliedTemplate(ctx context.Context, environment, template string) (AppliedTemplate, error) {
	return get[AppliedTemplate](ctx, c, environments+"/"+seg(environment)+"/config/templates/"+seg(template), nil)
}
