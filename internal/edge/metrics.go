package edge

import (
	"maps"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-dev/lockstep"
)

// Collector exports the edge's figures. Labels are bounded by what is routed:
// a revision's series go with it.
func (e *Edge) Collector() prometheus.Collector { return collector{e} }

type collector struct{ edge *Edge }

var (
	byEnvironment = []string{"project", "environment"}
	byRevision    = append(byEnvironment[:2:2], "revision", "release")

	requestsDesc = prometheus.NewDesc("lockstep_edge_requests_total",
		"Requests by the class of their status; failed: no instance could be reached.", append(byRevision[:4:4], "code"), nil)
	brokenDesc = prometheus.NewDesc("lockstep_edge_broken_answers_total",
		"Answers that ended before their end, after their header.", byRevision, nil)
	inFlightDesc = prometheus.NewDesc("lockstep_edge_in_flight",
		"Requests in flight, WebSockets and streams among them.", byRevision, nil)
	durationDesc = prometheus.NewDesc("lockstep_edge_duration_seconds",
		"Time from the choice of an instance to the header of its answer.", byRevision, nil)
	heldDesc = prometheus.NewDesc("lockstep_edge_held_total",
		"Requests that were held and then let on.", byEnvironment, nil)
	shedDesc = prometheus.NewDesc("lockstep_edge_shed_total",
		"Requests that were turned away because they were held too long or too many were.", byEnvironment, nil)
	waitingDesc = prometheus.NewDesc("lockstep_edge_waiting",
		"Requests that wait, held or for an instance.", byEnvironment, nil)
	apartDesc = prometheus.NewDesc("lockstep_edge_apart_total",
		"Requests that the other figures leave out: of testers, mirrored, synthetic probes.", append(byRevision[:4:4], "kind", "outcome"), nil)
	refusedDesc = prometheus.NewDesc("lockstep_edge_refused_total",
		"Requests that led to no revision.", []string{"reason"}, nil)
)

// Describe implements prometheus.Collector.
func (c collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		requestsDesc, brokenDesc, inFlightDesc, durationDesc, heldDesc, shedDesc, waitingDesc, apartDesc, refusedDesc,
	} {
		out <- d
	}
}

// place are the label values of an environment.
type place struct{ project, environment string }

// Collect implements prometheus.Collector. Environments or revisions with the
// same names (one was removed, and made anew) are added up: Prometheus
// refuses a series that comes twice.
func (c collector) Collect(out chan<- prometheus.Metric) {
	revisions, rooms := c.edge.snapshot()
	for l, s := range revisions {
		labels := []string{l.project, l.environment, l.revision, l.release}
		for i, n := range s.classes {
			out <- counter(requestsDesc, n, append(labels[:4:4], strconv.Itoa(i+1)+"xx")...)
		}
		out <- counter(requestsDesc, s.failed, append(labels[:4:4], "failed")...)
		out <- counter(brokenDesc, s.broken, labels...)
		for kind, a := range s.apart {
			for outcome, n := range map[string]int64{"answered": a.Requests - a.Errors, "error": a.Errors, "failed": a.Failed, "dropped": a.Dropped} {
				out <- counter(apartDesc, n, append(labels[:4:4], string(kind), outcome)...)
			}
		}
		out <- gaugeOf(inFlightDesc, s.inFlight, labels...)
		out <- prometheus.MustNewConstHistogram(durationDesc, s.count, s.sum, s.buckets, labels...)
	}
	for p, r := range rooms {
		out <- counter(heldDesc, r.held, p.project, p.environment)
		out <- counter(shedDesc, r.shed, p.project, p.environment)
		out <- gaugeOf(waitingDesc, r.waiting, p.project, p.environment)
	}
	l := &c.edge.lost
	out <- counter(refusedDesc, l.malformed.Load(), "malformed")
	out <- counter(refusedDesc, l.unknown.Load(), "unknown")
	out <- counter(refusedDesc, l.unserved.Load(), "unserved")
}

func counter(d *prometheus.Desc, n int64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
}

func gaugeOf(d *prometheus.Desc, n int64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), labels...)
}

// bounds of the exported histogram, in seconds.
var bounds = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

type revisionSample struct {
	classes                  [classes]int64
	failed, broken, inFlight int64
	count                    uint64
	sum                      float64
	buckets                  map[float64]uint64
	apart                    map[lockstep.SampleKind]lockstep.SampleStats
}

type roomSample struct{ held, shed, waiting int64 }

func (e *Edge) snapshot() (map[label]*revisionSample, map[place]*roomSample) {
	e.mu.Lock()
	defer e.mu.Unlock()
	revisions, rooms := map[label]*revisionSample{}, map[place]*roomSample{}
	for _, env := range maps.Clone(e.envs) { // prune may remove one
		if v := env.now.Load(); v.routed {
			at := place{v.project, v.name}
			if rooms[at] == nil {
				rooms[at] = &roomSample{}
			}
			rooms[at].add(&env.room)
		}
		for _, f := range env.revisions {
			l := *f.label.Load()
			if revisions[l] == nil {
				revisions[l] = newRevisionSample()
			}
			revisions[l].add(f)
		}
		e.prune(env)
	}
	return revisions, rooms
}

func newRevisionSample() *revisionSample {
	s := &revisionSample{buckets: make(map[float64]uint64, len(bounds))}
	for _, bound := range bounds {
		s.buckets[bound] = 0
	}
	return s
}

func (s *revisionSample) add(f *figures) {
	s.failed += f.failed.Load()
	s.inFlight += f.inFlight.count()
	for kind, more := range f.apart.stats() {
		if s.apart == nil {
			s.apart = map[lockstep.SampleKind]lockstep.SampleStats{}
		}
		a := s.apart[kind]
		a.Requests, a.Errors, a.Failed, a.Dropped = a.Requests+more.Requests, a.Errors+more.Errors, a.Failed+more.Failed, a.Dropped+more.Dropped
		s.apart[kind] = a
	}
	for _, t := range f.routes {
		s.answers(t)
	}
}

func (s *revisionSample) answers(t *tally) {
	for i := range t.classes {
		s.classes[i] += t.classes[i].Load()
	}
	s.broken += t.broken.Load()
	s.sum += float64(t.latency.sum.Load()) / 1e6
	for _, b := range t.latency.reading() {
		s.count += uint64(b.Count)
		for _, bound := range bounds {
			if b.Middle() <= bound*1e6 {
				s.buckets[bound] += uint64(b.Count)
			}
		}
	}
}

func (s *roomSample) add(r *room) {
	s.held += r.held.Load()
	s.shed += r.shed.Load()
	s.waiting += r.waiting.Load()
}
