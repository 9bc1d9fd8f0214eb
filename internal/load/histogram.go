package load

import (
	"math"
	"math/bits"
	"time"
)

// histogram counts durations in buckets that are 1 µs wide up to 64 µs and
// then grow with the value, 32 to each doubling: at most 3.2 % wide.
type histogram struct {
	buckets [1024]uint32
	count   int64
	max     time.Duration
}

const largestMicros = 1<<36 - 1 // 19 hours

func (h *histogram) add(d time.Duration) {
	h.buckets[bucketOf(d)]++
	h.count++
	h.max = max(h.max, d)
}

func bucketOf(d time.Duration) int {
	v := uint64(min(max(d.Microseconds(), 0), largestMicros))
	if v < 64 {
		return int(v)
	}
	shift := bits.Len64(v) - 6
	return shift*32 + int(v>>shift)
}

// upperBound is the first duration beyond the bucket.
func upperBound(bucket int) time.Duration {
	if bucket < 64 {
		return time.Duration(bucket+1) * time.Microsecond
	}
	shift := bucket/32 - 1
	return time.Duration(bucket-shift*32+1) << shift * time.Microsecond
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
