package matrix

import (
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/rule"
)

const maxRules = 20 // of one environment

// ruleRoute is a route that a rule reads figures of.
type ruleRoute struct {
	rule, route string
	at          place
}

// ruleText is one of analysis.rules.
type ruleText struct {
	lockstep.Rule
	expr value
}

var ruleKeys = keys[ruleText]{
	{"name", func(v value, r *ruleText) {
		if s, ok := v.filled(); ok {
			if !plainName.MatchString(s) {
				v.wrong("", "rule name %q: use letters, digits, hyphens and underscores", clip(s))
			}
			r.Name = s
		}
	}},
	{"expr", func(v value, r *ruleText) {
		r.Expr, _ = v.filled()
		r.expr = v
	}},
}

func readRules(v value, s *strategy) {
	items, ok := v.list()
	if ok && len(items) > maxRules {
		v.wrong("", "%d rules are more than %d", len(items), maxRules)
		return
	}
	var names []word
	for _, item := range items {
		var r ruleText
		if !ruleKeys.read(item, &r) {
			continue
		}
		if !item.has("name") || !item.has("expr") {
			item.wrong(`write {name: errors, expr: "new.errorRate <= old.errorRate + 0.01"}`, "a rule needs name and expr")
		}
		if r.Name != "" {
			names = append(names, word{r.Name, item.at()})
		}
		if r.Expr != "" {
			s.compile(r)
		}
		s.spec.Analysis.Rules = append(s.spec.Analysis.Rules, r.Rule)
	}
	v.once(names)
}

// compile finds out whether a rule makes sense; what it reads is kept for the
// checks to come.
func (s *strategy) compile(r ruleText) {
	v := r.expr
	compiled, err := rule.Compile(r.Expr)
	if err != nil {
		v.mistaken(err, `write such as new.errorRate <= old.errorRate + 0.01, or new.routes["/"].p95 < 300`)
		return
	}
	for _, route := range compiled.Routes() {
		s.routes = append(s.routes, ruleRoute{r.Name, route, v.at()})
	}
}

// checkRules: the routes that rules name lead somewhere.
func (d *decoder) checkRules(doc *document) {
	for _, e := range doc.environments {
		if len(e.strategy.routes) == 0 {
			continue
		}
		var known []string
		for _, s := range doc.services {
			for prefix := range claims(s, e.overlay(s.name)) {
				known = append(known, prefix)
			}
		}
		slices.Sort(known)
		for _, r := range e.strategy.routes {
			if !slices.Contains(known, r.route) {
				d.report(r.at, d.names.didYouMeanOr(r.route, known), "rule %s reads the route %s, which no service of %s takes", r.rule, clip(r.route), e.name)
			}
		}
	}
}
