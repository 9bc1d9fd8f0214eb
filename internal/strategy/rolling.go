package strategy

import (
	"fmt"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// rolling replaces instances in batches: some of the target start, prove
// themselves and take their share of the requests, then as many of the old
// ones stop. No service has more than its replicas and maxSurge instances,
// nor fewer than its replicas without maxUnavailable; the last old instance of
// a service stays until nobody is led to it.
//
// A batch is a share of every service that changes, so that a revision's
// share of the requests is also its share of the instances.
func (b *builder) rolling(level lockstep.ValidationLevel) {
	b.stop("retire-warm-environment", b.stale(), b.drainTimeout())
	b.prepare("prepare-new-instances", b.Target)
	b.runHooks(lockstep.HookPreDeployment)
	if !b.canRoll() {
		b.bringUp("start-new-instances", b.Target, b.target)
		b.verify("validate-new-instances", level, true)
		b.shift("switch-traffic-to-new-instances", &b.Target, false)
		b.verify("deployment-validation", level, false)
		b.runHooks(lockstep.HookPostDeployment)
		b.stopOld()
		return
	}
	n := b.batches()
	for k := 1; k <= n; k++ {
		b.batch(k, n, level)
	}
	b.verify("deployment-validation", level, false)
	b.runHooks(lockstep.HookPostDeployment)
	b.stopOld()
}

// canRoll says that the active revision has all that it should have, that
// requests lead to nothing else, and that nothing of the target runs beside it:
// else there is nothing to replace bit by bit. A target that is warm takes
// over at once.
func (b *builder) canRoll() bool {
	return b.comparable() && len(b.alive(b.changing())) == 0
}

// changing are the groups that the target does not share with what is active.
func (b *builder) changing() []lockstep.Group { return without(b.target, b.active) }

// batches is how many it takes to replace the service with most replicas.
func (b *builder) batches() int {
	most := 1
	for _, g := range b.changing() {
		most = max(most, b.replicas(g.Service))
	}
	surge, unavailable := b.rollingBounds()
	return ceil(most, surge+unavailable)
}

func (b *builder) rollingBounds() (surge, unavailable int) {
	surge, unavailable = b.Environment.Spec.Strategy.MaxSurge, b.Environment.Spec.Strategy.MaxUnavailable
	if surge+unavailable == 0 {
		surge = 1
	}
	return surge, unavailable
}

// batch k of n leaves k/n of each service to the target.
func (b *builder) batch(k, n int, level lockstep.ValidationLevel) {
	label := fmt.Sprintf("batch-%d-of-%d", k, n)
	old := without(b.active, b.target)
	surge, _ := b.rollingBounds()
	b.shrink(label+"/make-room", old, func(g lockstep.Group) int {
		replicas := b.replicas(g.Service)
		now := b.oldAfter(g, k-1, n)
		return max(1, min(now, replicas+surge-b.newAfter(g.Service, k, n)))
	})
	grows := keep(b.target, func(g lockstep.Group) bool { return k == 1 || b.newIn(g, k, n) > b.newIn(g, k-1, n) })
	b.bringUpTo(label+"/start-new-instances", label+"/await-healthy", b.Target, grows, func(g lockstep.Group) int {
		return b.newIn(g, k, n)
	})
	if k == 1 {
		b.verify("validate-new-instances", level, true)
	}
	if k == n {
		b.shift("switch-traffic-to-new-instances", &b.Target, false)
		return
	}
	b.split(label+"/shift-traffic", lockstep.Split{Revision: b.Target.ID, Weight: k}, lockstep.Split{Revision: b.Active.ID, Weight: n - k})
	b.shrink(label+"/stop-old-instances", old, func(g lockstep.Group) int { return b.oldAfter(g, k, n) })
}

// newIn is newAfter, and everything where the group is shared.
func (b *builder) newIn(g lockstep.Group, k, n int) int {
	if contains(b.active, g.ID) {
		return b.replicas(g.Service)
	}
	return b.newAfter(g.Service, k, n)
}

// newAfter is how many instances of a service the target has after batch k.
func (b *builder) newAfter(service string, k, n int) int {
	return ceil(b.replicas(service)*k, n)
}

// oldAfter is how many the old group has after batch k, before the last.
func (b *builder) oldAfter(g lockstep.Group, k, n int) int {
	replicas := b.replicas(g.Service)
	if !slices.ContainsFunc(b.changing(), func(c lockstep.Group) bool { return c.Service == g.Service }) {
		return replicas // nothing takes its place
	}
	return min(replicas, max(1, replicas-b.newAfter(g.Service, k, n)))
}

// shrink leaves so many instances of groups; where they have no more it adds
// no step.
func (b *builder) shrink(name string, groups []lockstep.Group, to func(lockstep.Group) int) {
	for _, g := range slices.Backward(groups) {
		replicas := to(g)
		if b.replicas(g.Service) == 0 || replicas >= b.left(g) {
			continue
		}
		b.add(name+"/"+g.Service, lockstep.StepStart, lockstep.StepAction{
			Revision: b.Active.ID, Service: g.Service, Group: g.ID, Replicas: replicas,
		})
	}
}

func (b *builder) stopOld() {
	old := b.old()
	b.drain("drain-old-instances", old, b.drainTimeout())
	b.stop("stop-old-instances", old, quietDrain)
}

func ceil(a, b int) int { return (a + b - 1) / b }
