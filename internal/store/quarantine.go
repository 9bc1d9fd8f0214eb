package store

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

const selectQuarantine = `SELECT q.environment_id, e.name, q.revision_id, d.revision_hash, d.version, q.deployment_id, q.automatic, q.created_by, q.reason, q.created_at
  FROM quarantines q JOIN environments e ON e.id = q.environment_id JOIN deployments d ON d.id = q.deployment_id`

func scanQuarantine(r row) (q lockstep.Quarantine, err error) {
	return q, r.Scan(&q.EnvironmentID, &q.Environment, &q.RevisionID, &q.RevisionHash, &q.Version, &q.DeploymentID, &q.Automatic, &q.By, &q.Reason, at(&q.At))
}

// Quarantines lists the revisions that were rolled back and have not come
// back since, the latest first: of a project, or of one of its environments.
func (tx *Tx) Quarantines(projectID, environmentID string) ([]lockstep.Quarantine, error) {
	where, args := " WHERE e.project_id = $1", []any{projectID}
	if environmentID != "" {
		where, args = where+" AND q.environment_id = $2", append(args, environmentID)
	}
	all, err := queryAll(tx, scanQuarantine, selectQuarantine+where+" ORDER BY q.created_at DESC, q.revision_id", args...)
	return all, within(err, "list quarantines")
}

// quarantine keeps what a deployment brought out of its environment from now
// on; once more where it has been kept out already.
func (tx *Tx) quarantine(d lockstep.Deployment, automatic bool, by, reason string, now time.Time) error {
	_, err := tx.exec(`INSERT INTO quarantines (revision_id, environment_id, deployment_id, automatic, created_by, reason, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (revision_id) DO UPDATE SET deployment_id = excluded.deployment_id, automatic = excluded.automatic,
    created_by = excluded.created_by, reason = excluded.reason, created_at = excluded.created_at`,
		d.RevisionID, d.EnvironmentID, d.ID, flag(automatic), by, reason, micros(now))
	return within(err, "quarantine revision %s", lockstep.ShortHash(d.RevisionHash))
}

// readmit ends the quarantine of what runs now.
func (tx *Tx) readmit(revisionID string) error {
	_, err := tx.exec("DELETE FROM quarantines WHERE revision_id = $1", revisionID)
	return within(err, "revision %s", revisionID)
}
