package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// A world is a database with a project in it, and short ways to do what the
// tests are not about. Its methods end the test where they fail.
type world struct {
	t       testing.TB
	store   *store.Store
	again   func(testing.TB) *store.Store
	project lockstep.Project
	counter atomic.Int64
}

// epoch is when everything in a world was made; each thing a second later.
var epoch = time.Date(2026, 3, 29, 0, 59, 0, 0, time.UTC)

func newWorld(tb testing.TB, o Opened) *world {
	tb.Helper()
	w := &world{t: tb, store: o.Store, again: o.Again}
	w.project = lockstep.Project{ID: w.id("project"), Name: "sunday", CreatedAt: epoch, UpdatedAt: epoch}
	w.update(func(tx *store.Tx) error { return tx.PutProject(w.project) })
	return w
}

// id grows, so that IDs are in the order of their making.
func (w *world) id(kind string) string { return fmt.Sprintf("%s-%06d", kind, w.counter.Add(1)) }

// tick is a time after all earlier ones.
func (w *world) tick() time.Time {
	return epoch.Add(time.Duration(w.counter.Add(1)) * time.Second)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) update(fn func(*store.Tx) error) {
	w.t.Helper()
	w.must(w.store.Update(w.t.Context(), fn))
}

func (w *world) view(fn func(*store.Tx) error) {
	w.t.Helper()
	w.must(w.store.View(w.t.Context(), fn))
}

// sound fails the test where an invariant is broken.
func (w *world) sound() {
	w.t.Helper()
	w.must(w.store.Check(w.t.Context()))
}

func (w *world) environment(name string, change ...func(*lockstep.Environment)) lockstep.Environment {
	w.t.Helper()
	now := w.tick()
	env := lockstep.Environment{
		ID: w.id("env"), ProjectID: w.project.ID, Project: w.project.Name, Name: name,
		Type: lockstep.TypeStaging, Status: lockstep.EnvironmentInactive,
		Spec: lockstep.EnvironmentSpec{
			Runtime: lockstep.RuntimeProcess, Strategy: lockstep.StrategySpec{Primary: lockstep.StrategyBlueGreen},
			Validation: lockstep.ValidationBasic, Replicas: map[string]int{"backend": 1},
		},
		Metadata:  lockstep.EnvironmentMetadata{CreatedAt: now, CreatedBy: "ada"},
		CreatedAt: now, UpdatedAt: now,
	}
	for _, c := range change {
		c(&env)
	}
	w.update(func(tx *store.Tx) error { return tx.PutEnvironment(env) })
	return env
}

func production(e *lockstep.Environment) { e.Type = lockstep.TypeProduction }

func (w *world) readEnvironment(id string) (env lockstep.Environment) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { env, err = tx.Environment("", id); return err })
	return env
}

func (w *world) operation(id string) (op lockstep.Operation) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { op, err = tx.Operation(id); return err })
	return op
}

func (w *world) deployment(id string) (d lockstep.Deployment) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { d, err = tx.Deployment(id); return err })
	return d
}

// revision adds a revision of a release to an environment.
func (w *world) revision(env lockstep.Environment, release string) (r lockstep.Revision) {
	w.t.Helper()
	content := lockstep.RevisionContent{
		Format: lockstep.RevisionFormat, Release: release, Config: 1,
		Services: []lockstep.ServiceSpec{{Name: "backend", Command: []string{"./backend"}, Routes: []string{"/"}}},
	}
	hash, err := lockstep.Hash(content)
	w.must(err)
	r = lockstep.Revision{ID: w.id("revision"), EnvironmentID: env.ID, Hash: hash, Content: content, ReleaseID: release, CreatedAt: w.tick(), CreatedBy: "ada"}
	w.update(func(tx *store.Tx) (err error) { r, err = tx.AddRevision(r); return err })
	return r
}

// queue adds an operation that waits for its turn.
func (w *world) queue(kind lockstep.OperationKind, env lockstep.Environment, change ...func(*lockstep.Operation)) lockstep.Operation {
	w.t.Helper()
	op := lockstep.Operation{
		ID: w.id("op"), Kind: kind, ProjectID: env.ProjectID, EnvironmentID: env.ID, Status: lockstep.StatusPending, Phase: lockstep.PhaseForward,
		Locks: []string{lockstep.EnvironmentLock(env.ID)}, CreatedAt: w.tick(), CreatedBy: "ada",
	}
	for _, c := range change {
		c(&op)
	}
	w.update(func(tx *store.Tx) error { return tx.AddOperation(op) })
	return op
}

func priority(p int) func(*lockstep.Operation) {
	return func(op *lockstep.Operation) { op.Priority = p }
}

// deploy asks for a release: a revision, an operation and a deployment.
func (w *world) deploy(env lockstep.Environment, release string, change ...func(*lockstep.Deployment)) lockstep.Deployment {
	w.t.Helper()
	rev := w.revision(env, release)
	now := w.tick()
	d := lockstep.Deployment{
		ID: w.id("op"), ProjectID: env.ProjectID, EnvironmentID: env.ID, Environment: env.Name, Version: release, ReleaseID: release,
		RevisionID: rev.ID, RevisionHash: rev.Hash, ConfigVersion: 1, Strategy: lockstep.StrategyBlueGreen, Status: lockstep.StatusPending,
		Validation: lockstep.ValidationBasic, ValidationRequired: true, RollbackOnFailure: true, StartedBy: "ada", CreatedAt: now,
	}
	for _, c := range change {
		c(&d)
	}
	w.update(func(tx *store.Tx) error {
		if err := tx.AddOperation(lockstep.Operation{
			ID: d.ID, Kind: lockstep.OperationDeploy, ProjectID: env.ProjectID, EnvironmentID: env.ID, Status: d.Status, Phase: lockstep.PhaseForward,
			RevisionID: d.RevisionID, Locks: []string{lockstep.EnvironmentLock(env.ID)}, CreatedAt: now, CreatedBy: d.StartedBy,
		}); err != nil {
			return err
		}
		return tx.AddDeployment(d)
	})
	return d
}

// claim takes what is next; it ends the test where there is nothing.
func (w *world) claim(worker string, ttl time.Duration) *lockstep.Claimed {
	w.t.Helper()
	c, err := w.store.Claim(w.t.Context(), worker, "host", ttl)
	w.must(err)
	if c == nil {
		w.t.Fatal("nothing to claim")
	}
	return c
}

// idle ends the test where there is something to claim.
func (w *world) idle() {
	w.t.Helper()
	c, err := w.store.Claim(w.t.Context(), "idle", "host", time.Hour)
	w.must(err)
	if c != nil {
		w.t.Fatalf("operation %s can be claimed", c.Operation.ID)
	}
}

func (w *world) record(lease lockstep.Lease, r lockstep.Record) {
	w.t.Helper()
	w.must(w.store.Record(w.t.Context(), lease, r))
}

// plan freezes steps with these names.
func (w *world) plan(lease lockstep.Lease, names ...string) {
	w.t.Helper()
	w.record(lease, forward(names...))
}

func forward(names ...string) lockstep.Record {
	return lockstep.Record{Phase: lockstep.PhaseForward, Plan: steps(names...)}
}

func steps(names ...string) *lockstep.Plan {
	plan := &lockstep.Plan{Steps: []lockstep.Step{}}
	for _, name := range names {
		plan.Steps = append(plan.Steps, lockstep.Step{Name: name, Kind: lockstep.StepStart, Do: lockstep.StepAction{Service: name, Replicas: 2}})
	}
	return plan
}

func ends(status lockstep.OperationStatus, environment lockstep.EnvironmentStatus) lockstep.Record {
	return lockstep.Record{Outcome: &lockstep.Outcome{Status: status, EnvironmentStatus: environment}}
}

// completed deploys a release to its end.
func (w *world) completed(env lockstep.Environment, release string, change ...func(*lockstep.Deployment)) lockstep.Deployment {
	w.t.Helper()
	d := w.deploy(env, release, change...)
	c := w.claim("worker", time.Hour)
	if c.Operation.ID != d.ID {
		w.t.Fatalf("claimed %s, want %s", c.Operation.ID, d.ID)
	}
	w.plan(c.Lease, "start")
	w.record(c.Lease, ends(lockstep.StatusCompleted, lockstep.EnvironmentActive))
	return w.deployment(d.ID)
}

// newest is the number of the newest event.
func (w *world) newest() (seq int64) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { _, seq, err = tx.EventRange(); return err })
	return seq
}

// events reads what happened after seq; there has to be something.
func (w *world) events(after int64) []lockstep.Event {
	w.t.Helper()
	events, err := w.store.Events(w.t.Context(), after, lockstep.EventFilter{}, 1000)
	w.must(err)
	return events
}

// wantCode fails the test where err has another code.
func wantCode(tb testing.TB, err error, code lockstep.Code) {
	tb.Helper()
	if lockstep.CodeOf(err) != code {
		tb.Errorf("got %q (%v), want the code %q", lockstep.CodeOf(err), err, code)
	}
}
