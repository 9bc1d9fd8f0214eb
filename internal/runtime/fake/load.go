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
			if split.Revision == r.Revision && e.routing.HoldFor == 0 && split.Weight > 0 {
				requests := arrived * int64(split.Weight) / sum
				stats.Requests += requests
				stats.Errors += requests * e.errorPercent(r) / 100
				stats.Latency = lockstep.Quantiles{P50: 2, P95: 8, P99: 12}
			}
		}
		e.load.stats[r.Revision] = stats
	}
}

// errorPercent is the highest of the revision's instances.
func (e *environment) errorPercent(r lockstep.RevisionRoutes) int64 {
	percent := 0
	for _, s := range r.Services {
		for _, i := range e.instances {
			if i.group == s.Group {
				percent = max(percent, i.script.errorPercent)
			}
		}
	}
	return int64(percent)
}
