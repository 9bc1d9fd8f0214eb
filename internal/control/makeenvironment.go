package control

import (
	"context"
	"fmt"
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// CreateRequest asks for an environment that the matrix does not name yet.
type CreateRequest struct {
	Name        string                   `json:"name"`
	Template    string                   `json:"template,omitempty"` // standard, production, preview; default standard
	Type        lockstep.EnvironmentType `json:"type,omitempty"`     // default: the template's, else the name's, else custom
	Region      string                   `json:"region,omitempty"`
	Description string                   `json:"description,omitempty"` // default: template, maker and time
}

// CloneRequest asks for an environment that is like another one. Its type is
// custom where none is given, so that it takes no place in a pipeline.
type CloneRequest struct {
	Name        string                   `json:"name"`
	Type        lockstep.EnvironmentType `json:"type,omitempty"`
	Region      string                   `json:"region,omitempty"`
	Description string                   `json:"description,omitempty"`
}

// Cloned is a clone, and what of its configuration is not the source's.
type Cloned struct {
	Environment lockstep.Environment `json:"environment"`
	Rewritten   []matrix.Rewrite     `json:"rewritten"`
}

// CreateEnvironment writes an environment into the recorded matrix and
// records it. Nothing runs in it before its first deployment.
func (c *Control) CreateEnvironment(ctx context.Context, by By, projectName string, req CreateRequest) (lockstep.Environment, error) {
	return change(ctx, c, by, "create environment", []any{projectName, req}, func(tx Tx) (lockstep.Environment, error) {
		if err := kindOf(req.Type); err != nil {
			return lockstep.Environment{}, err
		}
		return c.edit(tx, by, projectName, req.Name, func(src []byte) ([]byte, error) {
			fresh := matrix.NewEnvironment{Name: req.Name, Template: req.Template, Type: req.Type, Region: req.Region, Description: req.Description}
			if fresh.Template == "" {
				fresh.Template = matrix.StandardTemplate
			}
			if fresh.Description == "" {
				fresh.Description = c.made("from template "+fresh.Template, by)
			}
			return matrix.Add(src, fresh)
		})
	})
}

// CloneEnvironment writes an environment into the recorded matrix that is as
// another one, under its own name. No data comes along, and nothing runs in it
// before its first deployment.
func (c *Control) CloneEnvironment(ctx context.Context, by By, projectName, sourceRef string, req CloneRequest) (Cloned, error) {
	return change(ctx, c, by, "clone environment", []any{projectName, sourceRef, req}, func(tx Tx) (Cloned, error) {
		if err := kindOf(req.Type); err != nil {
			return Cloned{}, err
		}
		source, err := environment(tx, projectName, sourceRef)
		if err != nil {
			return Cloned{}, err
		}
		out := Cloned{Rewritten: []matrix.Rewrite{}}
		out.Environment, err = c.edit(tx, by, source.Project, req.Name, func(src []byte) ([]byte, error) {
			fresh := matrix.NewEnvironment{Name: req.Name, Type: req.Type, Region: req.Region, Description: req.Description}
			if fresh.Type == "" {
				fresh.Type = lockstep.TypeCustom
			}
			if fresh.Description == "" {
				fresh.Description = c.made("clone of "+source.Name, by)
			}
			edited, rewritten, err := matrix.Clone(src, source.Name, fresh)
			out.Rewritten = append(out.Rewritten, rewritten...)
			return edited, err
		})
		if err != nil {
			return out, err
		}
		rewritten, err := c.cloneConfig(ctx, tx, by, source, out.Environment)
		out.Rewritten = append(out.Rewritten, rewritten...)
		return out, err
	})
}

// UpdateEnvironment replaces what the recorded matrix says of an environment,
// and nothing else of it. What runs changes with the next deployment.
func (c *Control) UpdateEnvironment(ctx context.Context, by By, projectName, ref string, block map[string]any) (lockstep.Environment, error) {
	return change(ctx, c, by, "update environment", []any{projectName, ref, block}, func(tx Tx) (lockstep.Environment, error) {
		env, err := environment(tx, projectName, ref)
		if err != nil {
			return env, err
		}
		return c.edit(tx, by, env.Project, env.Name, func(src []byte) ([]byte, error) {
			return matrix.SetEnvironment(src, env.Name, block)
		})
	})
}

func (c *Control) made(how string, by By) string {
	return fmt.Sprintf("%s, by %s, %s", how, by.Actor, c.now().Format("2006-01-02 15:04 MST"))
}

func kindOf(t lockstep.EnvironmentType) error {
	if t == "" || slices.Contains(lockstep.EnvironmentTypes(), t) {
		return nil
	}
	return lockstep.Invalid("type", "there is no such type: use one of %v", lockstep.EnvironmentTypes())
}

// edit records a changed matrix, and of what it says one environment only:
// what was scaled elsewhere since the last apply stays.
func (c *Control) edit(tx Tx, by By, projectName, name string, change func([]byte) ([]byte, error)) (lockstep.Environment, error) {
	if err := policy.Decide(policy.Question{Action: policy.Apply, Actor: by.Actor, Now: c.now()}).Err(); err != nil {
		return lockstep.Environment{}, err
	}
	p, err := project(tx, projectName)
	if err != nil {
		return lockstep.Environment{}, err
	}
	edited, err := change(p.Matrix)
	if err != nil {
		return lockstep.Environment{}, err
	}
	m, err := matrix.Parse(edited, "the matrix with "+name)
	if err != nil {
		return lockstep.Environment{}, err
	}
	a := apply{Control: c, tx: tx, by: by, req: ApplyRequest{Source: edited}, desired: m.Desired()}
	a.created, a.changed, a.deleted = []string{}, []string{}, []string{}
	if a.project, a.held, err = c.applied(tx, p.Name); err != nil {
		return lockstep.Environment{}, err
	}
	i := slices.IndexFunc(a.desired.Environments, func(w matrix.DesiredEnvironment) bool { return w.Name == name })
	if err := a.environment(a.desired.Environments[i]); err != nil {
		return lockstep.Environment{}, within(err, "environment "+name)
	}
	if err := a.configure(); err != nil {
		return lockstep.Environment{}, err
	}
	if err := a.putProject(p.MatrixVersion + 1); err != nil {
		return lockstep.Environment{}, err
	}
	data := map[string]any{"version": a.project.MatrixVersion, "created": a.created, "changed": a.changed, "deleted": a.deleted}
	if err := c.event(tx, lockstep.EventMatrixApplied, p.ID, "", "", by, data); err != nil {
		return lockstep.Environment{}, err
	}
	return tx.Environment(p.ID, name)
}
