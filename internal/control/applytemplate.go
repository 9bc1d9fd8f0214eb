package control

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/template"
)

// ApplyTemplateRequest asks what a template makes of an environment.
type ApplyTemplateRequest struct {
	Environment string         `json:"environment,omitempty"` // ID or name; of a preview, none: it is only rendered
	Version     string         `json:"version,omitempty"`     // of the template; default: the newest
	Variables   map[string]any `json:"variables,omitempty"`   // of the template

	ApplyImmediately bool     `json:"applyImmediately,omitempty"` // by a deployment of what runs
	BaseVersion      int64    `json:"baseVersion,omitempty"`      // of the configuration: refused where the newest is another
	Take             []string `json:"take,omitempty"`             // of an upgrade: the conflicts in which the template's is taken, by path; * for all
}

// concealed is a request as it may be kept: without the values of variables
// that are, or may be, sensitive.
func (r ApplyTemplateRequest) concealed(t lockstep.ConfigTemplate) ApplyTemplateRequest {
	r.Variables = maps.Clone(r.Variables)
	for _, v := range t.Variables {
		if _, given := r.Variables[v.Key]; given && template.Sensitive(v) {
			r.Variables[v.Key] = lockstep.Redacted
		}
	}
	return r
}

// templateScene is what a template is made with: read first, because a
// template is rendered outside of every transaction.
type templateScene struct {
	project  lockstep.Project
	env      lockstep.Environment // its ID is empty where there is none
	template lockstep.ConfigTemplate
	latest   lockstep.ConfigVersion        // of the environment
	last     *lockstep.TemplateApplication // of this template to it; nil: none
}

func (c *Control) templateScene(ctx context.Context, projectName, ref string, req ApplyTemplateRequest) (templateScene, error) {
	return view(ctx, c, func(tx Tx) (s templateScene, err error) {
		if req.Environment == "" {
			if s.project, err = project(tx, projectName); err != nil {
				return s, err
			}
			s.template, err = findTemplate(tx, s.project, ref, req.Version)
			return s, err
		}
		if s.env, err = environment(tx, projectName, req.Environment); err != nil {
			return s, err
		}
		if s.project, err = tx.Project(s.env.Project); err != nil {
			return s, err
		}
		if s.template, err = findTemplate(tx, s.project, ref, req.Version); err != nil {
			return s, err
		}
		if err := compatible(s.template, s.env.Name, s.env.Type); err != nil {
			return s, err
		}
		if s.latest, err = tx.ConfigVersion(s.env.ID, 0); err != nil {
			return s, err
		}
		last, err := tx.TemplateApplication(s.env.ID, s.template.ID)
		if lockstep.CodeOf(err) == lockstep.CodeNotFound {
			return s, nil
		}
		s.last = &last
		return s, err
	})
}

func compatible(t lockstep.ConfigTemplate, name string, kind lockstep.EnvironmentType) error {
	if slices.Contains(t.EnvironmentTypes, kind) {
		return nil
	}
	kinds := make([]string, len(t.EnvironmentTypes))
	for i, k := range t.EnvironmentTypes {
		kinds[i] = string(k)
	}
	return lockstep.Errorf(lockstep.CodeConflict, "template %s is for environments of type %s, and %s is of type %s", t.Name, strings.Join(kinds, ", "), name, kind)
}

// known are the values that every template has without being told.
func (c *Control) known(by By, s templateScene) map[string]any {
	known := map[string]any{
		template.KeyProject: s.project.Name, template.KeyTimestamp: c.now().Format(template.TimestampShape), template.KeyCreator: by.Actor,
	}
	if s.env.Name != "" {
		known[template.KeyEnvironment], known[template.KeyType] = s.env.Name, string(s.env.Type)
	}
	if v := s.env.Metadata.Version; v != "" {
		known[template.KeyVersion] = v
	}
	return known
}

// make fills a template for a scene. keep are sensitive variables that may
// stay as they are.
func (c *Control) make(ctx context.Context, t lockstep.ConfigTemplate, known, set map[string]any, keep []string) (template.Values, template.Made, error) {
	values, problems := template.Fill(t.Variables, known, set, keep)
	if len(problems) > 0 {
		return values, template.Made{}, &lockstep.Error{
			Code: lockstep.CodeInvalid, Message: "template " + t.Name + " needs other values", Problems: problems,
		}
	}
	made, err := template.Make(ctx, c.renderer, t, values)
	if err == nil && slices.ContainsFunc(made.Update, func(v lockstep.VariableChange) bool { return v.Sensitive != nil && *v.Sensitive }) {
		err = c.vault.Ready(ctx)
	}
	return values, made, err
}

// sensitiveKeys are the variables of a template whose values are secrets.
func sensitiveKeys(t lockstep.ConfigTemplate) (keys []string) {
	for _, v := range t.Variables {
		if template.Sensitive(v) {
			keys = append(keys, v.Key)
		}
	}
	return keys
}

// PreviewTemplate says what a template makes and, of an environment, what it
// would change there. Secrets need not be given.
func (c *Control) PreviewTemplate(ctx context.Context, by By, projectName, ref string, req ApplyTemplateRequest) (lockstep.TemplateApplyResult, error) {
	s, err := c.templateScene(ctx, projectName, ref, req)
	if err != nil {
		return lockstep.TemplateApplyResult{}, err
	}
	by.DryRun, by.Key = true, ""
	if s.env.ID != "" {
		return c.applyTemplate(ctx, by, s, req, sensitiveKeys(s.template))
	}
	_, made, err := c.make(ctx, s.template, c.known(by, s), req.Variables, sensitiveKeys(s.template))
	if err != nil {
		return lockstep.TemplateApplyResult{}, err
	}
	return lockstep.TemplateApplyResult{
		TemplateID: s.template.ID, Template: s.template.Name, Version: s.template.Metadata.Version, Success: true,
		AppliedConfig: &made.RenderedTemplate, Changes: []lockstep.ConfigChange{},
	}, nil
}

// ApplyTemplate makes the configuration of an environment what a template
// says, all of it or nothing. What it does not name stays.
func (c *Control) ApplyTemplate(ctx context.Context, by By, projectName, ref string, req ApplyTemplateRequest) (lockstep.TemplateApplyResult, error) {
	if req.Environment == "" {
		return lockstep.TemplateApplyResult{}, lockstep.Invalid("environment", "name the environment")
	}
	s, err := c.templateScene(ctx, projectName, ref, req)
	if err != nil {
		return lockstep.TemplateApplyResult{}, err
	}
	var keep []string
	if s.last != nil { // they were given then
		keep = sensitiveKeys(s.template)
	}
	return c.applyTemplate(ctx, by, s, req, keep)
}

func (c *Control) applyTemplate(ctx context.Context, by By, s templateScene, req ApplyTemplateRequest, keep []string) (lockstep.TemplateApplyResult, error) {
	values, made, err := c.make(ctx, s.template, c.known(by, s), req.Variables, keep)
	if err != nil {
		return lockstep.TemplateApplyResult{}, err
	}
	return change(ctx, c, by, "apply template", []any{s.project.Name, s.template.ID, s.template.Number, req.concealed(s.template)}, func(tx Tx) (lockstep.TemplateApplyResult, error) {
		env, err := tx.Environment(s.project.ID, s.env.ID)
		if err != nil {
			return lockstep.TemplateApplyResult{}, err
		}
		if err := compatible(s.template, env.Name, env.Type); err != nil {
			return lockstep.TemplateApplyResult{}, err
		}
		up := lockstep.ConfigUpdate{Sections: made.Sections, Variables: made.Update, Options: lockstep.ConfigUpdateOptions{
			Description: "template " + s.template.Name + " " + s.template.Metadata.Version, ApplyImmediately: req.ApplyImmediately, BaseVersion: req.BaseVersion,
		}}
		return c.bring(ctx, tx, by, env, s.template, up, values, made)
	})
}

// bring updates an environment's configuration with what a template made, and
// keeps what that was.
func (c *Control) bring(ctx context.Context, tx Tx, by By, env lockstep.Environment, t lockstep.ConfigTemplate, up lockstep.ConfigUpdate, values template.Values, made template.Made) (lockstep.TemplateApplyResult, error) {
	out := lockstep.TemplateApplyResult{
		EnvironmentID: env.ID, Environment: env.Name, TemplateID: t.ID, Template: t.Name, Version: t.Metadata.Version, AppliedConfig: &made.RenderedTemplate,
	}
	before, err := tx.ConfigVersion(env.ID, 0)
	if err != nil {
		return out, err
	}
	result, err := c.updateConfig(ctx, tx, by, env, up)
	if err != nil {
		return out, err
	}
	out.Success, out.Changes, out.ConfigVersion = true, append([]lockstep.ConfigChange{}, result.Changes...), result.Number
	if by.DryRun {
		out.ConfigVersion = before.Number
		for i := range out.Changes {
			out.Changes[i].Status = lockstep.ChangePending
		}
	}
	if result.Deployment != nil {
		out.DeploymentID = result.Deployment.ID
	}
	return out, tx.AddTemplateApplication(lockstep.TemplateApplication{
		ID: c.newID(), EnvironmentID: env.ID, TemplateID: t.ID, Template: t.Name, Version: t.Metadata.Version, Number: t.Number,
		Given: values.Given, Rendered: made.RenderedTemplate, ConfigVersion: result.Number, AppliedAt: c.now(), AppliedBy: by.Actor,
	})
}

// AppliedTemplate is the latest application of a template to an environment,
// and whether there is a newer version.
type AppliedTemplate struct {
	lockstep.TemplateApplication
	Newest string `json:"newest,omitempty"` // version of the template; "": it is gone
}

// AppliedTemplates lists the templates that made an environment's
// configuration, each with its latest application, without what was rendered.
func (c *Control) AppliedTemplates(ctx context.Context, projectName, environmentRef string) ([]AppliedTemplate, error) {
	return view(ctx, c, func(tx Tx) ([]AppliedTemplate, error) {
		env, err := environment(tx, projectName, environmentRef)
		if err != nil {
			return nil, err
		}
		all, err := tx.TemplateApplications(env.ID)
		if err != nil {
			return nil, err
		}
		out, seen := []AppliedTemplate{}, map[string]bool{}
		for _, a := range all {
			if seen[a.TemplateID] {
				continue
			}
			seen[a.TemplateID] = true
			newest, err := newestVersion(tx, env.ProjectID, a.TemplateID)
			if err != nil {
				return nil, err
			}
			out = append(out, AppliedTemplate{a, newest})
		}
		return out, nil
	})
}

func newestVersion(tx Tx, projectID, templateID string) (string, error) {
	builtin, err := builtIn(templateID)
	if err != nil {
		return "", err
	}
	if builtin != nil {
		return builtin.Metadata.Version, nil
	}
	t, err := tx.Template(projectID, templateID)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return "", nil
	}
	return t.Metadata.Version, err
}

// AppliedTemplate is what a template made in an environment when it was
// applied last, with the files.
func (c *Control) AppliedTemplate(ctx context.Context, projectName, environmentRef, ref string) (AppliedTemplate, error) {
	return view(ctx, c, func(tx Tx) (AppliedTemplate, error) {
		env, err := environment(tx, projectName, environmentRef)
		if err != nil {
			return AppliedTemplate{}, err
		}
		all, err := tx.TemplateApplications(env.ID)
		if err != nil {
			return AppliedTemplate{}, err
		}
		i := slices.IndexFunc(all, func(a lockstep.TemplateApplication) bool { return a.Template == ref || a.TemplateID == ref })
		if i < 0 {
			return AppliedTemplate{}, lockstep.Errorf(lockstep.CodeNotFound, "template %s was not applied to %s: lockstep template applied %s shows those that were", ref, env.Name, env.Name)
		}
		a, err := tx.TemplateApplication(env.ID, all[i].TemplateID)
		if err != nil {
			return AppliedTemplate{}, err
		}
		newest, err := newestVersion(tx, env.ProjectID, a.TemplateID)
		return AppliedTemplate{a, newest}, err
	})
}
