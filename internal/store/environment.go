package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const selectEnvironment = `SELECT e.id, e.project_id, p.name, e.name, e.type, e.status, e.description,
  e.config, e.deployment, e.database, e.cache, e.storage, e.security, e.monitoring, e.isolation, e.metadata,
  e.host_id, e.active_revision_id, e.warm_revision_id, e.warm_until, e.stopped_at, e.scaled, e.maintenance, e.disabled, e.automation, e.created_at, e.updated_at
  FROM environments e JOIN projects p ON p.id = e.project_id`

// scanEnvironment leaves the dependencies out: they are rows of their own.
func scanEnvironment(r row) (e lockstep.Environment, err error) {
	c := specColumns{blocks: map[string]any{}}
	err = r.Scan(&e.ID, &e.ProjectID, &e.Project, &e.Name, &e.Type, &e.Status, &e.Description,
		exactJSON(&c.config), exactJSON(&c.deployment), c.block("database"), c.block("cache"), c.block("storage"),
		c.block("security"), c.block("monitoring"), c.block("isolation"), fromJSON(&e.Metadata),
		&e.HostID, &e.ActiveID, &e.WarmID, maybeAt(&e.WarmUntil), maybeAt(&e.StoppedAt), fromJSON(&e.Scaled), fromJSON(&e.Maintenance), fromJSON(&e.Disabled), fromJSON(&c.automation), at(&e.CreatedAt), at(&e.UpdatedAt))
	if err == nil {
		e.Spec = c.gather(nil)
	}
	return e, err
}

// Environment reads an environment of a project by ID or name; without a
// project by ID only.
func (tx *Tx) Environment(projectID, idOrName string) (lockstep.Environment, error) {
	where, args := " WHERE e.id = $1", []any{idOrName}
	if projectID != "" {
		// An ID wins over another environment's name, so that a name cannot hide it.
		where, args = " WHERE e.project_id = $2 AND (e.id = $1 OR e.name = $1) ORDER BY CASE WHEN e.id = $1 THEN 0 ELSE 1 END", append(args, projectID)
	}
	e, err := queryOne(tx, scanEnvironment, selectEnvironment+where+tx.lockRow("e"), args...)
	if err != nil {
		return e, orNotFound(err, "environment %q does not exist: lockstep list shows those that do", idOrName)
	}
	e.Spec.Dependencies, err = tx.dependenciesOf(e.ID)
	return e, err
}

// Environments lists the environments of a project by name.
func (tx *Tx) Environments(projectID string) ([]lockstep.Environment, error) {
	all, err := queryAll(tx, scanEnvironment, selectEnvironment+" WHERE e.project_id = $1 ORDER BY e.name"+tx.lockRow("e"), projectID)
	if err != nil {
		return nil, within(err, "list environments")
	}
	return tx.withDependencies(all, "WHERE e.project_id = $1", projectID)
}

// EnvironmentPage lists a part of a project's environments by name.
func (tx *Tx) EnvironmentPage(projectID string, page lockstep.Page) ([]lockstep.Environment, string, error) {
	limit, err := limitOf(page)
	if err != nil {
		return nil, "", err
	}
	after, err := cursorText(page.Cursor)
	if err != nil {
		return nil, "", err
	}
	all, err := queryAll(tx, scanEnvironment, selectEnvironment+" WHERE e.project_id = $1 AND e.name > $2 ORDER BY e.name LIMIT $3", projectID, after, limit+1)
	if err != nil {
		return nil, "", within(err, "list environments")
	}
	all, more := cut(all, limit)
	if len(all) == 0 {
		return nil, "", nil
	}
	last := all[len(all)-1].Name
	all, err = tx.withDependencies(all, "WHERE e.project_id = $1 AND e.name > $2 AND e.name <= $3", projectID, after, last)
	if !more {
		return all, "", err
	}
	return all, encodeCursor(last), err
}

// AutomatedEnvironments lists the environments, of all projects, to which
// something is deployed by itself.
func (tx *Tx) AutomatedEnvironments() ([]lockstep.Environment, error) {
	all, err := queryAll(tx, scanEnvironment, selectEnvironment+" WHERE e.automation IS NOT NULL ORDER BY p.name, e.name")
	return all, within(err, "list environments with automation")
}

func automationOrNull(a lockstep.Automation) any {
	if a == (lockstep.Automation{}) {
		return nil
	}
	return asJSON(a)
}

// PutEnvironment inserts an environment, or updates the one with its ID. A
// status that may not follow the one it has is a conflict.
func (tx *Tx) PutEnvironment(e lockstep.Environment) error {
	old, err := queryOne(tx, scanText, "SELECT e.status FROM environments e WHERE e.id = $1"+tx.lockRow("e"), e.ID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if _, known := lockstep.EnvironmentTransitions[e.Status]; !known {
			return lockstep.Invalid("status", "environment %q: there is no status %q", e.Name, e.Status)
		}
	case err != nil:
		return within(err, "environment %q", e.Name)
	case old != string(e.Status):
		if err := lockstep.EnvironmentTransitions.Check("environment "+e.Name, lockstep.EnvironmentStatus(old), e.Status); err != nil {
			return err
		}
	}
	c := spread(e.Spec)
	_, err = tx.exec(`INSERT INTO environments (id, project_id, name, type, status, description,
    config, deployment, database, cache, storage, security, monitoring, isolation, metadata,
    host_id, active_revision_id, warm_revision_id, warm_until, created_at, updated_at, stopped_at, scaled, maintenance, automation, disabled)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, type = excluded.type, status = excluded.status,
    description = excluded.description, config = excluded.config, deployment = excluded.deployment,
    database = excluded.database, cache = excluded.cache, storage = excluded.storage,
    security = excluded.security, monitoring = excluded.monitoring, isolation = excluded.isolation,
    metadata = excluded.metadata, host_id = excluded.host_id, active_revision_id = excluded.active_revision_id,
    warm_revision_id = excluded.warm_revision_id, warm_until = excluded.warm_until, updated_at = excluded.updated_at,
    stopped_at = excluded.stopped_at, scaled = excluded.scaled,
    maintenance = excluded.maintenance, automation = excluded.automation, disabled = excluded.disabled`,
		e.ID, e.ProjectID, e.Name, string(e.Type), string(e.Status), e.Description,
		asJSON(c.config), asJSON(c.deployment), asJSON(c.blocks["database"]), asJSON(c.blocks["cache"]), asJSON(c.blocks["storage"]),
		asJSON(c.blocks["security"]), asJSON(c.blocks["monitoring"]), asJSON(c.blocks["isolation"]), asJSON(e.Metadata),
		e.HostID, e.ActiveID, e.WarmID, microsOrNull(e.WarmUntil), micros(e.CreatedAt), micros(e.UpdatedAt), microsOrNull(e.StoppedAt), replicasOrNull(e.Scaled), orNull(e.Maintenance), automationOrNull(c.automation), namesOrNull(e.Disabled))
	if err != nil {
		return tx.refused(err, fmt.Sprintf("environment %q", e.Name), "exists already in its project", "names a project that does not exist")
	}
	if err := tx.putDependencies(e.ID, e.Spec.Dependencies, e.UpdatedAt); err != nil {
		return within(err, "environment %q", e.Name)
	}
	return within(tx.markDisabled(e.ID, e.Disabled), "environment %q", e.Name)
}

// DeleteEnvironment removes an environment with its configuration and its
// revisions; its deployments and events stay. Operations that wait for it are
// cancelled; one that runs is a conflict.
func (tx *Tx) DeleteEnvironment(id string) error {
	e, err := tx.Environment("", id)
	if err != nil {
		return err
	}
	return tx.dropEnvironment(e, "", tx.now())
}

// dropEnvironment leaves the operation by (the one that destroys it) alone.
func (tx *Tx) dropEnvironment(e lockstep.Environment, by string, now time.Time) error {
	open, err := tx.OpenOperations(e.ID)
	if err != nil {
		return err
	}
	for _, op := range open {
		switch {
		case op.ID == by:
		case op.Status == lockstep.StatusRunning:
			return lockstep.Errorf(lockstep.CodeConflict, "environment %q: operation %s runs: cancel it or wait for its end", e.Name, op.ID)
		default:
			why := &lockstep.OperationError{Code: lockstep.CodeNotFound, Message: "environment " + e.Name + " was deleted", Timestamp: now}
			if err := tx.move(op, lockstep.StatusCancelled, now, why); err != nil {
				return err
			}
			tx.events = append(tx.events, finished(op, lockstep.StatusCancelled, why, now))
		}
	}
	p, err := tx.projectByID(e.ProjectID)
	if err != nil {
		return err
	}
	if p.CurrentID == e.ID {
		if err := tx.moveCurrent(p, "", "", 0, lockstep.Event{At: now, EnvironmentID: e.ID, OperationID: by}); err != nil {
			return err
		}
	}
	if p.AdriftID == e.ID {
		if err := tx.anchor(p); err != nil {
			return err
		}
	}
	_, err = tx.exec("DELETE FROM environments WHERE id = $1", e.ID)
	return within(err, "delete environment %q", e.Name)
}
