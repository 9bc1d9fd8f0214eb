package verdict

import (
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func TestWithProbes(t *testing.T) {
	t.Parallel()
	of := func(o Outcome) Verdict { return Verdict{Outcome: o, Reason: string(o)} }
	for _, c := range []struct {
		users, probes, want Outcome
		reason              string
	}{
		{Pass, Pass, Pass, "pass"},
		{Pass, Insufficient, Pass, "pass"},
		{Pass, Fail, Fail, "synthetic requests: fail"},
		{Fail, Pass, Fail, "fail"},
		{Insufficient, Pass, Pass, "synthetic requests: pass (users: insufficient)"},
		{Insufficient, Fail, Fail, "synthetic requests: fail"},
		{Insufficient, Insufficient, Insufficient, "insufficient; synthetic requests: insufficient"},
	} {
		if got := WithProbes(of(c.users), of(c.probes)); got.Outcome != c.want || got.Reason != c.reason {
			t.Errorf("users %s, probes %s: %s (%s)", c.users, c.probes, got.Outcome, got.Reason)
		}
	}
}

// Three requests a minute never pass; synthetic ones beside them decide.
func TestProbesDecideWhereUsersAreFew(t *testing.T) {
	t.Parallel()
	side := func(n, errors int64, us int64) lockstep.SampleStats {
		return lockstep.SampleStats{Requests: n, Errors: errors, Latencies: lockstep.Histogram{{Index: lockstep.BucketOf(us), Count: n}}}
	}
	few := side(30, 0, 2000).Revision() // of ten minutes
	users := Judge(few, few, lockstep.Analysis{})
	if users.Outcome != Insufficient {
		t.Fatalf("users alone: %+v", users)
	}
	good := side(300, 0, 2000)
	for name, c := range map[string]struct {
		canary lockstep.SampleStats
		want   Outcome
	}{
		"equal": {good, Pass}, "failing": {side(300, 60, 2000), Fail}, "slow": {side(300, 0, 20000), Fail}, "too few": {side(20, 0, 2000), Insufficient},
	} {
		probes := Judge(c.canary.Revision(), good.Revision(), lockstep.Analysis{})
		if got := WithProbes(users, probes); got.Outcome != c.want {
			t.Errorf("%s: %s, want %s: %s", name, got.Outcome, c.want, got.Reason)
		}
	}
}

func TestSinceCountsApartToo(t *testing.T) {
	t.Parallel()
	stats := func(kind lockstep.SampleKind, n int64) lockstep.RevisionStats {
		return lockstep.RevisionStats{Apart: map[lockstep.SampleKind]lockstep.SampleStats{
			kind: {Requests: n, Errors: n / 2, Dropped: n, Latencies: lockstep.Histogram{{Index: 7, Count: n}}},
		}}
	}
	got, ok := Since(stats(lockstep.SampleProbe, 10), stats(lockstep.SampleProbe, 30))
	if s := got.Apart[lockstep.SampleProbe]; !ok || s.Requests != 20 || s.Errors != 10 || s.Dropped != 20 || s.Latencies.Total() != 20 {
		t.Errorf("since: %+v, %v", got, ok)
	}
	if got, ok := Since(lockstep.RevisionStats{}, stats(lockstep.SampleProbe, 30)); !ok || got.Apart[lockstep.SampleProbe].Requests != 30 {
		t.Errorf("a kind that is new: %+v, %v", got, ok)
	}
	for _, later := range []lockstep.RevisionStats{stats(lockstep.SampleProbe, 9), stats(lockstep.SampleTester, 30), {}} {
		if got, ok := Since(stats(lockstep.SampleProbe, 10), later); ok {
			t.Errorf("a router that counts anew was not noticed: %+v", got)
		}
	}
}
