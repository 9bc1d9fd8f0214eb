package lockstep

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"
)

// Histogram counts latencies in buckets that are 1/32 of a power of two of
// microseconds wide: an error below 1/32 at any size, from 1 µs to over an
// hour. It holds the buckets that are not empty, in order. As JSON it is
// [[bucket, count], …].
type Histogram []HistogramBucket

// HistogramBucket is how many latencies fell into one bucket.
type HistogramBucket struct {
	Index int // 0 ≤ Index < HistogramBuckets
	Count int64
}

const (
	histogramBits  = 5
	histogramParts = 1 << histogramBits
	// HistogramBuckets is how many buckets there are: 2^32 µs is 71 minutes.
	HistogramBuckets = 28 * histogramParts
)

// BucketOf is the bucket of a latency in microseconds.
func BucketOf(us int64) int {
	us = max(us, 0)
	octave := bits.Len64(uint64(us)) - 1 - histogramBits
	if octave <= 0 {
		return int(us)
	}
	return min(octave*histogramParts+int(us>>octave), HistogramBuckets-1)
}

// BucketLowest is the smallest latency of a bucket, in microseconds.
func BucketLowest(bucket int) int64 {
	if bucket < 2*histogramParts {
		return int64(bucket)
	}
	octave := bucket/histogramParts - 1
	return int64(bucket-octave*histogramParts) << octave
}

// Middle is in microseconds.
func (b HistogramBucket) Middle() float64 {
	return float64(BucketLowest(b.Index)+BucketLowest(b.Index+1)-1) / 2
}

// Total is how many latencies were counted.
func (h Histogram) Total() int64 {
	var total int64
	for _, b := range h {
		total += b.Count
	}
	return total
}

// Quantile is in milliseconds; 0 where nothing was counted.
func (h Histogram) Quantile(q float64) float64 {
	rank, seen := int64(q*float64(h.Total()-1))+1, int64(0)
	for _, b := range h {
		if seen += b.Count; seen >= rank {
			return b.Middle() / 1000
		}
	}
	return 0
}

// Quantiles are the usual three.
func (h Histogram) Quantiles() Quantiles {
	return Quantiles{P50: h.Quantile(0.50), P95: h.Quantile(0.95), P99: h.Quantile(0.99)}
}

// Above is how many latencies fell into buckets beyond that of ms milliseconds.
func (h Histogram) Above(ms float64) int64 {
	limit, above := BucketOf(int64(ms*1000)), int64(0)
	for _, b := range h {
		if b.Index > limit {
			above += b.Count
		}
	}
	return above
}

// Plus adds up two histograms.
func (h Histogram) Plus(other Histogram) Histogram {
	out := make(Histogram, 0, max(len(h), len(other)))
	for len(h) > 0 && len(other) > 0 {
		switch a, b := h[0], other[0]; {
		case a.Index < b.Index:
			out, h = append(out, a), h[1:]
		case a.Index > b.Index:
			out, other = append(out, b), other[1:]
		default:
			out = append(out, HistogramBucket{a.Index, a.Count + b.Count})
			h, other = h[1:], other[1:]
		}
	}
	return append(append(out, h...), other...)
}

// Minus is what was counted since an earlier reading of the same histogram;
// ok is false where this one has less in a bucket, because its counter has
// begun anew.
func (h Histogram) Minus(earlier Histogram) (since Histogram, ok bool) {
	before := map[int]int64{}
	for _, b := range earlier {
		before[b.Index] = b.Count
	}
	for _, b := range h {
		n := b.Count - before[b.Index]
		delete(before, b.Index)
		if n < 0 {
			return nil, false
		}
		if n > 0 {
			since = append(since, HistogramBucket{b.Index, n})
		}
	}
	return since, len(before) == 0
}

// MarshalJSON writes the pairs.
func (b HistogramBucket) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]int64{int64(b.Index), b.Count})
}

// UnmarshalJSON refuses what is no bucket.
func (b *HistogramBucket) UnmarshalJSON(text []byte) error {
	var pair [2]int64
	if err := json.Unmarshal(text, &pair); err != nil {
		return err
	}
	if pair[0] < 0 || pair[0] >= HistogramBuckets || pair[1] < 0 {
		return fmt.Errorf("bucket %d with %d latencies: there are %d buckets, and no negative counts", pair[0], pair[1], HistogramBuckets)
	}
	*b = HistogramBucket{int(pair[0]), pair[1]}
	return nil
}

// CountLatencies makes a histogram of latencies in microseconds.
func CountLatencies(us ...int64) Histogram {
	counts := map[int]int64{}
	for _, v := range us {
		counts[BucketOf(v)]++
	}
	var h Histogram
	for index, n := range counts {
		h = append(h, HistogramBucket{index, n})
	}
	slices.SortFunc(h, func(a, b HistogramBucket) int { return a.Index - b.Index })
	return h
}
