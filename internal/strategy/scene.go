package strategy

import (
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// scene is a snapshot with the groups of its revisions, each in start order.
type scene struct {
	Snapshot
	target, active, warm []lockstep.Group
	serving              []lockstep.Group // of all serving revisions
	running, ready       map[string]bool
}

func newScene(s Snapshot) (scene, error) {
	sc := scene{Snapshot: s, running: map[string]bool{}, ready: map[string]bool{}}
	for _, id := range s.Running {
		sc.running[id] = true
	}
	for _, id := range s.Ready {
		sc.ready[id] = true
	}
	var err error
	if sc.target, err = s.Target.Content.Groups(); err != nil {
		return scene{}, err
	}
	for _, side := range []struct {
		revision *lockstep.Revision
		groups   *[]lockstep.Group
	}{{s.Active, &sc.active}, {s.Warm, &sc.warm}} {
		if side.revision == nil {
			continue
		}
		if *side.groups, err = side.revision.Content.Groups(); err != nil {
			return scene{}, err
		}
	}
	for _, revision := range s.Serving {
		groups, err := revision.Content.Groups()
		if err != nil {
			return scene{}, err
		}
		sc.serving = append(sc.serving, without(groups, sc.serving)...)
	}
	return sc, nil
}

func (sc scene) replicas(service string) int { return sc.Environment.ReplicasOf(service) }

// up says that every group has the instances it should have, ready.
func (sc scene) up(groups []lockstep.Group) bool {
	return !slices.ContainsFunc(groups, func(g lockstep.Group) bool {
		return sc.replicas(g.Service) > 0 && !sc.ready[g.ID]
	})
}

// alive keeps the groups that have instances.
func (sc scene) alive(groups []lockstep.Group) []lockstep.Group {
	return keep(groups, func(g lockstep.Group) bool { return sc.running[g.ID] })
}

// sameAgain says that the target is what is active already.
func (sc scene) sameAgain() bool { return sc.Active != nil && sc.Active.ID == sc.Target.ID }

// old is what runs for requests and is not part of the target, in start order.
func (sc scene) old() []lockstep.Group {
	return sc.alive(without(union(sc.active, sc.serving), sc.target))
}

// stale is what runs and serves nobody: a warm side that another deployment
// replaces, or what a failed one left behind. Groups of no known revision
// come last, so that in stop order they go first. Deploying the active
// revision again changes nothing, so its warm side stays.
func (sc scene) stale() []lockstep.Group {
	used := union(sc.target, sc.active, sc.serving)
	if sc.sameAgain() {
		used = union(used, sc.warm)
	}
	return without(sc.all(), used)
}

// all is every group with instances, in start order where it is known.
func (sc scene) all() []lockstep.Group {
	known := sc.alive(union(sc.warm, sc.active, sc.serving, sc.target))
	return append(known, sc.strays(known)...)
}

func (sc scene) strays(known []lockstep.Group) []lockstep.Group {
	var out []lockstep.Group
	for _, id := range slices.Sorted(slices.Values(sc.Running)) {
		if !contains(known, id) {
			out = append(out, lockstep.Group{ID: id, Service: id})
		}
	}
	return out
}

func contains(groups []lockstep.Group, id string) bool {
	return slices.ContainsFunc(groups, func(g lockstep.Group) bool { return g.ID == id })
}

func keep(groups []lockstep.Group, want func(lockstep.Group) bool) []lockstep.Group {
	var out []lockstep.Group
	for _, g := range groups {
		if want(g) {
			out = append(out, g)
		}
	}
	return out
}

// without keeps the order of groups.
func without(groups, others []lockstep.Group) []lockstep.Group {
	return keep(groups, func(g lockstep.Group) bool { return !contains(others, g.ID) })
}

// union keeps the order of each list, the first one's before the next one's.
func union(lists ...[]lockstep.Group) []lockstep.Group {
	var out []lockstep.Group
	for _, groups := range lists {
		out = append(out, without(groups, out)...)
	}
	return out
}
