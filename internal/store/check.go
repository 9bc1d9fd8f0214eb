package store

import (
	"context"
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

// A rule selects a sentence for each row that breaks an invariant.
var rules = []string{
	`SELECT 'events are ' || (c.value - p.value) || ' by their counter, ' || (SELECT count(*) FROM events) || ' by their number'
   FROM counters c, counters p WHERE c.name = 'events' AND p.name = 'events_pruned' AND c.value - p.value <> (SELECT count(*) FROM events)`,
	`SELECT 'event ' || e.seq || ' is outside of what is kept' FROM events e, counters c, counters p
   WHERE c.name = 'events' AND p.name = 'events_pruned' AND (e.seq <= p.value OR e.seq > c.value)`,
	`SELECT 'lock ' || l.resource || ' is held by operation ' || o.id || ', which is ' || o.status
   FROM operation_locks l JOIN operations o ON o.id = l.operation_id WHERE o.lease_until IS NULL`,
	`SELECT 'operation ' || o.id || ' runs without its lock ' || r.resource FROM operations o JOIN operation_resources r ON r.operation_id = o.id
   WHERE o.lease_until IS NOT NULL AND NOT EXISTS (SELECT 1 FROM operation_locks l WHERE l.resource = r.resource AND l.operation_id = o.id)`,
	`SELECT 'operation ' || id || ' is ' || status || ' and has a lease' FROM operations WHERE lease_until IS NOT NULL AND status NOT IN ('pending', 'running')`,
	`SELECT 'operation ' || id || ' runs without a lease' FROM operations WHERE lease_until IS NULL AND status = 'running'`,
	`SELECT 'operation ' || id || ' is ' || status || CASE WHEN completed_at IS NULL THEN ' and has no end' ELSE ' and has an end' END FROM operations
   WHERE (completed_at IS NOT NULL) <> (status IN ('completed', 'failed', 'cancelled', 'rolled_back'))`,
	`SELECT 'environment ' || environment_id || ' has ' || count(*) || ' running operations' FROM operations WHERE status = 'running'
   GROUP BY environment_id HAVING count(*) > 1`,
	`SELECT 'operation ' || o.id || ' has fence ' || o.fence || ' beyond the counter' FROM operations o, counters c WHERE c.name = 'fence' AND o.fence > c.value`,
	`SELECT 'steps of operation ' || operation_id || ' have holes' FROM operation_steps
   GROUP BY operation_id HAVING min(seq) <> 1 OR max(seq) <> count(*)`,
	`SELECT 'operation ' || operation_id || ' has ' || count(*) || ' running steps' FROM operation_steps WHERE status = 'running'
   GROUP BY operation_id HAVING count(*) > 1`,
	`SELECT 'step ' || s.seq || ' of operation ' || o.id || ' runs, but the operation is ' || o.status
   FROM operation_steps s JOIN operations o ON o.id = s.operation_id WHERE s.status = 'running' AND o.status <> 'running'`,
	`SELECT 'operation ' || o.id || ' has an undo plan in its ' || o.phase || ' phase'
   FROM operations o WHERE o.phase <> 'undo' AND EXISTS (SELECT 1 FROM operation_steps s WHERE s.operation_id = o.id AND s.phase = 'undo')`,
	`SELECT 'deployment ' || d.id || ' is ' || d.status || ', its operation ' || o.status
   FROM deployments d JOIN operations o ON o.id = d.id WHERE d.status <> o.status`,
	`SELECT 'sync ' || s.id || ' is ' || s.status || ', its operation ' || o.status FROM config_sync_history s JOIN operations o ON o.id = s.id
   WHERE s.status <> CASE o.status WHEN 'completed' THEN 'completed' WHEN 'cancelled' THEN 'cancelled' WHEN 'failed' THEN 'failed' WHEN 'rolled_back' THEN 'failed' ELSE 'running' END`,
	`SELECT 'environment ' || e.id || ' is active without a revision' FROM environments e WHERE e.active_revision_id <> ''
   AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.id = e.active_revision_id AND r.environment_id = e.id)`,
	`SELECT 'environment ' || e.id || ' runs revision ' || q.revision_id || ', which is in quarantine there'
   FROM environments e JOIN quarantines q ON q.environment_id = e.id AND q.revision_id = e.active_revision_id`,
	`SELECT 'project ' || p.id || ' has a current environment that does not exist' FROM projects p WHERE p.current_environment_id <> ''
   AND NOT EXISTS (SELECT 1 FROM environments e WHERE e.id = p.current_environment_id)`,
}

// Check reads the whole database and is CodeFailed where it is damaged or
// breaks an invariant of ours, with one problem for each finding.
func (s *Store) Check(ctx context.Context) error {
	var found []string
	err := s.View(ctx, func(tx *Tx) (err error) {
		found, err = tx.check()
		return err
	})
	if err != nil {
		return within(err, "check")
	}
	if len(found) == 0 {
		return nil
	}
	e := lockstep.Errorf(lockstep.CodeFailed, "%s is not sound: keep a copy of it and restore a backup", s.dialect.place())
	for _, f := range found {
		e.Problems = append(e.Problems, lockstep.Problem{Message: f})
	}
	return e
}

func (tx *Tx) check() ([]string, error) {
	found, err := tx.dialect.damage(tx)
	if err != nil {
		return nil, err
	}
	for _, rule := range rules {
		broken, err := queryAll(tx, scanText, rule)
		if err != nil {
			return nil, err
		}
		found = append(found, broken...)
	}
	for what, query := range map[string]string{
		"revision":       "SELECT id, hash, content FROM revisions",
		"config version": "SELECT id, hash, document FROM config_versions",
	} {
		altered, err := queryAll(tx, scanAltered(what), query)
		if err != nil {
			return nil, err
		}
		for _, a := range altered {
			if a != "" {
				found = append(found, a)
			}
		}
	}
	return found, nil
}

// scanAltered is a sentence about bytes that do not match their hash.
func scanAltered(what string) func(row) (string, error) {
	return func(r row) (string, error) {
		var id, hash string
		var content []byte
		if err := r.Scan(&id, &hash, &content); err != nil {
			return "", err
		}
		if lockstep.HashBytes(content) == hash {
			return "", nil
		}
		return fmt.Sprintf("%s %s does not match its hash", what, id), nil
	}
}
