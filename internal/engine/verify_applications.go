package engine

import (
	"context"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// applications: every instance of the revision is ready and none restarts
// while they are watched, which is for the step's Timeout.
//
// Before traffic moves, the time that an instance has been ready counts as
// watched: whoever runs it looked all the while. So a warm side, or a service
// that both revisions share, need not prove itself again. After traffic has
// moved, everyone is watched under it.
func (v *verification) applications(ctx context.Context) error {
	began, restarts := v.now(), map[string]int{}
	patience := began.Add(adoptionGrace)
	for {
		instances, err := v.ofRevision(ctx)
		if err != nil {
			return err
		}
		for _, i := range instances {
			if first, known := restarts[i.ID]; !known {
				restarts[i.ID] = i.Restarts
			} else if i.Restarts > first {
				v.wrong("applications", "%s restarted while it was watched: %s", i.ID, why(i))
			}
		}
		if len(v.problems) == 0 && slices.ContainsFunc(instances, looksAgain) && v.now().Before(patience) {
			began = v.now()
			if err := wait(ctx, adoptionGrace/100); err != nil {
				return err
			}
			continue
		}
		v.unreadiness(instances)
		if len(v.problems) > 0 {
			v.unstable = true
			return nil
		}
		watched := v.now().Sub(began)
		left := v.step.Do.Timeout.Std() - watched
		if v.step.Do.Direct {
			left = min(left, v.unproved(instances))
		}
		if left <= 0 {
			v.found("applications", "%d of %s ready; no restart in %s", len(instances), count(len(instances), "instance"), short(max(watched, v.step.Do.Timeout.Std())))
			return nil
		}
		if err := wait(ctx, min(left, v.step.Do.Timeout.Std()/10)); err != nil {
			return err
		}
	}
}

// adoptionGrace is how long whoever runs instances may take to find them ready
// again after its own death.
const adoptionGrace = 5 * time.Second

// looksAgain says that an instance, which was ready and never ended, is being
// looked at anew: an agent notes readiness after it has told of it, and may
// die in between.
func looksAgain(i lockstep.Instance) bool {
	return i.State == lockstep.InstanceStarting && i.Restarts == 0
}

// ofRevision are the revision's instances. A group's that is being shrunk are
// not part of it any more.
func (v *verification) ofRevision(ctx context.Context) ([]lockstep.Instance, error) {
	ids := make([]string, len(v.groups))
	for i, g := range v.groups {
		ids[i] = g.ID
	}
	all, err := v.instances(ctx, ids...)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var out []lockstep.Instance
	for _, i := range all {
		if i.State != lockstep.InstanceDraining && i.State != lockstep.InstanceStopped {
			out = append(out, i)
		}
	}
	return out, nil
}

func (v *verification) unreadiness(instances []lockstep.Instance) {
	ready := map[string]int{}
	for _, i := range instances {
		if i.State == lockstep.InstanceReady {
			ready[i.Group]++
		} else {
			v.wrong("applications", "%s is not ready: %s", i.ID, why(i))
		}
	}
	for _, g := range v.groups {
		if ready[g.ID] < v.replicas(g) && len(v.problems) == 0 {
			v.wrong("applications", "%s has %d of %d instances", g.ID, ready[g.ID], v.replicas(g))
		}
	}
}

// unproved is how long it takes until each instance has been ready for the
// step's Timeout.
func (v *verification) unproved(instances []lockstep.Instance) time.Duration {
	var left time.Duration
	for _, i := range instances {
		if i.ReadyAt == nil {
			return v.step.Do.Timeout.Std()
		}
		left = max(left, i.ReadyAt.Add(v.step.Do.Timeout.Std()).Sub(v.now()))
	}
	return left
}

func why(i lockstep.Instance) string {
	if i.Reason == "" {
		return "it is " + string(i.State)
	}
	return i.Reason
}
