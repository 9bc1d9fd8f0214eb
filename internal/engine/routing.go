package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// change is what a step wants of the routing in force. Nil splits stay what
// they are.
type change struct {
	splits      []lockstep.Split
	hold        time.Duration
	maintenance **lockstep.Maintenance // nil: as it is in force
	disabled    *[]string              // nil: as it is recorded
	add         string                 // a revision that is to be known, whatever its weight
}

// declare makes the change true: it is the only place that builds a routing.
// (A switch changes who has the live address in one that is in force, in
// live.go, and nothing else of it.)
//
// A routing knows each revision that has a weight, or could get one at once
// because its groups run; and the one that a deployment brings in, before its
// groups run. A step under the fence is the only writer, so what is read here
// is still true when it is set.
func (e effect) declare(ctx context.Context, want change) (lockstep.Routing, error) {
	inForce, err := e.router.Get(ctx, e.environment.ID)
	if err != nil {
		return inForce, err
	}
	splits := want.splits
	if splits == nil {
		splits = inForce.Splits
	}
	routing := lockstep.Routing{
		Project: e.environment.Project, Environment: e.environment.Name,
		Splits: splits, HoldFor: lockstep.Duration(want.hold), Maintenance: inForce.Maintenance,
	}
	if routing.Live = e.live(splits); routing.Live {
		if routing.LiveEpoch, err = e.liveEpoch(ctx, inForce); err != nil {
			return routing, err
		}
	}
	if want.maintenance != nil {
		routing.Maintenance = *want.maintenance
	}
	routing.Disabled = e.disabled(inForce, want)
	for _, domain := range e.environment.Spec.Domains {
		routing.Domains = append(routing.Domains, strings.ToLower(domain))
	}
	e.address(&routing)
	if routing.Revisions, err = e.known(ctx, inForce.Revisions, splits, want.add); err != nil {
		return routing, err
	}
	return routing, e.router.Set(ctx, e.call, routing)
}

// live says whether the project's own address leads here. It does so from
// the moment at which the deployment that will make the environment the
// project's first current one gets its requests; should that deployment fail,
// its undo takes the address away again.
func (e effect) live(splits []lockstep.Split) bool {
	if e.project.CurrentID != "" {
		return e.project.CurrentID == e.environment.ID
	}
	return e.environment.Type == lockstep.TypeProduction && e.operation.Kind == lockstep.OperationDeploy && e.brings(e.operation.RevisionID) &&
		weight(splits, e.operation.RevisionID) > 0
}

// disabled are the services that the router answers for. What enables or
// disables one has that recorded at its end only.
func (e effect) disabled(inForce lockstep.Routing, want change) []string {
	switch {
	case want.disabled != nil:
		return *want.disabled
	case e.operation.Kind.TogglesService():
		return inForce.Disabled
	default:
		return e.environment.Disabled
	}
}

func (e effect) known(ctx context.Context, before []lockstep.RevisionRoutes, splits []lockstep.Split, add string) ([]lockstep.RevisionRoutes, error) {
	instances, err := e.instances(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range before {
		if e.brings(r.Revision) || e.runs(r, instances) {
			ids = append(ids, r.Revision)
		}
	}
	for _, s := range splits {
		if s.Weight > 0 {
			ids = append(ids, s.Revision)
		}
	}
	if add != "" {
		ids = append(ids, add)
	}
	var out []lockstep.RevisionRoutes
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			continue
		}
		revision, groups, err := e.groups(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, routes(revision, groups))
	}
	return out, nil
}

// brings says that the operation is a deployment, or a start, on its way to
// the revision.
func (e effect) brings(revision string) bool {
	comes := e.operation.Kind == lockstep.OperationDeploy || e.operation.Kind == lockstep.OperationStart
	return comes && e.operation.Phase == lockstep.PhaseForward && arriving(e.operation, e.environment) == revision
}

// routes is what a revision offers to requests: its services with prefixes.
func routes(revision lockstep.Revision, groups []lockstep.Group) lockstep.RevisionRoutes {
	out := lockstep.RevisionRoutes{
		Revision: revision.ID, Hash: lockstep.ShortHash(revision.Hash), Release: revision.Content.Release,
		Services: []lockstep.ServiceRoute{},
	}
	for _, g := range groups {
		if len(g.Spec.Routes) > 0 {
			out.Services = append(out.Services, lockstep.ServiceRoute{Service: g.Service, Group: g.ID, Prefixes: g.Spec.Routes})
		}
	}
	return out
}

func weight(splits []lockstep.Split, revision string) int {
	sum := 0
	for _, s := range splits {
		if s.Revision == revision {
			sum += s.Weight
		}
	}
	return sum
}

// runs says that each of the revision's routed groups that should have
// instances has some.
func (e effect) runs(r lockstep.RevisionRoutes, instances []lockstep.Instance) bool {
	return !slices.ContainsFunc(r.Services, func(s lockstep.ServiceRoute) bool {
		return e.environment.Enabled(s.Service) && !slices.ContainsFunc(instances, func(i lockstep.Instance) bool { return i.Group == s.Group })
	})
}

// leadsTo is the service that a path of the revision leads to: the one with
// the longest matching prefix. "/api" matches /api and /api/…, not /apix.
func leadsTo(r lockstep.RevisionRoutes, path string) (service string, ok bool) {
	path, _, _ = strings.Cut(path, "?")
	longest := -1
	for _, s := range r.Services {
		for _, prefix := range s.Prefixes {
			bare := strings.TrimSuffix(prefix, "/")
			if (path == bare || strings.HasPrefix(path, bare+"/")) && len(bare) > longest {
				service, longest, ok = s.Service, len(bare), true
			}
		}
	}
	return service, ok
}
