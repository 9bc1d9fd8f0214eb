package storetest

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testQuarantines(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"what took itself back is quarantined until it completes", func(t *testing.T, w *world) {
			env, other := w.environment("staging"), w.environment("other")
			w.completed(env, "1.0.0")
			bad := w.takesItselfBack(env, "2.0.0")
			got := w.quarantines(env.ID)
			if len(got) != 1 {
				t.Fatalf("quarantines %+v", got)
			}
			w.same("quarantine", lockstep.Quarantine{
				EnvironmentID: env.ID, Environment: "staging", RevisionID: bad.RevisionID, RevisionHash: bad.RevisionHash,
				Version: "2.0.0", DeploymentID: bad.ID, Automatic: true, Reason: "unhealthy", At: *w.deployment(bad.ID).CompletedAt,
			}, got[0])
			w.same("of the project", got, w.quarantines(""))
			w.completed(other, "2.0.0") // the same content elsewhere
			if got := w.quarantines(other.ID); len(got) != 0 || len(w.quarantines(env.ID)) != 1 {
				t.Errorf("quarantines elsewhere %+v", got)
			}
			again := w.takesItselfBack(env, "2.0.0")
			if got := w.quarantines(env.ID); len(got) != 1 || got[0].DeploymentID != again.ID {
				t.Errorf("rolled back again: %+v", got)
			}
			w.completed(env, "2.0.0")
			if got := w.quarantines(env.ID); len(got) != 0 {
				t.Errorf("it completed, and is quarantined: %+v", got)
			}
		}},
		{"what is taken back by hand is quarantined", func(t *testing.T, w *world) {
			env := w.environment("staging")
			w.completed(env, "1.0.0")
			bad := w.completed(env, "2.0.0")
			back := w.completed(env, "1.0.0", func(d *lockstep.Deployment) {
				d.RollbackOf, d.Description, d.StartedBy = bad.ID, "too slow", "eve"
			})
			got := w.quarantines(env.ID)
			if len(got) != 1 || got[0].RevisionID != bad.RevisionID || got[0].DeploymentID != bad.ID || got[0].Automatic || got[0].By != "eve" || got[0].Reason != "too slow" {
				t.Errorf("quarantines %+v", got)
			}
			w.completed(env, "2.0.0", func(d *lockstep.Deployment) { d.RollbackOf = back.ID })
			if got := w.quarantines(env.ID); len(got) != 1 || got[0].RevisionID != back.RevisionID || got[0].Reason != "" {
				t.Errorf("after the rollback of the rollback %+v", got)
			}
		}},
		{"what runs is not quarantined", func(t *testing.T, w *world) {
			env := w.environment("staging")
			first := w.completed(env, "1.0.0")
			w.takesItselfBack(env, "1.0.0")
			if got := w.quarantines(env.ID); len(got) != 0 {
				t.Errorf("after a deployment over itself that failed: %+v", got)
			}
			w.completed(env, "1.0.0", func(d *lockstep.Deployment) { d.RollbackOf = first.ID })
			if got := w.quarantines(env.ID); len(got) != 0 {
				t.Errorf("quarantines %+v", got)
			}
		}},
		{"a rollback that does not succeed keeps nothing out", func(t *testing.T, w *world) {
			env := w.environment("staging")
			w.completed(env, "1.0.0")
			bad := w.completed(env, "2.0.0")
			w.takesItselfBack(env, "1.0.0", func(d *lockstep.Deployment) { d.RollbackOf = bad.ID })
			if got := w.quarantines(env.ID); len(got) != 0 {
				t.Errorf("quarantines %+v", got)
			}
		}},
		{"what failed, or was cancelled, was not rolled back", func(t *testing.T, w *world) {
			env := w.environment("staging")
			for _, end := range []lockstep.OperationStatus{lockstep.StatusCancelled, lockstep.StatusFailed} {
				w.deploy(env, "2.0.0")
				c := w.claim("worker", time.Hour)
				w.plan(c.Lease, "start")
				w.record(c.Lease, ends(end, lockstep.EnvironmentFailed))
			}
			if got := w.quarantines(env.ID); len(got) != 0 {
				t.Errorf("quarantines %+v", got)
			}
		}},
		{"quarantines end with their environment", func(t *testing.T, w *world) {
			env := w.environment("staging")
			w.takesItselfBack(env, "1.0.0")
			if len(w.quarantines("")) != 1 {
				t.Fatal("nothing is quarantined")
			}
			w.update(func(tx *store.Tx) error { return tx.DeleteEnvironment(env.ID) })
			if got := w.quarantines(""); len(got) != 0 {
				t.Errorf("quarantines %+v", got)
			}
		}},
	})
}

// takesItselfBack deploys a release that fails and is rolled back.
func (w *world) takesItselfBack(env lockstep.Environment, release string, change ...func(*lockstep.Deployment)) lockstep.Deployment {
	w.t.Helper()
	d := w.deploy(env, release, change...)
	c := w.claim("worker", time.Hour)
	w.plan(c.Lease, "start")
	w.record(c.Lease, lockstep.Record{
		Phase: lockstep.PhaseUndo, Cause: lockstep.UndoFailure, Plan: steps("stop"),
		Failure: &lockstep.OperationError{Code: lockstep.CodeFailed, Message: "unhealthy\nin detail", Step: "start"},
	})
	record := ends(lockstep.StatusRolledBack, lockstep.EnvironmentActive)
	record.Outcome.Rollback = &lockstep.RollbackResult{Automatic: true, Reason: "unhealthy", Status: lockstep.StatusCompleted}
	w.record(c.Lease, record)
	return d
}

// quarantines are those of an environment, or of the project.
func (w *world) quarantines(environmentID string) (all []lockstep.Quarantine) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { all, err = tx.Quarantines(w.project.ID, environmentID); return err })
	return all
}
