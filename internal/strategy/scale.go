package strategy

import (
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// Scale gives services of what serves other numbers of instances; nothing
// else restarts. Those that others call come first. In a stopped environment
// there is nothing to do, nor for a service that is disabled: its number is
// that of the day on which it is enabled.
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
		groups = keep(without(groups, done), func(g lockstep.Group) bool {
			_, named := replicas[g.Service]
			there := len(s.Serving) > 0 || b.running[g.ID] // else what it calls may be gone, too
			return named && there && s.Environment.Enabled(g.Service)
		})
		if len(groups) == 0 {
			continue
		}
		b.prepare("prepare-instances", revision)
		b.bringUpTo(name, "await-healthy", revision, groups, func(g lockstep.Group) int { return replicas[g.Service] })
		done = append(done, groups...)
	}
	return b.plan(), nil
}
