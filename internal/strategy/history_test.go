package strategy

import (
	"maps"
	"slices"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// play applies steps that must all hold.
func play(t *testing.T, m *model, plan lockstep.Plan, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for i := range plan.Steps {
		if err := m.apply(plan.Steps[i]); err != nil {
			t.Fatalf("%s: %v\nplan: %s", plan.Steps[i].Name, err, names(plan.Steps))
		}
		plan.Steps[i].Status, plan.Steps[i].Attempts = lockstep.StepCompleted, 1
	}
}

// A warm side is not scaled with what serves, so that it can take over as it
// was. A deployment that goes back to it makes its numbers those that are
// wanted now; where that is taken back it keeps them. Nobody misses what
// nobody wants, and what came to it goes with it.
func TestAWarmSideFollowsAScale(t *testing.T) {
	t.Parallel()
	beside := revision("v2", "--a") // the worker alone: a scale of the backend does not meet it
	blueGreen := Request{Strategy: lockstep.StrategyBlueGreen, Level: lockstep.ValidationStandard}
	for name, wanted := range map[string][2]int{"to nothing": {2, 0}, "from nothing": {0, 2}, "up": {1, 3}, "down": {3, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := environment()
			env.Spec.Replicas["backend"] = wanted[0]
			m := newModel(env, v1, beside)
			for _, id := range []string{"v1", "v2"} {
				plan, err := Plan(m.snapshot(id), blueGreen)
				play(t, m, plan, err)
				m.active, m.warm = id, m.active
			}
			plan, err := Scale(m.snapshot(""), map[string]int{"backend": wanted[1]})
			play(t, m, plan, err)
			m.env.Spec.Replicas = map[string]int{"backend": wanted[1], "frontend": 1}
			backend := m.groups("v1")[0].ID
			if m.warm != "v1" || m.running[backend] != wanted[0] {
				t.Fatalf("scaled: the warm side is %q, %d of %s run", m.warm, m.running[backend], backend)
			}

			before := maps.Clone(m.running)
			plan, err = Plan(m.snapshot("v1"), blueGreen)
			at := slices.IndexFunc(plan.Steps, func(s lockstep.Step) bool { return s.Kind == lockstep.StepVerify })
			play(t, m, lockstep.Plan{Steps: plan.Steps[:at]}, err)
			plan.Steps[at].Status, plan.Steps[at].Attempts = lockstep.StepFailed, 1
			undo, err := Undo(m.snapshot("v1"), blueGreen, plan.Steps)
			play(t, m, undo, err)
			servesAsBefore(t, m, undo)
			checkRunning(t, m, "v1", plan, undo, before)
			if m.running[backend] != wanted[1] || m.whole("v1") != nil {
				t.Errorf("taken back: %d of %s run, %d are wanted: %v", m.running[backend], backend, wanted[1], m.whole("v1"))
			}

			undo, err = Retire(m.snapshot("v1"))
			play(t, m, undo, err)
			m.warm = ""
			if m.running[backend] != 0 || !m.onlyServes("v2") {
				t.Errorf("retired: %d of %s run, requests go to %q", m.running[backend], backend, m.served())
			}
		})
	}
}

// What a failure left without its instances is not brought back in parts by
// a scale, and nothing starts before what it calls.
func TestAScaleStartsNothingWithoutWhatItCalls(t *testing.T) {
	t.Parallel()
	group := map[string]string{}
	groups, _ := v1.Content.Groups()
	for _, g := range groups {
		group[g.Service] = g.ID
	}
	without := func(s Snapshot, service string) Snapshot {
		s.Ready = slices.DeleteFunc(slices.Clone(s.Ready), func(id string) bool { return id == group[service] })
		return s
	}
	whole := after(environment(), lockstep.Revision{}, &v1, nil)
	gone := whole
	gone.Running, gone.Ready, gone.Serving = nil, nil, nil
	left := gone
	left.Running = []string{group["frontend"]}
	for name, tt := range map[string]struct {
		s        Snapshot
		replicas map[string]int
		want     []string
	}{
		"all is well":                     {whole, map[string]int{"frontend": 3}, []string{"prepare-instances", "scale/frontend", "await-healthy/frontend"}},
		"the backend is not all there":    {without(whole, "backend"), map[string]int{"frontend": 3}, []string{"prepare-instances", "scale/backend", "await-healthy/backend", "scale/frontend", "await-healthy/frontend"}},
		"nothing starts":                  {without(whole, "backend"), map[string]int{"frontend": 0}, []string{"scale/frontend", "await-healthy/frontend"}},
		"nobody wants the backend":        {without(whole, "backend"), map[string]int{"frontend": 3, "backend": 0}, []string{"prepare-instances", "scale/backend", "await-healthy/backend", "scale/frontend", "await-healthy/frontend"}},
		"nothing serves, nothing runs":    {gone, map[string]int{"frontend": 3}, nil},
		"nothing serves, a frontend runs": {left, map[string]int{"frontend": 0, "worker": 2}, []string{"scale/frontend", "await-healthy/frontend"}},
	} {
		plan, err := Scale(tt.s, tt.replicas)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, step := range plan.Steps {
			got = append(got, step.Name)
			want := tt.s.Environment.Spec.ReplicasOf(step.Do.Service)
			if n, named := tt.replicas[step.Do.Service]; named {
				want = n
			}
			if step.Kind == lockstep.StepStart && step.Do.Replicas != want {
				t.Errorf("%s: %s to %d, want %d", name, step.Name, step.Do.Replicas, want)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
