package control

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Map is an environment's services and dependencies, and who needs whom.
func (c *Control) Map(ctx context.Context, projectName, environmentRef string) (lockstep.EnvironmentMap, error) {
	r, err := view(ctx, c, func(tx Tx) (recorded, error) {
		env, err := environment(tx, projectName, environmentRef)
		if err != nil {
			return recorded{}, err
		}
		return c.recorded(tx, env)
	})
	if err != nil {
		return lockstep.EnvironmentMap{}, err
	}
	c.readMatrix(&r)
	seen, unreachable := c.observe(ctx, r.env)
	usage, unknown := c.usage(ctx, r.env)
	out := lockstep.EnvironmentMap{
		ID: r.env.ID, Environment: r.env.Name, Unknown: cmp.Or(unreachable, unknown),
		Nodes: []lockstep.MapNode{{Name: lockstep.MapUsers, Managed: true}}, Edges: []lockstep.MapEdge{},
	}
	rates := map[string]lockstep.ServiceTraffic{}
	for _, t := range now(usage).Services {
		rates[t.Name] = t
		out.Nodes[0].Requests += t.Requests
		out.Nodes[0].Errors += t.Errors
	}
	specs := map[string]lockstep.ServiceSpec{}
	for _, s := range r.wanted {
		specs[s.Name] = s
	}
	if r.active != nil {
		specs = servicesByName(r.active.Content.Services)
	}
	services := c.servicesHealth(r, seen, unreachable)
	slices.SortStableFunc(services, func(a, b lockstep.ServiceHealth) int {
		if (a.Type == lockstep.ServiceApp) != (b.Type == lockstep.ServiceApp) {
			if a.Type == lockstep.ServiceApp {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	for _, h := range services {
		node := lockstep.MapNode{
			Name: h.Name, Type: h.Type, Status: h.Status, Disabled: h.Disabled, Managed: h.Managed, Ready: h.Ready, Desired: h.Desired,
			Version: h.Version, Figure: h.Figure, Requests: rates[h.Name].Requests, Errors: rates[h.Name].Errors,
		}
		if h.Type == lockstep.ServiceApp {
			node.Routes = specs[h.Name].Routes
			if r.active != nil {
				node.Version = r.active.Content.Release
			}
		}
		out.Nodes = append(out.Nodes, node)
	}
	out.Edges = append(out.Edges, edges(specs, r.env.Spec.Dependencies, rates)...)
	return out, nil
}

func edges(specs map[string]lockstep.ServiceSpec, dependencies []lockstep.DependencyRecord, rates map[string]lockstep.ServiceTraffic) []lockstep.MapEdge {
	var out []lockstep.MapEdge
	for _, name := range slices.Sorted(maps.Keys(specs)) {
		s := specs[name]
		if len(s.Routes) > 0 {
			out = append(out, lockstep.MapEdge{From: lockstep.MapUsers, To: name, Kind: lockstep.EdgeRoute, Label: strings.Join(s.Routes, " "), Requests: rates[name].Requests})
		}
		for _, other := range s.DependsOn {
			out = append(out, lockstep.MapEdge{From: name, To: other, Kind: lockstep.EdgeDepends})
		}
		for _, d := range dependencies {
			place := hostAndPort(d.Endpoint)
			for _, key := range slices.Sorted(maps.Keys(s.Env)) {
				if place != "" && strings.Contains(s.Env[key], place) {
					out = append(out, lockstep.MapEdge{From: name, To: d.Name, Kind: lockstep.EdgeUses, Label: key})
					break
				}
			}
		}
	}
	return out
}

// hostAndPort is the part of an endpoint by which a variable is known to name it:
// host and port, which other endpoints of the same machine do not share.
func hostAndPort(endpoint string) string {
	if u, err := url.Parse(endpoint); err == nil && u.Host != "" {
		return u.Host
	}
	return endpoint
}
