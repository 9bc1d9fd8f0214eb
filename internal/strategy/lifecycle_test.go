package strategy

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/lockstep-dev/lockstep"
)

// stop takes the environment down, or tries to: where that ends early, what
// served before serves again.
func stop(t *rapid.T, m *model) {
	s := m.snapshot("")
	plan := must(Stop(s))(t)
	if !partly(t, m, s, plan) {
		return
	}
	m.stopped, m.warm = true, ""
	if len(m.running) > 0 || len(m.served()) > 0 {
		t.Fatalf("stopped: %v still runs, requests go to %q", m.running, m.served())
	}
}

// startUp brings it up again, or leaves it as it was: what an undo that failed
// has left may still run then, and nothing else.
func startUp(t *rapid.T, m *model) {
	s, before := m.snapshot(m.active), maps.Clone(m.running)
	plan := must(Start(s, lockstep.ValidationBasic))(t)
	if !partly(t, m, s, plan) {
		for group := range m.running {
			if before[group] == 0 {
				t.Fatalf("a start was taken back, and %s runs", group)
			}
		}
		return
	}
	m.stopped = false
	if err := m.whole(m.active); err != nil || !m.onlyServes(m.active) {
		t.Fatalf("started: %v, requests go to %q", err, m.served())
	}
	for id := range m.running {
		if !contains(m.groups(m.active), id) {
			t.Fatalf("started: %s still runs; plan: %s", id, names(plan.Steps))
		}
	}
}

// partly carries a plan out, to its end or to some point from which it is
// taken back.
func partly(t *rapid.T, m *model, s Snapshot, plan lockstep.Plan) (whole bool) {
	stopAt := len(plan.Steps)
	if rapid.Bool().Draw(t, "stops early") {
		stopAt = rapid.IntRange(0, len(plan.Steps)).Draw(t, "stops at")
	}
	run(t, m, plan.Steps, stopAt)
	if stopAt == len(plan.Steps) {
		return true
	}
	undo := must(Undo(m.snapshot(s.Target.ID), Request{}, plan.Steps))(t)
	run(t, m, undo.Steps, len(undo.Steps))
	if slices.ContainsFunc(plan.Steps, func(s lockstep.Step) bool { return s.Attempts > 0 }) {
		servesAsBefore(t, m, undo)
	}
	if warm, _ := WarmAfter(s, plan.Steps, false); warm != nil {
		m.warm = *warm
	}
	return false
}

// scaleTo gives some services other numbers of instances, or tries to.
func scaleTo(t *rapid.T, m *model) {
	before, s := m.env.Spec.Replicas, m.snapshot("")
	// Of what a failure has left in pieces nobody can expect an order.
	m.forced = slices.ContainsFunc(m.served(), func(id string) bool { return m.whole(id) != nil })
	defer func() { m.forced = false }()
	wanted := map[string]int{}
	for _, service := range []string{"api", "backend", "frontend", "worker"} {
		if rapid.Bool().Draw(t, "scale "+service) {
			wanted[service] = rapid.IntRange(0, 4).Draw(t, service+" instances")
		}
	}
	plan := must(Scale(s, wanted))(t)
	others := maps.Clone(m.running)
	m.env.Spec.Replicas = maps.Clone(before)
	maps.Copy(m.env.Spec.Replicas, wanted)
	stopAt := len(plan.Steps)
	if rapid.Bool().Draw(t, "stops early") {
		stopAt = rapid.IntRange(0, len(plan.Steps)).Draw(t, "stops at")
	}
	run(t, m, plan.Steps, stopAt)
	m.warmAsWas = true
	if stopAt < len(plan.Steps) {
		m.env.Spec.Replicas = before
		undo := must(Unscale(m.snapshot(""), plan.Steps))(t)
		run(t, m, undo.Steps, len(undo.Steps))
		for _, step := range undo.Steps { // it may bring up what others call, too
			if step.Kind != lockstep.StepStart {
				continue
			}
			delete(others, step.Do.Group)
			if now, want := m.running[step.Do.Group], m.wanted(step.Do.Service); now != want {
				t.Fatalf("taken back: %d instances of %s run, %d are wanted", now, step.Do.Group, want)
			}
		}
	}
	for _, step := range plan.Steps {
		if step.Kind != lockstep.StepStart {
			continue
		}
		delete(others, step.Do.Group)
		now := m.running[step.Do.Group]
		if want := m.wanted(step.Do.Service); now != want && (stopAt == len(plan.Steps) || step.Attempts > 0) {
			t.Fatalf("%d instances of %s run, %d are wanted", now, step.Do.Group, want)
		}
	}
	for group, n := range others {
		if m.running[group] != n {
			t.Fatalf("a scale of %v left %d of %d instances of %s", wanted, m.running[group], n, group)
		}
	}
}
