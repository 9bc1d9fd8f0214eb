package edge

import (
	"sync/atomic"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// histogram is a lockstep.Histogram that is counted in fixed memory, without
// a lock.
type histogram struct {
	buckets [lockstep.HistogramBuckets]atomic.Int64
	sum     atomic.Int64 // microseconds
}

func (h *histogram) record(d time.Duration) {
	us := max(d.Microseconds(), 0)
	h.sum.Add(us)
	h.buckets[lockstep.BucketOf(us)].Add(1)
}

// reading is what was counted.
func (h *histogram) reading() lockstep.Histogram {
	var out lockstep.Histogram
	for i := range h.buckets {
		if n := h.buckets[i].Load(); n > 0 {
			out = append(out, lockstep.HistogramBucket{Index: i, Count: n})
		}
	}
	return out
}
