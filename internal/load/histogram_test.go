package load

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBucketsCoverEveryDurationOnce(t *testing.T) {
	t.Parallel()
	var h histogram
	for bucket := range len(h.buckets) {
		upper := upperBound(bucket)
		if got := bucketOf(upper - time.Microsecond); got != bucket {
			t.Fatalf("the last µs of bucket %d falls into %d", bucket, got)
		}
		if got := bucketOf(upper); got != min(bucket+1, len(h.buckets)-1) {
			t.Fatalf("the first µs after bucket %d falls into %d", bucket, got)
		}
	}
	for _, d := range []time.Duration{-time.Second, 0} {
		if got := bucketOf(d); got != 0 {
			t.Errorf("bucketOf(%s) = %d", d, got)
		}
	}
	if got := bucketOf(math.MaxInt64); got != len(h.buckets)-1 {
		t.Errorf("bucketOf(292 years) = %d", got)
	}
}

func TestQuantilesAreWithinABucketOfTheTruth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		micros := rapid.SliceOfN(rapid.Int64Range(0, 60_000_000), 1, 300).Draw(t, "micros")
		earlier := rapid.SliceOfN(rapid.Int64Range(0, 60_000_000), 0, 50).Draw(t, "earlier")
		var h, base histogram
		for _, v := range earlier {
			h.add(time.Duration(v) * time.Microsecond)
		}
		base = h
		for _, v := range micros {
			h.add(time.Duration(v) * time.Microsecond)
		}
		h.minus(base)
		slices.Sort(micros)
		for _, q := range []float64{0.01, 0.5, 0.95, 0.99, 1} {
			exact := time.Duration(micros[max(0, int(math.Ceil(q*float64(len(micros))))-1)]) * time.Microsecond
			got := h.quantile(q)
			if got < exact || float64(got) > float64(exact+time.Microsecond)*(1+1.0/32) {
				t.Fatalf("quantile %v of %v = %s, exact %s", q, micros, got, exact)
			}
		}
	})
}

func TestNoValues(t *testing.T) {
	t.Parallel()
	var h histogram
	if h.quantile(0.5) != 0 || h.max != 0 {
		t.Errorf("an empty histogram: %s, %s", h.quantile(0.5), h.max)
	}
	h.add(time.Second)
	h.minus(h)
	if h.quantile(0.99) != 0 || h.max != 0 || h.count != 0 {
		t.Errorf("a histogram less itself: %s, %s, %d", h.quantile(0.99), h.max, h.count)
	}
}
