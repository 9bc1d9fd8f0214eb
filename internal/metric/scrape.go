package metric

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// Sources are what is asked at each scrape. All are required.
type Sources struct {
	Census  func(context.Context) (control.Census, error)
	Agent   func(context.Context) ([]byte, error) // its figures, as text; an error where none answers
	Streams func() int                            // event streams that are open
	Now     func() time.Time
}

// scrapeTimeout bounds how long the database and the agent may take, each.
const scrapeTimeout = 2 * time.Second

// Handler answers scrapes.
func (s *Server) Handler(ask Sources) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.scrape(w, r, ask) })
}

func (s *Server) scrape(w http.ResponseWriter, r *http.Request, ask Sources) {
	agent, agentErr := bounded(r.Context(), ask.Agent)
	census, censusErr := bounded(r.Context(), ask.Census)
	present := prometheus.NewRegistry()
	present.MustRegister(
		up("lockstep_agent_up", "1 where the agent of this machine answers; its figures follow.", agentErr),
		up("lockstep_database_up", "1 where the database answers.", censusErr),
		gauge("lockstep_event_streams", "Event streams that are open.", float64(ask.Streams())),
	)
	if censusErr == nil {
		present.MustRegister(counted(census, ask.Now())...)
	}
	plain := r.Clone(r.Context()) // text whatever is asked for: the agent's is
	plain.Header = http.Header{}
	promhttp.HandlerFor(prometheus.Gatherers{s.registry, present}, promhttp.HandlerOpts{DisableCompression: true}).ServeHTTP(w, plain)
	if agentErr == nil {
		_, _ = w.Write(agent) // the reader may be gone
	}
}

func bounded[T any](ctx context.Context, ask func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, scrapeTimeout)
	defer cancel()
	return ask(ctx)
}

func up(name, help string, err error) prometheus.Gauge {
	if err != nil {
		return gauge(name, help, 0)
	}
	return gauge(name, help, 1)
}

func gauge(name, help string, v float64) prometheus.Gauge {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	g.Set(v)
	return g
}

// counted is a census as gauges. States without anybody in them are 0.
func counted(c control.Census, now time.Time) []prometheus.Collector {
	environments := gauges("lockstep_environments", "Environments by status.", "status")
	for _, status := range lockstep.EnvironmentTransitions.States() {
		environments.WithLabelValues(string(status))
	}
	for _, e := range c.Environments {
		environments.WithLabelValues(string(e.Status)).Inc()
	}
	operations := gauges("lockstep_operations", "Operations that run or wait.", "kind", "status")
	oldest := gauges("lockstep_operations_oldest_seconds", "How long the oldest operation has been running or waiting.", "status")
	for _, status := range lockstep.OperationTransitions.States() {
		if status.Done() {
			continue
		}
		oldest.WithLabelValues(string(status))
		for _, kind := range lockstep.OperationKinds() {
			operations.WithLabelValues(string(kind), string(status))
		}
	}
	age := map[lockstep.OperationStatus]time.Duration{}
	for _, o := range c.Open {
		operations.WithLabelValues(string(o.Kind), string(o.Status)).Inc()
		since := o.CreatedAt
		if o.StartedAt != nil {
			since = *o.StartedAt
		}
		age[o.Status] = max(age[o.Status], now.Sub(since))
		oldest.WithLabelValues(string(o.Status)).Set(age[o.Status].Seconds())
	}
	services := gauges("lockstep_service_health", "App services and dependencies by how they were when that was written last.", "status")
	for _, status := range lockstep.HealthStatuses() {
		services.WithLabelValues(string(status))
	}
	for _, h := range c.Health {
		services.WithLabelValues(string(h.Status)).Inc()
	}
	return []prometheus.Collector{environments, operations, oldest, services}
}

func gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
}
