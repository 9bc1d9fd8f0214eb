package store

import (
	"maps"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// retireAgain is when a warm side is retired again after an attempt that did
// not complete.
const retireAgain = lockstep.DefaultWarmFor

// conclude ends an operation; see lockstep.Outcome.
func (tx *Tx) conclude(op lockstep.Operation, out lockstep.Outcome, now time.Time) error {
	if !out.Status.Done() {
		return lockstep.Invalid("status", "operation %s: %s is no end", op.ID, out.Status)
	}
	if err := tx.move(op, out.Status, now, nil); err != nil {
		return err
	}
	env, err := tx.Environment("", op.EnvironmentID)
	if err != nil {
		return err
	}
	completed := out.Status == lockstep.StatusCompleted
	if op.Kind == lockstep.OperationDestroy && completed {
		if err := tx.dropEnvironment(env, op.ID, now); err != nil {
			return err
		}
		tx.events = append(tx.events, lockstep.Event{
			At: now, Type: lockstep.EventEnvironmentDeleted, ProjectID: op.ProjectID, EnvironmentID: env.ID, OperationID: op.ID,
			Data: map[string]any{"name": env.Name},
		})
		return nil
	}
	change := environmentChange{Environment: env, operation: op.ID, now: now}
	if op.Kind == lockstep.OperationDeploy {
		if err := tx.concludeDeployment(op, out, &change); err != nil {
			return err
		}
	}
	if op.Kind == lockstep.OperationSwitch {
		if err := tx.concludeSwitch(op, out, now); err != nil {
			return err
		}
	}
	change.upOrDown(op.Kind, completed)
	if completed {
		change.maintain(op)
		if err := tx.toggled(op, &change); err != nil {
			return err
		}
		if err := tx.scaled(op, &change); err != nil {
			return err
		}
	}
	if op.Kind == lockstep.OperationRetire && env.WarmID == op.RevisionID {
		change.warm("", 0)
		if !completed {
			change.warm(op.RevisionID, retireAgain)
		}
	}
	if out.WarmID != nil {
		change.warm(*out.WarmID, out.WarmFor)
	}
	if out.EnvironmentStatus != "" {
		if err := change.status(out.EnvironmentStatus); err != nil {
			return err
		}
	}
	return tx.apply(change)
}

func (tx *Tx) concludeDeployment(op lockstep.Operation, out lockstep.Outcome, change *environmentChange) error {
	if out.Rollback != nil {
		if _, err := tx.exec("UPDATE deployments SET rollback = $2 WHERE id = $1", op.ID, asJSON(out.Rollback)); err != nil {
			return err
		}
	}
	if out.Status != lockstep.StatusCompleted && out.Status != lockstep.StatusRolledBack {
		return nil
	}
	d, err := tx.Deployment(op.ID)
	if err != nil {
		return err
	}
	if out.Status == lockstep.StatusRolledBack {
		return tx.takenBack(d, change)
	}
	change.activate(d)
	if err := tx.readmit(d.RevisionID); err != nil {
		return err
	}
	if err := tx.takeBack(d, change.now); err != nil {
		return err
	}
	p, err := tx.projectByID(d.ProjectID)
	if err != nil {
		return err
	}
	if change.ID == p.CurrentID { // a forced one has taken the address
		if err := tx.anchor(p); err != nil {
			return err
		}
	}
	if err := tx.voidSwitches("environment_id", change.ID, change.ActiveID, lockstep.Event{At: change.now, Actor: d.StartedBy}); err != nil {
		return err
	}
	if change.Type != lockstep.TypeProduction || p.CurrentID != "" {
		return nil
	}
	return tx.moveCurrent(p, change.ID, d.StartedBy, 0, lockstep.Event{At: change.now, EnvironmentID: change.ID, OperationID: op.ID})
}

// takenBack keeps what a deployment that took itself back has brought from
// coming again by itself. A rollback by hand keeps nothing out where it does
// not succeed: who tries it once more is in an emergency. Neither is what
// runs kept out, which a deployment over itself leaves running.
func (tx *Tx) takenBack(d lockstep.Deployment, change *environmentChange) error {
	if d.RollbackOf != "" || d.RevisionID == change.ActiveID {
		return nil
	}
	var reason string
	switch {
	case d.Error != nil:
		reason, _, _ = strings.Cut(d.Error.Message, "\n")
	case d.Rollback != nil:
		reason = d.Rollback.Reason
	}
	return tx.quarantine(d, true, "", reason, change.now)
}

// takeBack turns the deployment that d rolled back by hand rolled_back. One
// that did not complete (it failed) stays what it is.
func (tx *Tx) takeBack(d lockstep.Deployment, now time.Time) error {
	if d.RollbackOf == "" {
		return nil
	}
	op, err := tx.operationRow(d.RollbackOf)
	if err != nil {
		return err
	}
	if !lockstep.OperationTransitions.Allows(op.Status, lockstep.StatusRolledBack) {
		return nil
	}
	if err := tx.move(op, lockstep.StatusRolledBack, now, nil); err != nil {
		return err
	}
	reason := d.Description
	if reason == "" {
		reason = "rolled back by " + d.StartedBy
	}
	completed := wholeMicros(now)
	result := lockstep.RollbackResult{
		DeploymentID: d.ID, RevisionID: d.RevisionID, Reason: reason,
		Status: lockstep.StatusCompleted, CompletedAt: &completed,
	}
	if _, err := tx.exec("UPDATE deployments SET rollback = $2 WHERE id = $1", op.ID, asJSON(result)); err != nil {
		return err
	}
	tx.events = append(tx.events, finished(op, lockstep.StatusRolledBack, nil, now))
	if op.RevisionID == d.RevisionID {
		return nil // it runs
	}
	taken, err := tx.Deployment(op.ID)
	if err != nil {
		return err
	}
	return tx.quarantine(taken, false, d.StartedBy, d.Description, now)
}

// An environmentChange is what an operation makes of its environment.
type environmentChange struct {
	lockstep.Environment
	operation string
	now       time.Time
	from      lockstep.EnvironmentStatus // where the status changes
}

func (c *environmentChange) status(to lockstep.EnvironmentStatus) error {
	if to == c.Status {
		return nil
	}
	if err := lockstep.EnvironmentTransitions.Check("environment "+c.Name, c.Status, to); err != nil {
		return err
	}
	c.from, c.Status = c.Status, to
	return nil
}

func (c *environmentChange) warm(revision string, keep time.Duration) {
	c.WarmID, c.WarmUntil = revision, nil
	if revision != "" {
		until := c.now.Add(keep)
		c.WarmUntil = &until
	}
}

// upOrDown: a stop that completes leaves nothing, what brings a revision in
// ends that.
func (c *environmentChange) upOrDown(kind lockstep.OperationKind, completed bool) {
	switch {
	case !completed:
	case kind == lockstep.OperationStop:
		stopped := wholeMicros(c.now)
		c.StoppedAt = &stopped
		c.warm("", 0)
	case kind == lockstep.OperationStart || kind == lockstep.OperationDeploy:
		if c.StoppedAt != nil {
			up := wholeMicros(c.now)
			c.Metadata.UpSince = &up
		}
		c.StoppedAt = nil
	}
}

func (c *environmentChange) maintain(op lockstep.Operation) {
	switch op.Kind {
	case lockstep.OperationMaintenanceOn:
		c.Maintenance = op.Maintenance
		if c.Maintenance == nil {
			c.Maintenance = &lockstep.Maintenance{}
		}
	case lockstep.OperationMaintenanceOff:
		c.Maintenance = nil
	default:
	}
}

// scaled keeps how many instances services have now: what a deployment has
// started stands with it, what came after it here. A scale is recorded, too.
func (tx *Tx) scaled(op lockstep.Operation, change *environmentChange) error {
	switch op.Kind {
	case lockstep.OperationDeploy:
		change.Scaled = nil
		return nil
	case lockstep.OperationScale, lockstep.OperationStart, lockstep.OperationEnableService:
	default:
		return nil
	}
	steps, err := tx.steps(op.ID)
	if err != nil {
		return err
	}
	change.Scaled = merged(change.Scaled, nil)
	for _, step := range steps {
		if step.Kind == lockstep.StepStart && step.Phase == lockstep.PhaseForward {
			change.Scaled[step.Do.Service] = step.Do.Replicas
		}
	}
	if op.Kind != lockstep.OperationScale {
		return nil
	}
	change.Spec.Replicas = merged(change.Spec.Replicas, op.Replicas)
	_, err = tx.exec("UPDATE environments SET config = $2 WHERE id = $1", change.ID, asJSON(spread(change.Spec).config))
	return within(err, "environment %q", change.Name)
}

// toggled records which services are disabled.
func (tx *Tx) toggled(op lockstep.Operation, change *environmentChange) error {
	if !op.Kind.TogglesService() {
		return nil
	}
	change.Disabled = change.DisabledWith(op.Service, op.Kind == lockstep.OperationEnableService)
	return tx.markDisabled(change.ID, change.Disabled)
}

func merged(a, b map[string]int) map[string]int {
	out := map[string]int{}
	maps.Copy(out, a)
	maps.Copy(out, b)
	return out
}

func (c *environmentChange) activate(d lockstep.Deployment) {
	c.ActiveID = d.RevisionID
	c.Metadata.Version = d.Version
	c.Metadata.LastDeployment = &lockstep.LastDeployment{
		Version: d.Version, DeployedAt: wholeMicros(c.now), DeployedBy: d.StartedBy, DeploymentID: d.ID,
	}
}

// apply writes the change and tells of a new status.
func (tx *Tx) apply(c environmentChange) error {
	if _, err := tx.exec(`UPDATE environments SET status = $2, active_revision_id = $3, warm_revision_id = $4, warm_until = $5,
    metadata = $6, updated_at = $7, stopped_at = $8, scaled = $9,
    maintenance = $10, disabled = $11 WHERE id = $1`,
		c.ID, string(c.Status), c.ActiveID, c.WarmID, microsOrNull(c.WarmUntil), asJSON(c.Metadata), micros(c.now), microsOrNull(c.StoppedAt), replicasOrNull(c.Scaled), orNull(c.Maintenance), namesOrNull(c.Disabled)); err != nil {
		return within(err, "environment %q", c.Name)
	}
	if c.from == "" {
		return nil
	}
	tx.events = append(tx.events, lockstep.Event{
		At: c.now, Type: lockstep.EventEnvironmentStatus, ProjectID: c.ProjectID, EnvironmentID: c.ID, OperationID: c.operation,
		Data: map[string]any{"from": c.from, "to": c.Status},
	})
	return nil
}
