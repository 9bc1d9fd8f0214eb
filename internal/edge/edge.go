package edge

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-dev/lockstep"
)

// Options of an Edge. The zero value works.
type Options struct {
	DialTimeout time.Duration // default 2s
}

// Backend is a ready instance of a group.
type Backend struct {
	Instance string // ID, unique in its environment
	Address  string // host:port
}

// Edge is the traffic router of one machine; see the package comment.
type Edge struct{}

// New makes an Edge without routes.
func New(opts Options) *Edge { return &Edge{} }

// SetRouting replaces an environment's routing. When it returns, every new
// request follows it.
func (e *Edge) SetRouting(environment string, r lockstep.Routing) {}

// RemoveRouting forgets an environment and its figures.
func (e *Edge) RemoveRouting(environment string) {}

// SetPool replaces the ready instances of a group. Requests in flight to an
// instance that left go on; new ones do not reach it.
func (e *Edge) SetPool(environment, group string, backends []Backend) {}

// Handler routes by host: <environment>.<project>.localhost, <project>.localhost
// (the live environment) and each routing's domains.
func (e *Edge) Handler() http.Handler { return nil }

// EnvironmentHandler routes every request to one environment, whatever its host.
func (e *Edge) EnvironmentHandler(environment string) http.Handler { return nil }

// GroupHandler leads every request to one group: the internal address behind <SERVICE>_URL.
func (e *Edge) GroupHandler(environment, group string) http.Handler { return nil }

// DrainGroups waits until no request (WebSockets and streams count) to the
// groups is in flight, or ctx ends, and says how many are left.
func (e *Edge) DrainGroups(ctx context.Context, environment string, groups []string) (left int) {
	return 0
}

// DrainInstance is DrainGroups for one instance, and then closes its idle connections.
func (e *Edge) DrainInstance(ctx context.Context, environment, instance string) (left int) {
	return 0
}

// Stats are the figures of each revision, by ID.
func (e *Edge) Stats(environment string) map[string]lockstep.RevisionStats { return nil }

// Probe sends GET path to a revision as a request from outside would go,
// whatever its weight. The request is not counted in Stats.
func (e *Edge) Probe(ctx context.Context, environment, revision, path string) (service string, status int, err error) {
	return "", 0, nil
}

// Collector exports the edge's figures by environment and revision.
func (e *Edge) Collector() prometheus.Collector { return nil }
