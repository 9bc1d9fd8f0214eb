package control

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// rollbackPriority puts a rollback by hand at the head of its queue.
const rollbackPriority = 100

// RollbackRequest says where to return to.
type RollbackRequest struct {
	To          string `json:"to,omitempty"` // a revision that ran here before: its ID, or the start of its hash; default: the one before the deployment
	Description string `json:"description,omitempty"`
	Secrets     string `json:"secrets,omitempty"` // "current": the newest values of those secrets whose own are gone
	Reason      string `json:"reason,omitempty"`  // why that revision may run again, where it was rolled back itself
}

// Rollback takes an environment's latest deployment back by a new deployment
// of the revision before it, or of the one that To names. The new deployment
// stands at the head of the queue; those that wait are cancelled, and so is
// one that runs and that somebody wants held.
func (c *Control) Rollback(ctx context.Context, by By, deploymentID string, req RollbackRequest) (lockstep.Deployment, error) {
	return change(ctx, c, by, "rollback", []any{deploymentID, req}, func(tx Tx) (lockstep.Deployment, error) {
		d, err := c.draftRollback(tx, by, deploymentID, req)
		if err != nil {
			return lockstep.Deployment{}, err
		}
		if err := d.answer.Err(); err != nil {
			return lockstep.Deployment{}, err
		}
		if err := c.clearQueue(tx, by, d.env.ID, "superseded_by_rollback: "+by.Actor+" rolled "+d.env.Name+" back to "+d.deployment.Version); err != nil {
			return lockstep.Deployment{}, err
		}
		if err := c.dropHeld(tx, by, d.env.ID); err != nil {
			return lockstep.Deployment{}, err
		}
		return c.record(tx, by, d)
	})
}

// PreviewRollback says what Rollback would do.
func (c *Control) PreviewRollback(ctx context.Context, by By, deploymentID string, req RollbackRequest) (DeploymentPreview, error) {
	return view(ctx, c, func(tx Tx) (DeploymentPreview, error) {
		d, err := c.draftRollback(tx, by, deploymentID, req)
		if err != nil {
			return DeploymentPreview{}, err
		}
		return d.preview(tx)
	})
}

func (c *Control) draftRollback(tx Tx, by By, deploymentID string, req RollbackRequest) (draft, error) {
	req.Reason = strings.TrimSpace(req.Reason)
	if err := checkText("description", req.Description); err != nil {
		return draft{}, err
	}
	if err := checkText("reason", req.Reason); err != nil {
		return draft{}, err
	}
	taken, err := tx.Deployment(deploymentID)
	if err != nil {
		return draft{}, err
	}
	env, err := tx.Environment("", taken.EnvironmentID)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return draft{}, lockstep.Errorf(lockstep.CodeConflict, "deployment %s cannot be rolled back: environment %s was destroyed", taken.ID, taken.Environment)
	} else if err != nil {
		return draft{}, err
	}
	q, err := c.facts(tx, policy.Rollback, by.Actor, env)
	if err != nil {
		return draft{}, err
	}
	q.Deployment = &taken
	if latest, err := tx.LatestDeployment(env.ID); err == nil {
		q.Latest = &latest
	} else if lockstep.CodeOf(err) != lockstep.CodeNotFound {
		return draft{}, err
	}
	if q.Undoing, err = undoing(tx, env.ID, taken.ID); err != nil {
		return draft{}, err
	}
	q.Strategy = c.rollbackStrategy(env)
	d := draft{env: env, priority: rollbackPriority}
	d.deployment = c.deployment(env, lockstep.DeploymentRequest{Strategy: q.Strategy, Description: req.Description, Reason: req.Reason})
	d.deployment.Status, d.deployment.StartedBy = lockstep.StatusPending, by.Actor
	d.deployment.NotificationChannels = taken.NotificationChannels
	q.TargetID, d.deployment.RollbackOf = taken.PreviousRevisionID, taken.ID
	if req.To != "" {
		q.Action = policy.Restore
		if q.TargetID, err = revisionThatRan(tx, env, req.To); err != nil {
			return draft{}, err
		}
		// What is taken back is what runs, unless that itself is brought back
		// after a failure.
		if q.Latest != nil && q.Latest.RevisionID != q.TargetID {
			d.deployment.RollbackOf = q.Latest.ID
		}
	}
	if q.TargetID != "" {
		target, err := tx.Revision(q.TargetID)
		if err != nil {
			return draft{}, err
		}
		d.content, q.Target = target.Content, &target.Content
		d.deployment.Version, d.deployment.ReleaseID = target.Content.Release, target.ReleaseID
		d.deployment.RevisionID, d.deployment.RevisionHash = target.ID, target.Hash
		d.deployment.ConfigVersion = target.Content.Config
		q.Reason = req.Reason
		if q.Gone, err = goneSecrets(tx, target.Content); err != nil {
			return draft{}, err
		}
		if err := replaceGoneSecrets(tx, &d, &q, req.Secrets); err != nil {
			return draft{}, err
		}
		if q.Quarantine, err = quarantine(tx, q, target.Hash); err != nil {
			return draft{}, err
		}
	}
	d.answer = policy.Decide(q)
	return d, nil
}

// rollbackStrategy is the environment's primary one where it is built, else
// its first alternative that is: an emergency does not wait for the matrix.
func (c *Control) rollbackStrategy(env lockstep.Environment) lockstep.Strategy {
	spec := env.Spec.Strategy
	for _, s := range append([]lockstep.Strategy{spec.Primary}, spec.Alternatives...) {
		if slices.Contains(c.built.Strategies, s) {
			return s
		}
	}
	return spec.Primary
}

// undoing is the open deployment that takes a deployment back, "" for none.
func undoing(tx Tx, environmentID, deploymentID string) (string, error) {
	open, err := tx.OpenOperations(environmentID)
	if err != nil {
		return "", err
	}
	for _, o := range open {
		if o.Kind != lockstep.OperationDeploy {
			continue
		}
		d, err := tx.Deployment(o.ID)
		if err != nil {
			return "", err
		}
		if d.RollbackOf == deploymentID {
			return d.ID, nil
		}
	}
	return "", nil
}

// revisionThatRan finds a revision by ID or by the start of its hash, among
// those that a completed deployment has brought into the environment.
func revisionThatRan(tx Tx, env lockstep.Environment, ref string) (string, error) {
	prefix := "sha256:" + strings.TrimPrefix(strings.ToLower(ref), "sha256:")
	found := map[string]string{}
	page := lockstep.Page{Limit: 200}
	for {
		list, next, err := tx.Deployments(lockstep.DeploymentFilter{EnvironmentID: env.ID}, page)
		if err != nil {
			return "", err
		}
		for _, d := range list {
			if ran(d) && (d.RevisionID == ref || len(prefix) >= len("sha256:")+4 && strings.HasPrefix(d.RevisionHash, prefix)) {
				found[d.RevisionID] = lockstep.ShortHash(d.RevisionHash) + " (" + d.Version + ")"
			}
		}
		if next == "" {
			break
		}
		page.Cursor = next
	}
	switch len(found) {
	case 1:
		for id := range found {
			return id, nil
		}
	case 0:
		return "", lockstep.Errorf(lockstep.CodeNotFound, "no revision of that name has run in %s: give its ID, or at least 4 digits of its hash, as the list of deployments shows them", env.Name)
	}
	names := slices.Sorted(maps.Values(found))
	return "", lockstep.Errorf(lockstep.CodeConflict, "more than one revision of %s begins like that: %s", env.Name, strings.Join(names, ", "))
}

// ran says that a deployment's revision once was all that its environment ran.
func ran(d lockstep.Deployment) bool {
	byHand := d.Rollback == nil || !d.Rollback.Automatic
	return d.Status == lockstep.StatusCompleted || d.Status == lockstep.StatusRolledBack && byHand
}
