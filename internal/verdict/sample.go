package verdict

import (
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

// sample is what is known of one side.
type sample struct {
	requests, errors int64
	latencies        lockstep.Histogram
}

func sampleOf(s lockstep.RevisionStats) sample {
	out := sample{requests: s.Requests + s.Failed, errors: s.Errors + s.Failed}
	for _, route := range s.Routes {
		out.latencies = out.latencies.Plus(route.Latencies)
	}
	return out
}

func sampleOfRoute(s lockstep.RouteStats) sample {
	return sample{s.Requests, s.Errors, s.Latencies}
}

// String is "0.5% of 184 failed, p50 0.4 ms, p95 1.2 ms".
func (s sample) String() string {
	return fmt.Sprintf("%s failed, p50 %s, p95 %s", percentage(s.errors, s.requests),
		milliseconds(s.latencies.Quantile(0.5)), milliseconds(s.latencies.Quantile(0.95)))
}

// Since is what a revision did after an earlier reading. ok is false where the
// later one has less: a router that has died counts from 0 again, and the
// earlier reading says nothing about what it counts.
func Since(earlier, later lockstep.RevisionStats) (since lockstep.RevisionStats, ok bool) {
	since = lockstep.RevisionStats{
		Requests: later.Requests - earlier.Requests, Errors: later.Errors - earlier.Errors,
		Failed: later.Failed - earlier.Failed, InFlight: later.InFlight,
		Routes: map[string]lockstep.RouteStats{},
	}
	var all lockstep.Histogram
	for name, now := range later.Routes {
		before := earlier.Routes[name]
		latencies, ok := now.Latencies.Minus(before.Latencies)
		if !ok {
			return since, false
		}
		since.Routes[name] = lockstep.RouteStats{
			Requests: now.Requests - before.Requests, Errors: now.Errors - before.Errors, Latencies: latencies,
		}
		all = all.Plus(latencies)
	}
	if since.Requests < 0 || since.Errors < 0 || since.Failed < 0 {
		return since, false
	}
	since.Latency = all.Quantiles()
	for kind := range earlier.Apart {
		if _, still := later.Apart[kind]; !still {
			return since, false
		}
	}
	for kind, now := range later.Apart {
		part, ok := apartSince(earlier.Apart[kind], now)
		if !ok {
			return since, false
		}
		if since.Apart == nil {
			since.Apart = map[lockstep.SampleKind]lockstep.SampleStats{}
		}
		since.Apart[kind] = part
	}
	return since, true
}

func apartSince(earlier, later lockstep.SampleStats) (since lockstep.SampleStats, ok bool) {
	since = lockstep.SampleStats{
		Requests: later.Requests - earlier.Requests, Errors: later.Errors - earlier.Errors,
		Failed: later.Failed - earlier.Failed, Dropped: later.Dropped - earlier.Dropped,
	}
	since.Latencies, ok = later.Latencies.Minus(earlier.Latencies)
	return since, ok && min(since.Requests, since.Errors, since.Failed, since.Dropped) >= 0
}
