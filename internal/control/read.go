package control

import (
	"context"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// Projects lists the projects.
func (c *Control) Projects(ctx context.Context) ([]lockstep.Project, error) {
	return view(ctx, c, Tx.Projects)
}

// Environments lists a project's environments by name, with their health as it was
// seen last, and compares each with the stage before it.
func (c *Control) Environments(ctx context.Context, projectName string, page lockstep.Page) (List[lockstep.Environment], error) {
	return view(ctx, c, func(tx Tx) (List[lockstep.Environment], error) {
		var out List[lockstep.Environment]
		p, err := project(tx, projectName)
		if err != nil {
			return out, err
		}
		if out.Items, out.NextCursor, err = tx.EnvironmentPage(p.ID, page); err != nil {
			return out, err
		}
		if err := behind(tx, p, out.Items); err != nil {
			return out, err
		}
		return out, c.wellness(tx, out.Items)
	})
}

// Environment reads one environment.
func (c *Control) Environment(ctx context.Context, projectName, idOrName string) (lockstep.Environment, error) {
	return view(ctx, c, func(tx Tx) (lockstep.Environment, error) { return environment(tx, projectName, idOrName) })
}

// Current is the environment that the project's live address leads to.
func (c *Control) Current(ctx context.Context, projectName string) (lockstep.Environment, error) {
	return view(ctx, c, func(tx Tx) (lockstep.Environment, error) {
		p, err := project(tx, projectName)
		if err != nil {
			return lockstep.Environment{}, err
		}
		if p.CurrentID == "" {
			return lockstep.Environment{}, lockstep.Errorf(lockstep.CodeNoCurrentEnvironment, "no environment of %s is live yet: the first completed deployment to a production environment makes it so", p.Name)
		}
		return tx.Environment(p.ID, p.CurrentID)
	})
}

// Deployment reads one deployment, with its steps.
func (c *Control) Deployment(ctx context.Context, id string) (lockstep.Deployment, error) {
	return view(ctx, c, func(tx Tx) (lockstep.Deployment, error) { return c.deploymentNow(tx, id) })
}

// List is one page of something. NextCursor is empty on the last.
type List[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"nextCursor"`
}

// Deployments lists a project's deployments, or one environment's, the
// newest first and without steps.
func (c *Control) Deployments(ctx context.Context, projectName, environmentRef string, status lockstep.OperationStatus, page lockstep.Page) (List[lockstep.Deployment], error) {
	if status != "" {
		if _, ok := lockstep.OperationTransitions[status]; !ok {
			return List[lockstep.Deployment]{}, lockstep.Invalid("status", "there is no such status: use one of %v", lockstep.OperationTransitions.States())
		}
	}
	return view(ctx, c, func(tx Tx) (List[lockstep.Deployment], error) {
		filter := lockstep.DeploymentFilter{Status: status}
		var out List[lockstep.Deployment]
		if environmentRef != "" {
			env, err := environment(tx, projectName, environmentRef)
			if err != nil {
				return out, err
			}
			filter.EnvironmentID = env.ID
		} else {
			p, err := project(tx, projectName)
			if err != nil {
				return out, err
			}
			filter.ProjectID = p.ID
		}
		var err error
		if out.Items, out.NextCursor, err = tx.Deployments(filter, page); err != nil {
			return out, err
		}
		return out, c.addDeploymentWaits(tx, out.Items)
	})
}

// Releases lists a project's releases, the newest first, and says where each
// runs, and where it was rolled back.
func (c *Control) Releases(ctx context.Context, projectName string, page lockstep.Page) (List[lockstep.Release], error) {
	return view(ctx, c, func(tx Tx) (List[lockstep.Release], error) {
		var out List[lockstep.Release]
		p, err := project(tx, projectName)
		if err != nil {
			return out, err
		}
		if out.Items, out.NextCursor, err = tx.Releases(p.ID, page); err != nil {
			return out, err
		}
		if err := runsIn(tx, p, out.Items); err != nil {
			return out, err
		}
		quarantines, err := tx.Quarantines(p.ID, "")
		for i, r := range out.Items {
			for _, q := range quarantines {
				if q.Version == r.Version {
					out.Items[i].Quarantined = append(out.Items[i].Quarantined, q)
				}
			}
		}
		return out, err
	})
}

// Release reads a release by its version; "latest" is the newest.
func (c *Control) Release(ctx context.Context, projectName, version string) (lockstep.Release, error) {
	return view(ctx, c, func(tx Tx) (lockstep.Release, error) {
		p, err := project(tx, projectName)
		if err != nil {
			return lockstep.Release{}, err
		}
		return release(tx, p.ID, version)
	})
}

// Operation reads one operation, with its steps.
func (c *Control) Operation(ctx context.Context, id string) (lockstep.Operation, error) {
	return view(ctx, c, func(tx Tx) (lockstep.Operation, error) { return c.operationNow(tx, id) })
}

// StepOutputs are what the steps of an operation wrote.
func (c *Control) StepOutputs(ctx context.Context, id string) ([]lockstep.StepOutput, error) {
	return view(ctx, c, func(tx Tx) ([]lockstep.StepOutput, error) {
		if _, err := tx.Operation(id); err != nil {
			return nil, err
		}
		return tx.StepOutputs(id)
	})
}

// Operations lists the open operations of an environment, or of all of a
// project's, each environment's in the order in which they will run.
func (c *Control) Operations(ctx context.Context, projectName, environmentRef string) ([]lockstep.Operation, error) {
	return view(ctx, c, func(tx Tx) ([]lockstep.Operation, error) {
		if environmentRef != "" {
			env, err := environment(tx, projectName, environmentRef)
			if err != nil {
				return nil, err
			}
			open, err := tx.OpenOperations(env.ID)
			if err != nil {
				return nil, err
			}
			return open, c.addWaits(tx, env.ProjectID, open)
		}
		p, err := project(tx, projectName)
		if err != nil {
			return nil, err
		}
		all, err := tx.OpenOperations("")
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(o lockstep.Operation) bool { return o.ProjectID != p.ID })
		return all, c.addWaits(tx, p.ID, all)
	})
}

// Counts are the sizes of the tables.
func (c *Control) Counts(ctx context.Context) (lockstep.Counts, error) {
	return view(ctx, c, Tx.Counts)
}
