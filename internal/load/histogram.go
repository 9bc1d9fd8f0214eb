package load

import (
	"math"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// histogram counts durations in the buckets of lockstep.Histogram, dense: a
// window is the difference of two.
type histogram struct {
	buckets [lockstep.HistogramBuckets]uint32
	count   int64
	max     time.Duration
}

func (h *histogram) add(d time.Duration) {
	h.buckets[lockstep.BucketOf(d.Microseconds())]++
	h.count++
	h.max = max(h.max, d)
}

// upperBound is the first duration beyond the bucket.
func upperBound(bucket int) time.Duration {
	return time.Duration(lockstep.BucketLowest(bucket+1)) * time.Microsecond
}

// quantile returns the least bound below which a share q of the values lies;
// 0 where there are none.
func (h *histogram) quantile(q float64) time.Duration {
	rank := max(1, int64(math.Ceil(q*float64(h.count))))
	seen := int64(0)
	for bucket, n := range h.buckets {
		seen += int64(n)
		if n > 0 && seen >= rank {
			return min(upperBound(bucket), h.max)
		}
	}
	return 0
}

func (h *histogram) plus(other histogram) {
	for bucket, n := range other.buckets {
		h.buckets[bucket] += n
	}
	h.count += other.count
	h.max = max(h.max, other.max)
}

// minus takes away an earlier state of the same histogram. The largest of the
// rest is then known as well as its bucket tells.
func (h *histogram) minus(earlier histogram) {
	if earlier.count == 0 {
		return
	}
	top := time.Duration(0)
	for bucket, n := range earlier.buckets {
		h.buckets[bucket] -= n
		if h.buckets[bucket] > 0 {
			top = upperBound(bucket)
		}
	}
	h.count -= earlier.count
	h.max = min(h.max, top)
}
