package edge

import (
	"context"
	"sync"
	"sync/atomic"
)

// gauge counts what is in flight and lets others wait for none.
//
// A request enters, and then checks that the view it chose from is in force.
// A change stores the new view, and then reads the gauge. Go's atomics have
// one total order: if the check still saw the old view, it came before the
// store, and so did the entering: the reader counts the request.
type gauge struct {
	n       atomic.Int64
	waiters atomic.Int32

	mu   sync.Mutex
	none chan struct{} // closed when n gets to 0; nil while nobody waits
}

func (g *gauge) enter()       { g.n.Add(1) }
func (g *gauge) count() int64 { return g.n.Load() }

// leave reports whether it was the last.
func (g *gauge) leave() bool {
	if g.n.Add(-1) > 0 {
		return false
	}
	if g.waiters.Load() > 0 {
		g.mu.Lock()
		if g.none != nil {
			close(g.none)
			g.none = nil
		}
		g.mu.Unlock()
	}
	return true
}

// wait returns at a moment without anything in flight, or when ctx ends.
func (g *gauge) wait(ctx context.Context) {
	g.waiters.Add(1)
	defer g.waiters.Add(-1)
	for {
		g.mu.Lock()
		if g.none == nil {
			g.none = make(chan struct{})
		}
		none := g.none
		g.mu.Unlock()
		if g.count() == 0 { // after the channel is there: the last one closes it, or has left already
			return
		}
		select {
		case <-none:
		case <-ctx.Done():
			return
		}
	}
}

// DrainGroups waits until no request (WebSockets and streams count) to the
// groups is in flight, or ctx ends, and says how many are left. It is final
// for groups that no weight leads to any more; requests through GroupHandler
// and Probe can still begin.
func (e *Edge) DrainGroups(ctx context.Context, environment string, groups []string) (left int) {
	var gauges []*gauge
	e.mu.Lock()
	if env, ok := e.envs[environment]; ok {
		for _, name := range groups {
			if g, ok := env.groups[name]; ok {
				gauges = append(gauges, &g.inFlight)
			}
		}
	}
	e.mu.Unlock()
	return drain(ctx, gauges)
}

// DrainInstance is DrainGroups for one instance, and then closes its idle
// connections. Take the instance out of its pool first: then 0 means that no
// request reaches it any more.
func (e *Edge) DrainInstance(ctx context.Context, environment, instance string) (left int) {
	for _, in := range e.instancesOf(environment, instance) {
		left += drain(ctx, []*gauge{&in.inFlight})
		in.upstream.closeIdle()
	}
	return left
}

// instancesOf are all that bear this ID: an instance that was started again
// at another address is a second one while the first drains.
func (e *Edge) instancesOf(environment, id string) (all []*instance) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if env, ok := e.envs[environment]; ok {
		for key, in := range env.instances {
			if key.id == id {
				all = append(all, in)
			}
		}
	}
	return all
}

// DrainAll waits until nothing is in flight, or ctx ends, and says how many
// requests are left: for an agent that has handed its listeners over. Requests
// that wait in a room count once they have been let on.
func (e *Edge) DrainAll(ctx context.Context) (left int) {
	var all []*gauge
	e.mu.Lock()
	for _, env := range e.envs {
		for _, g := range env.groups {
			all = append(all, &g.inFlight)
		}
	}
	e.mu.Unlock()
	return drain(ctx, all)
}

// drain waits for the gauges in turn: none of them is meant to rise any more.
func drain(ctx context.Context, gauges []*gauge) (left int) {
	for _, g := range gauges {
		g.wait(ctx)
	}
	for _, g := range gauges {
		left += int(g.count())
	}
	return left
}
