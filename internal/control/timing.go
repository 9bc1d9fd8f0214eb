package control

import (
	"context"
	"fmt"
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// Reschedule changes when a deployment starts that waits for its time. What
// was approved stays so: an approval is of a revision and a strategy, not of
// an hour. What the request does not say of being late stays as it was.
func (c *Control) Reschedule(ctx context.Context, by By, id string, timing lockstep.Timing) (lockstep.Deployment, error) {
	return change(ctx, c, by, "reschedule", []any{id, timing}, func(tx Tx) (lockstep.Deployment, error) {
		if timing.ScheduledFor == nil {
			return lockstep.Deployment{}, lockstep.Invalid("scheduledFor", "name the time at which it is to start")
		}
		if err := timing.Check(c.now()); err != nil {
			return lockstep.Deployment{}, err
		}
		o, d, err := c.judged(tx, policy.Reschedule, by, id)
		if err != nil {
			return d, err
		}
		scheduledFor, notAfter := kept(timing, o).Bounds()
		if err := tx.Reschedule(id, scheduledFor, notAfter); err != nil {
			return d, err
		}
		data := map[string]any{"from": o.ScheduledFor, "to": scheduledFor}
		if err := c.event(tx, lockstep.EventOperationRescheduled, o.ProjectID, o.EnvironmentID, id, by, data); err != nil {
			return d, err
		}
		return tx.Deployment(id)
	})
}

// kept fills in what a new timing does not say of being late.
func kept(timing lockstep.Timing, o lockstep.Operation) lockstep.Timing {
	if timing.IfMissed == "" && timing.Grace == 0 && o.NotAfter == nil {
		timing.IfMissed = lockstep.MissedRun
	}
	if timing.Grace == 0 && o.NotAfter != nil && o.ScheduledFor != nil {
		timing.Grace = lockstep.Duration(o.NotAfter.Sub(*o.ScheduledFor))
	}
	return timing
}

// ScheduledDeployment is a deployment that waits for its time, with what a
// person wants to know before it.
type ScheduledDeployment struct {
	lockstep.Deployment
	RollbackPlan      string             `json:"rollbackPlan"`                // automatic, or none: a failure is left as it is
	EstimatedDowntime *lockstep.Duration `json:"estimatedDowntime,omitempty"` // milliseconds in which requests are held; absent: unknown
	DowntimeBasis     string             `json:"downtimeBasis"`               // what the estimate rests on, for people
}

// ScheduledDeployments are the deployments of a project, or to one of its
// environments, that wait for their time, the next one first.
func (c *Control) ScheduledDeployments(ctx context.Context, projectName, environmentRef string) ([]ScheduledDeployment, error) {
	return view(ctx, c, func(tx Tx) ([]ScheduledDeployment, error) {
		p, err := project(tx, projectName)
		if err != nil {
			return nil, err
		}
		environmentID := ""
		if environmentRef != "" {
			env, err := environment(tx, projectName, environmentRef)
			if err != nil {
				return nil, err
			}
			environmentID, p.ID = env.ID, env.ProjectID
		}
		open, err := tx.OpenOperations(environmentID)
		if err != nil {
			return nil, err
		}
		out := []ScheduledDeployment{}
		for _, o := range open {
			if o.ProjectID != p.ID || o.Kind != lockstep.OperationDeploy || !o.Later(c.now()) {
				continue
			}
			s, err := foreseen(tx, o.ID)
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
		slices.SortStableFunc(out, func(a, b ScheduledDeployment) int { return a.ScheduledFor.Compare(*b.ScheduledFor) })
		return out, nil
	})
}

// foreseen is a scheduled deployment with what to expect of it.
func foreseen(tx Tx, id string) (ScheduledDeployment, error) {
	d, err := tx.Deployment(id)
	if err != nil {
		return ScheduledDeployment{}, err
	}
	s := ScheduledDeployment{Deployment: d, RollbackPlan: "none"}
	if d.RollbackOnFailure {
		s.RollbackPlan = "automatic"
	}
	var of int
	s.EstimatedDowntime, of, err = downtime(tx, d)
	switch {
	case s.EstimatedDowntime == nil:
		s.DowntimeBasis = "no deployment there by " + string(d.Strategy) + " has held requests yet"
	case of == 0:
		s.DowntimeBasis = string(d.Strategy) + " holds no requests"
	case of == 1:
		s.DowntimeBasis = "the latest deployment there by " + string(d.Strategy)
	default:
		s.DowntimeBasis = fmt.Sprintf("the middle one of the latest %d deployments there by %s", of, d.Strategy)
	}
	return s, err
}

// downtimeSample is how many deployments an estimate is made of, and
// downtimeSearch among how many of the latest they are looked for.
const (
	downtimeSample = 5
	downtimeSearch = 50
)

// downtime is how long requests will be held: not at all by a strategy that
// holds none; else as long as in the middle one of the latest deployments
// there by the same strategy, and of how many; nil where there was none.
func downtime(tx Tx, d lockstep.Deployment) (estimate *lockstep.Duration, of int, err error) {
	if d.Strategy != lockstep.StrategyRecreate && d.Strategy != lockstep.StrategyCustom {
		return new(lockstep.Duration), 0, nil
	}
	filter := lockstep.DeploymentFilter{EnvironmentID: d.EnvironmentID, Status: lockstep.StatusCompleted}
	list, _, err := tx.Deployments(filter, lockstep.Page{Limit: downtimeSearch})
	if err != nil {
		return nil, 0, err
	}
	var held []lockstep.Duration
	for _, earlier := range list {
		if earlier.Strategy != d.Strategy || len(held) == downtimeSample {
			continue
		}
		if earlier, err = tx.Deployment(earlier.ID); err != nil {
			return nil, 0, err
		}
		if h := heldFor(earlier.Steps); h != nil {
			held = append(held, *h)
		}
	}
	if len(held) == 0 {
		return nil, 0, nil
	}
	slices.Sort(held)
	return &held[len(held)/2], len(held), nil
}

// heldFor is from the beginning of a hold to the end of the shift of traffic
// that ended it; nil where a plan held nothing: nothing ran before.
func heldFor(steps []lockstep.Step) *lockstep.Duration {
	i := slices.IndexFunc(steps, func(s lockstep.Step) bool { return s.Kind == lockstep.StepHold && s.StartedAt != nil })
	if i < 0 {
		return nil
	}
	for _, s := range steps[i:] {
		if s.Kind == lockstep.StepShiftTraffic && s.CompletedAt != nil {
			held := lockstep.Duration(s.CompletedAt.Sub(*steps[i].StartedAt))
			return &held
		}
	}
	return nil
}
