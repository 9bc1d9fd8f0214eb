package control

import (
	"context"
	"errors"
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

// addEnvironment writes an environment into the recorded matrix. from is what
// its description says it is from.
func (c *Control) addEnvironment(tx Tx, by By, projectName string, req CreateRequest, from string) (lockstep.Environment, error) {
	return c.edit(tx, by, projectName, req.Name, func(src []byte) ([]byte, error) {
		fresh := matrix.NewEnvironment{Name: req.Name, Template: req.Template, Type: req.Type, Region: req.Region, Description: req.Description}
		if fresh.Description == "" {
			fresh.Description = c.made("from template "+from, by)
		}
		return matrix.Add(src, fresh)
	})
}

// createFromTemplate makes an environment and applies a configuration
// template to it, in one transaction. Its place in the matrix is that of the
// matrix's own template for its type.
func (c *Control) createFromTemplate(ctx context.Context, by By, projectName string, req CreateRequest) (lockstep.Environment, error) {
	if err := lockstep.ValidateEnvironmentName(req.Name); err != nil {
		return lockstep.Environment{}, err
	}
	s, err := c.templateScene(ctx, projectName, req.Template, ApplyTemplateRequest{})
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		hint := "lockstep template list"
		var e *lockstep.Error
		if errors.As(err, &e) && len(e.Problems) == 1 {
			hint = "did you mean " + e.Problems[0].Suggestion + "?"
		}
		return lockstep.Environment{}, lockstep.Invalid("template", "there is no template %q: use one of %v, or a configuration template (%s)", req.Template, matrix.Templates(), hint)
	}
	if err != nil {
		return lockstep.Environment{}, err
	}
	if s.template.Type != lockstep.TemplateEnvironment {
		return lockstep.Environment{}, lockstep.Invalid("template", "template %s is of type %s, and an environment is made from one of type %s: create it without, then apply this one", s.template.Name, s.template.Type, lockstep.TemplateEnvironment)
	}
	name := s.template.Name
	if req.Type == "" {
		if req.Type = lockstep.TypeFromName(req.Name); len(s.template.EnvironmentTypes) == 1 {
			req.Type = s.template.EnvironmentTypes[0]
		}
	}
	if err := compatible(s.template, req.Name, req.Type); err != nil {
		return lockstep.Environment{}, err
	}
	s.env = lockstep.Environment{Name: req.Name, Type: req.Type}
	values, made, err := c.make(ctx, s.template, c.known(by, s), req.Variables, nil)
	if err != nil {
		return lockstep.Environment{}, err
	}
	asked := req
	asked.Variables = ApplyTemplateRequest{Variables: req.Variables}.concealed(s.template).Variables
	if req.Template = matrix.StandardTemplate; slices.Contains(matrix.Templates(), string(req.Type)) {
		req.Template = string(req.Type)
	}
	return change(ctx, c, by, "create environment", []any{projectName, asked}, func(tx Tx) (lockstep.Environment, error) {
		if err := kindOf(req.Type); err != nil {
			return lockstep.Environment{}, err
		}
		env, err := c.addEnvironment(tx, by, projectName, req, name)
		if err != nil {
			return env, err
		}
		up := lockstep.ConfigUpdate{Sections: made.Sections, Variables: made.Update, Options: lockstep.ConfigUpdateOptions{
			Description: "template " + name + " " + s.template.Metadata.Version,
		}}
		_, err = c.bring(ctx, tx, by, env, s.template, up, values, made)
		return env, err
	})
}
