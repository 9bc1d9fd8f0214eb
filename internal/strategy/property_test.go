package strategy

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lockstep-dev/lockstep"
)

// drawRevisions makes revisions of a product of up to five services whose
// dependencies have no circle. A version changes some services' variables,
// and may add or lose a service.
func drawRevisions(t *rapid.T) []lockstep.Revision {
	names := []string{"api", "backend", "cron", "frontend", "worker"}
	n := rapid.IntRange(2, 5).Draw(t, "revisions")
	out := make([]lockstep.Revision, 0, n)
	depends := map[string][]string{}
	for i, name := range names {
		for _, dep := range names[:i] {
			if rapid.IntRange(0, 2).Draw(t, name+" calls "+dep) == 0 {
				depends[name] = append(depends[name], dep)
			}
		}
	}
	for i := range n {
		content := lockstep.RevisionContent{Format: lockstep.RevisionFormat, Release: fmt.Sprint(i)}
		for _, name := range names {
			build := rapid.IntRange(0, 3).Draw(t, fmt.Sprintf("build of %s in %d", name, i))
			if build == 0 {
				continue
			}
			content.Services = append(content.Services, lockstep.ServiceSpec{
				Name: name, DependsOn: depends[name], Env: map[string]string{"BUILD": fmt.Sprint(build)},
			})
		}
		out = append(out, lockstep.Revision{ID: fmt.Sprintf("rev-%d", i), Content: content})
	}
	return out
}

func drawEnvironment(t *rapid.T) lockstep.Environment {
	env := lockstep.Environment{ID: "env", Spec: lockstep.EnvironmentSpec{Replicas: map[string]int{
		"api": rapid.IntRange(0, 2).Draw(t, "api replicas"), "frontend": 2, "worker": rapid.IntRange(1, 7).Draw(t, "worker replicas"),
	}}}
	for i, stage := range rapid.SliceOfN(rapid.SampledFrom(lockstep.HookStages()), 0, 3).Draw(t, "hooks") {
		env.Spec.Hooks = append(env.Spec.Hooks, lockstep.Hook{Name: fmt.Sprint("hook-", i), Stage: stage, Run: []string{"./hook"}})
	}
	env.Spec.Strategy.MaxSurge = rapid.IntRange(0, 3).Draw(t, "maxSurge")
	env.Spec.Strategy.MaxUnavailable = rapid.IntRange(0, 3).Draw(t, "maxUnavailable")
	if rapid.Bool().Draw(t, "testers") {
		env.Spec.Strategy.Testers = &lockstep.Testers{Header: "X-Preview", Value: "yes"}
	}
	if rapid.Bool().Draw(t, "no warm side") {
		var none lockstep.Duration
		env.Spec.Strategy.WarmFor = &none
	}
	return env
}

// TestPlansKeepTheRules plays a history of deployments, each with its own
// strategy and its own end: completed, failed or cancelled at any step, with
// or without a rollback, which may fail itself. Between them the environment
// is stopped, started and scaled, and services are disabled and enabled, which
// ends as variously.
func TestPlansKeepTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		revisions := drawRevisions(t)
		m := newModel(drawEnvironment(t), revisions...)
		for range rapid.IntRange(1, 6).Draw(t, "deployments") {
			for range rapid.IntRange(0, 3).Draw(t, "between deployments") {
				switch {
				case rapid.IntRange(0, 2).Draw(t, "scale") == 0:
					scaleTo(t, m)
				case rapid.IntRange(0, 1).Draw(t, "toggle") == 0:
					toggleOne(t, m)
				case m.stopped && m.active != "":
					startUp(t, m)
				default:
					stop(t, m)
				}
			}
			target := rapid.SampledFrom(revisions).Draw(t, "target").ID
			strategy := rapid.SampledFrom(Built()).Draw(t, "strategy")
			r := Request{Strategy: strategy, Level: lockstep.ValidationStandard, Back: rapid.Bool().Draw(t, "back")}
			if strategy == lockstep.StrategyCustom {
				r.Recipe = drawRecipe(t)
			}
			deploy(t, m, target, r)
		}
		tearDown(t, m)
	})
}

func deploy(t *rapid.T, m *model, target string, r Request) {
	s := m.snapshot(target)
	plan := must(Plan(s, r))(t)
	if again := must(Plan(s, r))(t); !reflect.DeepEqual(plan, again) {
		t.Fatalf("two plans of one snapshot:\n%v\n%v", plan, again)
	}
	checkShared(t, m, plan, target)
	checkHooks(t, s, plan, r)

	before := maps.Clone(m.running)
	for _, other := range s.Serving { // of a failure that was left as it was
		if other.ID != m.serving() {
			for _, g := range m.groups(other.ID) {
				if m.warm == "" || !contains(m.groups(m.warm), g.ID) {
					delete(before, g.ID)
				}
			}
		}
	}
	stopAt := len(plan.Steps)
	if rapid.Bool().Draw(t, "stops early") {
		stopAt = rapid.IntRange(0, len(plan.Steps)).Draw(t, "stops at")
	}
	if r.Strategy == lockstep.StrategyRolling && rolls(plan) {
		m.rule = m.rollingBounds(s)
	}
	run(t, m, plan.Steps, stopAt)
	m.rule = nil
	if stopAt == len(plan.Steps) {
		completed(t, m, s, plan, target)
		return
	}
	warm, _ := WarmAfter(s, plan.Steps, false)
	if rapid.IntRange(0, 3).Draw(t, "no rollback") == 0 {
		shifted := slices.ContainsFunc(plan.Steps, func(s lockstep.Step) bool {
			return s.Kind == lockstep.StepShiftTraffic && s.Status == lockstep.StepCompleted
		})
		release := must(Release(m.snapshot(target), plan.Steps))(t)
		run(t, m, release.Steps, len(release.Steps))
		if shifted && !slices.Contains(m.served(), target) {
			t.Fatalf("not rolled back: requests go to %q, moved by %s", m.served(), names(release.Steps))
		}
	} else {
		takenBack(t, m, target, r, plan, before)
	}
	if warm != nil {
		m.warm = *warm
	}
	if m.held {
		t.Fatalf("the operation ended and requests still wait")
	}
}

// run applies the steps before stopAt; the one at stopAt fails, before or
// after its effect.
func run(t *rapid.T, m *model, steps []lockstep.Step, stopAt int) {
	for i := range steps[:stopAt] {
		if err := m.apply(steps[i]); err != nil {
			t.Fatalf("%s: %v\nplan: %s", steps[i].Name, err, names(steps))
		}
		steps[i].Status, steps[i].Attempts = lockstep.StepCompleted, 1
	}
	if stopAt == len(steps) || rapid.Bool().Draw(t, "cancelled between two steps") {
		return
	}
	steps[stopAt].Status, steps[stopAt].Attempts = lockstep.StepFailed, 1
	effects := []string{"none", "whole"}
	if steps[stopAt].Kind == lockstep.StepStop {
		effects = append(effects, "half")
	}
	switch effect := rapid.SampledFrom(effects).Draw(t, "took effect"); {
	case steps[stopAt].Kind.Waits(): // saw nothing healthy
	case effect == "whole":
		if err := m.apply(steps[stopAt]); err != nil {
			t.Fatalf("%s: %v\nplan: %s", steps[stopAt].Name, err, names(steps))
		}
	case effect == "half":
		m.halfStop(steps[stopAt])
	}
}

func completed(t *rapid.T, m *model, s Snapshot, plan lockstep.Plan, target string) {
	if warm, _ := WarmAfter(s, plan.Steps, true); warm != nil {
		m.warm, m.warmAsWas = *warm, false
	}
	m.active, m.stopped = target, false
	if !m.onlyServes(target) || m.held {
		t.Fatalf("completed: requests go to %q, held %v", m.served(), m.held)
	}
	used := map[string]bool{}
	for _, id := range []string{m.active, m.warm} {
		if id == "" {
			continue
		}
		if err := m.whole(id); err != nil && (id == m.active || !m.warmAsWas) {
			t.Fatalf("completed: %v", err)
		}
		for _, g := range m.groups(id) {
			used[g.ID] = true
		}
	}
	for id := range m.running {
		if !used[id] {
			t.Fatalf("completed: %s still runs; plan: %s", id, names(plan.Steps))
		}
	}
}

func takenBack(t *rapid.T, m *model, target string, r Request, plan lockstep.Plan, before map[string]int) {
	undo := must(Undo(m.snapshot(target), r, plan.Steps))(t)
	if slices.ContainsFunc(undo.Steps, func(s lockstep.Step) bool { return s.Kind == lockstep.StepHook }) {
		t.Fatalf("taken back with hooks: %s", names(undo.Steps))
	}
	checkShared(t, m, undo, target)
	if len(undo.Steps) > 0 && rapid.IntRange(0, 4).Draw(t, "undo fails") == 0 {
		run(t, m, undo.Steps, rapid.IntRange(0, len(undo.Steps)-1).Draw(t, "undo stops at"))
		for _, step := range undo.Steps {
			if step.Do.Always && step.Status != lockstep.StepCompleted {
				_ = m.apply(step) // the revision may not be whole: the undo has failed
			}
		}
		return
	}
	run(t, m, undo.Steps, len(undo.Steps))
	if len(undo.Steps) == 0 {
		return // nothing had begun
	}
	servesAsBefore(t, m, undo)
	checkRunning(t, m, target, plan, undo, before)
}

// servesAsBefore: the active revision is back, or nothing where there was none.
func servesAsBefore(t rapid.TB, m *model, undo lockstep.Plan) {
	if !m.onlyServes(m.serving()) || m.held {
		t.Fatalf("taken back: requests go to %q instead of %q, held %v", m.served(), m.serving(), m.held)
	}
	if m.serving() == "" {
		return
	}
	if err := m.whole(m.serving()); err != nil {
		t.Fatalf("taken back: %v; undo: %s", err, names(undo.Steps))
	}
}

// checkRunning: what ran before still runs, unless the plan stopped it for
// good (a warm side it replaces) or none of it is wanted any more (a warm side
// from before a scale to nothing), and nothing of the target runs that did not.
func checkRunning(t rapid.TB, m *model, target string, plan, undo lockstep.Plan, before map[string]int) {
	stopped := trace(plan.Steps).stopped
	var active, warm []lockstep.Group
	if m.serving() != "" {
		active = m.groups(m.serving())
	}
	if m.warm != "" {
		warm = m.groups(m.warm)
	}
	retired := slices.ContainsFunc(warm, func(g lockstep.Group) bool { return slices.Contains(stopped, g.ID) })
	for id := range before {
		if m.running[id] > 0 || m.wanted(m.service(id)) == 0 || slices.Contains(stopped, id) || retired && contains(warm, id) {
			continue
		}
		if contains(warm, id) || !contains(m.groups(target), id) {
			t.Fatalf("taken back: %s ran before and is gone; undo: %s", id, names(undo.Steps))
		}
	}
	for _, g := range without(m.groups(target), active) {
		if !retired && contains(warm, g.ID) {
			continue // goes with its side, see TestAWarmSideFollowsAScale
		}
		if m.running[g.ID] > 0 && before[g.ID] == 0 {
			t.Fatalf("taken back: %s of the target still runs; undo: %s", g.ID, names(undo.Steps))
		}
	}
}

// checkHooks: each hook once and in its order; those before the deployment when
// nothing was done yet but to prepare it, those after it when nothing is left
// to do but to clean up. A rollback has none before it. Those of a switch are
// none of a deployment's.
func checkHooks(t *rapid.T, s Snapshot, plan lockstep.Plan, r Request) {
	var want, got []string
	for _, stage := range lockstep.HookStages() {
		for _, hook := range s.Environment.Spec.Hooks {
			if hook.Stage == stage && !stage.OfSwitch() && (stage != lockstep.HookPreDeployment || !r.Back) {
				want = append(want, hook.Name)
			}
		}
	}
	var stages [3][]lockstep.Step // before all hooks; between the stages; after the first one of the second
	at := 0
	for _, step := range plan.Steps {
		if step.Kind == lockstep.StepHook && step.Do.Hook.Stage == "" {
			continue // a recipe's own
		}
		if step.Kind == lockstep.StepHook {
			got = append(got, step.Do.Hook.Name)
			at = 1 + slices.Index(lockstep.HookStages(), step.Do.Hook.Stage)
			continue
		}
		stages[at] = append(stages[at], step)
	}
	if !slices.Equal(want, got) {
		t.Fatalf("hooks %v, want %v; plan: %s", got, want, names(plan.Steps))
	}
	if slices.ContainsFunc(plan.Steps, func(s lockstep.Step) bool { return strings.HasPrefix(s.Name, "pre-hook-") }) {
		for _, step := range stages[0] {
			if step.Kind != lockstep.StepPrepare && !strings.HasPrefix(step.Name, "retire-warm-environment/") {
				t.Fatalf("%s comes before a hook that comes before the deployment; plan: %s", step.Name, names(plan.Steps))
			}
		}
	}
	for _, step := range stages[2] {
		if r.Strategy == lockstep.StrategyCustom && (step.Kind == lockstep.StepVerify || step.Kind == lockstep.StepPause || step.Kind == lockstep.StepApprove) {
			continue
		}
		if k := step.Kind; k != lockstep.StepDrain && k != lockstep.StepStop && k != lockstep.StepKeepWarm {
			t.Fatalf("%s comes after a hook that comes after the deployment; plan: %s", step.Name, names(plan.Steps))
		}
	}
	if r.Strategy == lockstep.StrategyRecreate || at < 2 {
		return
	}
	for _, step := range slices.Concat(stages[0], stages[1]) {
		if step.Kind == lockstep.StepStop && !strings.HasPrefix(step.Name, "retire-warm-environment/") {
			t.Fatalf("%s comes before a hook that comes after the deployment; plan: %s", step.Name, names(plan.Steps))
		}
	}
}

// checkShared: what target and active both use is never stopped.
func checkShared(t *rapid.T, m *model, plan lockstep.Plan, target string) {
	if m.serving() == "" {
		return
	}
	for _, step := range plan.Steps {
		for _, id := range step.Do.Groups {
			if step.Kind == lockstep.StepStop && contains(m.groups(target), id) && contains(m.groups(m.serving()), id) {
				t.Fatalf("%s stops %s, which both revisions use", step.Name, id)
			}
		}
	}
}

// tearDown retires what is warm and then destroys the environment.
func tearDown(t *rapid.T, m *model) {
	if m.warm != "" {
		wasWhole := m.serving() != "" && m.whole(m.serving()) == nil
		plan := must(Retire(m.snapshot(m.warm)))(t)
		run(t, m, plan.Steps, len(plan.Steps))
		m.warm = ""
		if wasWhole {
			if err := m.whole(m.active); err != nil {
				t.Fatalf("retired: %v", err)
			}
		}
	}
	plan := must(Destroy(m.snapshot("")))(t)
	run(t, m, plan.Steps, len(plan.Steps))
}

func must(plan lockstep.Plan, err error) func(*rapid.T) lockstep.Plan {
	return func(t *rapid.T) lockstep.Plan {
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
}

func names(steps []lockstep.Step) string {
	out := ""
	for _, s := range steps {
		out += "\n  " + s.Name + " " + string(s.Status)
	}
	return out
}

func rolls(plan lockstep.Plan) bool {
	return slices.ContainsFunc(plan.Steps, func(s lockstep.Step) bool { return strings.HasPrefix(s.Name, "batch-") })
}

// rollingBounds: of each service that both revisions have, never more than
// maxSurge above and maxUnavailable below what is wanted, while requests lead
// to the old ones. The last old instance may be one above.
func (m *model) rollingBounds(s Snapshot) func() error {
	surge, unavailable := m.env.Spec.Strategy.MaxSurge, m.env.Spec.Strategy.MaxUnavailable
	if surge == 0 {
		surge = 1
	}
	return func() error {
		if m.onlyServes(s.Target.ID) {
			return nil
		}
		for _, g := range without(m.groups(s.Target.ID), m.groups(m.active)) {
			for _, old := range m.groups(m.active) {
				wanted := m.wanted(g.Service)
				if old.Service != g.Service || wanted == 0 {
					continue
				}
				if running := m.running[g.ID] + m.running[old.ID]; running > wanted+surge {
					return fmt.Errorf("%d instances of %s run, %d are wanted", running, g.Service, wanted)
				}
				if healthy := m.healthy[g.ID] + m.healthy[old.ID]; healthy < wanted-unavailable {
					return fmt.Errorf("%d instances of %s are healthy, %d are wanted", healthy, g.Service, wanted)
				}
			}
		}
		return nil
	}
}
