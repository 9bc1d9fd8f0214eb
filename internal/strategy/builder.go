package strategy

import (
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// quietDrain is how long a stop waits after a drain step has waited already.
const quietDrain = time.Second

// builder collects the steps of one phase.
type builder struct {
	scene
	phase lockstep.Phase
	steps []lockstep.Step
	hooks []lockstep.StepAction // in the environment's order
}

func (b *builder) plan() lockstep.Plan {
	for i := range b.steps {
		b.steps[i].Seq = i + 1
	}
	return lockstep.Plan{Steps: b.steps}
}

func (b *builder) add(name string, kind lockstep.StepKind, do lockstep.StepAction) {
	b.steps = append(b.steps, lockstep.Step{
		Phase: b.phase, Name: name, Kind: kind, Do: do, Status: lockstep.StepPending,
	})
}

func (b *builder) prepare(name string, revision lockstep.Revision) {
	b.add(name, lockstep.StepPrepare, lockstep.StepAction{Revision: revision.ID})
}

// bringUp starts groups and waits for their health, so that each is healthy
// before one that calls it starts. Groups that do not call each other start
// together. One that runs already is started too: the step then only makes
// the number of replicas true.
func (b *builder) bringUp(name string, revision lockstep.Revision, groups []lockstep.Group) {
	b.bringUpTo(name, "await-healthy", revision, groups, func(g lockstep.Group) int { return b.replicas(g.Service) })
}

// bringUpTo is bringUp to other numbers of instances.
func (b *builder) bringUpTo(start, await string, revision lockstep.Revision, groups []lockstep.Group, replicas func(lockstep.Group) int) {
	for _, level := range levels(groups) {
		for _, g := range level {
			b.add(start+"/"+g.Service, lockstep.StepStart, lockstep.StepAction{
				Revision: revision.ID, Service: g.Service, Group: g.ID, Replicas: replicas(g),
			})
		}
		for _, g := range level {
			b.add(await+"/"+g.Service, lockstep.StepAwaitHealthy, lockstep.StepAction{
				Revision: revision.ID, Service: g.Service, Group: g.ID, Replicas: replicas(g),
				Timeout: lockstep.Duration(g.Spec.Health.StartTimeout.Or(lockstep.DefaultStartTimeout)),
			})
		}
	}
}

// levels cuts groups in start order into runs that do not depend on each other.
func levels(groups []lockstep.Group) [][]lockstep.Group {
	var out [][]lockstep.Group
	depth := map[string]int{}
	for _, g := range groups {
		at := 0
		for _, dep := range g.DependsOn {
			if d, ok := depth[dep]; ok {
				at = max(at, d+1)
			}
		}
		depth[g.ID] = at
		if at == len(out) {
			out = append(out, nil)
		}
		out[at] = append(out[at], g)
	}
	return out
}

// verify adds nothing where no validation was asked for.
func (b *builder) verify(name string, level lockstep.ValidationLevel, direct bool) {
	if level == "" {
		return
	}
	b.add(name, lockstep.StepVerify, lockstep.StepAction{
		Revision: b.Target.ID, Level: level, Direct: direct, Partial: b.partial(),
		Timeout: lockstep.Duration(b.Environment.Spec.Strategy.StableFor.Or(lockstep.DefaultStableFor)),
	})
}

// partial says that the steps so far leave the target with fewer instances
// than are wanted.
func (b *builder) partial() bool {
	return slices.ContainsFunc(b.steps, func(s lockstep.Step) bool {
		return s.Kind == lockstep.StepStart && contains(b.target, s.Do.Group) && b.left(lockstep.Group{ID: s.Do.Group, Service: s.Do.Service}) < b.replicas(s.Do.Service)
	})
}

// left is how many instances of a group the steps so far leave.
func (b *builder) left(g lockstep.Group) int {
	for _, step := range slices.Backward(b.steps) {
		if step.Kind == lockstep.StepStart && step.Do.Group == g.ID {
			return step.Do.Replicas
		}
	}
	return b.replicas(g.Service)
}

// shift leads all requests to the revision, or to nothing where it is nil.
func (b *builder) shift(name string, revision *lockstep.Revision, always bool) {
	do := lockstep.StepAction{Always: always}
	if revision != nil {
		do.Revision = revision.ID
		do.Splits = []lockstep.Split{{Revision: revision.ID, Weight: 100}}
	}
	b.add(name, lockstep.StepShiftTraffic, do)
}

// split leads shares of the requests to several revisions.
func (b *builder) split(name string, splits ...lockstep.Split) {
	b.add(name, lockstep.StepShiftTraffic, lockstep.StepAction{Revision: splits[0].Revision, Splits: splits})
}

func (b *builder) hold() {
	b.add("hold-traffic", lockstep.StepHold, lockstep.StepAction{
		Timeout: lockstep.Duration(b.holdTimeout()),
	})
}

func (b *builder) holdTimeout() time.Duration {
	return b.Environment.Spec.Strategy.HoldTimeout.Or(lockstep.DefaultHoldTimeout)
}

func (b *builder) drainTimeout() time.Duration {
	return b.Environment.Spec.Strategy.DrainTimeout.Or(lockstep.DefaultDrainTimeout)
}

// drainHeld is how long a drain may take while new requests wait: half of
// their patience is for the start that follows.
func (b *builder) drainHeld() time.Duration {
	return min(b.drainTimeout(), b.holdTimeout()/2)
}

func (b *builder) drain(name string, groups []lockstep.Group, timeout time.Duration) {
	if len(groups) == 0 {
		return
	}
	do := lockstep.StepAction{Timeout: lockstep.Duration(timeout)}
	for _, g := range groups {
		do.Groups = append(do.Groups, g.ID)
	}
	b.add(name, lockstep.StepDrain, do)
}

// stop takes groups in start order and stops the last first: a request that
// still runs in a service may call those that it depends on.
func (b *builder) stop(name string, groups []lockstep.Group, drain time.Duration) {
	services := map[string]int{}
	for _, g := range groups {
		services[g.Service]++
	}
	for _, g := range slices.Backward(groups) {
		label := g.Service
		if services[label] > 1 {
			label = g.ID
		}
		b.add(name+"/"+label, lockstep.StepStop, lockstep.StepAction{
			Service: g.Spec.Name, Groups: []string{g.ID}, Timeout: lockstep.Duration(drain),
		})
	}
}
