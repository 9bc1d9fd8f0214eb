package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// Deploy asks for a release in an environment. The deployment is pending, or
// waits for an approval, when Deploy returns.
func (c *Control) Deploy(ctx context.Context, by By, project, environmentRef string, req lockstep.DeploymentRequest) (lockstep.Deployment, error) {
	asked := []any{project, environmentRef, req}
	return change(ctx, c, by, "deploy", asked, func(tx Tx) (lockstep.Deployment, error) {
		env, err := environment(tx, project, environmentRef)
		if err != nil {
			return lockstep.Deployment{}, err
		}
		d, err := c.draft(tx, by, env, req)
		if err != nil {
			return lockstep.Deployment{}, err
		}
		return c.record(tx, by, d)
	})
}

// DeploymentPreview is what a deployment would be; nothing of it is stored.
// The plan is empty where the gate refuses.
type DeploymentPreview struct {
	Deployment lockstep.Deployment `json:"deployment"`
	Plan       lockstep.Plan       `json:"plan"`
	Gate       policy.Answer       `json:"gate"`
}

// PreviewDeploy says what Deploy would do.
func (c *Control) PreviewDeploy(ctx context.Context, by By, project, environmentRef string, req lockstep.DeploymentRequest) (DeploymentPreview, error) {
	return view(ctx, c, func(tx Tx) (DeploymentPreview, error) {
		env, err := environment(tx, project, environmentRef)
		if err != nil {
			return DeploymentPreview{}, err
		}
		d, err := c.draft(tx, by, env, req)
		if err != nil {
			return DeploymentPreview{}, err
		}
		return d.preview(tx)
	})
}

func (d draft) preview(tx Tx) (DeploymentPreview, error) {
	p := DeploymentPreview{Deployment: d.deployment, Plan: lockstep.Plan{Steps: []lockstep.Step{}}, Gate: d.answer}
	if !d.answer.Allowed {
		return p, nil
	}
	plan, err := d.plan(tx)
	if err != nil {
		return p, err
	}
	p.Plan.Steps = append(p.Plan.Steps, plan.Steps...)
	return p, nil
}

// record stores a draft that the gate allows: revision, operation, deployment
// and event.
func (c *Control) record(tx Tx, by By, d draft) (lockstep.Deployment, error) {
	if err := d.answer.Err(); err != nil {
		return lockstep.Deployment{}, err
	}
	if d.deployment.RevisionID == "" {
		revision, err := tx.AddRevision(lockstep.Revision{
			ID: c.newID(), EnvironmentID: d.env.ID, Hash: d.deployment.RevisionHash, Content: d.content,
			ReleaseID: d.deployment.ReleaseID, CreatedAt: c.now(), CreatedBy: by.Actor,
		})
		if err != nil {
			return lockstep.Deployment{}, err
		}
		d.deployment.RevisionID = revision.ID
	}
	d.deployment.ID = c.newID()
	if err := tx.AddOperation(lockstep.Operation{
		ID: d.deployment.ID, Kind: lockstep.OperationDeploy, ProjectID: d.env.ProjectID, EnvironmentID: d.env.ID,
		Status: d.deployment.Status, Phase: lockstep.PhaseForward, RevisionID: d.deployment.RevisionID,
		Priority: d.priority, Locks: []string{lockstep.EnvironmentLock(d.env.ID)},
		Steps: []lockstep.Step{}, CreatedAt: d.deployment.CreatedAt, CreatedBy: by.Actor,
		ScheduledFor: d.deployment.ScheduledFor, NotAfter: d.deployment.NotAfter,
	}); err != nil {
		return lockstep.Deployment{}, err
	}
	if err := tx.AddDeployment(d.deployment); err != nil {
		return lockstep.Deployment{}, err
	}
	return d.deployment, c.event(tx, lockstep.EventOperationRequested, d.env.ProjectID, d.env.ID, d.deployment.ID, by, d.requested())
}

// requested is what the event says of a deployment, enough for a log line.
func (d draft) requested() map[string]any {
	data := map[string]any{
		"kind": lockstep.OperationDeploy, "status": d.deployment.Status, "environment": d.env.Name,
		"version": d.deployment.Version, "strategy": d.deployment.Strategy, "revisionHash": d.deployment.RevisionHash,
		"configVersion": d.deployment.ConfigVersion,
	}
	if len(d.variables) > 0 {
		data["variables"] = d.variables
	}
	if d.deployment.Recipe != nil {
		data["recipe"] = d.deployment.Recipe.Name
	}
	if d.deployment.RollbackOf != "" {
		data["rollbackOf"] = d.deployment.RollbackOf
	}
	if at := d.deployment.ScheduledFor; at != nil {
		data["scheduledFor"] = at
	}
	if from := d.deployment.PromotedFrom; from != nil {
		data["promotedFrom"] = from.Environment
	}
	if d.deployment.Reason != "" {
		data["reason"] = d.deployment.Reason
	}
	if len(d.answer.Reasons) > 0 {
		data["gate"] = d.answer.String()
	}
	return data
}
