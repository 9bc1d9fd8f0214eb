package verdict

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func TestRulesAreAskedOfASampleThatSuffices(t *testing.T) {
	t.Parallel()
	budget := lockstep.Rule{Name: "budget", Expr: "new.errorRate <= old.errorRate + 0.001"}
	slow := lockstep.Rule{Name: "orders", Expr: `new.routes["/orders"].p95 <= 5`}
	strange := lockstep.Rule{Name: "strange", Expr: "new.requests % (old.requests - 2000) == 0"}
	for name, test := range map[string]struct {
		canary lockstep.RevisionStats
		rules  []lockstep.Rule
		want   Outcome
		says   string
	}{
		"true":                        {stats(400, 0, 0, 0), []lockstep.Rule{budget}, Pass, "0.0% of 400 failed"},
		"false":                       {stats(400, 2, 0, 0), []lockstep.Rule{budget}, Fail, "rule budget is false: new.errorRate <= old.errorRate + 0.001, with new.errorRate 0.005 (2 of 400), old.errorRate 0.002 (4 of 2000)"},
		"false, of too few":           {stats(99, 1, 0, 0), []lockstep.Rule{budget}, Insufficient, "99 requests to the canary and 2000 to the baseline, of at least 100 each"},
		"of a route nobody used":      {stats(400, 0, 0, 0), []lockstep.Rule{budget, slow}, Insufficient, "rule orders: 0 requests to /orders of the canary and 0 of the baseline, of at least 100 each"},
		"of a route, false":           {stats(400, 0, 0, 0), []lockstep.Rule{{Name: "pages", Expr: `new.routes["/"].p95 <= 5`}}, Fail, `rule pages is false: new.routes["/"].p95 <= 5, with new.routes["/"].p95 10`},
		"cannot be computed":          {stats(400, 0, 0, 0), []lockstep.Rule{strange}, Insufficient, "rule strange cannot be computed: "},
		"cannot be read":              {stats(400, 0, 0, 0), []lockstep.Rule{{Name: "old", Expr: "p95 < 3"}}, Insufficient, "rule old cannot be read: unknown name p95"},
		"the tests speak first":       {stats(400, 100, 0, 0), []lockstep.Rule{budget}, Fail, "25.0% of 400 requests failed"},
		"true, and a test is not yet": {stats(101, 3, 0, 0), []lockstep.Rule{{Name: "lax", Expr: "new.errorRate < 1"}}, Insufficient, "3.0% of 101 failed"},
	} {
		v := Judge(test.canary, stats(2000, 4, 0, 0), lockstep.Analysis{Rules: test.rules})
		if v.Outcome != test.want || !strings.Contains(v.Reason, test.says) {
			t.Errorf("%s: %s, %q; want %s, %q", name, v.Outcome, v.Reason, test.want, test.says)
		}
	}
}
