// Package metric is the server's own figures in Prometheus' text format, and
// the agent's behind them. The rooms tell a Server what ended, each through a
// function among its options, and know nothing of Prometheus; what is true
// now (the queue, the environments) is read from the database when somebody
// looks. What cannot be read is left out, and the answer is 200 all the same:
// a figure says what is wrong.
//
// Labels are bounded by the code: routes, kinds, states. Names that people
// give (environments, releases) stand only in the agent's figures.
package metric

import (
	"cmp"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/lockstep-dev/lockstep"
)

// Server is the figures of one server since it started. Its methods may be
// called concurrently and do not block.
type Server struct {
	registry *prometheus.Registry

	requests     *prometheus.CounterVec
	answers      *prometheus.HistogramVec
	operations   *prometheus.CounterVec
	durations    *prometheus.HistogramVec
	steps        *prometheus.HistogramVec
	transactions *prometheus.HistogramVec
	checks       *prometheus.CounterVec
	checked      *prometheus.HistogramVec
}

var (
	quick = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	long  = []float64{.01, .1, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800}
)

// New makes a Server of a version, with a registry of its own.
func New(version string) *Server {
	s := &Server{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_http_requests_total", Help: "Requests to the API by route and class of status; route other: no route, or refused before one.",
		}, []string{"method", "route", "code"}),
		answers: histogram("lockstep_http_request_duration_seconds", "Time to the end of the answer; event streams are left out.", quick, "method", "route"),
		operations: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_operations_total", Help: "Operations that this server carried out, by how they ended.",
		}, []string{"kind", "outcome"}),
		durations:    histogram("lockstep_operation_duration_seconds", "Time from an operation's plan to its end.", long, "kind"),
		steps:        histogram("lockstep_step_duration_seconds", "Time of a step, its tries and takeovers included.", long, "kind", "outcome"),
		transactions: histogram("lockstep_store_transaction_duration_seconds", "Time of a database transaction, with the wait for its turn; failed: by the database's fault.", quick, "mode", "outcome"),
		checks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_checks_total", Help: "Checks of dependencies, by what each found.",
		}, []string{"kind", "status"}),
		checked: histogram("lockstep_check_duration_seconds", "Time until a dependency answered, or did not.", quick, "kind"),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "lockstep_build_info", Help: "1, with the version of this server.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	})
	build.Set(1)
	s.registry.MustRegister(build, s.requests, s.answers, s.operations, s.durations, s.steps, s.transactions, s.checks, s.checked,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	// From 0 on, so that the first failure is an increase.
	for _, kind := range lockstep.OperationKinds() {
		for _, outcome := range lockstep.OperationTransitions.States() {
			if outcome.Done() {
				s.operations.WithLabelValues(string(kind), string(outcome))
			}
		}
	}
	return s
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

// Answered counts a request. Status 0 is an answer that nobody waited for;
// took 0 is one whose time means nothing.
func (s *Server) Answered(method, route string, status int, took time.Duration) {
	class := "aborted"
	if status != 0 {
		class = strconv.Itoa(status/100) + "xx"
	}
	method, route = cmp.Or(method, "other"), cmp.Or(route, "other")
	s.requests.WithLabelValues(method, route, class).Inc()
	if took > 0 {
		s.answers.WithLabelValues(method, route).Observe(took.Seconds())
	}
}

// Ended counts an operation.
func (s *Server) Ended(kind lockstep.OperationKind, outcome lockstep.OperationStatus, took time.Duration) {
	s.operations.WithLabelValues(string(kind), string(outcome)).Inc()
	s.durations.WithLabelValues(string(kind)).Observe(took.Seconds())
}

// StepEnded counts a step.
func (s *Server) StepEnded(step lockstep.Step) {
	s.steps.WithLabelValues(string(step.Kind), string(step.Status)).Observe(step.Duration.Std().Seconds())
}

// Transacted counts a transaction.
func (s *Server) Transacted(write, failed bool, took time.Duration) {
	mode, outcome := "read", "ok"
	if write {
		mode = "write"
	}
	if failed {
		outcome = "failed"
	}
	s.transactions.WithLabelValues(mode, outcome).Observe(took.Seconds())
}

// Checked counts a check of a dependency.
func (s *Server) Checked(kind lockstep.CheckKind, status lockstep.HealthStatus, took time.Duration) {
	s.checks.WithLabelValues(string(kind), string(status)).Inc()
	s.checked.WithLabelValues(string(kind)).Observe(took.Seconds())
}
