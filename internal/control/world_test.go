package control_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/blob"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/secret"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
)

const host = "host-1"

// matrixText has an environment of each kind that the rules tell apart.
const matrixText = `
project: sunday
pipeline: [staging, production]
services:
  backend:
    command: [./backend, --port, "{{port}}"]
    routes: [/api]
    env: {LOG_LEVEL: info, VERSION: "{{version}}"}
  frontend:
    command: [./frontend]
    dependsOn: [backend]
recipes:
  careful:
    steps: [start: new, hook: smoke, approve: {message: "look at it"}, shift_traffic: 100]
  quick:
    steps: [start: new, shift_traffic: 100, stop: old]
environments:
  staging:
    strategy: {recipe: [careful, quick]}
    hooks: [{name: smoke, stage: post-deployment, run: [./smoke]}]
    services: {backend: {env: {LOG_LEVEL: debug}}}
  production:
    databases: {primary: {engine: postgresql}}
deployment_strategies:
  staging: {primary: recreate, alternatives: [blue_green, custom]}
  production: {primary: blue_green, alternatives: [canary], approval_required: true}
`

// world is a control room over a real store, and a worker that does what the
// engine would, at once.
type world struct {
	*testing.T
	store   *store.Store
	blobs   *blob.Store
	control *control.Control
	sees    *observer
	clock   *clock
	woken   *counter
}

var ana, bo = control.By{Actor: "ana"}, control.By{Actor: "bo"}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldIn(t, store.Options{DataDir: t.TempDir()})
}

// onBoth runs a test of what happens at once on each database.
func onBoth(t *testing.T, test func(w *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(newWorld(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(newWorldIn(t, store.Options{DatabaseURL: postgres.Database(t)}))
	})
}

func newWorldIn(t *testing.T, options store.Options, change ...func(*control.Options)) *world {
	t.Helper()
	clock := &clock{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	options.Now = clock.Now
	s, err := store.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	blobs, err := blob.Open(t.TempDir(), blob.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, store: s, blobs: blobs, clock: clock, sees: &observer{}, woken: &counter{}}
	o := control.Options{
		Store: control.Adapt(s), Now: clock.Now, Wake: w.woken.add, Host: host, Observer: w.sees, Blobs: control.BlobsOf(blobs),
	}
	for _, c := range change {
		c(&o)
	}
	w.control = control.New(o)
	return w
}

// applied is a world with the matrix and release 1.0.0.
func applied(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.setUp()
	return w
}

func (w *world) setUp() {
	w.Helper()
	w.apply(matrixText)
	w.release("1.0.0")
}

func (w *world) apply(text string, change ...func(*control.ApplyRequest)) control.Applied {
	w.Helper()
	return must(w, w.tryApply(text, change...))
}

// result is what a call returned.
type result[T any] struct {
	value T
	err   error
}

func got[T any](value T, err error) result[T] { return result[T]{value, err} }

func must[T any](w *world, r result[T]) T {
	w.Helper()
	if r.err != nil {
		w.Fatalf("%v", r.err)
	}
	return r.value
}

// refused checks that a call failed with a code and a message that holds each
// of the words.
func refused[T any](w *world, r result[T], code lockstep.Code, words ...string) {
	w.Helper()
	if lockstep.CodeOf(r.err) != code {
		w.Fatalf("got %v (%s), want %s", r.err, lockstep.CodeOf(r.err), code)
	}
	for _, word := range words {
		if !strings.Contains(r.err.Error(), word) {
			w.Errorf("%q does not say %q", r.err, word)
		}
	}
}

func (w *world) tryApply(text string, change ...func(*control.ApplyRequest)) result[control.Applied] {
	w.Helper()
	req := control.ApplyRequest{Source: []byte(text), IfMatch: "*"}
	for _, f := range change {
		f(&req)
	}
	return got(w.control.ApplyMatrix(w.Context(), ana, req))
}

func (w *world) release(version string) {
	w.Helper()
	must(w, got(w.control.CreateRelease(w.Context(), ana, "", control.ReleaseRequest{Version: version})))
}

func (w *world) deploy(environment, version string) lockstep.Deployment {
	w.Helper()
	return must(w, w.tryDeploy(environment, lockstep.DeploymentRequest{Version: version}))
}

func (w *world) tryDeploy(environment string, req lockstep.DeploymentRequest) result[lockstep.Deployment] {
	w.Helper()
	return got(w.control.Deploy(w.Context(), ana, "", environment, req))
}

func (w *world) environment(name string) lockstep.Environment {
	w.Helper()
	return must(w, got(w.control.Environment(w.Context(), "", name)))
}

func (w *world) deployment(id string) lockstep.Deployment {
	w.Helper()
	return must(w, got(w.control.Deployment(w.Context(), id)))
}

// claim takes the next operation, as a worker does.
func (w *world) claim() *lockstep.Claimed {
	w.Helper()
	c, err := w.store.Claim(w.Context(), "worker-1", host, time.Hour)
	if err != nil {
		w.Fatal(err)
	}
	return c
}

func (w *world) record(c *lockstep.Claimed, r lockstep.Record) {
	w.Helper()
	if err := w.store.Record(w.Context(), c.Lease, r); err != nil {
		w.Fatal(err)
	}
}

// begin claims the next operation and makes it run.
func (w *world) begin() *lockstep.Claimed {
	w.Helper()
	c := w.claim()
	if c == nil {
		w.Fatal("there is nothing to claim")
	}
	if err := w.control.Gate(w.Context(), *c); err != nil {
		w.Fatal(err)
	}
	plan := lockstep.Plan{}
	if c.Deployment != nil {
		revision, err := w.store.Revision(w.Context(), c.Deployment.RevisionID)
		if err != nil {
			w.Fatal(err)
		}
		for _, s := range revision.Content.Services {
			replicas, ok := c.Environment.Spec.Replicas[s.Name]
			if !ok {
				replicas = 1
			}
			plan.Steps = append(plan.Steps, lockstep.Step{Name: "start/" + s.Name, Kind: lockstep.StepStart, Do: lockstep.StepAction{Service: s.Name, Replicas: replicas}})
		}
	}
	w.record(c, lockstep.Record{Plan: &plan, Phase: lockstep.PhaseForward})
	return c
}

// end ends what began.
func (w *world) end(c *lockstep.Claimed, status lockstep.OperationStatus) {
	w.Helper()
	out := lockstep.Outcome{Status: status}
	if c.Deployment != nil {
		out.EnvironmentStatus = lockstep.EnvironmentActive
		if status == lockstep.StatusFailed {
			out.EnvironmentStatus = lockstep.EnvironmentFailed
		}
	}
	if status == lockstep.StatusCompleted {
		switch c.Operation.Kind {
		case lockstep.OperationStop:
			out.EnvironmentStatus = lockstep.EnvironmentInactive
		case lockstep.OperationMaintenanceOn:
			out.EnvironmentStatus = lockstep.EnvironmentMaintenance
		case lockstep.OperationStart, lockstep.OperationMaintenanceOff:
			out.EnvironmentStatus = lockstep.EnvironmentActive
		default:
		}
	}
	w.record(c, lockstep.Record{Outcome: &out})
}

// work carries the next operation out.
func (w *world) work() *lockstep.Claimed {
	w.Helper()
	c := w.begin()
	w.end(c, lockstep.StatusCompleted)
	return c
}

// deployed carries a deployment out, with an approval where it wants one.
func (w *world) deployed(environment, version string) lockstep.Deployment {
	w.Helper()
	d := w.deploy(environment, version)
	if d.Status == lockstep.StatusPendingApproval {
		must(w, got(w.control.Approve(w.Context(), bo, d.ID, control.ApprovalRequest{})))
	}
	if c := w.work(); c.Operation.ID != d.ID {
		w.Fatalf("worked on %s, want %s", c.Operation.ID, d.ID)
	}
	return w.deployment(d.ID)
}

// setStatus puts an environment into a status that no use case leads to yet.
func (w *world) setStatus(name string, status lockstep.EnvironmentStatus) {
	w.Helper()
	env := w.environment(name)
	env.Status = status
	if err := w.store.Update(w.Context(), func(tx *store.Tx) error { return tx.PutEnvironment(env) }); err != nil {
		w.Fatal(err)
	}
}

// newest is the number of the last event; nothing happens without one.
func (w *world) newest() int64 {
	w.Helper()
	return must(w, got(w.control.Newest(w.Context())))
}

// happened lists the events after a number.
func (w *world) happened(after int64) []lockstep.Event {
	w.Helper()
	newest := w.newest()
	if newest <= after {
		return nil
	}
	return must(w, got(w.control.Events(w.Context(), after, lockstep.EventFilter{}, 1000)))
}

func types(events []lockstep.Event) []lockstep.EventType {
	out := make([]lockstep.EventType, len(events))
	for i, e := range events {
		out[i] = e.Type
	}
	return out
}

// clock moves on whenever somebody looks.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

// pass lets time go by.
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) add() { c.mu.Lock(); c.n++; c.mu.Unlock() }

func (c *counter) count() int { c.mu.Lock(); defer c.mu.Unlock(); return c.n }

// observer sees what a test puts there.
type observer struct {
	mu   sync.Mutex
	seen control.Observation
	err  error
	hang chan struct{} // where it is set: no answer before it is closed

	during func() // what happens while it looks
}

func (o *observer) set(seen control.Observation, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen, o.err = seen, err
}

func (o *observer) Observe(_ context.Context, _ lockstep.Environment) (control.Observation, error) {
	o.mu.Lock()
	hang, seen, err, during := o.hang, o.seen, o.err, o.during
	o.mu.Unlock()
	if during != nil {
		during()
	}
	if hang != nil {
		<-hang // an observer that overlooks its context
	}
	return seen, err
}

// lateVault is a keyring whose store is opened after its control room was
// told of it.
type lateVault struct{ *secret.Keyring }

// sealed is a world that keeps secrets, set up.
func sealed(t *testing.T, dir string, change func(*control.Options)) *world {
	t.Helper()
	keys := &lateVault{}
	w := newWorldIn(t, store.Options{DataDir: dir}, func(o *control.Options) {
		o.Vault = keys
		change(o)
	})
	wrapper, err := secret.OpenWrapper(t.Context(), filepath.Join(t.TempDir(), "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	keys.Keyring = secret.New(secret.Options{Store: w.store, Wrapper: wrapper, Holder: host})
	w.setUp()
	return w
}
