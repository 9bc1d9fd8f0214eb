package edge

import (
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Harvest is what an environment's requests did since the harvest before.
type Harvest struct {
	lockstep.EnvironmentFigures
	InFlight int64 // now
}

// Harvest takes what was counted since the last one, by environment. Nothing
// is counted twice or lost between two harvests: what a revision did until it
// left the routing comes with the next one. There is one harvester.
func (e *Edge) Harvest() map[string]Harvest {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := map[string]Harvest{}
	for id, env := range e.envs {
		if !env.now.Load().routed {
			continue
		}
		h := Harvest{}
		for revision, f := range env.revisions {
			h.take(revision, f)
			h.InFlight += f.inFlight.count()
		}
		h.All.Clients = env.clients.take()
		out[id] = h
	}
	for _, d := range e.departed {
		h := out[d.environment]
		h.take(d.revision, d.figures)
		h.All.Clients.Merge(d.clients)
		out[d.environment] = h
	}
	e.departed = nil
	return out
}

// departed is a revision that left between two harvests.
type departed struct {
	environment, revision string
	figures               *figures
	clients               lockstep.Sketch // of the environment, where it left as a whole
}

// maxDeparted bounds what waits where nobody harvests.
const maxDeparted = 1000

func (e *Edge) depart(d departed) {
	if len(e.departed) < maxDeparted {
		e.departed = append(e.departed, d)
	}
}

// departAll is depart for an environment whose routing goes.
func (e *Edge) departAll(env *environment) {
	clients := env.clients.take()
	for revision, f := range env.revisions {
		e.depart(departed{env.id, revision, f, clients})
		clients = nil
	}
}

// take adds what a revision did. Who could not reach an instance, and who the
// clients were, is known of the revision and not of its services.
func (h *Harvest) take(revision string, f *figures) {
	failed := f.failed.Load()
	whole := lockstep.FiguresPart{Revision: revision}
	whole.Failed, f.harvested = failed-f.harvested, failed
	whole.Clients = f.clients.take()
	h.add(whole)
	for prefix, t := range f.routes {
		h.add(lockstep.FiguresPart{Revision: revision, Service: f.services[prefix], Figures: t.harvest()})
	}
}

func (h *Harvest) add(part lockstep.FiguresPart) {
	if part.Requests+part.Failed+part.Errors+part.BytesIn+part.BytesOut == 0 && part.Clients == nil && len(part.Latencies) == 0 {
		return
	}
	h.EnvironmentFigures = h.Plus(lockstep.EnvironmentFigures{Parts: []lockstep.FiguresPart{part}})
	part.Clients = nil // a client of two revisions is one client
	h.All = h.All.Plus(part.Figures)
}

func (t *tally) harvest() lockstep.Figures {
	now := t.stats()
	since, _ := now.Latencies.Minus(t.harvested.Latencies) // what it counts in never begins anew
	f := lockstep.Figures{
		Requests: now.Requests - t.harvested.Requests, Errors: now.Errors - t.harvested.Errors,
		Latencies: since, BytesIn: t.bytesIn.Swap(0), BytesOut: t.bytesOut.Swap(0),
	}
	t.harvested = now
	return f
}

// servicesOf names the service behind each prefix, for the figures.
func servicesOf(routes []route) map[string]string {
	out := make(map[string]string, len(routes))
	for _, r := range routes {
		if _, ok := out[r.prefix]; !ok {
			out[r.prefix] = strings.Clone(r.service)
		}
	}
	return out
}
