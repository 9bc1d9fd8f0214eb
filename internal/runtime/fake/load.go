package fake

import (
	"context"
	"maps"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// load is requests that arrive at an even rate and follow the routing.
type load struct {
	perSecond int
	since     time.Time // up to when stats are counted
	stats     map[string]lockstep.RevisionStats
}

// Load makes so many requests a second arrive at an environment from now on.
func (f *Fake) Load(environment string, perSecond int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.env(environment)
	e.settle()
	e.load.perSecond = perSecond
}

// Stats implements traffic.Router.
func (f *Fake) Stats(ctx context.Context, environment string) (out map[string]lockstep.RevisionStats, err error) {
	err = f.around(ctx, "stats", "", func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		e := f.env(environment)
		e.settle()
		out = maps.Clone(e.load.stats)
		return nil
	})
	return out, err
}

// settle counts the requests since it was last called. It is called before
// the routing changes.
func (e *environment) settle() {
	now := time.Now()
	arrived := int64(now.Sub(e.load.since).Seconds() * float64(e.load.perSecond))
	e.load.since = now
	if e.routing.Environment == "" {
		return
	}
	if e.load.stats == nil {
		e.load.stats = map[string]lockstep.RevisionStats{}
	}
	sum := int64(0)
	for _, split := range e.routing.Splits {
		sum += int64(split.Weight)
	}
	for _, r := range e.routing.Revisions {
		stats := e.load.stats[r.Revision]
		for _, split := range e.routing.Splits {
			if split.Revision == r.Revision && e.routing.HoldFor == 0 && e.routing.Maintenance == nil && split.Weight > 0 {
				stats = served(stats, arrived*int64(split.Weight)/sum, e.worst(r))
			}
		}
		e.load.stats[r.Revision] = stats
	}
	e.mirror(arrived)
}

// served adds requests to a revision's figures. Of a hundred 94 take 2 ms, 5
// take 8 and one takes 12, or so many times as long.
func served(stats lockstep.RevisionStats, requests int64, s script) lockstep.RevisionStats {
	stats.Requests += requests
	stats.Errors += requests * int64(s.errorPercent) / 100
	us := int64(1000 * s.slower)
	route := lockstep.RouteStats{Requests: stats.Requests, Errors: stats.Errors}
	for _, part := range []struct{ us, percent int64 }{{2 * us, 94}, {8 * us, 5}, {12 * us, 1}} {
		if n := stats.Requests * part.percent / 100; n > 0 {
			route.Latencies = append(route.Latencies, lockstep.HistogramBucket{Index: lockstep.BucketOf(part.us), Count: n})
		}
	}
	stats.Routes = map[string]lockstep.RouteStats{"/": route}
	stats.Latency = lockstep.Quantiles{P50: float64(2 * s.slower), P95: float64(8 * s.slower), P99: float64(12 * s.slower)}
	return stats
}

// worst is the highest of all that the revision's instances do wrong.
func (e *environment) worst(r lockstep.RevisionRoutes) script {
	out := script{slower: 1}
	for _, s := range r.Services {
		for _, i := range e.instances {
			if i.group == s.Group {
				out.errorPercent = max(out.errorPercent, i.script.errorPercent)
				out.slower = max(out.slower, i.script.slower)
			}
		}
	}
	return out
}
