package store

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

const selectAlert = `SELECT a.environment_id, e.name, a.name, a.condition, a.state, a.since, a.summary, a.acknowledged_by, a.acknowledged_at, a.comment
  FROM alerts a JOIN environments e ON e.id = a.environment_id`

func scanAlert(r row) (a lockstep.Alert, err error) {
	return a, r.Scan(&a.EnvironmentID, &a.Environment, &a.Name, &a.When, &a.State, at(&a.Since), &a.Summary, &a.AcknowledgedBy, maybeAt(&a.AcknowledgedAt), &a.Comment)
}

// Alerts are those that are, or were, not ok: of a project, or of one of its
// environments, the latest change first.
func (tx *Tx) Alerts(projectID, environmentID string) ([]lockstep.Alert, error) {
	where, args := " WHERE e.project_id = $1", []any{projectID}
	if environmentID != "" {
		where, args = where+" AND a.environment_id = $2", append(args, environmentID)
	}
	all, err := queryAll(tx, scanAlert, selectAlert+where+" ORDER BY a.since DESC, e.name, a.name", args...)
	return all, within(err, "list alerts")
}

// AcknowledgeAlert says who takes care of an alert that fires.
func (tx *Tx) AcknowledgeAlert(environmentID, name, by, comment string, now time.Time) error {
	n, err := tx.exec(`UPDATE alerts SET acknowledged_by = $3, acknowledged_at = $4, comment = $5
  WHERE environment_id = $1 AND name = $2 AND state = $6`, environmentID, name, by, micros(now), comment, string(lockstep.AlertFiring))
	if err == nil && n == 0 {
		err = lockstep.Errorf(lockstep.CodeConflict, "alert %q does not fire: there is nothing to acknowledge", name)
	}
	return within(err, "acknowledge an alert")
}

// putAlert keeps who acknowledged it until it fires anew.
func (tx *Tx) putAlert(a lockstep.Alert) error {
	_, err := tx.exec(`INSERT INTO alerts (environment_id, name, condition, state, since, summary, acknowledged_by, comment)
  SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS TEXT), '', ''`+ofEnvironment+`$1)
  ON CONFLICT (environment_id, name) DO UPDATE SET condition = excluded.condition, state = excluded.state, since = excluded.since, summary = excluded.summary,
    acknowledged_by = CASE WHEN excluded.state = $7 THEN '' ELSE alerts.acknowledged_by END,
    acknowledged_at = CASE WHEN excluded.state = $7 THEN NULL ELSE alerts.acknowledged_at END,
    comment = CASE WHEN excluded.state = $7 THEN '' ELSE alerts.comment END`,
		a.EnvironmentID, a.Name, a.When, string(a.State), micros(a.Since), a.Summary, string(lockstep.AlertFiring))
	return within(err, "alert %s", a.Name)
}

func (tx *Tx) dropAlert(environmentID, name string) error {
	_, err := tx.exec("DELETE FROM alerts WHERE environment_id = $1 AND name = $2", environmentID, name)
	return within(err, "alert %s", name)
}
