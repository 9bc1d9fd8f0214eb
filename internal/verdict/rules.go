package verdict

import (
	"fmt"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/rule"
)

const metricRule = "rule"

// rules asks those of the matrix. They are not tests: one that is false when
// it is looked at fails the canary.
func rules(canary, baseline lockstep.RevisionStats, a lockstep.Analysis) []Check {
	if len(a.Rules) == 0 {
		return nil
	}
	all := rule.Figures{New: rule.SideOf(canary), Old: rule.SideOf(baseline)}
	out := make([]Check, len(a.Rules))
	for i, r := range a.Rules {
		out[i] = ruled(r, all, smallest(a))
	}
	return out
}

func ruled(r lockstep.Rule, all rule.Figures, wanted int64) Check {
	check := Check{Metric: metricRule, Outcome: Insufficient}
	compiled, err := rule.Compile(r.Expr)
	if err != nil {
		check.Message = fmt.Sprintf("rule %s cannot be read: %s", r.Name, err)
		return check
	}
	for _, route := range compiled.Routes() {
		of, beside := all.New.Routes[route].Requests, all.Old.Routes[route].Requests
		if int64(min(of, beside)) < wanted {
			check.Route = route
			check.Message = fmt.Sprintf("rule %s: %d requests to %s of the canary and %d of the baseline, of at least %d each", r.Name, of, route, beside, wanted)
			return check
		}
	}
	holds, err := compiled.Holds(all)
	switch {
	case err != nil:
		check.Message = fmt.Sprintf("rule %s %s", r.Name, err)
	case holds:
		check.Outcome, check.Message = Pass, fmt.Sprintf("rule %s is true: %s", r.Name, compiled.Read(all))
	default:
		check.Outcome, check.Message = Fail, fmt.Sprintf("rule %s is false: %s, with %s", r.Name, r.Expr, compiled.Read(all))
	}
	return check
}
