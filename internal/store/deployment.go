package store

import (
	"cmp"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const selectDeployment = `SELECT id, project_id, environment_id, environment, version, release_id, revision_id, revision_hash,
  config_version, previous_revision_id, strategy, status, validation, validation_required, rollback_on_failure,
  description, notification_channels, rollback_of, approved_by, started_by, created_at, started_at, completed_at,
  duration, error, rollback, promoted_from_environment, promoted_from_deployment, reason, forced, recipe, served_revision_id,
  (SELECT o.scheduled_for FROM operations o WHERE o.id = deployments.id), (SELECT o.not_after FROM operations o WHERE o.id = deployments.id),
  (SELECT o.pause FROM operations o WHERE o.id = deployments.id) FROM deployments`

func scanDeployment(r row) (d lockstep.Deployment, err error) {
	var environment *string // NULL once the environment is deleted
	var duration *int64
	var promotedFrom, promotedBy, reason *string
	err = r.Scan(&d.ID, &d.ProjectID, &environment, &d.Environment, &d.Version, &d.ReleaseID, &d.RevisionID, &d.RevisionHash,
		&d.ConfigVersion, &d.PreviousRevisionID, &d.Strategy, &d.Status, &d.Validation, &d.ValidationRequired, &d.RollbackOnFailure,
		&d.Description, fromJSON(&d.NotificationChannels), &d.RollbackOf, &d.ApprovedBy, &d.StartedBy, at(&d.CreatedAt), maybeAt(&d.StartedAt), maybeAt(&d.CompletedAt),
		&duration, fromJSON(&d.Error), fromJSON(&d.Rollback), &promotedFrom, &promotedBy, &reason, &d.Forced, fromJSON(&d.Recipe), &d.ServedRevisionID,
		maybeAt(&d.ScheduledFor), maybeAt(&d.NotAfter), fromJSON(&d.Pause))
	if environment != nil {
		d.EnvironmentID = *environment
	}
	if duration != nil {
		took := lockstep.Duration(time.Duration(*duration) * time.Millisecond)
		d.Duration = &took
	}
	if promotedFrom != nil {
		d.PromotedFrom = &lockstep.Promotion{Environment: *promotedFrom}
		if promotedBy != nil {
			d.PromotedFrom.DeploymentID = *promotedBy
		}
	}
	if reason != nil {
		d.Reason = *reason
	}
	return d, err
}

// AddDeployment inserts a deployment after its operation, under the same ID.
func (tx *Tx) AddDeployment(d lockstep.Deployment) error {
	var promoted lockstep.Promotion
	if d.PromotedFrom != nil {
		promoted = *d.PromotedFrom
	}
	_, err := tx.exec(`INSERT INTO deployments (id, project_id, environment_id, environment, version, release_id, revision_id, revision_hash,
    config_version, previous_revision_id, strategy, status, validation, validation_required, rollback_on_failure,
    description, notification_channels, rollback_of, approved_by, started_by, created_at,
    promoted_from_environment, promoted_from_deployment, reason, forced, recipe)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)`,
		d.ID, d.ProjectID, d.EnvironmentID, d.Environment, d.Version, d.ReleaseID, d.RevisionID, d.RevisionHash,
		d.ConfigVersion, d.PreviousRevisionID, string(d.Strategy), string(d.Status), string(d.Validation), flag(d.ValidationRequired), flag(d.RollbackOnFailure),
		d.Description, asJSON(d.NotificationChannels), d.RollbackOf, d.ApprovedBy, d.StartedBy, micros(d.CreatedAt),
		filledOrNull(promoted.Environment), filledOrNull(promoted.DeploymentID), filledOrNull(d.Reason), flag(d.Forced), orNull(d.Recipe))
	return tx.refused(err, "deployment "+d.ID, "exists already", "has no operation or no environment")
}

// Deployment reads a deployment with its steps.
func (tx *Tx) Deployment(id string) (lockstep.Deployment, error) {
	d, err := queryOne(tx, scanDeployment, selectDeployment+" WHERE id = $1"+tx.lockRow("deployments"), id)
	if err != nil {
		return d, orNotFound(err, "deployment %s does not exist", id)
	}
	d.Steps, err = tx.steps(id)
	return d, within(err, "deployment %s", id)
}

// Deployments lists deployments, newest first, without steps.
func (tx *Tx) Deployments(filter lockstep.DeploymentFilter, page lockstep.Page) ([]lockstep.Deployment, string, error) {
	var conditions []string
	var args []any
	for _, want := range []struct{ column, value string }{
		{"project_id", filter.ProjectID},
		{"environment_id", filter.EnvironmentID},
		{"status", string(filter.Status)},
		{"version", filter.Version},
	} {
		if want.value != "" {
			args = append(args, want.value)
			conditions = append(conditions, want.column+" = "+arg(len(args)))
		}
	}
	end, args, err := newestFirst(page, conditions, args)
	if err != nil {
		return nil, "", err
	}
	all, err := queryAll(tx, scanDeployment, selectDeployment+end, args...)
	if err != nil {
		return nil, "", within(err, "list deployments")
	}
	all, more := cut(all, cmp.Or(page.Limit, defaultLimit))
	if !more {
		return all, "", nil
	}
	last := all[len(all)-1]
	return all, momentCursor(last.CreatedAt, last.ID), nil
}

// LatestDeployment reads the newest deployment that completed and was not
// rolled back by hand, with its steps.
func (tx *Tx) LatestDeployment(environmentID string) (lockstep.Deployment, error) {
	id, err := queryOne(tx, scanText, `SELECT id FROM deployments WHERE environment_id = $1 AND status = 'completed'
    ORDER BY completed_at DESC, created_at DESC, id DESC LIMIT 1`, environmentID)
	if err != nil {
		return lockstep.Deployment{}, orNotFound(err, "no deployment to this environment has completed yet")
	}
	return tx.Deployment(id)
}

// Started reads, by environment and service, how many instances the
// LatestDeployment of each of a project's environments started.
func (tx *Tx) Started(projectID string) (map[string]map[string]int, error) {
	type start struct {
		environment string
		do          lockstep.StepAction
	}
	all, err := queryAll(tx, func(r row) (s start, err error) { return s, r.Scan(&s.environment, fromJSON(&s.do)) },
		`SELECT e.id, s.action FROM environments e JOIN operation_steps s ON s.operation_id = (
    SELECT d.id FROM deployments d WHERE d.environment_id = e.id AND d.status = 'completed'
    ORDER BY d.completed_at DESC, d.created_at DESC, d.id DESC LIMIT 1)
  WHERE e.project_id = $1 AND s.phase = 'forward' AND s.kind = 'start' ORDER BY e.id, s.seq`, projectID)
	out := map[string]map[string]int{}
	for _, s := range all {
		if out[s.environment] == nil {
			out[s.environment] = map[string]int{}
		}
		out[s.environment][s.do.Service] = s.do.Replicas
	}
	return out, within(err, "what was started")
}

// SetApproval notes who approved a deployment.
func (tx *Tx) SetApproval(deploymentID, by string) error {
	n, err := tx.exec("UPDATE deployments SET approved_by = $2 WHERE id = $1", deploymentID, by)
	if err == nil && n == 0 {
		return lockstep.Errorf(lockstep.CodeNotFound, "deployment %s does not exist", deploymentID)
	}
	return within(err, "deployment %s", deploymentID)
}

// moveDeployment follows its operation; see move.
func (tx *Tx) moveDeployment(id string, to lockstep.OperationStatus, started, completed *time.Time, why *lockstep.OperationError) error {
	var duration any
	if started != nil && completed != nil {
		duration = completed.Sub(*started).Milliseconds()
	}
	_, err := tx.exec(`UPDATE deployments SET status = $2, started_at = $3, completed_at = $4, duration = $5, error = COALESCE(error, $6) WHERE id = $1`,
		id, string(to), microsOrNull(started), microsOrNull(completed), duration, orNull(why))
	return within(err, "deployment %s", id)
}
