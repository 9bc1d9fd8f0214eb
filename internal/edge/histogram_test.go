package edge

import (
	"math"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func TestQuantiles(t *testing.T) {
	t.Parallel()
	var h histogram
	if got := h.reading().Quantiles(); got != (lockstep.Quantiles{}) {
		t.Errorf("without a value the quantiles are %+v", got)
	}
	for ms := 1; ms <= 1000; ms++ {
		h.record(time.Duration(ms) * time.Millisecond)
	}
	h.record(-time.Second) // a clock that was set back
	got := h.reading().Quantiles()
	for _, q := range []struct{ got, want float64 }{{got.P50, 500}, {got.P95, 950}, {got.P99, 990}} {
		if math.Abs(q.got-q.want) > q.want/32 {
			t.Errorf("a quantile of 1…1000 ms is %v, not %v", q.got, q.want)
		}
	}
}
