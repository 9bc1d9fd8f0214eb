package storetest

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testOutcomes(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"a deployment that completes is what runs", testCompletes},
		{"a deployment that is rolled back leaves what ran", testRollsBack},
		{"a rollback by hand takes a deployment back", testTakesBack},
		{"a rollback of what did not complete leaves it", func(t *testing.T, w *world) {
			env := w.environment("staging")
			failed := w.deploy(env, "1.0.0")
			c := w.claim("worker", time.Hour)
			w.plan(c.Lease)
			w.record(c.Lease, ends(lockstep.StatusFailed, lockstep.EnvironmentFailed))
			w.completed(env, "0.9.0", func(d *lockstep.Deployment) { d.RollbackOf = failed.ID })
			if got := w.deployment(failed.ID); got.Status != lockstep.StatusFailed || got.Rollback != nil {
				t.Errorf("deployment %+v", got)
			}
		}},
		{"the first production deployment makes the current environment", testBecomesCurrent},
		{"a refusal at the gate ends what was not planned", func(t *testing.T, w *world) {
			env := w.environment("staging")
			d := w.deploy(env, "1.0.0")
			c := w.claim("worker", time.Hour)
			w.record(c.Lease, lockstep.Record{
				Failure: &lockstep.OperationError{Code: lockstep.CodeRefused, Message: "frozen"},
				Outcome: &lockstep.Outcome{Status: lockstep.StatusFailed},
			})
			got := w.deployment(d.ID)
			if got.Status != lockstep.StatusFailed || got.Error == nil || got.Error.Message != "frozen" || got.CompletedAt == nil || got.Duration != nil {
				t.Errorf("deployment %+v", got)
			}
			if status := w.readEnvironment(env.ID).Status; status != lockstep.EnvironmentInactive {
				t.Errorf("environment is %s", status)
			}
		}},
		{"destroy deletes the environment and what waits for it", testDestroys},
		{"a scale records its replicas", testScales},
		{"a maintenance says what users are told", testMaintains},
		{"a switch makes another environment current", testSwitches},
		{"a service that was disabled stays so until it is enabled", testToggles},
		{"a sync and its operation are one", testSyncs},
		{"a stop says since when nothing runs, until something does", testStops},
		{"what runs keeps its environment", func(t *testing.T, w *world) {
			c := w.running("start")
			err := w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.DeleteEnvironment(c.Environment.ID) })
			wantCode(t, err, lockstep.CodeConflict)
			w.readEnvironment(c.Environment.ID)
		}},
		{"the latest deployment is the newest that completed and stands", func(t *testing.T, w *world) {
			env := w.environment("staging")
			latest := func() (id string, err error) {
				err = w.store.View(t.Context(), func(tx *store.Tx) error {
					d, err := tx.LatestDeployment(env.ID)
					id = d.ID
					return err
				})
				return id, err
			}
			_, err := latest()
			wantCode(t, err, lockstep.CodeNotFound)
			first := w.completed(env, "1.0.0")
			second := w.completed(env, "2.0.0")
			if id, err := latest(); id != second.ID {
				t.Errorf("latest is %s (%v), want %s", id, err, second.ID)
			}
			third := w.completed(env, "1.0.0", func(d *lockstep.Deployment) { d.RollbackOf = second.ID })
			if id, err := latest(); id != third.ID {
				t.Errorf("latest is %s (%v), want %s", id, err, third.ID)
			}
			w.deploy(env, "3.0.0")
			c := w.claim("worker", time.Hour)
			w.plan(c.Lease)
			w.record(c.Lease, ends(lockstep.StatusFailed, lockstep.EnvironmentFailed))
			if id, err := latest(); id != third.ID {
				t.Errorf("after one that failed latest is %s (%v), want %s", id, err, third.ID)
			}
			w.completed(env, "1.0.0", func(d *lockstep.Deployment) { d.RollbackOf = third.ID })
			if w.deployment(first.ID).Status != lockstep.StatusCompleted {
				t.Error("a rollback touched an older deployment")
			}
		}},
	})
}

func testCompletes(t *testing.T, w *world) {
	env := w.environment("staging")
	d := w.deploy(env, "1.0.0")
	c := w.claim("worker", time.Hour)
	w.plan(c.Lease, "start")
	newest := w.newest()
	warm := "old revision"
	record := ends(lockstep.StatusCompleted, lockstep.EnvironmentActive)
	record.Outcome.WarmID, record.Outcome.WarmFor = &warm, time.Hour
	record.Events = []lockstep.Event{{Type: lockstep.EventOperationFinished}}
	w.record(c.Lease, record)

	op, got, now := w.operation(d.ID), w.deployment(d.ID), w.readEnvironment(env.ID)
	if op.Status != lockstep.StatusCompleted || op.LeaseUntil != nil || op.CompletedAt == nil || op.Fence != c.Lease.Fence || op.Worker != "worker" {
		t.Errorf("operation %+v", op)
	}
	if got.Status != op.Status || got.CompletedAt == nil || got.Duration == nil || got.Duration.Std() != got.CompletedAt.Sub(*got.StartedAt).Truncate(time.Millisecond) {
		t.Errorf("deployment %+v", got)
	}
	if now.Status != lockstep.EnvironmentActive || now.ActiveID != d.RevisionID || now.WarmID != warm || now.WarmUntil == nil || now.WarmUntil.Sub(*op.CompletedAt) != time.Hour {
		t.Errorf("environment %+v", now)
	}
	last := now.Metadata.LastDeployment
	if now.Metadata.Version != "1.0.0" || now.Metadata.CreatedBy != "ada" || last == nil || *last != (lockstep.LastDeployment{Version: "1.0.0", DeployedAt: *op.CompletedAt, DeployedBy: "ada", DeploymentID: d.ID}) {
		t.Errorf("metadata %+v, last deployment %+v", now.Metadata, last)
	}
	events := w.events(newest)
	if len(events) != 2 || events[0].Type != lockstep.EventEnvironmentStatus || events[1].Type != lockstep.EventOperationFinished {
		t.Errorf("events %+v, want the operation's end last", events)
	}
	w.queue(lockstep.OperationRetire, env)
	w.claim("worker", time.Hour)
}

func testRollsBack(t *testing.T, w *world) {
	env := w.environment("staging")
	first := w.completed(env, "1.0.0")
	d := w.deploy(env, "2.0.0")
	c := w.claim("worker", time.Hour)
	w.plan(c.Lease, "start")
	w.record(c.Lease, lockstep.Record{
		Phase: lockstep.PhaseUndo, Cause: lockstep.UndoFailure, Plan: steps("stop"),
		Failure: &lockstep.OperationError{Code: lockstep.CodeFailed, Message: "unhealthy", Step: "start"},
	})
	record := ends(lockstep.StatusRolledBack, lockstep.EnvironmentActive)
	result := lockstep.RollbackResult{Automatic: true, RevisionID: first.RevisionID, Reason: "unhealthy", Status: lockstep.StatusCompleted}
	record.Outcome.Rollback = &result
	w.record(c.Lease, record)

	got, now := w.deployment(d.ID), w.readEnvironment(env.ID)
	if got.Status != lockstep.StatusRolledBack || got.Error == nil || got.Rollback == nil || *got.Rollback != result || got.PreviousRevisionID != first.RevisionID {
		t.Errorf("deployment %+v", got)
	}
	if now.Status != lockstep.EnvironmentActive || now.ActiveID != first.RevisionID || now.Metadata.Version != "1.0.0" || now.Metadata.LastDeployment.DeploymentID != first.ID {
		t.Errorf("environment %+v", now)
	}
}

func testTakesBack(t *testing.T, w *world) {
	env := w.environment("staging")
	w.completed(env, "1.0.0")
	bad := w.completed(env, "2.0.0")
	newest := w.newest()
	back := w.completed(env, "1.0.0", func(d *lockstep.Deployment) { d.RollbackOf, d.Description = bad.ID, "too slow" })

	got := w.deployment(bad.ID)
	if got.Status != lockstep.StatusRolledBack || w.operation(bad.ID).Status != lockstep.StatusRolledBack || !got.CompletedAt.Equal(*bad.CompletedAt) {
		t.Errorf("deployment %+v", got)
	}
	r := got.Rollback
	if r == nil || r.Automatic || r.DeploymentID != back.ID || r.RevisionID != back.RevisionID || r.Reason != "too slow" || r.CompletedAt == nil {
		t.Errorf("rollback %+v", r)
	}
	if back.Status != lockstep.StatusCompleted || w.readEnvironment(env.ID).ActiveID != back.RevisionID {
		t.Errorf("the deployment that takes back is %+v", back)
	}
	told := false
	for _, e := range w.events(newest) {
		told = told || e.Type == lockstep.EventOperationFinished && e.OperationID == bad.ID && e.Data["status"] == "rolled_back"
	}
	if !told {
		t.Error("nobody was told that the earlier deployment is rolled back")
	}
}

func testBecomesCurrent(t *testing.T, w *world) {
	current := func() (p lockstep.Project) {
		w.view(func(tx *store.Tx) (err error) { p, err = tx.Project("sunday"); return err })
		return p
	}
	w.completed(w.environment("staging"), "1.0.0")
	if p := current(); p.CurrentID != "" || p.CurrentEpoch != 0 {
		t.Errorf("after staging: %+v", p)
	}
	first := w.environment("first", production)
	newest := w.newest()
	w.completed(first, "1.0.0")
	if p := current(); p.CurrentID != first.ID || p.CurrentEpoch != 1 {
		t.Errorf("after the first production deployment: %+v", p)
	}
	told := 0
	for _, e := range w.events(newest) {
		if e.Type == lockstep.EventCurrentChanged && e.Data["to"] == first.ID && e.Data["from"] == "" {
			told++
		}
	}
	if told != 1 {
		t.Errorf("%d events of the change, want 1", told)
	}
	w.completed(w.environment("second", production), "1.0.0")
	w.completed(first, "2.0.0")
	if p := current(); p.CurrentID != first.ID || p.CurrentEpoch != 1 {
		t.Errorf("after the others: %+v", p)
	}
}

func testStops(t *testing.T, w *world) {
	env := w.environment("staging")
	w.completed(env, "1.0.0")
	w.update(func(tx *store.Tx) error {
		e, err := tx.Environment("", env.ID)
		w.must(err)
		until := w.tick()
		e.WarmID, e.WarmUntil = "older", &until
		return tx.PutEnvironment(e)
	})
	w.queue(lockstep.OperationStop, env)
	c := w.claim("worker", time.Hour)
	w.plan(c.Lease, "stop")
	if got := w.readEnvironment(env.ID); got.Status != lockstep.EnvironmentActive || got.StoppedAt != nil {
		t.Errorf("while it stops: %+v", got)
	}
	w.record(c.Lease, ends(lockstep.StatusCompleted, lockstep.EnvironmentInactive))
	stopped := w.readEnvironment(env.ID)
	if stopped.Status != lockstep.EnvironmentInactive || stopped.StoppedAt == nil || stopped.WarmID != "" || stopped.WarmUntil != nil || stopped.ActiveID == "" {
		t.Errorf("stopped: %+v", stopped)
	}

	// A start that fails leaves it stopped; one that completes does not.
	for _, end := range []lockstep.OperationStatus{lockstep.StatusFailed, lockstep.StatusCompleted} {
		w.queue(lockstep.OperationStart, env)
		c = w.claim("worker", time.Hour)
		w.plan(c.Lease, "start")
		if got := w.readEnvironment(env.ID); got.Status != lockstep.EnvironmentDeploying || got.StoppedAt == nil {
			t.Errorf("while it starts: %+v", got)
		}
		status := lockstep.EnvironmentActive
		if end == lockstep.StatusFailed {
			status = lockstep.EnvironmentInactive
		}
		w.record(c.Lease, ends(end, status))
		got := w.readEnvironment(env.ID)
		if got.Status != status || (got.StoppedAt == nil) != (end == lockstep.StatusCompleted) || got.ActiveID != stopped.ActiveID {
			t.Errorf("a start that is %s: %+v", end, got)
		}
	}

	// So does a deployment.
	w.queue(lockstep.OperationStop, env)
	c = w.claim("worker", time.Hour)
	w.plan(c.Lease)
	w.record(c.Lease, ends(lockstep.StatusCompleted, lockstep.EnvironmentInactive))
	w.completed(env, "2.0.0")
	if got := w.readEnvironment(env.ID); got.StoppedAt != nil {
		t.Errorf("after a deployment: %+v", got)
	}
	w.idle()
}

func testScales(t *testing.T, w *world) {
	env := w.environment("staging")
	w.completed(env, "1.0.0")
	replicas := func(want ...int) {
		t.Helper()
		got := w.readEnvironment(env.ID)
		if have := []int{got.Spec.ReplicasOf("backend"), got.Spec.ReplicasOf("worker"), got.Scaled["backend"], got.Scaled["worker"], len(got.Scaled)}; !slices.Equal(have, want) {
			t.Errorf("recorded and scaled: %v, want %v", have, want)
		}
	}
	carriedOut := func(kind lockstep.OperationKind, end lockstep.OperationStatus, want map[string]int) {
		t.Helper()
		w.queue(kind, env, func(o *lockstep.Operation) { o.Replicas = want })
		c := w.claim("worker", time.Hour)
		if !maps.Equal(c.Operation.Replicas, want) {
			t.Errorf("claimed %+v", c.Operation)
		}
		plan := lockstep.Plan{}
		for service, n := range want {
			plan.Steps = append(plan.Steps, lockstep.Step{Name: "scale/" + service, Kind: lockstep.StepStart, Do: lockstep.StepAction{Service: service, Replicas: n}})
		}
		w.record(c.Lease, lockstep.Record{Plan: &plan, Phase: lockstep.PhaseForward})
		w.record(c.Lease, ends(end, ""))
	}
	replicas(1, 1, 0, 0, 0)
	carriedOut(lockstep.OperationScale, lockstep.StatusFailed, map[string]int{"backend": 7})
	replicas(1, 1, 0, 0, 0)
	carriedOut(lockstep.OperationScale, lockstep.StatusCompleted, map[string]int{"backend": 3})
	replicas(3, 1, 3, 0, 1)
	carriedOut(lockstep.OperationScale, lockstep.StatusCompleted, map[string]int{"worker": 2})
	replicas(3, 2, 3, 2, 2)
	// What a deployment starts stands with the deployment.
	w.completed(env, "2.0.0")
	replicas(3, 2, 0, 0, 0)
	w.idle()
}

func testToggles(t *testing.T, w *world) {
	env := w.environment("staging")
	w.completed(env, "1.0.0")
	carriedOut := func(kind lockstep.OperationKind, service string, end lockstep.OperationStatus, disabled ...string) {
		t.Helper()
		w.queue(kind, env, func(o *lockstep.Operation) { o.Service = service })
		c := w.claim("worker", time.Hour)
		if c.Operation.Service != service {
			t.Errorf("claimed %+v", c.Operation)
		}
		plan := lockstep.Plan{}
		if kind == lockstep.OperationEnableService {
			plan.Steps = append(plan.Steps, lockstep.Step{Name: "enable/" + service, Kind: lockstep.StepStart, Do: lockstep.StepAction{Service: service, Replicas: 2}})
		}
		w.record(c.Lease, lockstep.Record{Plan: &plan, Phase: lockstep.PhaseForward})
		w.record(c.Lease, ends(end, ""))
		if got := w.readEnvironment(env.ID); !slices.Equal(got.Disabled, disabled) || got.Status != lockstep.EnvironmentActive {
			t.Errorf("%s of %s, %s: %v are disabled, want %v; %s", kind, service, end, got.Disabled, disabled, got.Status)
		}
	}
	carriedOut(lockstep.OperationDisableService, "worker", lockstep.StatusRolledBack)
	carriedOut(lockstep.OperationDisableService, "worker", lockstep.StatusCompleted, "worker")
	carriedOut(lockstep.OperationDisableService, "backend", lockstep.StatusCompleted, "backend", "worker")
	w.completed(env, "2.0.0")
	if got := w.readEnvironment(env.ID); len(got.Disabled) != 2 || got.ReplicasOf("worker") != 0 || got.Spec.ReplicasOf("worker") != 1 {
		t.Errorf("a deployment left %v disabled", got.Disabled)
	}
	carriedOut(lockstep.OperationEnableService, "worker", lockstep.StatusRolledBack, "backend", "worker")
	carriedOut(lockstep.OperationEnableService, "worker", lockstep.StatusCompleted, "backend")
	if got := w.readEnvironment(env.ID); got.Scaled["worker"] != 2 {
		t.Errorf("it came with %v", got.Scaled)
	}
	carriedOut(lockstep.OperationEnableService, "backend", lockstep.StatusCompleted)
	w.idle()
}

func testMaintains(t *testing.T, w *world) {
	env := w.environment("staging")
	w.completed(env, "1.0.0")
	until := epoch.Add(time.Hour)
	want := &lockstep.Maintenance{Message: "we move", Until: &until}
	for _, m := range []*lockstep.Maintenance{want, {Message: "we still move"}} {
		w.queue(lockstep.OperationMaintenanceOn, env, func(o *lockstep.Operation) { o.Maintenance = m })
		c := w.claim("worker", time.Hour)
		w.plan(c.Lease, "page")
		w.record(c.Lease, ends(lockstep.StatusCompleted, lockstep.EnvironmentMaintenance))
		got := w.readEnvironment(env.ID)
		if got.Status != lockstep.EnvironmentMaintenance {
			t.Errorf("in maintenance: %+v", got)
		}
		w.same("maintenance", m, got.Maintenance)
		w.same("asked for", m, w.operation(c.Operation.ID).Maintenance)
	}
	w.queue(lockstep.OperationMaintenanceOff, env)
	c := w.claim("worker", time.Hour)
	w.plan(c.Lease, "page")
	w.record(c.Lease, ends(lockstep.StatusCompleted, lockstep.EnvironmentActive))
	if got := w.readEnvironment(env.ID); got.Status != lockstep.EnvironmentActive || got.Maintenance != nil {
		t.Errorf("afterwards: %+v", got)
	}
	w.idle()
}

func testDestroys(t *testing.T, w *world) {
	env := w.environment("production", production)
	d := w.completed(env, "1.0.0")
	op := w.queue(lockstep.OperationDestroy, env)
	waits := w.deploy(env, "2.0.0")
	approval := w.deploy(env, "3.0.0", func(d *lockstep.Deployment) { d.Status = lockstep.StatusPendingApproval })
	c := w.claim("worker", time.Hour)
	w.plan(c.Lease, "stop", "remove")
	w.record(c.Lease, ends(lockstep.StatusCompleted, ""))

	err := w.store.View(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Environment("", env.ID)
		return err
	})
	wantCode(t, err, lockstep.CodeNotFound)
	if got := w.operation(op.ID); got.Status != lockstep.StatusCompleted {
		t.Errorf("operation %+v", got)
	}
	for _, id := range []string{waits.ID, approval.ID} {
		if got := w.operation(id); got.Status != lockstep.StatusCancelled || got.Error == nil {
			t.Errorf("what waited is %+v", got)
		}
	}
	got := w.deployment(d.ID)
	if got.Status != lockstep.StatusCompleted || got.EnvironmentID != "" || got.Environment != "production" || len(got.Steps) != 1 {
		t.Errorf("the deployment that stays is %+v", got)
	}
	w.view(func(tx *store.Tx) error {
		p, err := tx.Project("sunday")
		if p.CurrentID != "" || p.CurrentEpoch != 2 {
			t.Errorf("project %+v", p)
		}
		return err
	})
	events := w.events(0)
	if last := events[len(events)-1]; last.Type != lockstep.EventEnvironmentDeleted || last.EnvironmentID != env.ID {
		t.Errorf("last event %+v", last)
	}
	w.idle()
}
