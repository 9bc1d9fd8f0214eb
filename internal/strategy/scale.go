package strategy

import (
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// Scale gives services of what serves other numbers of instances; nothing
// else restarts. Those that others call come first, and where such a one is
// not all there, it is brought up before its callers. In a stopped environment
// there is nothing to do, nor for a service that is disabled: its number is
// that of the day on which it is enabled. In an environment in which nothing
// serves, because a deployment failed and left it so, only what runs changes:
// the next deployment brings the rest.
func Scale(s Snapshot, replicas map[string]int) (lockstep.Plan, error) {
	return scale(s, lockstep.PhaseForward, replicas)
}

// Unscale takes a Scale back that was begun: its services return to what the
// environment says. forward are its steps as they ended.
func Unscale(s Snapshot, forward []lockstep.Step) (lockstep.Plan, error) {
	replicas := map[string]int{}
	for _, step := range forward {
		if step.Kind == lockstep.StepStart && slices.Contains(trace(forward).started, step.Do.Group) {
			replicas[step.Do.Service] = s.Environment.ReplicasOf(step.Do.Service)
		}
	}
	return scale(s, lockstep.PhaseUndo, replicas)
}

func scale(s Snapshot, phase lockstep.Phase, replicas map[string]int) (lockstep.Plan, error) {
	sc, err := newScene(s)
	if err != nil {
		return lockstep.Plan{}, err
	}
	b, name := builder{scene: sc, phase: phase}, "scale"
	if phase == lockstep.PhaseUndo {
		name = "scale-back"
	}
	revisions := s.Serving
	if len(revisions) == 0 && s.Active != nil {
		revisions = []lockstep.Revision{*s.Active}
	}
	var done []lockstep.Group
	for _, revision := range revisions {
		groups, err := revision.Content.Groups()
		if err != nil {
			return lockstep.Plan{}, err
		}
		groups = without(b.scaled(groups, replicas), done)
		if len(groups) == 0 {
			continue
		}
		if slices.ContainsFunc(groups, func(g lockstep.Group) bool { return b.starts(g, b.scaledTo(g.Service, replicas)) }) {
			b.prepare("prepare-instances", revision)
		}
		b.bringUpTo(name, "await-healthy", revision, groups, func(g lockstep.Group) int { return b.scaledTo(g.Service, replicas) })
		done = append(done, groups...)
	}
	return b.plan(), nil
}

// scaled keeps the groups that a scale is about: those it names, and those
// that they need and that are not ready.
func (b *builder) scaled(groups []lockstep.Group, replicas map[string]int) []lockstep.Group {
	wanted := map[string]bool{}
	for _, g := range slices.Backward(groups) { // who calls comes before who is called
		if _, named := replicas[g.Service]; named && b.Environment.Enabled(g.Service) && (len(b.Serving) > 0 || b.running[g.ID]) {
			wanted[g.ID] = true
		}
		n := b.scaledTo(g.Service, replicas)
		if !wanted[g.ID] || !b.starts(g, n) {
			continue
		}
		for service, dep := range g.DependsOn {
			if b.scaledTo(service, replicas) > 0 && !b.ready[dep] {
				wanted[dep] = true
			}
		}
	}
	return keep(groups, func(g lockstep.Group) bool { return wanted[g.ID] })
}

// starts says that n instances of a group may mean new ones. Where none do,
// what runs needs neither its files nor its secrets again.
func (b *builder) starts(g lockstep.Group, n int) bool {
	return n > 0 && (!b.ready[g.ID] || n > b.replicas(g.Service))
}

func (b *builder) scaledTo(service string, replicas map[string]int) int {
	if n, named := replicas[service]; named && b.Environment.Enabled(service) {
		return n
	}
	return b.replicas(service)
}
