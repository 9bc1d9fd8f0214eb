package strategy

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/lockstep-dev/lockstep"
)

// toggleOne disables a service, or enables it, or tries to.
func toggleOne(t *rapid.T, m *model) {
	service := rapid.SampledFrom([]string{"api", "backend", "frontend", "worker"}).Draw(t, "service")
	recorded, before, s := m.env.Disabled, maps.Clone(m.running), m.snapshot("")
	enable := !m.env.Enabled(service)
	m.forced = true
	defer func() { m.forced, m.warmAsWas = false, true }()
	var plan lockstep.Plan
	if enable {
		plan = must(Enable(s, service))(t)
	} else {
		plan = must(Disable(s, service))(t)
	}
	stopAt := len(plan.Steps)
	if rapid.Bool().Draw(t, "stops early") {
		stopAt = rapid.IntRange(0, len(plan.Steps)).Draw(t, "stops at")
	}
	run(t, m, plan.Steps, stopAt)
	m.env.Disabled = m.env.DisabledWith(service, enable)
	if stopAt < len(plan.Steps) {
		m.env.Disabled = recorded
		undo := must(Untoggle(m.snapshot(""), service, plan.Steps))(t)
		run(t, m, undo.Steps, len(undo.Steps))
		if !trace(plan.Steps).any && len(undo.Steps) > 0 {
			t.Fatalf("nothing had begun, and it is taken back: %s", names(undo.Steps))
		}
	}
	for group, n := range before {
		if m.service(group) != service && m.running[group] != n {
			t.Fatalf("%d of %d instances of %s are left", m.running[group], n, group)
		}
	}
	served := slices.ContainsFunc(s.Serving, func(r lockstep.Revision) bool {
		return slices.ContainsFunc(m.groups(r.ID), func(g lockstep.Group) bool { return g.Service == service })
	})
	if trace(plan.Steps).any && served && slices.Contains(m.off, service) == m.env.Enabled(service) {
		t.Fatalf("requests to %v are answered by the router, %v are disabled", m.off, m.env.Disabled)
	}
	toggled(t, m, s, service, stopAt == len(plan.Steps) || trace(plan.Steps).any)
}

// toggled: of a service that is disabled nothing runs, of one that is enabled
// all that should, where the plan has got to do anything about it.
func toggled(t *rapid.T, m *model, s Snapshot, service string, acted bool) {
	if !acted {
		return
	}
	if !m.env.Enabled(service) {
		for group := range m.running {
			if m.service(group) == service {
				t.Fatalf("%s is disabled, and %s runs", service, group)
			}
		}
		return
	}
	for _, r := range s.Serving {
		for _, g := range m.groups(r.ID) {
			if want := m.env.Spec.ReplicasOf(service); g.Service == service && (m.running[g.ID] != want || m.healthy[g.ID] != want) {
				t.Fatalf("%d instances of %s run, %d are healthy, %d are wanted", m.running[g.ID], g.ID, m.healthy[g.ID], want)
			}
		}
	}
}
