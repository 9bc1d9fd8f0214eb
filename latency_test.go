package lockstep

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestBuckets(t *testing.T) {
	t.Parallel()
	const last = HistogramBuckets - 1
	for i := range last {
		if BucketOf(BucketLowest(i)) != i || BucketOf(BucketLowest(i+1)-1) != i {
			t.Fatalf("bucket %d is [%d,%d), but they fall into %d and %d",
				i, BucketLowest(i), BucketLowest(i+1), BucketOf(BucketLowest(i)), BucketOf(BucketLowest(i+1)-1))
		}
	}
	if got := BucketOf(math.MaxInt64); got != last {
		t.Errorf("the longest duration is in bucket %d, not the last one, %d", got, last)
	}
	if got := BucketOf(-1); got != 0 {
		t.Errorf("a negative duration is in bucket %d", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		us := rapid.Int64Range(0, BucketLowest(last)).Draw(t, "µs")
		i := BucketOf(us)
		width := BucketLowest(i+1) - BucketLowest(i)
		if us < BucketLowest(i) || us >= BucketLowest(i+1) || float64(width) > max(1, float64(us)/histogramParts) {
			t.Fatalf("%d µs is in bucket %d, [%d,%d)", us, i, BucketLowest(i), BucketLowest(i+1))
		}
	})
}

func TestHistogramQuantiles(t *testing.T) {
	t.Parallel()
	if got := (Histogram{}).Quantiles(); got != (Quantiles{}) {
		t.Errorf("without a value the quantiles are %+v", got)
	}
	var us []int64
	for ms := int64(1); ms <= 1000; ms++ {
		us = append(us, ms*1000)
	}
	h := CountLatencies(us...)
	got := h.Quantiles()
	for _, q := range []struct{ got, want float64 }{{got.P50, 500}, {got.P95, 950}, {got.P99, 990}} {
		if math.Abs(q.got-q.want) > q.want/histogramParts {
			t.Errorf("a quantile of 1…1000 ms is %v, not %v", q.got, q.want)
		}
	}
	if above := h.Above(900); above < 70 || above > 100 {
		t.Errorf("%d of 1…1000 ms are above 900", above)
	}
}

func TestHistogramsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) []int64 { return rapid.SliceOf(rapid.Int64Range(0, 1<<20)).Draw(t, name) }
		first, second := draw("first"), draw("second")
		earlier, later := CountLatencies(first...), CountLatencies(append(first, second...)...)
		if sum := earlier.Plus(CountLatencies(second...)); len(sum) > 0 && !reflect.DeepEqual(sum, later) {
			t.Fatalf("%v plus %v is %v", first, second, sum)
		}
		since, ok := later.Minus(earlier)
		if want := CountLatencies(second...); !ok || len(want) > 0 && !reflect.DeepEqual(since, want) {
			t.Fatalf("%v after %v is %v, %v", second, first, since, ok)
		}
		if _, ok := earlier.Minus(later); ok && len(second) > 0 {
			t.Fatalf("a counter that begins anew is not noticed")
		}
		var back Histogram
		text, err := json.Marshal(later)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &back); err != nil || len(later) > 0 && !reflect.DeepEqual(back, later) {
			t.Fatalf("%s is read as %v: %v", text, back, err)
		}
	})
	for _, text := range []string{`[[-1,2]]`, `[[1,-2]]`, `[[896,1]]`, `[[1]]`, `[["a",1]]`} {
		var h Histogram
		err := json.Unmarshal([]byte(text), &h)
		if err == nil && text != `[[1]]` { // a bucket with nothing in it
			t.Errorf("%s is read as %v", text, h)
		}
	}
}
