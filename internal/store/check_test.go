package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// TestCheckFindsEachFault breaks one invariant after the other, each in a
// database of its own, and wants it named.
func TestCheckFindsEachFault(t *testing.T) {
	t.Parallel()
	for want, statement := range map[string]string{
		"events are 2 by their counter, 1 by their number": "DELETE FROM events WHERE seq = 1",
		"event 7 is outside of what is kept":               "UPDATE events SET seq = 7 WHERE seq = 2",
		"lock env:e is held by operation o":                "UPDATE operations SET lease_until = NULL, status = 'pending'",
		"operation o runs without its lock env:e":          "DELETE FROM operation_locks",
		"operation o is cancelled and has a lease":         "UPDATE operations SET status = 'cancelled'",
		"operation o runs without a lease":                 "UPDATE operations SET lease_until = NULL",
		"operation o is failed and has no end":             "UPDATE operations SET status = 'failed'",
		"operation o is running and has an end":            "UPDATE operations SET completed_at = 1",
		"environment e has 2 running operations": `INSERT INTO operations SELECT 'p', kind, project_id, environment_id, status, phase, undo_cause, revision_id, priority, locks, fence,
      worker, lease_until, cancel_requested, error, created_at, created_by, started_at, completed_at, replicas, maintenance, scheduled_for, not_after FROM operations`,
		"operation o has fence 9 beyond the counter":        "UPDATE operations SET fence = 9",
		"steps of operation o have holes":                   "DELETE FROM operation_steps WHERE seq = 1",
		"operation o has 2 running steps":                   "UPDATE operation_steps SET status = 'running'",
		"step 1 of operation o runs, but the operation is":  "UPDATE operation_steps SET status = 'running' WHERE seq = 1; UPDATE operations SET status = 'pending'",
		"operation o has an undo plan in its forward phase": "UPDATE operation_steps SET phase = 'undo' WHERE seq = 2",
		"deployment o is failed, its operation running":     "UPDATE deployments SET status = 'failed'",
		"environment e is active without a revision":        "UPDATE environments SET active_revision_id = 'r'",
		"project p has a current environment that does":     "UPDATE projects SET current_environment_id = 'gone'",
		"revision r does not match its hash":                "INSERT INTO revisions VALUES ('r', 'e', 'sha256:0', x'7b7d', 'release', 0, 'ada')",
		"config version c does not match its hash":          "INSERT INTO config_versions VALUES ('c', 'e', 1, x'7b7d', 'sha256:0', 'ada', '', 0)",
		"deployments refers to a missing row of operations": "PRAGMA foreign_keys = OFF; DELETE FROM operations",
		"wrong # of entries in index idx_environments_type": "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'idx_environment_services_type') WHERE name = 'idx_environments_type'",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			options := Options{DataDir: t.TempDir()}
			s := inUse(t, options)
			if err := s.Check(t.Context()); err != nil {
				t.Fatalf("before: %v", err)
			}
			if _, err := s.writer.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil { // so that readers see the schema anew
				t.Fatal(err)
			}
			s, err := Open(t.Context(), options)
			if err != nil {
				t.Fatal(err)
			}
			defer closed(t, s)
			err = s.Check(t.Context())
			if lockstep.CodeOf(err) != lockstep.CodeFailed || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), sqliteFile) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// inUse is a database with one running deployment of two steps.
func inUse(t *testing.T, options Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	op := lockstep.Operation{ID: "o", Kind: lockstep.OperationDeploy, ProjectID: "p", EnvironmentID: "e", Status: lockstep.StatusPending, Locks: []string{"env:e"}}
	err = s.Update(t.Context(), func(tx *Tx) error {
		return errors.Join(
			tx.PutProject(lockstep.Project{ID: "p", Name: "sunday"}),
			tx.PutEnvironment(lockstep.Environment{ID: "e", ProjectID: "p", Name: "staging", Status: lockstep.EnvironmentInactive}),
			tx.AddOperation(op),
			tx.AddDeployment(lockstep.Deployment{ID: "o", EnvironmentID: "e", Status: op.Status}))
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Claim(t.Context(), "worker", "", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	plan := &lockstep.Plan{Steps: []lockstep.Step{{Name: "one"}, {Name: "two"}}}
	if err := s.Record(t.Context(), c.Lease, lockstep.Record{Phase: lockstep.PhaseForward, Plan: plan}); err != nil {
		t.Fatal(err)
	}
	return s
}
