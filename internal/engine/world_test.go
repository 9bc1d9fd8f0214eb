package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/runtime/fake"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// A world is a project on a real store and a fake runtime. Tests run it in a
// bubble of testing/synctest, where waiting takes no time. Its methods end
// the test where they fail.
type world struct {
	t        testing.TB
	store    *store.Store
	fake     *fake.Fake
	project  lockstep.Project
	began    time.Time
	requests int
	gate     func(context.Context, lockstep.Claimed) error
	log      *slog.Logger

	saying sync.WaitGroup // those who decide

	mu   sync.Mutex
	envs map[string]lockstep.Environment // by name
}

// newWorld needs dir from outside the bubble: it is removed after the bubble.
func newWorld(tb testing.TB, options store.Options) *world {
	tb.Helper()
	s, err := store.Open(tb.Context(), options)
	if err != nil {
		tb.Fatal(err)
	}
	w := &world{t: tb, store: s, fake: fake.New(), began: time.Now(), envs: map[string]lockstep.Environment{}, log: slog.New(slog.DiscardHandler)}
	w.project = lockstep.Project{ID: "sunday", Name: "sunday", CreatedAt: w.began, UpdatedAt: w.began}
	w.update(func(tx *store.Tx) error { return tx.PutProject(w.project) })
	return w
}

// close is deferred inside the bubble. It checks what must always be true of
// the database.
func (w *world) close() {
	w.t.Helper()
	w.saying.Wait()
	if err := w.store.Check(context.WithoutCancel(w.t.Context())); err != nil {
		w.t.Errorf("the database is not sound: %v", err)
	}
	if err := w.store.Close(); err != nil {
		w.t.Error(err)
	}
}

func (w *world) update(fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) view(fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.store.View(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// environment makes one with an ID like its name.
func (w *world) environment(name string, change func(*lockstep.Environment)) {
	w.t.Helper()
	env := lockstep.Environment{
		ID: name, ProjectID: w.project.ID, Project: w.project.Name, Name: name,
		Type: lockstep.TypeStaging, Status: lockstep.EnvironmentInactive,
		Spec: lockstep.EnvironmentSpec{
			Runtime: lockstep.RuntimeProcess, Validation: lockstep.ValidationComprehensive,
			Strategy: lockstep.StrategySpec{Primary: lockstep.StrategyBlueGreen, Alternatives: []lockstep.Strategy{lockstep.StrategyRecreate}},
		},
		CreatedAt: w.began, UpdatedAt: w.began,
	}
	if change != nil {
		change(&env)
	}
	w.update(func(tx *store.Tx) error { return tx.PutEnvironment(env) })
	w.mu.Lock()
	w.envs[name] = env
	w.mu.Unlock()
}

// hooks are what the environment's matrix says from now on.
func (w *world) hooks(env string, hooks ...lockstep.Hook) {
	w.t.Helper()
	e := w.read(env)
	e.Spec.Hooks = hooks
	w.update(func(tx *store.Tx) error { return tx.PutEnvironment(e) })
}

func (w *world) read(name string) (env lockstep.Environment) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { env, err = tx.Environment("", name); return err })
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

// revision makes the revision of a release, called <environment>.<version>.
func (w *world) revision(env, version string, services ...lockstep.ServiceSpec) lockstep.Revision {
	w.t.Helper()
	content := lockstep.NewRevisionContent(lockstep.Release{Version: version, Services: services}, 1, lockstep.ConfigDocument{})
	hash, err := lockstep.Hash(content)
	if err != nil {
		w.t.Fatal(err)
	}
	r := lockstep.Revision{ID: env + "." + version, EnvironmentID: env, Hash: hash, Content: content, ReleaseID: version, CreatedAt: time.Now()}
	w.update(func(tx *store.Tx) (err error) { r, err = tx.AddRevision(r); return err })
	return r
}

func (w *world) nextID(kind string) string {
	w.requests++
	return fmt.Sprintf("%s-%d", kind, w.requests)
}

// deploy queues a deployment of a revision.
func (w *world) deploy(env, version string, change ...func(*lockstep.Deployment)) string {
	w.t.Helper()
	e := w.read(env)
	d := lockstep.Deployment{
		ID: w.nextID("deploy"), ProjectID: e.ProjectID, EnvironmentID: e.ID, Environment: e.Name,
		Version: version, ReleaseID: version, RevisionID: env + "." + version, RevisionHash: "sha256:" + version, ConfigVersion: 1,
		Strategy: e.Spec.Strategy.Primary, Status: lockstep.StatusPending,
		Validation: e.Spec.Validation, ValidationRequired: true, RollbackOnFailure: true, StartedBy: "ada", CreatedAt: time.Now(),
	}
	for _, c := range change {
		c(&d)
	}
	w.update(func(tx *store.Tx) error {
		if err := tx.AddOperation(w.pending(d.ID, lockstep.OperationDeploy, e, d.RevisionID)); err != nil {
			return err
		}
		return tx.AddDeployment(d)
	})
	return d.ID
}

// ask queues an operation that is no deployment.
func (w *world) ask(env string, kind lockstep.OperationKind, change ...func(*lockstep.Operation)) string {
	w.t.Helper()
	id := w.nextID(string(kind))
	op := w.pending(id, kind, w.envs[env], "")
	for _, c := range change {
		c(&op)
	}
	w.update(func(tx *store.Tx) error { return tx.AddOperation(op) })
	return id
}

// scale reads "backend=3 worker=0".
func (w *world) scale(env string, words ...string) string {
	w.t.Helper()
	return w.ask(env, lockstep.OperationScale, func(op *lockstep.Operation) {
		op.Replicas = map[string]int{}
		for _, word := range words {
			service, number, _ := strings.Cut(word, "=")
			n, err := strconv.Atoi(number)
			if err != nil {
				w.t.Fatal(err)
			}
			op.Replicas[service] = n
		}
	})
}

// toggle enables or disables a service.
func (w *world) toggle(env, how, service string) string {
	return w.ask(env, lockstep.OperationKind(how+"_service"), func(o *lockstep.Operation) { o.Service = service })
}

func (w *world) pending(id string, kind lockstep.OperationKind, e lockstep.Environment, revision string) lockstep.Operation {
	return lockstep.Operation{
		ID: id, Kind: kind, ProjectID: e.ProjectID, EnvironmentID: e.ID, Status: lockstep.StatusPending, Phase: lockstep.PhaseForward,
		RevisionID: revision, Locks: []string{lockstep.EnvironmentLock(e.ID)}, CreatedAt: time.Now(), CreatedBy: "ada",
	}
}

func (w *world) cancel(id string) {
	w.t.Helper()
	w.update(func(tx *store.Tx) error { return tx.RequestCancel(id) })
}

// start lets a worker run until the function that it returns is called,
// which waits until it has ended.
func (w *world) start(worker string, change ...func(*engine.Options)) (eng *engine.Engine, stop func()) {
	o := engine.Options{
		Store: w.store, Worker: worker, Gate: w.gate, Logger: w.log, Sync: w.carryOutSync,
		Runtime: func(lockstep.Environment) (runtime.Runtime, traffic.Router, error) { return w.fake, w.fake, nil },
	}
	for _, c := range change {
		c(&o)
	}
	eng = engine.New(o)
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.t.Context()))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := eng.Run(ctx); err != nil {
			w.t.Errorf("worker %s: %v", worker, err)
		}
	}()
	return eng, func() { cancel(); <-ended }
}

// finished waits for an operation's end.
func (w *world) finished(id string) lockstep.Operation {
	w.t.Helper()
	w.until(id, func(e lockstep.Event) bool { return e.Type == lockstep.EventOperationFinished })
	op := w.operation(id)
	for _, s := range op.Steps {
		if s.Status == lockstep.StepPending || s.Status == lockstep.StepRunning {
			w.t.Errorf("the operation has ended and %s is %s:\n%s", s.Name, s.Status, journal(op))
		}
	}
	return op
}

// until waits for an event of an operation.
func (w *world) until(id string, want func(lockstep.Event) bool) lockstep.Event {
	w.t.Helper()
	return w.after(0, lockstep.EventFilter{OperationID: id}, want)
}

// after waits for an event that comes later than another.
func (w *world) after(seq int64, of lockstep.EventFilter, want func(lockstep.Event) bool) lockstep.Event {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Hour)
	defer cancel()
	for {
		events, err := w.store.Events(ctx, seq, of, 0)
		if err != nil {
			told := ""
			if of.OperationID != "" {
				told = journal(w.operation(of.OperationID))
			}
			w.t.Fatalf("waiting for an event of %+v: %v\n%s", of, err, told)
		}
		for _, e := range events {
			if want(e) {
				return e
			}
			seq = e.Seq
		}
	}
}

// stepStarted matches the start of a step.
func stepStarted(name string) func(lockstep.Event) bool {
	return func(e lockstep.Event) bool {
		return e.Type == lockstep.EventStepStarted && stepOf(e).Name == name
	}
}

func stepOf(e lockstep.Event) (s lockstep.Step) {
	raw, err := json.Marshal(e.Data["step"])
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	if err != nil {
		panic(err)
	}
	return s
}

// routed is the routing in force, in short: where requests go.
func (w *world) routed(env string) string {
	w.t.Helper()
	r, err := w.fake.Get(w.t.Context(), env)
	if err != nil {
		w.t.Fatal(err)
	}
	to := "nothing"
	for _, s := range r.Splits {
		if s.Weight > 0 {
			to = s.Revision
		}
	}
	if r.HoldFor > 0 {
		to += ", held"
	}
	if r.Maintenance != nil {
		to += ", in maintenance: " + r.Maintenance.Message
	}
	if len(r.Disabled) > 0 {
		to += ", without " + strings.Join(r.Disabled, " and ")
	}
	if r.Live {
		to += ", live"
	}
	return to
}

// running are the environment's instances: "backend-…-0 ready".
func (w *world) running(env string) []string {
	w.t.Helper()
	all, err := w.fake.Instances(w.t.Context(), env)
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, i := range all {
		out = append(out, i.ID+" "+string(i.State))
	}
	return out
}

// journal writes an operation as a person reads it.
func journal(op lockstep.Operation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s, phase %s %s\n", op.ID, op.Kind, op.Status, op.Phase, op.UndoCause)
	for _, s := range op.Steps {
		fmt.Fprintf(&b, "  %2d %-7s %-38s %-9s ×%d %s", s.Seq, s.Phase, s.Name, s.Status, s.Attempts, s.Output)
		if s.Error != nil {
			fmt.Fprintf(&b, " [%s] %s", s.Error.Code, s.Error.Message)
		}
		b.WriteString("\n")
	}
	if op.Error != nil {
		fmt.Fprintf(&b, "  [%s] %s\n", op.Error.Code, op.Error.Message)
	}
	return b.String()
}

// service makes a spec that the fake plays.
func service(name, route string, script ...string) lockstep.ServiceSpec {
	s := lockstep.ServiceSpec{Name: name, Command: script, Routes: []string{}}
	if route != "" {
		s.Routes = []string{route}
	}
	return s
}

var errBroken = errors.New("connection reset by peer")

// stopped takes an environment down as an earlier stop would have.
func (w *world) stopped(env string) {
	w.t.Helper()
	e := w.read(env)
	call := runtime.Call{Environment: env, Key: "before/2-all"}
	routing, err := w.fake.Get(w.t.Context(), env)
	if err != nil {
		w.t.Fatal(err)
	}
	instances, err := w.fake.Instances(w.t.Context(), env)
	if err != nil {
		w.t.Fatal(err)
	}
	routing.Revisions, routing.Splits = nil, nil
	if err := w.fake.Set(w.t.Context(), call, routing); err != nil {
		w.t.Fatal(err)
	}
	for _, i := range instances {
		if err := w.fake.Stop(w.t.Context(), call, []string{i.Group}, 0); err != nil {
			w.t.Fatal(err)
		}
	}
	e.StoppedAt = &w.began
	e.Status = lockstep.EnvironmentInactive
	w.update(func(tx *store.Tx) error { return tx.PutEnvironment(e) })
}

// serving makes a revision the active one of its environment as an earlier
// deployment would have.
func (w *world) serving(env string, revision lockstep.Revision) {
	w.t.Helper()
	e := w.read(env)
	groups, err := revision.Content.Groups()
	if err != nil {
		w.t.Fatal(err)
	}
	call := runtime.Call{Environment: env, Key: "before/1-all"}
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	must(w.fake.Prepare(w.t.Context(), call, runtime.Place{}, groups))
	routes := lockstep.RevisionRoutes{
		Revision: revision.ID, Hash: lockstep.ShortHash(revision.Hash), Release: revision.Content.Release, Services: []lockstep.ServiceRoute{},
	}
	for _, g := range groups {
		must(w.fake.Start(w.t.Context(), call, g.ID, e.Spec.ReplicasOf(g.Service)))
		if len(g.Spec.Routes) > 0 {
			routes.Services = append(routes.Services, lockstep.ServiceRoute{Service: g.Service, Group: g.ID, Prefixes: g.Spec.Routes})
		}
	}
	must(w.fake.Set(w.t.Context(), call, lockstep.Routing{
		Project: e.Project, Environment: e.Name, Revisions: []lockstep.RevisionRoutes{routes},
		Splits: []lockstep.Split{{Revision: revision.ID, Weight: 100}},
	}))
	e.ActiveID = revision.ID
	w.update(func(tx *store.Tx) error { return tx.PutEnvironment(e) })
}
