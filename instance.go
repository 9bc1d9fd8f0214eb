package lockstep

import "time"

// InstanceState is what a runtime says of one instance.
type InstanceState string

// The states. Only a ready instance gets traffic.
const (
	InstanceStarting InstanceState = "starting" // launched, not yet ready
	InstanceReady    InstanceState = "ready"
	InstanceUnready  InstanceState = "unready" // was ready; its checks fail now
	InstanceBackoff  InstanceState = "backoff" // exited; will be started again at NextStart
	InstanceDraining InstanceState = "draining"
	InstanceStopped  InstanceState = "stopped" // gone on request
)

// Instance is one running copy of a service.
type Instance struct {
	ID        string        `json:"id"` // <group>-<index>
	Group     string        `json:"group"`
	Service   string        `json:"service"`
	State     InstanceState `json:"state"`
	PID       int           `json:"pid,omitempty"`
	Address   string        `json:"address,omitempty"` // host:port
	Restarts  int           `json:"restarts"`          // since it was first started
	StartedAt *time.Time    `json:"startedAt,omitempty"`
	ReadyAt   *time.Time    `json:"readyAt,omitempty"`
	NextStart *time.Time    `json:"nextStart,omitempty"`
	Reason    string        `json:"reason,omitempty"` // why it is not ready, for people: "exited with status 3", "GET /health answered 503"; of a ready one, which limits it runs without
}

// Split sends a share of an environment's new requests to a revision.
// Weights are relative; a sum of 0 means that nothing is served.
type Split struct {
	Revision string `json:"revision"` // ID
	Weight   int    `json:"weight"`
}

// RevisionStats are the router's own figures of one revision since it was
// first routed; differences between two readings give a window.
type RevisionStats struct {
	Requests int64     `json:"requests"` // answered by an instance
	Errors   int64     `json:"errors"`   // 5xx from an instance, or a broken answer
	Failed   int64     `json:"failed"`   // no instance could be reached: answered 502 or 503 by the router
	InFlight int64     `json:"inFlight"`
	Latency  Quantiles `json:"latency"`

	// Routes are the same by path prefix ("" and "/" are both "/").
	Routes map[string]RouteStats `json:"routes,omitempty"`

	// Apart are requests that the figures above leave out.
	Apart map[SampleKind]SampleStats `json:"apart,omitempty"`
}

// RouteStats are a revision's figures of one of its routes.
type RouteStats struct {
	Requests  int64     `json:"requests"`
	Errors    int64     `json:"errors"`
	Latencies Histogram `json:"latencies,omitempty"` // from the choice of an instance to the answer's header
}

// Quantiles of a latency, in milliseconds.
type Quantiles struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
}

// EdgeStats are the router's figures of an environment that belong to none of
// its revisions.
type EdgeStats struct {
	Held int64 `json:"held"` // requests that waited during a hold and were answered
	Shed int64 `json:"shed"` // requests that waited too long, or were too many: the maintenance page
}
