package strategy

import (
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// WarmAfter is the warm side that an operation leaves when it ends: nil
// where nothing changed, else a revision's ID ("" none) and how long it
// stays. s is the snapshot that was planned from; steps are those of the
// forward phase as they ended.
func WarmAfter(s Snapshot, steps []lockstep.Step, completed bool) (*string, time.Duration) {
	none := ""
	if completed {
		for _, step := range steps {
			if step.Kind == lockstep.StepKeepWarm {
				return &step.Do.Revision, step.Do.Timeout.Std()
			}
		}
	}
	if s.Warm == nil || !warmLost(s, steps, completed) {
		return nil, 0
	}
	return &none, 0
}

func warmLost(s Snapshot, steps []lockstep.Step, completed bool) bool {
	if completed && s.Warm.ID == s.Target.ID {
		return true // retired, or active now
	}
	groups, err := s.Warm.Content.Groups()
	if err != nil {
		return true
	}
	stopped := trace(steps).stopped
	return slices.ContainsFunc(groups, func(g lockstep.Group) bool { return slices.Contains(stopped, g.ID) })
}
