package edge

import (
	"sync/atomic"

	"github.com/lockstep-dev/lockstep"
)

// apart counts requests of one kind that are no fair sample of the users'.
// They are not told apart by route: there are too few.
type apart struct {
	tally
	failed  atomic.Int64
	dropped atomic.Int64
}

// apartKinds orders the counters of a revision.
var apartKinds = lockstep.SampleKinds()

// counters are a revision's, made with the first request of their kind: most
// revisions never have one.
type counters [3]atomic.Pointer[apart]

func (c *counters) of(kind lockstep.SampleKind) *apart {
	for i, k := range apartKinds {
		if k != kind {
			continue
		}
		if a := c[i].Load(); a != nil {
			return a
		}
		c[i].CompareAndSwap(nil, &apart{})
		return c[i].Load()
	}
	return &apart{} // a kind that nobody asks for
}

// stats are those that have been counted; nil where there are none.
func (c *counters) stats() map[lockstep.SampleKind]lockstep.SampleStats {
	var out map[lockstep.SampleKind]lockstep.SampleStats
	for i, kind := range apartKinds {
		a := c[i].Load()
		if a == nil {
			continue
		}
		if out == nil {
			out = map[lockstep.SampleKind]lockstep.SampleStats{}
		}
		s := a.stats()
		out[kind] = lockstep.SampleStats{
			Requests: s.Requests, Errors: s.Errors, Latencies: s.Latencies,
			Failed: a.failed.Load(), Dropped: a.dropped.Load(),
		}
	}
	return out
}
