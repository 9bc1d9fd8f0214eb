package fake

import (
	"context"
	"maps"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Sample implements traffic.Sampler. The revisions answer as they answer users.
// It takes a little less than a second, so that whoever looks each second does
// not look at the moment at which it counts.
func (f *Fake) Sample(ctx context.Context, environment string, revisions, paths []string, requests int) error {
	return f.around(ctx, "sample", paths[0], func() error {
		if err := sleep(ctx, 990*time.Millisecond); err != nil {
			return err
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		e := f.env(environment)
		e.settle()
		for _, r := range e.routing.Revisions {
			for _, id := range revisions {
				if id == r.Revision {
					e.countApart(r, lockstep.SampleProbe, int64(requests))
				}
			}
		}
		return nil
	})
}

// mirror counts the copies of so many requests that arrived.
func (e *environment) mirror(arrived int64) {
	m := e.routing.Mirror
	if m == nil || e.routing.HoldFor > 0 || e.routing.Maintenance != nil {
		return
	}
	for _, r := range e.routing.Revisions {
		e.countApart(r, lockstep.SampleMirrored, arrived*int64(m.Percent)/100)
	}
}

func (e *environment) countApart(r lockstep.RevisionRoutes, kind lockstep.SampleKind, requests int64) {
	s := e.worst(r)
	stats := e.load.stats[r.Revision]
	before := stats.Apart[kind].Requests
	all := served(lockstep.RevisionStats{}, before+requests, s)
	stats.Apart = maps.Clone(stats.Apart) // a reading of before is somebody's
	if stats.Apart == nil {
		stats.Apart = map[lockstep.SampleKind]lockstep.SampleStats{}
	}
	stats.Apart[kind] = lockstep.SampleStats{Requests: all.Requests, Errors: all.Errors, Latencies: all.Routes["/"].Latencies}
	e.load.stats[r.Revision] = stats
}
