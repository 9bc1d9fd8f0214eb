package edge

import (
	"maps"
	"math"
	"sync/atomic"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// table is what a request reads first. It is never changed, only replaced.
type table struct {
	hosts        map[string]*environment // by host name, see claim.go
	environments map[string]*environment // by ID
}

// environment is the fixed place of one environment: requests hold it while
// the view in it is replaced.
type environment struct {
	id   string
	now  atomic.Pointer[view]
	room room

	clients clients

	// What follows belongs to Edge.mu.
	groups    map[string]*group
	instances map[instanceKey]*instance // in a pool, or not yet drained
	revisions map[string]*figures       // in the routing, or not yet drained
	hosts     map[string]standing       // claimed by the routing
	copies    *copies                   // where the routing mirrors
}

// view is all that a request of one environment chooses from. It is never
// changed, only replaced.
type view struct {
	routed   bool
	project  string
	name     string
	hold     time.Duration         // above 0: new requests wait
	closed   *lockstep.Maintenance // where there is one, the edge answers
	offers   map[string]*offer
	shares   []share
	total    int64 // the last share's end
	pools    map[string]*pool
	audience *audience
	replaced chan struct{} // closed when another view has taken over
}

// offer is what a revision serves.
type offer struct {
	figures *figures
	routes  []route // the longest prefix first
}

// share is a revision's part of new requests: those numbers below end that
// are not below the end of the share before.
type share struct {
	offer    *offer
	end      int64
	revision string
	weight   int64
	salt     uint64 // where clients stay
}

// group counts what is in flight to all instances of a group.
type group struct {
	name     string
	inFlight gauge
}

type instanceKey struct{ group, id, address string }

func (e *Edge) ensure(id string) *environment {
	if env, ok := e.envs[id]; ok {
		return env
	}
	env := &environment{
		id:        id,
		groups:    map[string]*group{},
		instances: map[instanceKey]*instance{},
		revisions: map[string]*figures{},
	}
	env.room.gate = make(chan struct{}, releasePace)
	env.now.Store(&view{replaced: make(chan struct{})})
	e.envs[id] = env
	e.publish()
	return env
}

// publish makes the tables of hosts and environments follow their owners.
func (e *Edge) publish() {
	e.table.Store(&table{hosts: e.claims.winners(), environments: maps.Clone(e.envs)})
}

// replace puts next in force and wakes whoever waited for a change.
func (env *environment) replace(next *view) {
	next.replaced = make(chan struct{})
	old := env.now.Swap(next)
	close(old.replaced)
}

func (env *environment) setRouting(r lockstep.Routing) {
	next := &view{
		routed: true, project: r.Project, name: r.Environment,
		hold:   r.HoldFor.Std(),
		closed: r.Maintenance,
		offers: make(map[string]*offer, len(r.Revisions)),
		pools:  env.now.Load().pools,
	}
	for _, revision := range r.Revisions {
		f, ok := env.revisions[revision.Revision]
		if !ok {
			f = &figures{routes: map[string]*tally{}}
			env.revisions[revision.Revision] = f
		}
		f.label.Store(&label{
			project: r.Project, environment: r.Environment,
			revision: revision.Hash, release: revision.Release,
		})
		o := &offer{figures: f, routes: routesOf(revision.Services, r.Disabled)}
		for i := range o.routes {
			o.routes[i].tally = f.of(o.routes[i].prefix)
		}
		f.services = servicesOf(o.routes)
		next.offers[revision.Revision] = o
	}
	for _, s := range r.Splits {
		o, ok := next.offers[s.Revision]
		if !ok || s.Weight <= 0 {
			continue
		}
		weight := int64(min(s.Weight, math.MaxInt32))
		next.total += weight
		next.shares = append(next.shares, share{offer: o, end: next.total, revision: s.Revision, weight: weight})
	}
	next.audience = env.audienceOf(r, next)
	env.replace(next)
}

func (env *environment) removeRouting() {
	clear(env.revisions)
	env.mirrorTo(nil, nil)
	env.replace(&view{pools: env.now.Load().pools})
}

func (env *environment) setPool(name string, backends []Backend, relay bool, dialTimeout time.Duration) {
	old := env.now.Load()
	next := *old
	next.pools = maps.Clone(old.pools)
	if next.pools == nil {
		next.pools = map[string]*pool{}
	}
	delete(next.pools, name)

	g, ok := env.groups[name]
	if !ok {
		g = &group{name: name}
		env.groups[name] = g
	}
	p := &pool{group: g}
	member := make(map[instanceKey]bool, len(backends))
	for _, b := range backends {
		key := instanceKey{name, b.Instance, b.Address}
		if member[key] {
			continue
		}
		member[key] = true
		in, ok := env.instances[key]
		if !ok {
			in = &instance{id: b.Instance, relay: relay, upstream: newUpstream(b.Address, dialTimeout)}
			env.instances[key] = in
		}
		in.left.Store(false)
		p.instances = append(p.instances, in)
	}
	if len(p.instances) > 0 {
		next.pools[name] = p
	}
	env.replace(&next)

	for key, in := range env.instances {
		if key.group == name && !member[key] && !in.left.Swap(true) && in.inFlight.count() == 0 {
			in.upstream.closeIdle() // whoever is in flight does it otherwise
		}
	}
}

// prune forgets what is neither in force nor in flight.
func (e *Edge) prune(env *environment) {
	v := env.now.Load()
	for key, in := range env.instances {
		if in.left.Load() && in.inFlight.count() == 0 {
			delete(env.instances, key)
		}
	}
	for name, g := range env.groups {
		if v.pools[name] == nil && g.inFlight.count() == 0 {
			delete(env.groups, name)
		}
	}
	for id, f := range env.revisions {
		if v.offers[id] == nil && f.inFlight.count() == 0 {
			e.depart(departed{environment: env.id, revision: id, figures: f})
			delete(env.revisions, id)
		}
	}
	if !v.routed && len(env.instances) == 0 && len(env.groups) == 0 {
		delete(e.envs, env.id)
		e.publish()
	}
}
