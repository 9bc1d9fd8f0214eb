package verdict

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// stats are n requests, of which some failed and some took slow µs instead of 10 ms.
func stats(n, failed, slow int64, slowMicros int64) lockstep.RevisionStats {
	return lockstep.RevisionStats{Requests: n, Errors: failed, Routes: map[string]lockstep.RouteStats{"/": route(n, failed, slow, slowMicros)}}
}

func route(n, failed, slow, slowMicros int64) lockstep.RouteStats {
	us := slices.Concat(slices.Repeat([]int64{10_000}, int(n-slow)), slices.Repeat([]int64{slowMicros}, int(slow)))
	return lockstep.RouteStats{Requests: n, Errors: failed, Latencies: lockstep.CountLatencies(us...)}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	unreachable := stats(0, 0, 0, 0)
	unreachable.Failed = 30
	busy := stats(2000, 4, 0, 0)
	tests := []struct {
		name             string
		canary, baseline lockstep.RevisionStats
		want             Outcome
		says             string
	}{
		{"like the other", stats(400, 1, 0, 0), busy, Pass, "0.2% of 400 failed, p50 10 ms, p95 10 ms; baseline 0.2% of 2000 failed"},
		{"nothing yet", stats(0, 0, 0, 0), busy, Insufficient, "0 requests to the canary and 2000 to the baseline, of at least 100 each"},
		{"nothing to compare with", stats(400, 1, 0, 0), stats(0, 0, 0, 0), Insufficient, "400 requests to the canary and 0 to the baseline"},
		{"few, but good", stats(99, 0, 0, 0), busy, Insufficient, "99 requests"},
		{"few, and bad", stats(12, 6, 0, 0), busy, Fail, "50.0% of 12 requests failed; baseline 0.2% of 2000"},
		{"seven of ten a hundred times slower", stats(10, 0, 7, 1_000_000), busy, Fail, "70.0% of 10 requests took more than 15 ms (p95 1008 ms); baseline 0.0% of 2000 (p95 10 ms)"},
		{"cannot be reached", unreachable, busy, Fail, "100.0% of 30 requests failed"},
		{"both fail always", stats(400, 400, 0, 0), stats(400, 400, 0, 0), Pass, "100.0%"},
	}
	for _, test := range tests {
		v := Judge(test.canary, test.baseline, lockstep.Analysis{})
		if v.Outcome != test.want || !strings.Contains(v.Reason, test.says) {
			t.Errorf("%s: %s, %q; want %s, %q", test.name, v.Outcome, v.Reason, test.want, test.says)
		}
	}
}

// A route that few use is lost in the sum of all.
func TestOneBadRouteFailsTheCanary(t *testing.T) {
	t.Parallel()
	of := func(orders lockstep.RouteStats) lockstep.RevisionStats {
		pages := route(40_000, 0, 0, 0)
		return lockstep.RevisionStats{
			Requests: pages.Requests + orders.Requests, Errors: orders.Errors,
			Routes: map[string]lockstep.RouteStats{"/": pages, "/orders": orders},
		}
	}
	v := Judge(of(route(60, 30, 0, 0)), of(route(60, 0, 0, 0)), lockstep.Analysis{})
	if v.Outcome != Fail || !strings.Contains(v.Reason, "50.0% of 60 requests to /orders failed; baseline 0.0% of 60") {
		t.Errorf("%s: %s", v.Outcome, v.Reason)
	}
	if v := Judge(of(route(3, 0, 0, 0)), of(route(5, 0, 0, 0)), lockstep.Analysis{}); v.Outcome != Pass {
		t.Errorf("a route without traffic holds the canary up: %s", v.Reason)
	}
}

func TestMarginsAreTheUsers(t *testing.T) {
	t.Parallel()
	canary, baseline := stats(2000, 120, 0, 0), stats(2000, 20, 0, 0) // 6 % and 1 %
	if v := Judge(canary, baseline, lockstep.Analysis{}); v.Outcome != Fail {
		t.Errorf("by default: %s", v.Outcome)
	}
	if v := Judge(canary, baseline, lockstep.Analysis{ErrorMargin: 20}); v.Outcome != Pass {
		t.Errorf("with a margin of 20 points: %s", v.Outcome)
	}
	if v := Judge(stats(20, 0, 0, 0), baseline, lockstep.Analysis{MinRequests: 10, ErrorMargin: 40}); v.Outcome == Insufficient && strings.Contains(v.Reason, "at least 100") {
		t.Errorf("with 10 requests being enough: %s", v.Reason)
	}
}

func TestSince(t *testing.T) {
	t.Parallel()
	earlier, later := stats(100, 3, 10, 50_000), stats(140, 5, 20, 50_000)
	got, ok := Since(earlier, later)
	if want := stats(40, 2, 10, 50_000); !ok || got.Requests != 40 || got.Errors != 2 || !reflect.DeepEqual(got.Routes, want.Routes) {
		t.Errorf("got %+v", got)
	}
	for _, anew := range []lockstep.RevisionStats{earlier, {}, {Requests: 500, Errors: 1}} {
		if got, ok := Since(later, anew); ok {
			t.Errorf("a router that began anew is not noticed: %+v after %+v is %+v", anew, later, got)
		}
	}
	if all, ok := Since(lockstep.RevisionStats{}, later); !ok || all.Requests != 140 || all.Latency.P50 == 0 {
		t.Errorf("since the beginning: %+v", all)
	}
}
