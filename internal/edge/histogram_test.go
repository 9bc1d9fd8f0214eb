package edge

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lockstep-dev/lockstep"
)

func TestBuckets(t *testing.T) {
	t.Parallel()
	last := octaves*steps - 1
	for i := range last {
		if bucketOf(lowest(i)) != i || bucketOf(lowest(i+1)-1) != i {
			t.Fatalf("bucket %d is [%d,%d), but they fall into %d and %d",
				i, lowest(i), lowest(i+1), bucketOf(lowest(i)), bucketOf(lowest(i+1)-1))
		}
	}
	if got := bucketOf(math.MaxInt64); got != last {
		t.Errorf("the longest duration is in bucket %d, not the last one, %d", got, last)
	}
	rapid.Check(t, func(t *rapid.T) {
		us := rapid.Int64Range(0, lowest(last)).Draw(t, "µs")
		i := bucketOf(us)
		width := lowest(i+1) - lowest(i)
		if us < lowest(i) || us >= lowest(i+1) || float64(width) > max(1, float64(us)/steps) {
			t.Fatalf("%d µs is in bucket %d, [%d,%d)", us, i, lowest(i), lowest(i+1))
		}
	})
}

func TestQuantiles(t *testing.T) {
	t.Parallel()
	var h histogram
	if got := h.quantiles(); got != (lockstep.Quantiles{}) {
		t.Errorf("without a value the quantiles are %+v", got)
	}
	for ms := 1; ms <= 1000; ms++ {
		h.record(time.Duration(ms) * time.Millisecond)
	}
	h.record(-time.Second) // a clock that was set back
	got := h.quantiles()
	for _, q := range []struct{ got, want float64 }{{got.P50, 500}, {got.P95, 950}, {got.P99, 990}} {
		if math.Abs(q.got-q.want) > q.want/steps {
			t.Errorf("a quantile of 1…1000 ms is %v, not %v", q.got, q.want)
		}
	}
}
