package store

import (
	"strings"

	"github.com/lockstep-dev/lockstep"
)

const selectRevision = `SELECT id, environment_id, hash, content, release_id, created_at, created_by FROM revisions`

func scanRevision(r row) (rev lockstep.Revision, err error) {
	var content []byte
	if err := r.Scan(&rev.ID, &rev.EnvironmentID, &rev.Hash, &content, &rev.ReleaseID, at(&rev.CreatedAt), &rev.CreatedBy); err != nil {
		return rev, err
	}
	return rev, fromCanonical(content, rev.Hash, &rev.Content)
}

// AddRevision inserts a revision and returns it, or the one that the
// environment has with the same hash.
func (tx *Tx) AddRevision(r lockstep.Revision) (lockstep.Revision, error) {
	name := "revision " + lockstep.ShortHash(r.Hash)
	content, err := canonical(r.Content, r.Hash)
	if err != nil {
		return r, within(err, "%s", name)
	}
	_, err = tx.exec(`INSERT INTO revisions (id, environment_id, hash, content, release_id, created_at, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (environment_id, hash) DO NOTHING`,
		r.ID, r.EnvironmentID, r.Hash, content, r.ReleaseID, micros(r.CreatedAt), r.CreatedBy)
	if err != nil {
		return r, tx.refused(err, name, "has the ID of another one", "belongs to an environment that does not exist")
	}
	stored, err := queryOne(tx, scanRevision, selectRevision+" WHERE environment_id = $1 AND hash = $2", r.EnvironmentID, r.Hash)
	return stored, within(err, "%s", name)
}

// Revision reads a revision by ID.
func (tx *Tx) Revision(id string) (lockstep.Revision, error) {
	r, err := queryOne(tx, scanRevision, selectRevision+" WHERE id = $1", id)
	return r, orNotFound(err, "revision %s does not exist", id)
}

// Revisions reads those that there are of some IDs, in any order.
func (tx *Tx) Revisions(ids []string) ([]lockstep.Revision, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args, places := make([]any, len(ids)), make([]string, len(ids))
	for i, id := range ids {
		args[i], places[i] = id, arg(i+1)
	}
	all, err := queryAll(tx, scanRevision, selectRevision+" WHERE id IN ("+strings.Join(places, ", ")+")", args...)
	return all, within(err, "read revisions")
}
