package store

import (
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

const selectProject = `SELECT p.id, p.name, p.matrix, p.matrix_version, p.pipeline,
  p.current_environment_id, p.current_epoch, p.current_since, COALESCE(p.current_by, ''), COALESCE(p.adrift_environment_id, ''), p.created_at, p.updated_at FROM projects p`

func scanProject(r row) (p lockstep.Project, err error) {
	err = r.Scan(&p.ID, &p.Name, &p.Matrix, &p.MatrixVersion, fromJSON(&p.Pipeline),
		&p.CurrentID, &p.CurrentEpoch, maybeAt(&p.CurrentSince), &p.CurrentBy, &p.AdriftID, at(&p.CreatedAt), at(&p.UpdatedAt))
	p.Matrix = nilIfEmpty(p.Matrix)
	return p, err
}

// Project reads a project by name.
func (tx *Tx) Project(name string) (lockstep.Project, error) {
	p, err := queryOne(tx, scanProject, selectProject+" WHERE p.name = $1"+tx.lockRow("p"), name)
	return p, orNotFound(err, "project %q does not exist: apply a matrix that names it", name)
}

func (tx *Tx) projectByID(id string) (lockstep.Project, error) {
	p, err := queryOne(tx, scanProject, selectProject+" WHERE p.id = $1"+tx.lockRow("p"), id)
	return p, orNotFound(err, "there is no project with ID %s", id)
}

// Projects lists all projects by name.
func (tx *Tx) Projects() ([]lockstep.Project, error) {
	all, err := queryAll(tx, scanProject, selectProject+" ORDER BY p.name"+tx.lockRow("p"))
	return all, within(err, "list projects")
}

// PutProject inserts a project, or updates the one with its ID.
func (tx *Tx) PutProject(p lockstep.Project) error {
	_, err := tx.exec(`INSERT INTO projects (id, name, matrix, matrix_version, pipeline,
    current_environment_id, current_epoch, created_at, updated_at, current_since, current_by, adrift_environment_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, matrix = excluded.matrix,
    matrix_version = excluded.matrix_version, pipeline = excluded.pipeline,
    current_environment_id = excluded.current_environment_id, current_epoch = excluded.current_epoch,
    current_since = excluded.current_since, current_by = excluded.current_by,
    adrift_environment_id = excluded.adrift_environment_id,
    updated_at = excluded.updated_at`,
		p.ID, p.Name, notNil(p.Matrix), p.MatrixVersion, asJSON(p.Pipeline),
		p.CurrentID, p.CurrentEpoch, micros(p.CreatedAt), micros(p.UpdatedAt), microsOrNull(p.CurrentSince), p.CurrentBy, p.AdriftID)
	return tx.refused(err, fmt.Sprintf("project %q", p.Name), "exists already", "refers to nothing")
}

// moveCurrent makes an environment its project's current one; "" none. The
// epoch grows, at least to the one that the address was given. Where it was
// adrift it is not any more, and what was to move it from where it was is over.
func (tx *Tx) moveCurrent(p lockstep.Project, to, by string, epoch int64, e lockstep.Event) error {
	p.CurrentEpoch = max(p.CurrentEpoch+1, epoch)
	if _, err := tx.exec(`UPDATE projects SET current_environment_id = $2, current_epoch = $3, updated_at = $4,
    current_since = $4, current_by = $5, adrift_environment_id = NULL WHERE id = $1`,
		p.ID, to, p.CurrentEpoch, micros(e.At), by); err != nil {
		return within(err, "current environment of project %q", p.Name)
	}
	e.Type, e.ProjectID = lockstep.EventCurrentChanged, p.ID
	e.Data = map[string]any{"from": p.CurrentID, "to": to, "epoch": p.CurrentEpoch}
	tx.events = append(tx.events, e)
	return tx.voidSwitches("project_id", p.ID, "", e)
}
