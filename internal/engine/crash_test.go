package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/suite"
)

// story is an operation on an environment in which v1 serves, or did until
// what before does.
type story struct {
	name   string
	ask    func(w *world, env string) (operation string)
	before func(w *world, env string)
}

func (s story) prepare(w *world, env string) {
	w.t.Helper()
	w.prepared(env)
	if s.before != nil {
		s.before(w, env)
	}
}

func stories() []story {
	// All that an environment can ask of its router beside shares.
	addressed := func(w *world, env string) {
		e := w.read(env)
		e.Spec.Strategy.Sticky = &lockstep.Sticky{}
		e.Spec.Strategy.Testers = &lockstep.Testers{Header: "X-Preview", Value: "yes"}
		e.Spec.Strategy.Mirror = 50
		e.Spec.Strategy.Analysis.Probes = &lockstep.SyntheticProbes{Paths: []string{"/"}}
		w.update(func(tx *store.Tx) error { return tx.PutEnvironment(e) })
	}
	deploy := func(version string, strategy lockstep.Strategy, more ...func(*lockstep.Deployment)) func(*world, string) string {
		return func(w *world, env string) string {
			return w.deploy(env, version, append(more, func(d *lockstep.Deployment) { d.Strategy = strategy })...)
		}
	}
	ask := func(kind lockstep.OperationKind) func(*world, string) string {
		return func(w *world, env string) string { return w.ask(env, kind) }
	}
	// What is started again is v1, or another that was deployed once.
	stopped := func(active string) func(*world, string) {
		return func(w *world, env string) {
			w.stopped(env)
			e := w.read(env)
			e.ActiveID = env + "." + active
			w.update(func(tx *store.Tx) error { return tx.PutEnvironment(e) })
		}
	}
	return []story{
		{name: "BlueGreen", ask: deploy("v2", lockstep.StrategyBlueGreen)},
		{name: "BlueGreenTakenBack", ask: deploy("bad", lockstep.StrategyBlueGreen)},
		{name: "Rolling", ask: deploy("v2", lockstep.StrategyRolling)},
		{name: "RollingTakenBack", ask: deploy("bad", lockstep.StrategyRolling)},
		{name: "Canary", ask: deploy("v2", lockstep.StrategyCanary), before: addressed},
		{name: "CanaryTakenBack", ask: deploy("worse", lockstep.StrategyCanary)},
		{name: "Recipe", ask: decided(cooked("start", "hook own takes 1s", "shift_traffic 50", "approve 1h", "pause 20s", "shift_traffic 100", "stop"), "approve", lockstep.VerdictApproved)},
		{name: "RecipeRejected", ask: decided(cooked("start", "shift_traffic 50", "analyze 1s", "approve", "shift_traffic 100"), "approve", lockstep.VerdictRejected)},
		{name: "RecipeNobodyApproves", ask: cooked("start", "shift_traffic 100", "approve 1m")},
		{name: "PausedByRequest", ask: paused((*world).resume, "start", "approve", "shift_traffic 50", "pause 20s", "shift_traffic 100")},
		{name: "PausedByRequestCancelled", ask: paused((*world).cancel, "start", "shift_traffic 50", "approve", "shift_traffic 100")},
		{name: "FirstLive", ask: deploy("v2", lockstep.StrategyBlueGreen), before: nowhere},
		{name: "FirstLiveTakenBack", ask: deploy("worse", lockstep.StrategyCanary), before: nowhere},
		{name: "FirstLiveWaits", ask: deploy("v2", lockstep.StrategyRecreate), before: taken},
		{name: "Recreate", ask: deploy("v2", lockstep.StrategyRecreate)},
		{name: "RecreateTakenBack", ask: deploy("bad", lockstep.StrategyRecreate)},
		{name: "RecreateNotTakenBack", ask: deploy("bad", lockstep.StrategyRecreate, func(d *lockstep.Deployment) { d.RollbackOnFailure = false })},
		{name: "Hooks", ask: hooked("v2")},
		{name: "HooksTakenBack", ask: hooked("v2", "exit 1")},
		{name: "Destroy", ask: ask(lockstep.OperationDestroy)},
		{name: "Stop", ask: ask(lockstep.OperationStop)},
		{name: "MaintenanceOn", ask: ask(lockstep.OperationMaintenanceOn)},
		{name: "Scale", ask: func(w *world, env string) string { return w.scale(env, "backend=3", "worker=0") }},
		{name: "ScaleTakenBack", ask: func(w *world, env string) string { return w.scale(env, "backend=3", "worker=2") }, before: func(w *world, _ string) {
			w.fake.Inject(fault([]string{"start", "at", "-scale/worker", "refuses"}))
		}},
		{name: "Disable", ask: func(w *world, env string) string { return w.toggle(env, "disable", "backend") }},
		{name: "DisableTakenBack", ask: func(w *world, env string) string { return w.toggle(env, "disable", "backend") }, before: func(w *world, _ string) {
			w.fake.Inject(fault([]string{"stop", "at", "-stop-service/backend", "refuses"}))
		}},
		{name: "Enable", ask: func(w *world, env string) string { return w.toggle(env, "enable", "backend") }, before: disabled},
		{name: "EnableTakenBack", ask: func(w *world, env string) string { return w.toggle(env, "enable", "backend") }, before: func(w *world, env string) {
			disabled(w, env)
			w.fake.Inject(fault([]string{"set", "at", "-resume-requests", "refuses"}))
		}},
		{name: "Start", ask: ask(lockstep.OperationStart), before: stopped("v1")},
		{name: "StartTakenBack", ask: ask(lockstep.OperationStart), before: stopped("bad")},
		{name: "Switch", ask: switches(false), before: fromAnother},
		{name: "SwitchTakenBack", ask: switches(false), before: func(w *world, env string) {
			fromAnother(w, env)
			w.fake.Inject(fault([]string{"probeHost", "refuses"}))
		}},
		{name: "SwitchDrill", ask: switches(true), before: fromAnother},
		{name: "SwitchHooks", ask: switches(false), before: hookedSwitch("result ROWS=12")},
		{name: "SwitchHooksTakenBack", ask: switches(false), before: hookedSwitch("exit 1")},
		{name: "Sync", ask: func(w *world, env string) string { return w.sync(env, false) }},
		{name: "SyncRefused", ask: func(w *world, env string) string { return w.sync(env, true) }},
		{name: "DeployToStoppedTakenBack", ask: deploy("bad", lockstep.StrategyRecreate), before: stopped("v1")},
	}
}

// disabled takes the backend out, as an operation before has.
func disabled(w *world, env string) {
	e := w.read(env)
	e.Disabled = []string{"backend"}
	w.update(func(tx *store.Tx) error { return tx.PutEnvironment(e) })
	call := runtime.Call{Environment: env, Key: "before/2-all"}
	routing, err := w.fake.Get(w.t.Context(), env)
	if err != nil {
		w.t.Fatal(err)
	}
	routing.Disabled = e.Disabled
	if err := w.fake.Set(w.t.Context(), call, routing); err != nil {
		w.t.Fatal(err)
	}
	for _, s := range routing.Revisions[0].Services {
		if err := w.fake.Stop(w.t.Context(), call, []string{s.Group}, 0); err != nil {
			w.t.Fatal(err)
		}
	}
}

// hooked is a deployment with a hook before it, of which the first try fails,
// and one after it that does so.
func hooked(version string, after ...string) func(*world, string) string {
	return func(w *world, env string) string {
		w.hooks(env,
			lockstep.Hook{Name: "migrate", Stage: lockstep.HookPreDeployment, Run: []string{"takes 3s", "exit 1", "recovers after 1", "log " + env, "result ROWS=12"}, Required: true, Retries: 1},
			lockstep.Hook{Name: "announce", Stage: lockstep.HookPostDeployment, Run: append(after, "takes 1s"), Required: true},
		)
		return w.deploy(env, version)
	}
}

// prepare makes an environment in which v1 serves, without an engine.
func (w *world) prepared(env string) {
	w.t.Helper()
	w.environment(env, func(e *lockstep.Environment) {
		var none lockstep.Duration
		e.Spec.Strategy.WarmFor, e.Spec.Replicas = &none, map[string]int{"backend": 2}
		e.Spec.Strategy.Weights, e.Spec.Strategy.Pause = []int{50, 100}, lockstep.Duration(time.Second)
		e.Spec.Validation, e.Status = lockstep.ValidationStandard, lockstep.EnvironmentActive
	})
	shared := service("worker", "")
	v1 := w.revision(env, "v1", service("backend", "/api"), shared)
	w.revision(env, "v2", service("backend", "/api", "ready after 300ms"), shared)
	bad := service("backend", "/api", "answer 500 on /api")
	bad.Validate = []string{"/api"}
	w.revision(env, "bad", bad, shared)
	w.revision(env, "worse", service("backend", "/api", "errors 50%"), shared)
	w.serving(env, v1)
	w.fake.Load(env, 1000) // a verdict at once
}

// observed is what an operation left: its status, what it changed outside,
// and what is true afterwards.
type observed struct {
	status  lockstep.OperationStatus
	effects []string
	state   string
}

func (w *world) observe(env string, op lockstep.Operation, effectsBefore int) observed {
	// Names differ between two environments; nothing else may.
	plain := func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, env+".", ""), op.ID+"/", "") }
	var effects []string
	for _, e := range w.fake.Effects()[effectsBefore:] {
		effects = append(effects, plain(e.Key+" "+strings.ReplaceAll(e.String(), env, "")))
	}
	status := lockstep.EnvironmentStatus("gone")
	var replicas, scaled map[string]int
	var off []string
	w.view(func(tx *store.Tx) error {
		if e, err := tx.Environment("", env); err == nil {
			status, replicas, scaled, off = e.Status, e.Spec.Replicas, e.Scaled, e.Disabled
		}
		return nil
	})
	results := lockstep.Results{} // of hooks, as those after them get them
	for _, j := range w.fake.Jobs() {
		for name, value := range j.Env {
			if j.Env["LOCKSTEP_OPERATION"] == op.ID && strings.HasPrefix(name, "LOCKSTEP_RESULT") {
				results[name] = value
			}
		}
	}
	state := fmt.Sprintf("%s, %v and %v without %v, to %s, runs %v, results %s", status, replicas, scaled, off, plain(w.routed(env)), w.running(env), results)
	if op.Switch != nil {
		// Epochs grow from one story to the next: seen from where it began.
		effects = append(effects, strings.ReplaceAll(w.lives(), env, "it"))
		for i := range effects {
			effects[i] = relative(effects[i], op)
		}
	}
	if op.Kind == lockstep.OperationDeploy {
		effects = sinceFirstEpoch(effects)
	}
	if op.Sync != nil {
		effects = append(effects, w.synced(env, op.ID))
	}
	return observed{op.Status, effects, state}
}

func (o observed) equal(other observed) bool {
	return o.status == other.status && o.state == other.state && slices.Equal(o.effects, other.effects)
}

// sample is how many points the fast suite leaves out for one that it takes.
const sample = 29

// TestAnotherWorkerFinishesWhatADeadOneBegan kills a worker at points at
// which its death may do harm. Another one takes over, and the operation ends
// as if nothing had happened: each effect once, in the same order.
func TestAnotherWorkerFinishesWhatADeadOneBegan(t *testing.T) {
	t.Parallel()
	eachOf(t, stories(), func(_ *testing.T, w *world, s story) { w.atPoints(s, dies, sample) })
}

// TestAWorkerThatWasPausedDoesNoHarm stops a worker at such points until
// another one has taken over, and then lets both act.
func TestAWorkerThatWasPausedDoesNoHarm(t *testing.T) {
	t.Parallel()
	eachOf(t, stories(), func(_ *testing.T, w *world, s story) { w.atPoints(s, wakesBeside, sample) })
}

// TestAWorkerThatWasPausedForLongDoesNoHarm wakes it when all is over.
func TestAWorkerThatWasPausedForLongDoesNoHarm(t *testing.T) {
	t.Parallel()
	eachOf(t, stories(), func(_ *testing.T, w *world, s story) { w.atPoints(s, wakesLate, sample) })
}

// fate is what becomes of a worker at its point.
type fate string

const (
	dies        fate = "dies"
	wakesBeside fate = "wakes beside its heir"
	wakesLate   fate = "wakes late"
)

// TestCrashAtEachPoint lets a worker die at every single point, and pause at
// every third, which are others in each story.
func TestCrashAtEachPoint(t *testing.T) {
	t.Parallel()
	suite.Belong(t, suite.Crash)
	for f, every := range map[fate]int{dies: 1, wakesBeside: 3, wakesLate: 3} {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			eachOf(t, stories(), func(_ *testing.T, w *world, s story) { w.atPoints(s, f, every) })
		})
	}
}

func (w *world) atPoints(s story, f fate, every int) {
	w.t.Helper()
	trail, want := w.undisturbed(s)
	for i := len(s.name) % every; i < len(trail); i += every { // not the same ones in each story
		w.interrupted(s, fmt.Sprintf("env-%d", i), trail[i], f, want)
	}
}

// undisturbed is how the story goes when nobody dies, and the points that a
// worker passes.
func (w *world) undisturbed(s story) ([]point, observed) {
	w.t.Helper()
	s.prepare(w, "undisturbed")
	before := len(w.fake.Effects())
	m := w.mortal(point{})
	_, stop := w.start("undisturbed", m.options)
	op := w.finished(s.ask(w, "undisturbed"))
	stop()
	want := w.observe("undisturbed", op, before)
	if len(want.effects) == 0 || len(m.trail) < 10 {
		w.t.Fatalf("nothing happened: %+v after %v\n%s", want, m.trail, journal(op))
	}
	return m.trail, want
}

func (w *world) interrupted(s story, env string, at point, f fate, want observed) {
	w.t.Helper()
	s.prepare(w, env)
	before := len(w.fake.Effects())
	m := w.mortal(at)
	m.pauses = f != dies
	_, stopMortal := w.start("mortal", m.options)
	id := s.ask(w, env)
	<-m.died
	_, stopHeir := w.start("heir")
	if f == wakesBeside {
		if !w.operation(id).Status.Done() {
			w.until(id, func(e lockstep.Event) bool { return e.Data["worker"] == "heir" })
		}
		m.wake()
	}
	op := w.finished(id)
	if f != wakesBeside {
		m.wake()
	}
	stopMortal()
	stopHeir()
	if got := w.observe(env, op, before); !got.equal(want) {
		w.t.Errorf("%v, and it %s:\n got %s, %s\n     %s\nwant %s, %s\n     %s\n%s", at, f,
			got.status, got.state, strings.Join(got.effects, "\n     "),
			want.status, want.state, strings.Join(want.effects, "\n     "), journal(op))
	}
	for _, step := range op.Steps {
		if step.Attempts > 2 {
			w.t.Errorf("stopped at %v: step %s was begun %d times", at, step.Name, step.Attempts)
		}
	}
}
