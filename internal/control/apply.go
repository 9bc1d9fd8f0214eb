package control

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// ApplyRequest is a matrix file and what may be done with it.
type ApplyRequest struct {
	Project string // where the caller names one; it must be the file's
	Source  []byte
	IfMatch string // the version that the caller has seen, or "*"
	Deploy  bool   // ship what is recorded to what runs
	Delete  bool   // destroy the environments that the file no longer has
}

// Planned says what applying a file would change, against which version.
type Planned struct {
	Plan    matrix.Plan `json:"plan"`
	Version int64       `json:"version"` // 0 before the first
}

// Applied is what applying a file has changed. Operations are those that it
// started: deployments and the end of environments.
type Applied struct {
	Plan       matrix.Plan          `json:"plan"`
	Version    int64                `json:"version"`
	Operations []lockstep.Operation `json:"operations"`
}

// PlanMatrix compares a file with what is recorded.
func (c *Control) PlanMatrix(ctx context.Context, by By, projectName string, source []byte) (Planned, error) {
	desired, err := c.parse(by, projectName, source)
	if err != nil {
		return Planned{}, err
	}
	return view(ctx, c, func(tx Tx) (Planned, error) {
		p, held, err := c.applied(tx, desired.Project)
		if err != nil {
			return Planned{}, err
		}
		plan, err := c.diff(p, held, desired)
		return Planned{Plan: plan, Version: p.MatrixVersion}, err
	})
}

// ApplyMatrix makes the record say what the file says, all of it or, where
// anything stands in the way, nothing. What runs changes only with Deploy.
func (c *Control) ApplyMatrix(ctx context.Context, by By, req ApplyRequest) (Applied, error) {
	desired, err := c.parse(by, req.Project, req.Source)
	if err != nil {
		return Applied{}, err
	}
	attempt := func() (Applied, error) { return c.applyOnce(ctx, by, req, desired) }
	applied, err := attempt()
	if errors.Is(err, errMadeMeanwhile) {
		// It is there now, and its version says whether this file still fits.
		applied, err = attempt()
	}
	return applied, err
}

// errMadeMeanwhile: of two first files of a project one makes it.
var errMadeMeanwhile = errors.New("the project was made meanwhile")

func (c *Control) applyOnce(ctx context.Context, by By, req ApplyRequest, desired matrix.Desired) (Applied, error) {
	return change(ctx, c, by, "apply matrix", req, func(tx Tx) (Applied, error) {
		p, held, err := c.applied(tx, desired.Project)
		if err != nil {
			return Applied{}, err
		}
		if err := matches(req.IfMatch, p); err != nil {
			return Applied{}, err
		}
		a := apply{Control: c, tx: tx, by: by, req: req, desired: desired, project: p, held: held}
		a.created, a.changed, a.deleted = []string{}, []string{}, []string{} // an event's lists are lists
		a.result.Operations = []lockstep.Operation{}
		if a.result.Plan, err = c.diff(p, held, desired); err != nil {
			return Applied{}, err
		}
		err = a.run()
		return a.result, err
	})
}

// ExportMatrix is the file that was applied last, and its version.
func (c *Control) ExportMatrix(ctx context.Context, projectName string) ([]byte, int64, error) {
	p, err := view(ctx, c, func(tx Tx) (lockstep.Project, error) { return project(tx, projectName) })
	return p.Matrix, p.MatrixVersion, err
}

// parse reads a file, and checks that it is the caller's to apply.
func (c *Control) parse(by By, projectName string, source []byte) (matrix.Desired, error) {
	if err := policy.Decide(policy.Question{Action: policy.Apply, Actor: by.Actor, Now: c.now()}).Err(); err != nil {
		return matrix.Desired{}, err
	}
	m, err := matrix.Parse(source, "environment-matrix.yaml")
	if err != nil {
		return matrix.Desired{}, err
	}
	desired := m.Desired()
	if projectName != "" && projectName != desired.Project {
		return desired, lockstep.Invalid("project", "the file is of project %s, and the request names %s (--project, LOCKSTEP_PROJECT): leave that out, or name the file's", desired.Project, projectName)
	}
	return desired, nil
}

// held is an environment as it is recorded.
type held struct {
	env      lockstep.Environment
	config   lockstep.ConfigVersion // the newest
	rerouted bool                   // this apply changed its domains
}

// applied reads what is recorded of a project; a zero one where there is none.
func (c *Control) applied(tx Tx, name string) (lockstep.Project, []held, error) {
	p, err := tx.Project(name)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return lockstep.Project{Name: name}, nil, nil
	}
	if err != nil {
		return p, nil, err
	}
	environments, err := tx.Environments(p.ID)
	if err != nil {
		return p, nil, err
	}
	out := make([]held, len(environments))
	for i, env := range environments {
		out[i].env = env
		if out[i].config, err = tx.ConfigVersion(env.ID, 0); err != nil {
			return p, nil, err
		}
	}
	return p, out, nil
}

func matches(ifMatch string, p lockstep.Project) error {
	switch ifMatch {
	case "":
		return lockstep.Errorf(lockstep.CodePreconditionRequired, "say which version of the matrix you have seen with If-Match (it is %q now), or * for any", strconv.FormatInt(p.MatrixVersion, 10))
	case "*", strconv.FormatInt(p.MatrixVersion, 10):
		return nil
	}
	return lockstep.Errorf(lockstep.CodeStale, "the matrix of %s is at version %d now, and the plan was made for another: somebody applied meanwhile; look at the plan again", p.Name, p.MatrixVersion)
}

// apply is one run of ApplyMatrix.
type apply struct {
	*Control
	tx      Tx
	by      By
	req     ApplyRequest
	desired matrix.Desired
	project lockstep.Project
	held    []held
	result  Applied

	created, changed, deleted []string
	settled                   []settled
}

func (a *apply) run() error {
	first := a.project.ID == ""
	if first {
		a.project.ID, a.project.CreatedAt = a.newID(), a.now()
		// Its environments refer to it.
		if err := a.putProject(0); lockstep.CodeOf(err) == lockstep.CodeConflict {
			return errors.Join(err, errMadeMeanwhile)
		} else if err != nil {
			return err
		}
	}
	if err := a.removed(); err != nil {
		return err
	}
	for _, want := range a.desired.Environments {
		if err := a.environment(want); err != nil {
			return within(err, "environment "+want.Name)
		}
	}
	if err := a.configure(); err != nil {
		return err
	}
	unchanged := !first && len(a.created)+len(a.changed)+len(a.deleted) == 0 && string(a.project.Matrix) == string(a.req.Source)
	if !unchanged {
		if err := a.putProject(a.project.MatrixVersion + 1); err != nil {
			return err
		}
		data := map[string]any{"version": a.project.MatrixVersion, "created": a.created, "changed": a.changed, "deleted": a.deleted}
		if err := a.event(a.tx, lockstep.EventMatrixApplied, a.project.ID, "", "", a.by, data); err != nil {
			return err
		}
	}
	a.result.Version = a.project.MatrixVersion
	if a.req.Deploy {
		return a.ship()
	}
	return nil
}

func (a *apply) putProject(version int64) error {
	a.project.Matrix, a.project.MatrixVersion = a.req.Source, version
	a.project.Pipeline, a.project.UpdatedAt = a.desired.Pipeline, a.now()
	return a.tx.PutProject(a.project)
}

// removed destroys what the file no longer has, where that is wanted.
func (a *apply) removed() error {
	var gone []lockstep.Environment
	for _, h := range a.held {
		named := slices.ContainsFunc(a.desired.Environments, func(w matrix.DesiredEnvironment) bool { return w.Name == h.env.Name })
		if named {
			continue
		}
		going, err := destroying(a.tx, h.env.ID)
		if err != nil {
			return err
		}
		if going == "" {
			gone = append(gone, h.env)
			a.deleted = append(a.deleted, h.env.Name)
		}
	}
	if len(gone) > 0 && !a.req.Delete {
		return lockstep.Errorf(lockstep.CodeConflict, "the file no longer has %s: put it back, or apply with --delete (?delete=true) to destroy it", strings.Join(a.deleted, ", "))
	}
	for _, env := range gone {
		o, err := a.destroy(a.tx, a.by, env)
		if err != nil {
			return err
		}
		a.result.Operations = append(a.result.Operations, o)
	}
	return nil
}
