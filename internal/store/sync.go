package store

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

const selectSync = `SELECT id, project_id, source_environment_id, target_environment_id, source, target, sync_type, status, changes,
  started_at, completed_at, duration, started_by, error, options, source_version, target_version, new_version, deployment_id, undone
  FROM config_sync_history`

func scanSync(r row) (s lockstep.SyncResult, err error) {
	var source, target, failure *string
	var duration *int64
	err = r.Scan(&s.ID, &s.ProjectID, &source, &target, &s.Source, &s.Target, &s.SyncType, &s.Status, fromJSON(&s.Changes),
		at(&s.StartedAt), maybeAt(&s.CompletedAt), &duration, &s.StartedBy, &failure, fromJSON(&s.Options),
		&s.SourceVersion, &s.TargetVersion, &s.NewVersion, &s.DeploymentID, fromJSON(&s.Undone))
	for _, text := range []struct {
		from *string
		to   *string
	}{{source, &s.SourceEnvironmentID}, {target, &s.TargetEnvironmentID}, {failure, &s.Error}} {
		if text.from != nil {
			*text.to = *text.from
		}
	}
	if duration != nil {
		s.Duration = lockstep.Duration(time.Duration(*duration) * time.Millisecond)
	}
	return s, err
}

// AddSync inserts a sync after its operation, under the same ID.
func (tx *Tx) AddSync(s lockstep.SyncResult) error {
	_, err := tx.exec(`INSERT INTO config_sync_history (id, project_id, source_environment_id, target_environment_id, source, target,
    sync_type, status, changes, started_at, started_by, options, source_version, target_version)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		s.ID, s.ProjectID, s.SourceEnvironmentID, s.TargetEnvironmentID, s.Source, s.Target,
		string(s.SyncType), string(s.Status), asJSON(s.Changes), micros(s.StartedAt), s.StartedBy, asJSON(s.Options), s.SourceVersion, s.TargetVersion)
	return tx.refused(err, "sync "+s.ID, "exists already", "has no operation or no environment")
}

// SyncDone notes what a sync did, and what became of that since. Its status,
// its end and its error are its operation's.
func (tx *Tx) SyncDone(s lockstep.SyncResult) error {
	n, err := tx.exec("UPDATE config_sync_history SET changes = $2, new_version = $3, deployment_id = $4, undone = $5 WHERE id = $1",
		s.ID, asJSON(s.Changes), s.NewVersion, s.DeploymentID, orNull(s.Undone))
	if err == nil && n == 0 {
		return lockstep.Errorf(lockstep.CodeNotFound, "sync %s does not exist", s.ID)
	}
	return within(err, "sync %s", s.ID)
}

// Sync reads a sync.
func (tx *Tx) Sync(id string) (lockstep.SyncResult, error) {
	s, err := queryOne(tx, scanSync, selectSync+" WHERE id = $1"+tx.lockRow("config_sync_history"), id)
	return s, orNotFound(err, "sync %s does not exist", id)
}

// Syncs lists a project's syncs, newest first; of one environment, as source
// or target, where it is named.
func (tx *Tx) Syncs(projectID, environmentID string, page lockstep.Page) ([]lockstep.SyncResult, string, error) {
	limit, err := limitOf(page)
	if err != nil {
		return nil, "", err
	}
	before, err := cursorText(page.Cursor)
	if err != nil {
		return nil, "", err
	}
	// IDs grow with time.
	all, err := queryAll(tx, scanSync, selectSync+` WHERE project_id = $1 AND ($2 = '' OR id < $2)
  AND ($3 = '' OR source_environment_id = $3 OR target_environment_id = $3) ORDER BY id DESC LIMIT $4`, projectID, before, environmentID, limit+1)
	if err != nil {
		return nil, "", within(err, "list syncs")
	}
	all, more := cut(all, limit)
	if !more {
		return all, "", nil
	}
	return all, encodeCursor(all[len(all)-1].ID), nil
}

// LastSync is the newest sync between two environments, in either direction,
// that completed and was not undone; nil where there is none.
func (tx *Tx) LastSync(one, other string) (*lockstep.SyncResult, error) {
	all, err := queryAll(tx, scanSync, selectSync+` WHERE status = 'completed' AND undone IS NULL
  AND (source_environment_id = $1 AND target_environment_id = $2 OR source_environment_id = $2 AND target_environment_id = $1)
  ORDER BY id DESC LIMIT 1`, one, other)
	if err != nil || len(all) == 0 {
		return nil, within(err, "last sync")
	}
	return &all[0], nil
}

// moveSync follows its operation; see move.
func (tx *Tx) moveSync(id string, to lockstep.OperationStatus, asked time.Time, completed *time.Time, why *lockstep.OperationError) error {
	var duration, failure any
	if completed != nil {
		duration = completed.Sub(asked).Milliseconds()
	}
	if why != nil {
		failure = why.Message
	}
	_, err := tx.exec(`UPDATE config_sync_history SET status = $2, completed_at = $3, duration = $4, error = COALESCE(error, $5) WHERE id = $1`,
		id, string(lockstep.SyncStatusOf(to)), microsOrNull(completed), duration, failure)
	return within(err, "sync %s", id)
}
