package edge

import (
	"cmp"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// figures of one revision, since it was first routed.
type figures struct {
	label    atomic.Pointer[label]
	inFlight gauge
	failed   atomic.Int64
	apart    counters // of what the figures above leave out
	clients  clients

	// What follows belongs to Edge.mu.
	routes    map[string]*tally // by prefix
	services  map[string]string // by prefix
	harvested int64             // of failed
}

// tally counts a route's answers.
type tally struct {
	classes [classes]atomic.Int64 // by status/100 - 1
	broken  atomic.Int64          // those that ended too early, after their header
	latency histogram

	bytesIn, bytesOut atomic.Int64 // of bodies, since the last harvest

	harvested lockstep.RouteStats // belongs to Edge.mu
}

const classes = 5

// label is how metrics name a revision.
type label struct{ project, environment, revision, release string }

// answered counts an answer at its header, so that WebSockets and event
// streams show while they last. Latency is the time from the choice of an
// instance to the header: neither being held nor a slow reader is the app's.
func (t *tally) answered(status int, took time.Duration) {
	class := min(max(status/100, 1), classes)
	t.classes[class-1].Add(1)
	t.latency.record(took)
}

// of is the tally of a route.
func (f *figures) of(prefix string) *tally {
	t, ok := f.routes[prefix]
	if !ok {
		t = &tally{}
		f.routes[prefix] = t
	}
	return t
}

func (t *tally) stats() lockstep.RouteStats {
	s := lockstep.RouteStats{
		Errors:    t.classes[classes-1].Load() + t.broken.Load(),
		Latencies: t.latency.reading(),
	}
	for i := range t.classes {
		s.Requests += t.classes[i].Load()
	}
	return s
}

func (f *figures) stats() lockstep.RevisionStats {
	s := lockstep.RevisionStats{
		Failed: f.failed.Load(), InFlight: f.inFlight.count(),
		Routes: make(map[string]lockstep.RouteStats, len(f.routes)), Apart: f.apart.stats(),
	}
	var all lockstep.Histogram
	for prefix, t := range f.routes {
		route := t.stats()
		s.Requests += route.Requests
		s.Errors += route.Errors
		s.Routes[cmp.Or(prefix, "/")] = route
		all = all.Plus(route.Latencies)
	}
	s.Latency = all.Quantiles()
	return s
}

// Stats are the figures of each revision, by ID: of those in the routing, and
// of those that left it with requests in flight.
func (e *Edge) Stats(environment string) map[string]lockstep.RevisionStats {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := map[string]lockstep.RevisionStats{}
	env, ok := e.envs[environment]
	if !ok {
		return out
	}
	for id, f := range env.revisions {
		out[id] = f.stats()
	}
	e.prune(env)
	return out
}

// lost counts requests that the edge answered by itself because they led to
// no revision.
type lost struct {
	malformed atomic.Int64
	unknown   atomic.Int64
	unserved  atomic.Int64
}

func (l *lost) refuse(w http.ResponseWriter, r *http.Request, p page) {
	switch {
	case p.status == http.StatusNotFound:
		l.unknown.Add(1)
	case p.status >= 500:
		l.unserved.Add(1)
	default:
		l.malformed.Add(1)
	}
	p.write(w, r)
}
