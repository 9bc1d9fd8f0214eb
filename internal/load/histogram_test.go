package load

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

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
