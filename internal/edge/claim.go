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
	byLive        // <project>.localhost, and the name under which a switch is rehearsed
	byName        // <environment>.<project>.localhost
)

// standing is how good a claim is: its rank, and of live ones the epoch.
type standing struct {
	rank  rank
	epoch int64
}

func (s standing) below(other standing) bool {
	return s.rank < other.rank || s.rank == other.rank && s.epoch < other.epoch
}

// claims are who asks for a host name. Of the highest standing the youngest
// claim wins: when the live environment changes, the new one takes the name
// over while the old one still has it, and no request falls in between. An
// epoch decides alike in every edge that learns of the claims, in whatever
// order: what was moved stays moved when an agent starts anew.
type claims map[string][]claim

type claim struct {
	env *environment
	standing
	at uint64
}

// hostsOf are the host names that a routing asks for.
func hostsOf(r lockstep.Routing) map[string]standing {
	hosts := make(map[string]standing, len(r.Domains)+2)
	add := func(name string, by standing) {
		if host, ok := hostName(name); ok && hosts[host].below(by) {
			hosts[host] = by
		}
	}
	for _, domain := range r.Domains {
		add(domain, standing{rank: byDomain})
	}
	if r.Live {
		add(lockstep.LiveHost(r.Project), standing{byLive, r.LiveEpoch})
	}
	if r.Drill {
		add(lockstep.DrillHost(r.Project), standing{rank: byLive})
	}
	add(r.Environment+"."+r.Project+".localhost", standing{rank: byName})
	return hosts
}

// claim makes hosts the only names that env asks for.
func (e *Edge) claim(env *environment, hosts map[string]standing) {
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
			if best.below(other.standing) || best.standing == other.standing && other.at > best.at {
				best = other
			}
		}
		hosts[host] = best.env
	}
	return hosts
}
