package edge

import (
	"math/bits"
	"sync/atomic"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// histogram counts durations in buckets that are steps parts of a power of
// two of microseconds wide: an error below 1/steps at any size, from 1 µs to
// over an hour, in fixed memory, without a lock.
type histogram struct {
	buckets [octaves * steps]atomic.Int64
	sum     atomic.Int64 // microseconds
}

const (
	stepBits = 5
	steps    = 1 << stepBits
	octaves  = 28 // 2^32 µs is 71 minutes
)

func (h *histogram) record(d time.Duration) {
	us := max(d.Microseconds(), 0)
	h.sum.Add(us)
	h.buckets[bucketOf(us)].Add(1)
}

// bucketOf is exact below 2*steps; above, each power of two has steps buckets.
func bucketOf(us int64) int {
	octave := bits.Len64(uint64(us)) - 1 - stepBits
	if octave <= 0 {
		return int(us)
	}
	return min(octave*steps+int(us>>octave), octaves*steps-1)
}

// lowest is the smallest value of a bucket, in microseconds.
func lowest(bucket int) int64 {
	if bucket < 2*steps {
		return int64(bucket)
	}
	octave := bucket/steps - 1
	return int64(bucket-octave*steps) << octave
}

// each calls f for every bucket that is not empty, with its middle in
// microseconds.
func (h *histogram) each(f func(us float64, count int64)) {
	for i := range h.buckets {
		if n := h.buckets[i].Load(); n > 0 {
			f(float64(lowest(i)+lowest(i+1)-1)/2, n)
		}
	}
}

// quantiles are in milliseconds; zero where nothing was recorded.
func (h *histogram) quantiles() lockstep.Quantiles {
	var total int64
	h.each(func(_ float64, n int64) { total += n })
	if total == 0 {
		return lockstep.Quantiles{}
	}
	rank := func(q float64) int64 { return int64(q*float64(total-1)) + 1 }
	var out lockstep.Quantiles
	var seen int64
	h.each(func(us float64, n int64) {
		for _, want := range []struct {
			at  int64
			out *float64
		}{{rank(0.50), &out.P50}, {rank(0.95), &out.P95}, {rank(0.99), &out.P99}} {
			if seen < want.at && seen+n >= want.at {
				*want.out = us / 1000
			}
		}
		seen += n
	})
	return out
}
