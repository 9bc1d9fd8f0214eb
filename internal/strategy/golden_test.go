package strategy

import (
	"errors"
	"flag"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The product of these tests: a frontend that calls a backend, and a worker
// beside them. A build is one letter a service, "-" none.
func revision(id, builds string) lockstep.Revision {
	content := lockstep.RevisionContent{Format: lockstep.RevisionFormat, Release: id}
	specs := []lockstep.ServiceSpec{
		{Name: "backend", Health: lockstep.HealthSpec{StartTimeout: lockstep.Duration(time.Minute)}},
		{Name: "frontend", DependsOn: []string{"backend", "database"}},
		{Name: "worker"},
	}
	for i, spec := range specs {
		if build := builds[i : i+1]; build != "-" {
			spec.Env = map[string]string{"BUILD": build}
			content.Services = append(content.Services, spec)
		}
	}
	return lockstep.Revision{ID: id, Content: content}
}

var (
	v1 = revision("v1", "aaa")
	v2 = revision("v2", "bbb")
	v3 = revision("v3", "bcb") // v2 with a new frontend
)

// environment wants two backends and, unless warmFor says else, a warm side.
func environment(warmFor ...time.Duration) lockstep.Environment {
	env := lockstep.Environment{Spec: lockstep.EnvironmentSpec{Replicas: map[string]int{"backend": 2, "frontend": 1}}}
	if len(warmFor) > 0 {
		d := lockstep.Duration(warmFor[0])
		env.Spec.Strategy.WarmFor = &d
	}
	return env
}

// hooked has two hooks before a deployment and one after it.
func hooked() lockstep.Environment {
	env := environment()
	env.Spec.Hooks = []lockstep.Hook{
		{Name: "announce", Stage: lockstep.HookPostDeployment, Run: []string{"./announce", "{{version}}"}, Service: "worker"},
		{Name: "migrate", Stage: lockstep.HookPreDeployment, Run: []string{"./migrate"}, Required: true, Timeout: lockstep.Duration(time.Minute), Retries: 2},
		{Name: "seed", Stage: lockstep.HookPreDeployment, Run: []string{"./seed"}, Env: map[string]string{"FOR": "{{version}}"}},
	}
	return env
}

// after is the snapshot in which active serves, warm (nil none) waits, and
// also runs beside them.
func after(env lockstep.Environment, target lockstep.Revision, active, warm *lockstep.Revision, also ...lockstep.Revision) Snapshot {
	s := Snapshot{Environment: env, Target: target, Active: active, Warm: warm}
	running := map[string]bool{}
	sides := also
	for _, side := range []*lockstep.Revision{active, warm} {
		if side != nil {
			sides = append(sides, *side)
		}
	}
	if active != nil {
		s.Serving = []lockstep.Revision{*active}
	}
	for _, side := range sides {
		groups, _ := side.Content.Groups()
		for _, g := range groups {
			if !running[g.ID] {
				running[g.ID] = true
				s.Running = append(s.Running, g.ID)
				s.Ready = append(s.Ready, g.ID)
			}
		}
	}
	return s
}

// stopped are the forward steps of a plan that failed in the step named.
func stopped(plan lockstep.Plan, at string) []lockstep.Step {
	for i := range plan.Steps {
		step := &plan.Steps[i]
		step.Attempts = 1
		if step.Name == at {
			step.Status = lockstep.StepFailed
			return plan.Steps
		}
		step.Status = lockstep.StepCompleted
	}
	panic("no step " + at)
}

func TestPlansAreGolden(t *testing.T) {
	t.Parallel()
	blueGreen := Request{Strategy: lockstep.StrategyBlueGreen, Level: lockstep.ValidationComprehensive}
	recreate := Request{Strategy: lockstep.StrategyRecreate, Level: lockstep.ValidationBasic}
	canary := Request{Strategy: lockstep.StrategyCanary, Level: lockstep.ValidationStandard}
	rolling := Request{Strategy: lockstep.StrategyRolling, Level: lockstep.ValidationStandard}
	wide := func(surge, unavailable int) lockstep.Environment {
		env := environment()
		env.Spec.Replicas["backend"] = 7
		env.Spec.Strategy.MaxSurge, env.Spec.Strategy.MaxUnavailable = surge, unavailable
		return env
	}
	plan := func(s Snapshot, r Request) lockstep.Plan {
		p, err := Plan(s, r)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	undo := func(before, now Snapshot, r Request, at string) (lockstep.Plan, error) {
		return Undo(now, r, stopped(plan(before, r), at))
	}
	left := after(environment(), v3, &v1, nil, v2) // v2 failed, was not rolled back, and serves
	left.Serving = []lockstep.Revision{v2}
	cases := map[string]func() (lockstep.Plan, error){
		"bluegreen-first": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v1, nil, nil), blueGreen)
		},
		"bluegreen": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v2, &v1, nil), blueGreen)
		},
		"bluegreen-retires-the-warm-side": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v3, &v2, &v1), blueGreen)
		},
		"bluegreen-back-to-the-warm-side": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v1, &v2, &v1), blueGreen)
		},
		"bluegreen-same-again": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v2, &v2, &v1), blueGreen)
		},
		"bluegreen-nothing-warm": func() (lockstep.Plan, error) {
			return Plan(after(environment(0), v2, &v1, nil), blueGreen)
		},
		"bluegreen-shared-groups": func() (lockstep.Plan, error) {
			return Plan(after(environment(0), v3, &v2, nil), blueGreen)
		},
		"bluegreen-without-validation": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v2, &v1, nil), Request{Strategy: lockstep.StrategyBlueGreen})
		},
		"bluegreen-after-a-failure-left-as-it-was": func() (lockstep.Plan, error) {
			return Plan(left, blueGreen)
		},
		"bluegreen-undo": func() (lockstep.Plan, error) {
			return undo(after(environment(), v2, &v1, nil), after(environment(), v2, &v1, nil, v2), blueGreen, "deployment-validation")
		},
		"bluegreen-undo-first": func() (lockstep.Plan, error) {
			return undo(after(environment(), v1, nil, nil), after(environment(), v1, nil, nil, v1), blueGreen, "validate-green-environment")
		},
		"bluegreen-undo-after-blue-was-stopped": func() (lockstep.Plan, error) {
			// The snapshot still shows blue complete: a stop that began may go on.
			return undo(after(environment(0), v2, &v1, nil), after(environment(0), v2, &v1, nil, v2), blueGreen, "cleanup-blue-environment/worker")
		},
		"bluegreen-undo-keeps-a-warm-target": func() (lockstep.Plan, error) {
			return undo(after(environment(), v1, &v2, &v1), after(environment(), v1, &v2, &v1), blueGreen, "deployment-validation")
		},
		"bluegreen-undo-stops-a-warm-side-half-retired": func() (lockstep.Plan, error) {
			return undo(after(environment(), v2, &v3, &v1), after(environment(), v2, &v3, &v1), blueGreen, "retire-warm-environment/worker")
		},
		"bluegreen-undo-after-a-failure-left-as-it-was": func() (lockstep.Plan, error) {
			return undo(left, left, blueGreen, "prepare-green-environment")
		},
		"recreate-first": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v1, nil, nil), recreate)
		},
		"recreate": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v2, &v1, nil), recreate)
		},
		"recreate-shared-groups": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v3, &v2, nil), recreate)
		},
		"recreate-undo": func() (lockstep.Plan, error) {
			return undo(after(environment(), v2, &v1, nil), after(environment(), v2, &v1, nil, v2), recreate, "validate-new-instances")
		},
		"recreate-undo-after-traffic-moved": func() (lockstep.Plan, error) {
			now := after(environment(), v2, &v2, nil)
			now.Active = &v1
			return undo(after(environment(), v2, &v1, nil), now, recreate, "deployment-validation")
		},
		"recreate-undo-before-the-old-were-stopped": func() (lockstep.Plan, error) {
			return undo(after(environment(), v2, &v1, nil), after(environment(), v2, &v1, nil), recreate, "drain-old-instances")
		},
		"recreate-release": func() (lockstep.Plan, error) {
			before, now := after(environment(), v2, &v1, nil), after(environment(), v2, &v2, nil)
			now.Active = &v1
			return Release(now, stopped(plan(before, recreate), "validate-new-instances"))
		},
		"recreate-release-before-the-old-were-stopped": func() (lockstep.Plan, error) {
			s := after(environment(), v2, &v1, nil)
			return Release(s, stopped(plan(s, recreate), "hold-traffic"))
		},
		"rolling-first": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v1, nil, nil), rolling)
		},
		"rolling": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v2, &v1, nil), rolling)
		},
		"rolling-three-at-once": func() (lockstep.Plan, error) {
			return Plan(after(wide(2, 1), v2, &v1, nil), rolling)
		},
		"rolling-none-above": func() (lockstep.Plan, error) {
			return Plan(after(wide(0, 2), v3, &v1, nil), rolling)
		},
		"rolling-shared-groups": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v3, &v2, nil), rolling)
		},
		"rolling-back-to-the-warm-side": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v1, &v2, &v1), rolling)
		},
		"rolling-undo": func() (lockstep.Plan, error) {
			now := after(environment(), v2, &v1, nil, v2)
			now.Serving = []lockstep.Revision{v1, v2}
			groups, _ := v1.Content.Groups()
			now.Ready = slices.DeleteFunc(now.Ready, func(id string) bool { return id == groups[0].ID }) // one of two
			return undo(after(environment(), v2, &v1, nil), now, rolling, "batch-2-of-2/await-healthy/backend")
		},
		"canary-first": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v1, nil, nil), canary)
		},
		"canary": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v2, &v1, nil), canary)
		},
		"canary-back": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v1, &v2, &v1), Request{Strategy: lockstep.StrategyCanary, Back: true})
		},
		"canary-own-weights": func() (lockstep.Plan, error) {
			env := environment(0)
			env.Spec.Strategy.Weights = []int{10, 100}
			env.Spec.Strategy.Pause = lockstep.Duration(15 * time.Minute)
			env.Spec.Strategy.Analysis = lockstep.Analysis{MinRequests: 20}
			return Plan(after(env, v2, &v1, nil), canary)
		},
		"canary-mirrored": func() (lockstep.Plan, error) {
			env := environment()
			env.Spec.Strategy.Mirror = 10
			env.Spec.Strategy.Analysis.Probes = &lockstep.SyntheticProbes{Paths: []string{"/api/version"}}
			return Plan(after(env, v2, &v1, nil), canary)
		},
		"canary-mirrored-first": func() (lockstep.Plan, error) {
			env := environment()
			env.Spec.Strategy.Mirror = 10
			return Plan(after(env, v1, nil, nil), canary)
		},
		"canary-undo": func() (lockstep.Plan, error) {
			now := after(environment(), v2, &v1, nil, v2)
			now.Serving = []lockstep.Revision{v1, v2}
			return undo(after(environment(), v2, &v1, nil), now, canary, "analyze-canary-at-25-percent")
		},
		"bluegreen-hooks": func() (lockstep.Plan, error) {
			return Plan(after(hooked(), v2, &v1, nil), blueGreen)
		},
		"bluegreen-hooks-back": func() (lockstep.Plan, error) {
			return Plan(after(hooked(), v1, &v2, &v1), Request{Strategy: lockstep.StrategyBlueGreen, Back: true})
		},
		"bluegreen-hooks-undo": func() (lockstep.Plan, error) {
			return undo(after(hooked(), v2, &v1, nil), after(hooked(), v2, &v1, nil, v2), blueGreen, "post-hook-announce")
		},
		"bluegreen-hooks-undo-before-anything-started": func() (lockstep.Plan, error) {
			return undo(after(hooked(), v2, &v1, nil), after(hooked(), v2, &v1, nil), blueGreen, "pre-hook-migrate")
		},
		"rolling-hooks": func() (lockstep.Plan, error) {
			return Plan(after(hooked(), v2, &v1, nil), rolling)
		},
		"rolling-hooks-first": func() (lockstep.Plan, error) {
			return Plan(after(hooked(), v1, nil, nil), rolling)
		},
		"canary-hooks": func() (lockstep.Plan, error) {
			return Plan(after(hooked(), v2, &v1, nil), canary)
		},
		"recreate-hooks": func() (lockstep.Plan, error) {
			return Plan(after(hooked(), v2, &v1, nil), recreate)
		},
		"retire": func() (lockstep.Plan, error) {
			return Retire(after(environment(), v2, &v3, &v2))
		},
		"retire-what-is-active-again": func() (lockstep.Plan, error) {
			return Retire(after(environment(), v2, &v2, &v1))
		},
		"stop": func() (lockstep.Plan, error) {
			return Stop(after(environment(), lockstep.Revision{}, &v2, &v1))
		},
		"stop-undo": func() (lockstep.Plan, error) {
			s := after(environment(), lockstep.Revision{}, &v2, &v1)
			stop, err := Stop(s)
			if err != nil {
				return stop, err
			}
			return Undo(s, Request{}, stopped(stop, stop.Steps[3].Name))
		},
		"scale": func() (lockstep.Plan, error) {
			return Scale(after(environment(), lockstep.Revision{}, &v2, &v1), map[string]int{"frontend": 3, "backend": 1, "gone": 2})
		},
		"scale-what-serves-after-a-failure": func() (lockstep.Plan, error) {
			s := after(environment(), lockstep.Revision{}, &v1, nil, v2)
			s.Serving = []lockstep.Revision{v2}
			return Scale(s, map[string]int{"worker": 0})
		},
		"scale-what-is-stopped": func() (lockstep.Plan, error) {
			return Scale(after(environment(), lockstep.Revision{}, nil, nil), map[string]int{"worker": 2})
		},
		"scale-undo": func() (lockstep.Plan, error) {
			s := after(environment(), lockstep.Revision{}, &v2, nil)
			plan, err := Scale(s, map[string]int{"frontend": 3, "backend": 1, "worker": 2})
			if err != nil {
				return plan, err
			}
			return Unscale(s, stopped(plan, "scale/worker"))
		},
		"disable": func() (lockstep.Plan, error) {
			return Disable(after(environment(), lockstep.Revision{}, &v2, &v1), "backend")
		},
		"disable-what-is-stopped": func() (lockstep.Plan, error) {
			return Disable(after(environment(), lockstep.Revision{}, nil, nil), "backend")
		},
		"disable-undo": func() (lockstep.Plan, error) {
			s := after(environment(), lockstep.Revision{}, &v2, &v1)
			plan, err := Disable(s, "backend")
			if err != nil {
				return plan, err
			}
			return Untoggle(s, "backend", stopped(plan, plan.Steps[len(plan.Steps)-1].Name))
		},
		"enable": func() (lockstep.Plan, error) {
			env := environment()
			env.Disabled = []string{"backend", "cron"}
			return Enable(after(env, lockstep.Revision{}, &v2, &v1), "backend")
		},
		"enable-undo": func() (lockstep.Plan, error) {
			env := environment()
			env.Disabled = []string{"backend"}
			s := after(env, lockstep.Revision{}, &v2, nil)
			plan, err := Enable(s, "backend")
			if err != nil {
				return plan, err
			}
			return Untoggle(s, "backend", stopped(plan, "await-healthy/backend"))
		},
		"blue-green-without-a-disabled-service": func() (lockstep.Plan, error) {
			env := environment()
			env.Disabled = []string{"backend"}
			return Plan(after(env, v2, &v1, nil), Request{Strategy: lockstep.StrategyBlueGreen, Level: lockstep.ValidationStandard})
		},
		"start": func() (lockstep.Plan, error) {
			return Start(after(environment(), v2, nil, nil), lockstep.ValidationStandard)
		},
		"start-beside-leftovers": func() (lockstep.Plan, error) {
			s := after(environment(), v3, nil, nil, v1, v2)
			s.Serving = []lockstep.Revision{v2}
			return Start(s, lockstep.ValidationBasic)
		},
		"start-undo": func() (lockstep.Plan, error) {
			s := after(environment(), v2, nil, nil)
			start, err := Start(s, lockstep.ValidationStandard)
			if err != nil {
				return start, err
			}
			return Undo(after(environment(), v2, nil, nil, v2), Request{}, stopped(start, "validate-instances"))
		},
		"destroy": func() (lockstep.Plan, error) {
			s := after(environment(), lockstep.Revision{}, &v2, &v1)
			s.Running = append(s.Running, "stray-0123456789ab")
			return Destroy(s)
		},
		"destroy-undo": func() (lockstep.Plan, error) {
			s := after(environment(), lockstep.Revision{}, &v2, nil)
			destroy, err := Destroy(s)
			if err != nil {
				return destroy, err
			}
			s.Serving = nil
			return Undo(s, Request{}, stopped(destroy, "stop-instances/worker"))
		},
	}
	for name, make := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := make()
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "plan", name+".golden"), table(got))
		})
	}
}

func TestWhatCannotBePlannedSaysWhy(t *testing.T) {
	t.Parallel()
	_, err := Plan(after(environment(), v2, &v1, nil), Request{Strategy: "teleport"})
	if lockstep.CodeOf(err) != lockstep.CodeUnsupported || !strings.Contains(err.Error(), "blue_green, rolling, canary, recreate, custom") {
		t.Errorf("teleport: %v", err)
	}
	circle := lockstep.Revision{ID: "circle", Content: lockstep.RevisionContent{Services: []lockstep.ServiceSpec{
		{Name: "a", DependsOn: []string{"b"}}, {Name: "b", DependsOn: []string{"a"}},
	}}}
	_, err = Plan(after(environment(), circle, &v1, nil), Request{Strategy: lockstep.StrategyRecreate})
	var coded *lockstep.Error
	if !errors.As(err, &coded) || coded.Code != lockstep.CodeInvalid || !strings.Contains(coded.Message, "a → b → a") {
		t.Errorf("circle: %v", err)
	}
}

func TestAHookRunsInTheFilesOfAService(t *testing.T) {
	t.Parallel()
	with := func(artifacts ...string) lockstep.Revision {
		r := lockstep.Revision{ID: "r", Content: lockstep.RevisionContent{Release: "2.0.0"}}
		for i, artifact := range artifacts {
			r.Content.Services = append(r.Content.Services, lockstep.ServiceSpec{Name: string(rune('a' + i)), Artifact: artifact})
		}
		return r
	}
	for _, test := range []struct {
		says   string
		target lockstep.Revision
		want   string
	}{
		{"", with("", "sha256:1", "sha256:2"), "b"},
		{"", with("", ""), "a"},
		{"", with(), ""},
		{"c", with("", "sha256:1", "sha256:2"), "c"},
		{"a", with("", "sha256:1"), "a"},
		{"d", with("", "sha256:1"), "error"},
	} {
		env := lockstep.Environment{Name: "live"}
		env.Spec.Hooks = []lockstep.Hook{{Name: "migrate", Stage: lockstep.HookPreDeployment, Run: []string{"./m"}, Service: test.says}}
		plan, err := Plan(Snapshot{Environment: env, Target: test.target}, Request{Strategy: lockstep.StrategyBlueGreen})
		if test.want == "error" {
			env.Spec.Hooks[0].Stage = lockstep.HookPostDeployment
			if back, err := Plan(Snapshot{Environment: env, Target: test.target}, Request{Strategy: lockstep.StrategyBlueGreen, Back: true}); err != nil || strings.Contains(table(back), "hook") {
				t.Errorf("back: %v\n%s", err, table(back))
			}
			if lockstep.CodeOf(err) != lockstep.CodeInvalid || !strings.Contains(err.Error(), "service d, which release 2.0.0 does not have (it has a, b)") {
				t.Errorf("got %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		hook := plan.Steps[1]
		if hook.Name != "pre-hook-migrate" || hook.Do.Service != test.want || hook.Do.Timeout != lockstep.Duration(lockstep.DefaultHookTimeout) {
			t.Errorf("says %q: %+v, want service %q", test.says, hook, test.want)
		}
	}
}
