package strategy

import (
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

// startUp brings it up again, or leaves it as it was.
func startUp(t *rapid.T, m *model) {
	s := m.snapshot(m.active)
	plan := must(Start(s, lockstep.ValidationBasic))(t)
	if !partly(t, m, s, plan) {
		if len(plan.Steps) > 0 && plan.Steps[0].Attempts > 0 && (len(m.running) > 0 || len(m.served()) > 0) {
			t.Fatalf("a start was taken back: %v runs, requests go to %q", m.running, m.served())
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
