package edge

import (
	"maps"

	"github.com/lockstep-dev/lockstep"
)

// rank orders claims of one host name: an environment's own name cannot be
// taken by another's domains.
type rank int

const (
	byDomain rank = iota + 1
	byLive        // <project>.localhost
	byName        // <environment>.<project>.localhost
)

// claims are who asks for a host name. Of the highest rank the youngest claim
// wins: when the live environment changes, the new one takes the name over
// while the old one still has it, and no request falls in between.
type claims map[string][]claim

type claim struct {
	env  *environment
	rank rank
	at   uint64
}

// hostsOf are the host names that a routing asks for.
func hostsOf(r lockstep.Routing) map[string]rank {
	hosts := make(map[string]rank, len(r.Domains)+2)
	add := func(name string, by rank) {
		if host, ok := hostName(name); ok && hosts[host] < by {
			hosts[host] = by
		}
	}
	for _, domain := range r.Domains {
		add(domain, byDomain)
	}
	if r.Live {
		add(r.Project+".localhost", byLive)
	}
	add(r.Environment+"."+r.Project+".localhost", byName)
	return hosts
}

// claim makes hosts the only names that env asks for.
func (e *Edge) claim(env *environment, hosts map[string]rank) {
	if maps.Equal(env.hosts, hosts) {
		return
	}
	e.changes++
	for host, by := range env.hosts {
		if hosts[host] != by {
			e.claims.drop(host, env)
		}
	}
	for host, by := range hosts {
		if env.hosts[host] != by {
			e.claims[host] = append(e.claims[host], claim{env, by, e.changes})
		}
	}
	env.hosts = hosts
	e.publish()
}

func (c claims) drop(host string, env *environment) {
	var rest []claim
	for _, other := range c[host] {
		if other.env != env {
			rest = append(rest, other)
		}
	}
	if len(rest) == 0 {
		delete(c, host)
		return
	}
	c[host] = rest
}

func (c claims) winners() map[string]*environment {
	hosts := make(map[string]*environment, len(c))
	for host, all := range c {
		best := all[0]
		for _, other := range all[1:] {
			if other.rank > best.rank || other.rank == best.rank && other.at > best.at {
				best = other
			}
		}
		hosts[host] = best.env
	}
	return hosts
}
