package verdict

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// app is how a revision behaves in a simulation.
type app struct {
	failing float64 // share of requests
	median  float64 // ms; lognormal with a long tail
}

func (a app) serve(rng *rand.Rand, s *side) {
	s.requests++
	if rng.Float64() < a.failing {
		s.errors++
	}
	s.counts[lockstep.BucketOf(int64(1000*a.median*math.Exp(0.8*rng.NormFloat64())))]++
}

type side struct {
	requests, errors int64
	counts           [lockstep.HistogramBuckets]int64
}

func (s *side) stats() lockstep.RevisionStats {
	var h lockstep.Histogram
	for i, n := range s.counts {
		if n > 0 {
			h = append(h, lockstep.HistogramBucket{Index: i, Count: n})
		}
	}
	return lockstep.RevisionStats{Requests: s.requests, Errors: s.errors, Routes: map[string]lockstep.RouteStats{
		"/": {Requests: s.requests, Errors: s.errors, Latencies: h},
	}}
}

// rollout plays a canary: each weight is watched for at least 30 s at the
// rate given, looked at every other second, until its verdict or the deadline. It
// returns the weight at which the canary failed, 0 where it passed them all,
// and -1 where the evidence did not suffice.
func rollout(rng *rand.Rand, canary, baseline app, perSecond float64) int {
	const pause, deadline = 30, 600
	for _, weight := range []int{5, 25, 50} {
		var c, b side
		passed := false
		for second := 1; second <= deadline && !passed; second++ {
			for range poisson(rng, perSecond) {
				if rng.IntN(100) < weight {
					canary.serve(rng, &c)
				} else {
					baseline.serve(rng, &b)
				}
			}
			if second%2 > 0 {
				continue
			}
			switch Judge(c.stats(), b.stats(), lockstep.Analysis{}).Outcome {
			case Fail:
				return weight
			case Pass:
				passed = second >= pause
			case Insufficient:
			}
		}
		if !passed {
			return -1
		}
	}
	return 0
}

func poisson(rng *rand.Rand, mean float64) int {
	limit, n := math.Exp(-mean), 0
	for p := rng.Float64(); p > limit; p *= rng.Float64() {
		n++
	}
	return n
}

// many plays it n times and counts the ends.
func many(t *testing.T, n int, canary, baseline app, perSecond float64) map[int]int {
	t.Helper()
	out := map[int]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			rng := rand.New(rand.NewPCG(20261122, uint64(worker)))
			for range n / 4 {
				end := rollout(rng, canary, baseline, perSecond)
				mu.Lock()
				out[end]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	t.Logf("of %d: %v (0 passed, -1 without a verdict, else failed at that weight)", n, out)
	return out
}

func TestEqualRevisionsPass(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]app{
		"healthy":    {failing: 0.001, median: 20},
		"one in 100": {failing: 0.01, median: 20},
		"troubled":   {failing: 0.2, median: 300},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const n = 1000
			if back := n - many(t, n, a, a, 40)[0]; back > n/20 {
				t.Errorf("%d of %d equal revisions were taken back", back, n)
			}
		})
	}
}

func TestWorseRevisionsAreFoundEarly(t *testing.T) {
	t.Parallel()
	ends := many(t, 1000, app{failing: 0.05, median: 20}, app{failing: 0.01, median: 20}, 40)
	if found := ends[5] + ends[25]; found < 950 {
		t.Errorf("5%% instead of 1%% errors were found in %d of 1000 before half the traffic", found)
	}
}

func TestSlowerRevisionsAreFoundEarly(t *testing.T) {
	t.Parallel()
	ends := many(t, 400, app{failing: 0.001, median: 40}, app{failing: 0.001, median: 20}, 40)
	if found := ends[5] + ends[25]; found < 380 {
		t.Errorf("answers twice as slow were found in %d of 400 before half the traffic", found)
	}
}

func TestLittleTrafficNeverPasses(t *testing.T) {
	t.Parallel()
	const threeAMinute = 0.05
	for _, canary := range []app{{median: 20}, {failing: 0.5, median: 2000}} {
		if ends := many(t, 200, canary, app{median: 20}, threeAMinute); ends[0] > 0 {
			t.Errorf("%d of 200 canaries passed with three requests a minute", ends[0])
		}
	}
}

// What mends a revision that is broken must not be held up by how broken it is.
func TestAFixPasses(t *testing.T) {
	t.Parallel()
	if ends := many(t, 200, app{failing: 0.001, median: 20}, app{failing: 0.6, median: 2000}, 40); ends[0] < 198 {
		t.Errorf("a fix passed in %d of 200", ends[0])
	}
}
