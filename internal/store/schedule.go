package store

import (
	"fmt"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const selectSchedule = `SELECT s.id, s.project_id, s.name, s.environment_id, e.name, s.rule, s.time_zone, s.release, s.promote, s.from_environment,
  s.strategy, s.description, s.with_config, s.if_missed, s.grace, s.paused, s.next_at, s.created_at, s.created_by, s.updated_at, s.version
  FROM schedules s JOIN environments e ON e.id = s.environment_id`

func scanSchedule(r row) (s lockstep.Schedule, err error) {
	var grace int64
	err = r.Scan(&s.ID, &s.ProjectID, &s.Name, &s.EnvironmentID, &s.Environment, &s.Rule, &s.TimeZone, &s.Release, &s.Promote, &s.From,
		&s.Strategy, &s.Description, &s.WithConfig, &s.IfMissed, &grace, &s.Paused, maybeAt(&s.NextAt), at(&s.CreatedAt), &s.CreatedBy, at(&s.UpdatedAt), &s.Version)
	s.Grace = lockstep.Duration(time.Duration(grace) * time.Millisecond)
	return s, err
}

// Schedule reads a schedule of a project by ID or name; without a project by
// ID only.
func (tx *Tx) Schedule(projectID, idOrName string) (lockstep.Schedule, error) {
	where, args := " WHERE s.id = $1", []any{idOrName}
	if projectID != "" {
		where, args = " WHERE s.project_id = $2 AND (s.id = $1 OR s.name = $1) ORDER BY CASE WHEN s.id = $1 THEN 0 ELSE 1 END", append(args, projectID)
	}
	s, err := queryOne(tx, scanSchedule, selectSchedule+where+tx.lockRow("s"), args...)
	return s, orNotFound(err, "schedule %q does not exist: lockstep schedule list shows those that do", idOrName)
}

// Schedules lists the schedules of a project, or of one of its environments,
// by name.
func (tx *Tx) Schedules(projectID, environmentID string) ([]lockstep.Schedule, error) {
	where, args := " WHERE s.project_id = $1", []any{projectID}
	if environmentID != "" {
		where, args = where+" AND s.environment_id = $2", append(args, environmentID)
	}
	all, err := queryAll(tx, scanSchedule, selectSchedule+where+" ORDER BY s.name", args...)
	return all, within(err, "list schedules")
}

// DueSchedules lists the schedules whose time has come by now, and says when
// the time of the next one after those comes (zero: there is none).
func (tx *Tx) DueSchedules(now time.Time) (due []lockstep.Schedule, next time.Time, err error) {
	due, err = queryAll(tx, scanSchedule, selectSchedule+" WHERE s.next_at <= $1 ORDER BY s.next_at, s.id", micros(now))
	if err != nil {
		return nil, next, within(err, "due schedules")
	}
	after, err := queryAll(tx, scanNumber, "SELECT s.next_at FROM schedules s WHERE s.next_at > $1 ORDER BY s.next_at LIMIT 1", micros(now))
	if len(after) > 0 {
		next = fromMicros(after[0])
	}
	return due, next, within(err, "next schedule")
}

// PutSchedule inserts a schedule, or updates the one with its ID.
func (tx *Tx) PutSchedule(s lockstep.Schedule) error {
	_, err := tx.exec(`INSERT INTO schedules (id, project_id, environment_id, name, rule, time_zone, release, promote, from_environment,
    strategy, description, with_config, if_missed, grace, paused, next_at, created_at, created_by, updated_at, version)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, rule = excluded.rule, time_zone = excluded.time_zone, release = excluded.release,
    promote = excluded.promote, from_environment = excluded.from_environment, strategy = excluded.strategy, description = excluded.description,
    with_config = excluded.with_config, if_missed = excluded.if_missed, grace = excluded.grace, paused = excluded.paused,
    next_at = excluded.next_at, updated_at = excluded.updated_at, version = excluded.version`,
		s.ID, s.ProjectID, s.EnvironmentID, s.Name, s.Rule, s.TimeZone, s.Release, flag(s.Promote), s.From,
		string(s.Strategy), s.Description, s.WithConfig, string(s.IfMissed), s.Grace.Std().Milliseconds(), flag(s.Paused),
		microsOrNull(s.NextAt), micros(s.CreatedAt), s.CreatedBy, micros(s.UpdatedAt), s.Version)
	return tx.refused(err, fmt.Sprintf("schedule %q", s.Name), "exists already in its project", "names an environment that does not exist")
}

// DeleteSchedule removes a schedule with its history; its deployments stay.
func (tx *Tx) DeleteSchedule(id string) error {
	n, err := tx.exec("DELETE FROM schedules WHERE id = $1", id)
	if err == nil && n == 0 {
		return lockstep.Errorf(lockstep.CodeNotFound, "schedule %s does not exist", id)
	}
	return within(err, "schedule %s", id)
}

// keptFirings is how long the history of a schedule is.
const keptFirings = 200

// AddFiring notes what a schedule did at an instant. That it did something at
// it before is a conflict.
func (tx *Tx) AddFiring(f lockstep.Firing) error {
	what := fmt.Sprintf("firing of schedule %s at %s", f.ScheduleID, f.Instant.UTC().Format(time.RFC3339))
	_, err := tx.exec(`INSERT INTO schedule_firings (schedule_id, instant, at, outcome, deployment_id, reason) VALUES ($1, $2, $3, $4, $5, $6)`,
		f.ScheduleID, micros(f.Instant), micros(f.At), string(f.Outcome), f.DeploymentID, f.Reason)
	if err != nil {
		return tx.refused(err, what, "exists already", "is of no schedule")
	}
	_, err = tx.exec(`DELETE FROM schedule_firings WHERE schedule_id = $1 AND instant <
    (SELECT k.instant FROM schedule_firings k WHERE k.schedule_id = $1 ORDER BY k.instant DESC LIMIT 1 OFFSET $2)`, f.ScheduleID, keptFirings-1)
	return within(err, "history of schedule %s", f.ScheduleID)
}

// Firings lists the latest of what a schedule did, the latest first.
func (tx *Tx) Firings(scheduleID string, limit int) ([]lockstep.Firing, error) {
	all, err := queryAll(tx, scanFiring, `SELECT schedule_id, instant, at, outcome, deployment_id, reason FROM schedule_firings
  WHERE schedule_id = $1 ORDER BY instant DESC LIMIT $2`, scheduleID, limit)
	return all, within(err, "history of schedule %s", scheduleID)
}

func scanFiring(r row) (f lockstep.Firing, err error) {
	return f, r.Scan(&f.ScheduleID, at(&f.Instant), at(&f.At), &f.Outcome, &f.DeploymentID, &f.Reason)
}
