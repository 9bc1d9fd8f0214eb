package store

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

const selectRelease = `SELECT id, project_id, version, services, notes, source, created_at, created_by FROM releases`

func scanRelease(r row) (rel lockstep.Release, err error) {
	return rel, r.Scan(&rel.ID, &rel.ProjectID, &rel.Version, fromJSON(&rel.Services), &rel.Notes, fromJSON(&rel.Source), at(&rel.CreatedAt), &rel.CreatedBy)
}

// AddRelease inserts a release, whose version is new in its project.
func (tx *Tx) AddRelease(r lockstep.Release) error {
	_, err := tx.exec(`INSERT INTO releases (id, project_id, version, services, notes, source, created_at, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.ID, r.ProjectID, r.Version, asJSON(r.Services), r.Notes, asJSON(r.Source), micros(r.CreatedAt), r.CreatedBy)
	return tx.refused(err, fmt.Sprintf("release %q", r.Version), "exists already: a version is used once, choose another", "names a project that does not exist")
}

// Release reads a release of a project by version; "latest" is the newest.
func (tx *Tx) Release(projectID, version string) (lockstep.Release, error) {
	if version == "latest" {
		r, err := queryOne(tx, scanRelease, selectRelease+" WHERE project_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1", projectID)
		return r, orNotFound(err, "the project has no release yet: lockstep release create makes one")
	}
	r, err := queryOne(tx, scanRelease, selectRelease+" WHERE project_id = $1 AND version = $2", projectID, version)
	return r, orNotFound(err, "release %q does not exist: lockstep release list shows those that do", version)
}

// ReleaseNumbers counts, for each of these versions, the releases of the
// project that were made up to it, itself included. A version that does not
// exist is left out.
func (tx *Tx) ReleaseNumbers(projectID string, versions []string) (map[string]int, error) {
	out := map[string]int{}
	if len(versions) == 0 {
		return out, nil
	}
	args, places := []any{projectID}, make([]string, len(versions))
	for i, v := range versions {
		args = append(args, v)
		places[i] = arg(len(args))
	}
	type numbered struct {
		version string
		number  int
	}
	all, err := queryAll(tx, func(r row) (n numbered, err error) { return n, r.Scan(&n.version, &n.number) },
		`SELECT version, number FROM (SELECT version, row_number() OVER (ORDER BY created_at, id) AS number FROM releases WHERE project_id = $1) numbered
  WHERE version IN (`+strings.Join(places, ", ")+")", args...)
	for _, n := range all {
		out[n.version] = n.number
	}
	return out, within(err, "number releases")
}

// Releases lists a project's releases, newest first.
func (tx *Tx) Releases(projectID string, page lockstep.Page) ([]lockstep.Release, string, error) {
	end, args, err := newestFirst(page, []string{"project_id = $1"}, []any{projectID})
	if err != nil {
		return nil, "", err
	}
	all, err := queryAll(tx, scanRelease, selectRelease+end, args...)
	if err != nil {
		return nil, "", within(err, "list releases")
	}
	all, more := cut(all, cmp.Or(page.Limit, defaultLimit))
	if !more {
		return all, "", nil
	}
	last := all[len(all)-1]
	return all, momentCursor(last.CreatedAt, last.ID), nil
}
