package store

import (
	"strconv"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// list is the placeholders of values, which it adds to the arguments.
func list[S ~string](args []any, values []S) (string, []any) {
	places := make([]string, len(values))
	for i, v := range values {
		args = append(args, string(v))
		places[i] = arg(len(args))
	}
	return "(" + strings.Join(places, ", ") + ")", args
}

// History lists events, the newest first. That something was asked for is left
// out once it has ended: its end tells it.
func (tx *Tx) History(f lockstep.HistoryFilter, page lockstep.Page) ([]lockstep.Event, string, error) {
	limit, err := limitOf(page)
	if err != nil || len(f.Types) == 0 {
		return nil, "", err
	}
	before, err := cursorText(page.Cursor)
	if err != nil {
		return nil, "", err
	}
	types, args := list([]any{f.ProjectID}, f.Types)
	where := " WHERE e.project_id = $1 AND e.type IN " + types +
		" AND (o.id IS NULL OR o.kind <> 'retire') AND (e.type <> 'operation.requested' OR o.completed_at IS NULL)"
	if before != "" {
		seq, err := strconv.ParseInt(before, 10, 64)
		if err != nil {
			return nil, "", badCursor()
		}
		args = append(args, seq)
		where += " AND e.seq < " + arg(len(args))
	}
	if f.EnvironmentID != "" {
		args = append(args, f.EnvironmentID)
		where += " AND e.environment_id = " + arg(len(args))
	}
	if f.Actor != "" {
		args = append(args, f.Actor)
		where += " AND (e.actor = " + arg(len(args)) + " OR e.actor = '' AND o.created_by = " + arg(len(args)) + ")"
	}
	if f.Operations != nil {
		var kinds string
		kinds, args = list(args, f.Operations)
		where += " AND (o.id IS NULL OR o.kind IN " + kinds + ")"
	}
	args = append(args, limit+1)
	all, err := queryAll(tx, scanEvent, `SELECT e.seq, e.at, e.type, e.project_id, e.environment_id, e.operation_id, e.actor, e.data
  FROM events e LEFT JOIN operations o ON o.id = e.operation_id`+where+" ORDER BY e.seq DESC LIMIT "+arg(len(args)), args...)
	if err != nil {
		return nil, "", within(err, "history")
	}
	all, more := cut(all, limit)
	if !more {
		return all, "", nil
	}
	return all, encodeCursor(strconv.FormatInt(all[len(all)-1].Seq, 10)), nil
}

// LastEvents is the newest event of these types of each of a project's
// environments, by environment.
func (tx *Tx) LastEvents(projectID string, types []lockstep.EventType) (map[string]lockstep.Event, error) {
	in, args := list([]any{projectID}, types)
	all, err := queryAll(tx, scanEvent, selectEvent+` WHERE seq IN (SELECT (SELECT l.seq FROM events l
    LEFT JOIN operations o ON o.id = l.operation_id
    WHERE l.environment_id = n.id AND l.type IN `+in+` AND (o.id IS NULL OR o.kind <> 'retire') ORDER BY l.seq DESC LIMIT 1)
  FROM environments n WHERE n.project_id = $1)`, args...)
	out := make(map[string]lockstep.Event, len(all))
	for _, e := range all {
		out[e.EnvironmentID] = e
	}
	return out, within(err, "last events")
}

// OperationsOf reads those of these operations that there are, without steps,
// in any order.
func (tx *Tx) OperationsOf(ids []string) ([]lockstep.Operation, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, args := list(nil, ids)
	all, err := queryAll(tx, scanOperation, selectOperation+" WHERE o.id IN "+in, args...)
	return all, within(err, "operations")
}

// DeploymentsOf reads those of these deployments that there are, without
// steps, in any order.
func (tx *Tx) DeploymentsOf(ids []string) ([]lockstep.Deployment, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, args := list(nil, ids)
	all, err := queryAll(tx, scanDeployment, selectDeployment+" WHERE id IN "+in, args...)
	return all, within(err, "deployments")
}

// RunningSteps are the steps that run, by operation; of all projects where
// none is named.
func (tx *Tx) RunningSteps(projectID string) (map[string][]lockstep.Step, error) {
	where, args := " WHERE status = 'running' AND operation_id IN (SELECT id FROM operations WHERE completed_at IS NULL", []any{}
	if projectID != "" {
		where, args = where+" AND project_id = $1", append(args, projectID)
	}
	type running struct {
		operation string
		step      lockstep.Step
	}
	all, err := queryAll(tx, func(r row) (s running, err error) {
		s.step, err = scanStep(withFirst{r, &s.operation})
		return s, err
	}, "SELECT operation_id, "+strings.TrimPrefix(selectStep, "SELECT ")+where+") ORDER BY operation_id, seq", args...)
	out := map[string][]lockstep.Step{}
	for _, s := range all {
		out[s.operation] = append(out[s.operation], s.step)
	}
	return out, within(err, "running steps")
}

// withFirst scans a column before those that a scan function knows.
type withFirst struct {
	row
	first any
}

func (w withFirst) Scan(dest ...any) error { return w.row.Scan(append([]any{w.first}, dest...)...) }

// EnvironmentNames are those of a project's environments, by ID.
func (tx *Tx) EnvironmentNames(projectID string) (map[string]string, error) {
	all, err := queryAll(tx, func(r row) (n [2]string, err error) { return n, r.Scan(&n[0], &n[1]) },
		"SELECT id, name FROM environments WHERE project_id = $1", projectID)
	out := make(map[string]string, len(all))
	for _, n := range all {
		out[n[0]] = n[1]
	}
	return out, within(err, "names of environments")
}
