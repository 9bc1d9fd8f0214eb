package control

import (
	"context"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
	"github.com/lockstep-dev/lockstep/internal/template"
)

// TemplateTx is the tables of templates in one transaction.
type TemplateTx interface {
	Template(projectID, idOrName string) (lockstep.ConfigTemplate, error) // the newest version
	Templates(projectID string) ([]lockstep.ConfigTemplate, error)        // by name, without what they make
	TemplateVersion(projectID, idOrName, version string) (lockstep.ConfigTemplate, error)
	TemplateVersions(projectID, idOrName string) ([]lockstep.ConfigTemplate, error) // the newest first, without what they make
	PutTemplate(lockstep.ConfigTemplate) error                                      // inserts one, or the next version of the one with its ID; conflict where there is that version
	DeleteTemplate(id string) error

	AddTemplateApplication(lockstep.TemplateApplication) error
	TemplateApplications(environmentID string) ([]lockstep.TemplateApplication, error)          // the latest first, without what was rendered
	TemplateApplication(environmentID, templateID string) (lockstep.TemplateApplication, error) // the latest
	TemplateUsers(templateID string) ([]string, error)                                          // names of environments, sorted
}

// noRenderer is that of a server that cannot start its own program again.
type noRenderer struct{}

func (noRenderer) Run(context.Context, template.Job) (template.Result, error) {
	return template.Result{}, lockstep.Errorf(lockstep.CodeUnsupported, "this server renders no templates")
}

// CreateTemplate records a template. Its first version is what was sent.
func (c *Control) CreateTemplate(ctx context.Context, by By, projectName string, req lockstep.ConfigTemplateConfig) (lockstep.ConfigTemplate, error) {
	t, err := c.checkedTemplate(ctx, req)
	if err != nil {
		return t, err
	}
	return change(ctx, c, by, "create template", []any{projectName, req}, func(tx Tx) (lockstep.ConfigTemplate, error) {
		p, err := c.templateProject(tx, by, projectName)
		if err != nil {
			return t, err
		}
		if builtin, err := builtIn(t.Name); err != nil || builtin != nil {
			return t, orConflict(err, "template %s is built in: choose another name", t.Name)
		}
		now := c.now()
		t.ID, t.ProjectID, t.Number = c.newID(), p.ID, 1
		t.Metadata = lockstep.TemplateMetadata{CreatedAt: now, CreatedBy: by.Actor, UpdatedAt: now, UpdatedBy: by.Actor, Message: req.Message}
		if t.Metadata.Version, err = lockstep.NextTemplateVersion("", req.Version); err != nil {
			return t, err
		}
		if err := tx.PutTemplate(t); err != nil {
			return t, err
		}
		return t, c.templateEvent(tx, by, t, "created")
	})
}

// UpdateTemplate makes a template's next version; the others stay. ifMatch is
// the number of the version that the change was made for. The same text once
// more makes no version.
func (c *Control) UpdateTemplate(ctx context.Context, by By, projectName, ref, ifMatch string, req lockstep.ConfigTemplateConfig) (lockstep.ConfigTemplate, error) {
	if ifMatch == "" {
		return lockstep.ConfigTemplate{}, lockstep.Errorf(lockstep.CodePreconditionRequired, "send the version that the change was made for as If-Match, or * for any")
	}
	if req.Name == "" {
		req.Name = ref
	}
	next, err := c.checkedTemplate(ctx, req)
	if err != nil {
		return next, err
	}
	return change(ctx, c, by, "update template", []any{projectName, ref, ifMatch, req}, func(tx Tx) (lockstep.ConfigTemplate, error) {
		before, err := c.changeableTemplate(tx, by, projectName, ref)
		if err != nil {
			return before, err
		}
		switch {
		case ifMatch != "*" && ifMatch != tagOf(before):
			return before, lockstep.Errorf(lockstep.CodeStale, "template %s is at version %s now, by %s, and the change was made for another: look at it again", before.Name, before.Metadata.Version, before.Metadata.UpdatedBy)
		case next.Name != before.Name && next.Name != before.ID:
			return before, lockstep.Invalid("name", "template %s keeps its name: create %s as another one", before.Name, next.Name)
		case next.Hash == before.Hash && (req.Version == "" || req.Version == before.Metadata.Version):
			return before, nil
		}
		next.ID, next.Name, next.ProjectID, next.Number, next.Metadata = before.ID, before.Name, before.ProjectID, before.Number+1, before.Metadata
		next.Metadata.UpdatedAt, next.Metadata.UpdatedBy, next.Metadata.Message = c.now(), by.Actor, req.Message
		if next.Metadata.Version, err = lockstep.NextTemplateVersion(before.Metadata.Version, req.Version); err != nil {
			return before, err
		}
		if err := tx.PutTemplate(next); err != nil {
			return before, err
		}
		return next, c.templateEvent(tx, by, next, "changed")
	})
}

// DeleteTemplate removes a template with its versions. It is refused where
// environments were made by it, unless it is forced: they keep what they have,
// and lose the way to upgrade.
func (c *Control) DeleteTemplate(ctx context.Context, by By, projectName, ref string, force bool) (lockstep.ConfigTemplate, error) {
	return change(ctx, c, by, "delete template", []any{projectName, ref, force}, func(tx Tx) (lockstep.ConfigTemplate, error) {
		t, err := c.changeableTemplate(tx, by, projectName, ref)
		if err != nil {
			return t, err
		}
		users, err := tx.TemplateUsers(t.ID)
		if err != nil {
			return t, err
		}
		if len(users) > 0 && !force {
			return t, lockstep.Errorf(lockstep.CodeConflict, "template %s made the configuration of %s: they would keep it, and could not be upgraded any more. Delete it all the same with --force", t.Name, strings.Join(users, ", "))
		}
		if err := tx.DeleteTemplate(t.ID); err != nil {
			return t, err
		}
		return t, c.templateEvent(tx, by, t, "deleted")
	})
}

// checkedTemplate is a template as it was sent, completed and checked.
func (c *Control) checkedTemplate(ctx context.Context, req lockstep.ConfigTemplateConfig) (lockstep.ConfigTemplate, error) {
	if err := checkText("message", req.Message); err != nil {
		return lockstep.ConfigTemplate{}, err
	}
	t, err := template.Check(ctx, c.renderer, template.Draft(req))
	if err != nil {
		return t, err
	}
	t.Hash, err = lockstep.Hash(t.Says())
	return t, err
}

func (c *Control) templateProject(tx Tx, by By, projectName string) (lockstep.Project, error) {
	if err := policy.Decide(policy.Question{Action: policy.Apply, Actor: by.Actor, Now: c.now()}).Err(); err != nil {
		return lockstep.Project{}, err
	}
	return project(tx, projectName)
}

// changeableTemplate finds a template that somebody may change.
func (c *Control) changeableTemplate(tx Tx, by By, projectName, ref string) (lockstep.ConfigTemplate, error) {
	p, err := c.templateProject(tx, by, projectName)
	if err != nil {
		return lockstep.ConfigTemplate{}, err
	}
	t, err := findTemplate(tx, p, ref, "")
	if err == nil && t.BuiltIn {
		err = lockstep.Errorf(lockstep.CodeConflict, "template %s is built in and stays as it is: export it and create it under a name of your own", t.Name)
	}
	return t, err
}

func (c *Control) templateEvent(tx Tx, by By, t lockstep.ConfigTemplate, what string) error {
	return c.event(tx, lockstep.EventTemplateChanged, t.ProjectID, "", "", by, map[string]any{"name": t.Name, "version": t.Metadata.Version, "change": what})
}

func orConflict(err error, format string, args ...any) error {
	if err != nil {
		return err
	}
	return lockstep.Errorf(lockstep.CodeConflict, format, args...)
}

// tagOf is a template's version as an entity tag has it.
func tagOf(t lockstep.ConfigTemplate) string { return t.Metadata.Version }

// builtIn is the built-in template of a name or an ID; nil: there is none.
func builtIn(ref string) (*lockstep.ConfigTemplate, error) {
	all, err := template.BuiltIns()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(t lockstep.ConfigTemplate) bool { return t.Name == ref || t.ID == ref })
	if i < 0 {
		return nil, nil //nolint:nilnil // that there is none is an answer
	}
	return &all[i], nil
}

// findTemplate finds a version of a template by ID or name; NAME@VERSION
// names both. Without a version it is the newest.
func findTemplate(tx Tx, p lockstep.Project, ref, version string) (lockstep.ConfigTemplate, error) {
	if name, at, both := strings.Cut(ref, "@"); both && version == "" {
		ref, version = name, at
	}
	builtin, err := builtIn(ref)
	switch {
	case err != nil:
		return lockstep.ConfigTemplate{}, err
	case builtin != nil && (version == "" || version == builtin.Metadata.Version):
		return *builtin, nil
	case builtin != nil:
		return *builtin, lockstep.Errorf(lockstep.CodeNotFound, "the built-in template %s has version %s only", builtin.Name, builtin.Metadata.Version)
	case version != "":
		t, err := tx.TemplateVersion(p.ID, ref, version)
		if lockstep.CodeOf(err) != lockstep.CodeNotFound || t.ID != "" {
			return t, err
		}
	default:
		t, err := tx.Template(p.ID, ref)
		if lockstep.CodeOf(err) != lockstep.CodeNotFound {
			return t, err
		}
	}
	all, err := templates(tx, p)
	if err != nil {
		return lockstep.ConfigTemplate{}, err
	}
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = t.Name
	}
	return lockstep.ConfigTemplate{}, notFound("template", ref, names)
}

// templates are a project's own and the built-in ones, by name, without what
// they make.
func templates(tx Tx, p lockstep.Project) ([]lockstep.ConfigTemplate, error) {
	all, err := tx.Templates(p.ID)
	if err != nil {
		return nil, err
	}
	builtins, err := template.BuiltIns()
	if err != nil {
		return nil, err
	}
	for _, t := range builtins {
		t.Template = lockstep.TemplateContent{}
		all = append(all, t)
	}
	slices.SortStableFunc(all, func(a, b lockstep.ConfigTemplate) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// Templates lists a project's templates and the built-in ones by name,
// without what they make; of a type, and for a type of environment, where
// one is named.
func (c *Control) Templates(ctx context.Context, projectName string, kind lockstep.TemplateType, of lockstep.EnvironmentType) ([]lockstep.ConfigTemplate, error) {
	return view(ctx, c, func(tx Tx) ([]lockstep.ConfigTemplate, error) {
		p, err := project(tx, projectName)
		if err != nil {
			return nil, err
		}
		all, err := templates(tx, p)
		return slices.DeleteFunc(all, func(t lockstep.ConfigTemplate) bool {
			return kind != "" && t.Type != kind || of != "" && !slices.Contains(t.EnvironmentTypes, of)
		}), err
	})
}

// Template is one version of a template, the newest where none is named.
func (c *Control) Template(ctx context.Context, projectName, ref, version string) (lockstep.ConfigTemplate, error) {
	return view(ctx, c, func(tx Tx) (lockstep.ConfigTemplate, error) {
		p, err := project(tx, projectName)
		if err != nil {
			return lockstep.ConfigTemplate{}, err
		}
		return findTemplate(tx, p, ref, version)
	})
}

// TemplateVersions lists a template's versions, the newest first, without
// what they make.
func (c *Control) TemplateVersions(ctx context.Context, projectName, ref string) ([]lockstep.ConfigTemplate, error) {
	return view(ctx, c, func(tx Tx) ([]lockstep.ConfigTemplate, error) {
		p, err := project(tx, projectName)
		if err != nil {
			return nil, err
		}
		t, err := findTemplate(tx, p, ref, "")
		if err != nil {
			return nil, err
		}
		if t.BuiltIn {
			t.Template = lockstep.TemplateContent{}
			return []lockstep.ConfigTemplate{t}, nil
		}
		return tx.TemplateVersions(p.ID, t.ID)
	})
}
