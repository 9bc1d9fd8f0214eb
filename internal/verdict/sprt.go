package verdict

import (
	"cmp"
	"fmt"
	"math"

	"github.com/lockstep-dev/lockstep"
)

const (
	alpha = 0.003 // equal revisions that a check calls worse
	beta  = 0.03  // worse ones that it calls equal

	// fewest is how many requests of each side a check looks at at all.
	fewest = 10

	doubt = 2.5 // standard errors of the baseline's share

	slowMargin = 0.10 // so many more slow requests matter
	slowFloor  = 2.0  // milliseconds: below, nobody notices
)

// failures tests the share of requests that failed.
func failures(route string, c, b sample, a lockstep.Analysis, alpha float64) Check {
	margin := float64(cmp.Or(a.ErrorMargin, lockstep.DefaultErrorMargin)) / 100
	worse := func(p float64) float64 { return p + math.Max(margin, p/2) }
	return Check{
		Metric: "errors", Route: route,
		Outcome: ratioTest(c.errors, c.requests, b.errors, b.requests, worse, alpha),
		Message: fmt.Sprintf("%s requests%s failed; baseline %s", percentage(c.errors, c.requests), to(route), percentage(b.errors, b.requests)),
	}
}

// latency tests the share of requests that are slower than a quantile of the
// baseline's: than nearly all of them (p95), and than the middle one (p50),
// which shows what becomes of most users where a few requests take long anyway.
func latency(route string, quantile float64, c, b sample, a lockstep.Analysis, alpha float64) Check {
	margin := float64(cmp.Or(a.LatencyMargin, lockstep.DefaultLatencyMargin)) / 100
	usual := b.latencies.Quantile(quantile)
	slow := usual*(1+margin) + slowFloor
	k, n, kb, nb := c.latencies.Above(slow), c.latencies.Total(), b.latencies.Above(slow), b.latencies.Total()
	return Check{
		Metric: "latency", Route: route,
		Outcome: ratioTest(k, n, kb, nb, func(p float64) float64 { return p + slowMargin }, alpha),
		Message: fmt.Sprintf("%s requests%s took more than %s (p%.0f %s); baseline %s (p%.0f %s)",
			percentage(k, n), to(route), milliseconds(slow), 100*quantile, milliseconds(c.latencies.Quantile(quantile)),
			percentage(kb, nb), 100*quantile, milliseconds(usual)),
	}
}

func to(route string) string {
	if route == "" {
		return ""
	}
	return " to " + route
}

// ratioTest is Wald's, of k among n of the canary's requests, where kb among
// nb of the baseline's have the property. Nobody knows the baseline's true
// share: to call the canary worse it is taken for as high as it may well be,
// and to call it equal for what was seen.
func ratioTest(k, n, kb, nb int64, worse func(float64) float64, alpha float64) Outcome {
	if n < fewest || nb < fewest {
		return Insufficient
	}
	seen := (float64(kb) + 0.5) / (float64(nb) + 1) // never 0: that nothing happened among few says little
	high := seen + doubt*math.Sqrt(seen*(1-seen)/float64(nb))
	switch {
	case logRatio(k, n, high, worse(high)) >= math.Log((1-beta)/alpha):
		return Fail
	case logRatio(k, n, seen, worse(seen)) <= math.Log(beta/(1-alpha)):
		return Pass
	}
	return Insufficient
}

// logRatio is the logarithm of how much likelier k of n are with a share of
// p1 than of p0. Where p0 is nearly all, nothing can be worse.
func logRatio(k, n int64, p0, p1 float64) float64 {
	if p0 > 0.9 {
		return math.Inf(-1)
	}
	p1 = math.Min(p1, 0.999)
	return float64(k)*math.Log(p1/p0) + float64(n-k)*math.Log((1-p1)/(1-p0))
}

func percentage(k, n int64) string {
	if n == 0 {
		return "0% of 0"
	}
	return fmt.Sprintf("%.1f%% of %d", 100*float64(k)/float64(n), n)
}

func milliseconds(ms float64) string {
	if ms < 10 {
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}
