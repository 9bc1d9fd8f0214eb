package agent

import (
	"context"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/edge"
)

// farewell is what is left to the agent that handed over: to finish its
// requests, and to pass on what still arrives on connections that it has.
func (a *agent) farewell() {
	a.log.Info("handed over: finishing the requests in flight")
	until, cancel := context.WithTimeout(context.Background(), farewellPatience)
	defer cancel()
	instances := a.everywhere()
	a.passOn()
	a.hosts.leave()
	var wg sync.WaitGroup
	for _, key := range instances {
		wg.Go(func() { a.edge.DrainInstance(until, key.environment, key.instance) })
	}
	wg.Wait()
	select { // what the one before still finishes counts as ours
	case <-a.predecessor:
	case <-until.Done():
	}
	a.drained()
	a.hosts.awaitClosed(until)
	a.edge.DrainAll(until) // WebSockets that were passed on
}

func (a *agent) everywhere() []instanceKey {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []instanceKey
	for key := range a.instances {
		out = append(out, key)
	}
	return out
}

// passOn leads everything that still reaches this edge to the other agent,
// which knows the routing of its day: requests on connections from before,
// and those that are held.
func (a *agent) passOn() {
	const all = "successor"
	successor := func(port int) edge.Backend {
		return edge.Backend{Instance: all, Address: loopback(port)}
	}
	for id, e := range a.store.view().Environments {
		for group, g := range e.Groups {
			a.edge.SetRelay(id, group, successor(g.Port))
		}
		if e.Routing == nil || e.Port == 0 {
			continue
		}
		a.edge.SetRelay(id, all, successor(e.Port))
		r := *e.Routing
		r.HoldFor, r.Maintenance = 0, nil
		r.Sticky, r.Testers, r.Mirror = nil, nil, nil
		r.Splits = []lockstep.Split{{Revision: all, Weight: 1}}
		r.Revisions = []lockstep.RevisionRoutes{{
			Revision: all, Hash: all, Release: all,
			Services: []lockstep.ServiceRoute{{Service: all, Group: all, Prefixes: []string{"/"}}},
		}}
		a.edge.SetRouting(id, r)
	}
}

// awaitClosed returns when no connection is left, or ctx ends.
func (h *hosts) awaitClosed(ctx context.Context) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for h.conns.Load() > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
