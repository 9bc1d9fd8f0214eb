// Package traffic is the contract between the engine and whatever leads
// requests to an environment's instances. traffictest is its conformance
// suite. The rules for Call are those of package runtime: fence, idempotence,
// ctx.
//
// A Routing is declared whole and replaces the one before it atomically: no
// request sees half of two. Which instances of a group get requests is not
// the router's to decide: it follows their readiness by itself.
package traffic

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
)

// Router leads requests.
type Router interface {
	// Set declares the routing of call.Environment. It returns when every new
	// request follows it.
	Set(ctx context.Context, call runtime.Call, routing lockstep.Routing) error

	// Get is the routing in force; the zero Routing where there is none.
	Get(ctx context.Context, environment string) (lockstep.Routing, error)

	// Drain waits until no request to the groups is in flight, at most
	// timeout, and says how many were left. WebSockets and event streams count.
	Drain(ctx context.Context, call runtime.Call, groups []string, timeout time.Duration) (left int, err error)

	// Stats are the figures of each revision of the environment, by ID.
	Stats(ctx context.Context, environment string) (map[string]lockstep.RevisionStats, error)

	// Probe sends GET path to the revision as a request from outside would
	// go, whatever its weight, and reports the answer.
	Probe(ctx context.Context, environment, revision, path string) (ProbeResult, error)
}

// ProbeResult is one answer. Err is for people and set where none came.
type ProbeResult struct {
	Service  string        `json:"service"`
	Status   int           `json:"status"`
	Duration time.Duration `json:"duration"`
	Err      string        `json:"err,omitempty"`
}

// LiveRouter is an optional ability: to lead a project's live address to
// whichever environment has the highest epoch of those that are Live, and to
// refuse an epoch that is over. Without it the address cannot be moved.
type LiveRouter interface {
	// LiveEpoch is the highest that was given to a project's live address; 0
	// before the first.
	LiveEpoch(ctx context.Context, project string) (int64, error)

	// ProbeHost sends GET path to the revision in the environment that host
	// leads to, and says which one that is. The app is told the host as.
	ProbeHost(ctx context.Context, host, as, revision, path string) (HostProbe, error)
}

// HostProbe is one answer. Environment is an ID, "" where the host leads nowhere.
type HostProbe struct {
	Environment string
	ProbeResult
}

// Addresser is an optional ability: the addresses under which an environment
// is reached from outside, the best first.
type Addresser interface {
	Addresses(ctx context.Context, environment string) ([]string, error)
}

// Sampler is an optional ability: requests of our own that go the way of
// users', for a comparison that users' requests do not suffice for.
type Sampler interface {
	// Sample sends so many GETs to each of the revisions, whatever its weight,
	// by turns and over about a second, each to the next of the paths. They are
	// counted apart, as lockstep.SampleProbe. It returns when all are answered.
	Sample(ctx context.Context, environment string, revisions, paths []string, requests int) error
}

// Holder is an optional ability: what holds of an environment's requests did.
type Holder interface {
	Held(ctx context.Context, environment string) (lockstep.EdgeStats, error)
}
