package load

import (
	"crypto/tls"
	"net/http"
	"time"
)

// Target is where the requests go.
type Target struct {
	Addr string      // host:port to dial
	Host string      // Host header; empty means Addr
	TLS  *tls.Config // HTTPS, with HTTP/1.1; nil means plain HTTP
}

// Options describe the load. The zero value is the load of the definition.
type Options struct {
	// Rate is in requests per second; 0 means 200.
	Rate int
	// NewConnections is the share of requests, up to 1, that open a connection
	// of their own; 0 means 0.5, negative none but WebSockets.
	NewConnections float64
	// Mix holds the proportions of the kinds; all 0 means DefaultMix.
	Mix Mix
	// GetPaths are fetched in turn; none means /api/version and /api/orders.
	GetPaths []string
	// SlowFor is how long a slow answer takes; 0 means 3 s.
	SlowFor time.Duration
	// SessionFor is how long a WebSocket stays open; 0 means 2.5 s.
	SessionFor time.Duration
	// Events is how many events a stream has; 0 means 8 (2 s at 250 ms each).
	Events int
	// Timeout bounds each request from its start to its end; 0 means 40 s.
	Timeout time.Duration
	// MaxInFlight bounds how many requests are under way; what arrives beyond
	// is shed. 0 means 4096: 20 s of a complete standstill at 200 a second.
	MaxInFlight int
	// Header is added to every request.
	Header http.Header
	// OnFailure hears of each failure as it is counted, besides the report. It
	// is called under a lock and must not block or call the run.
	OnFailure func(Failure)
}

// Mix holds relative weights.
type Mix struct{ Get, Post, Slow, WebSocket, SSE int }

// DefaultMix is used where Options name none. At 200 a second it keeps about
// 48 slow answers, 30 WebSockets and 24 event streams open at any time.
var DefaultMix = Mix{Get: 60, Post: 20, Slow: 8, WebSocket: 6, SSE: 6}

func (o Options) withDefaults() Options {
	o.Rate = positive(o.Rate, 200)
	o.SlowFor = positive(o.SlowFor, 3*time.Second)
	o.SessionFor = positive(o.SessionFor, 2500*time.Millisecond)
	o.Events = positive(o.Events, 8)
	o.Timeout = positive(o.Timeout, 40*time.Second)
	o.MaxInFlight = positive(o.MaxInFlight, 4096)
	switch {
	case o.NewConnections == 0:
		o.NewConnections = 0.5
	default:
		o.NewConnections = min(max(o.NewConnections, 0), 1)
	}
	if o.Mix.sum() == 0 {
		o.Mix = DefaultMix
	}
	if len(o.GetPaths) == 0 {
		o.GetPaths = []string{"/api/version", "/api/orders"}
	}
	return o
}

func positive[T int | time.Duration](value, otherwise T) T {
	if value > 0 {
		return value
	}
	return otherwise
}
