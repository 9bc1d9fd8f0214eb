package verdict

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// Outcome is what a verdict comes to.
type Outcome string

// The outcomes.
const (
	Pass         Outcome = "pass"
	Fail         Outcome = "fail"
	Insufficient Outcome = "insufficient" // there is not enough evidence yet
)

// Check is one question and its answer.
type Check struct {
	Metric  string  `json:"metric"` // errors, latency, rule
	Route   string  `json:"route,omitempty"`
	Outcome Outcome `json:"outcome"`
	Message string  `json:"message"` // the figures of both, for people
}

// Verdict is the answer to all checks.
type Verdict struct {
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason"`
	Checks  []Check `json:"checks"`
}

// Judge compares what two revisions did in the same time.
func Judge(canary, baseline lockstep.RevisionStats, a lockstep.Analysis) Verdict {
	c, b := sampleOf(canary), sampleOf(baseline)
	v := Verdict{Outcome: Pass, Checks: checks("", c, b, a, alpha)}
	if !slices.ContainsFunc(v.Checks, failed) {
		v.Checks = append(v.Checks, routes(canary, baseline, a)...)
	}
	enough, missing := sufficient(c, b, a)
	if enough {
		v.Checks = append(v.Checks, rules(canary, baseline, a)...)
	}
	if i := slices.IndexFunc(v.Checks, failed); i >= 0 {
		v.Outcome, v.Reason = Fail, v.Checks[i].Message
		return v
	}
	v.Reason = c.String() + "; baseline " + b.String()
	if i := slices.IndexFunc(v.Checks, func(c Check) bool { return c.Outcome == Insufficient }); i >= 0 {
		v.Outcome = Insufficient
		if v.Checks[i].Metric == metricRule {
			v.Reason = v.Checks[i].Message
		}
	}
	if !enough {
		v.Outcome, v.Reason = Insufficient, missing
	}
	return v
}

// sufficient says whether both sides have as many requests as a canary needs
// to pass, and otherwise what is missing.
func sufficient(c, b sample, a lockstep.Analysis) (enough bool, missing string) {
	wanted := smallest(a)
	if min(c.requests, b.requests) >= wanted {
		return true, ""
	}
	return false, fmt.Sprintf("%d requests to the canary and %d to the baseline, of at least %d each", c.requests, b.requests, wanted)
}

func smallest(a lockstep.Analysis) int64 {
	return int64(cmp.Or(a.MinRequests, lockstep.DefaultMinRequests))
}

func failed(c Check) bool { return c.Outcome == Fail }

func checks(route string, c, b sample, a lockstep.Analysis, alpha float64) []Check {
	return []Check{
		failures(route, c, b, a, alpha),
		latency(route, 0.95, c, b, a, alpha),
		latency(route, 0.5, c, b, a, alpha),
	}
}

// routes keeps only what fails: a route that few use must not hold up the rest.
func routes(canary, baseline lockstep.RevisionStats, a lockstep.Analysis) []Check {
	if len(canary.Routes) < 2 {
		return nil
	}
	var names []string
	for name := range canary.Routes {
		if _, both := baseline.Routes[name]; both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []Check
	for _, name := range names {
		c, b := sampleOfRoute(canary.Routes[name]), sampleOfRoute(baseline.Routes[name])
		part := alpha / float64(len(names))
		for _, check := range checks(name, c, b, a, part) {
			if failed(check) {
				out = append(out, check)
			}
		}
	}
	return out
}
