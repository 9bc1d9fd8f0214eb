package alert

import (
	"fmt"
	"slices"
	"time"

	"github.com/expr-lang/expr/ast"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/expression"
)

// Facts are what an expression can name.
type Facts struct {
	Health   Health             `expr:"health"`
	Services map[string]Service `expr:"services"`
}

// Health is that of the environment.
type Health struct {
	Score  int    `expr:"score"`
	Status string `expr:"status"`
}

// Service is an app service or a dependency.
type Service struct {
	Status  string             `expr:"status"`
	Up      bool               `expr:"up"`      // healthy, or a warning
	Latency int                `expr:"latency"` // of the last check, in milliseconds
	Ready   int                `expr:"ready"`
	Desired int                `expr:"desired"`
	Figures map[string]float64 `expr:"figures"` // those of metadata that are numbers; 0 where there is none
}

// language is that of conditions.
var language = expression.Language{
	Facts:     Facts{},
	Functions: []string{"all", "any", "none", "one", "count", "filter", "len", "keys", "values", "min", "max", "abs", "round", "int", "float"},
	Words:     map[string]string{"Facts": "a condition", "Health": "health", "Service": "a service"},
}

// Expression is a condition that was checked. It may be used concurrently.
type Expression struct {
	compiled *expression.Expression
	names    []string // of services, as far as they are written out
}

// Parse checks an expression. known are the services that it may name; nil
// allows any. Its error is an *expression.Mistake.
func Parse(text string, known []string) (Expression, error) {
	compiled, err := expression.Compile(text, language)
	if err != nil {
		return Expression{}, err
	}
	v := names{of: compiled, known: known}
	compiled.Walk(&v)
	if v.mistake != nil {
		return Expression{}, v.mistake
	}
	return Expression{compiled, v.found}, nil
}

// names finds services that are named and are not there: such an expression
// would never be true.
type names struct {
	of      *expression.Expression
	known   []string
	found   []string
	mistake *expression.Mistake
}

func (v *names) Visit(node *ast.Node) {
	member, ok := (*node).(*ast.MemberNode)
	if !ok || v.mistake != nil {
		return
	}
	of, ok := member.Node.(*ast.IdentifierNode)
	name, literal := member.Property.(*ast.StringNode)
	if !ok || of.Value != "services" || !literal {
		return
	}
	v.found = append(v.found, name.Value)
	if v.known != nil && !slices.Contains(v.known, name.Value) {
		v.mistake = v.of.Mistake(member.Property, "there is no service and no dependency %q here", name.Value)
		v.mistake.Missing, v.mistake.Known = name.Value, v.known
	}
}

// Holds evaluates it.
func (e Expression) Holds(f Facts) (bool, error) { return e.compiled.Holds(f) }

// Rule is an AlertRule that was checked.
type Rule struct {
	lockstep.AlertRule
	when, clear Expression
}

// Compile checks a rule.
func Compile(r lockstep.AlertRule, known []string) (Rule, error) {
	when, err := Parse(r.When, known)
	if err != nil {
		return Rule{}, fmt.Errorf("alert %s: when: %w", r.Name, err)
	}
	out := Rule{AlertRule: r, when: when}
	if r.Clear != "" {
		if out.clear, err = Parse(r.Clear, known); err != nil {
			return Rule{}, fmt.Errorf("alert %s: clear: %w", r.Name, err)
		}
	}
	return out, nil
}

// Known says that something is known of each service that the rule names:
// of what is not seen nothing follows.
func (r Rule) Known(f Facts) bool {
	for _, name := range slices.Concat(r.clear.names, r.when.names) {
		if s, ok := f.Services[name]; !ok || s.Status == string(lockstep.HealthUnknown) {
			return false
		}
	}
	return true
}

// Next is the state that follows from the facts at a time, given the state
// and since when it is so.
func (r Rule) Next(state lockstep.AlertState, since, now time.Time, f Facts) (lockstep.AlertState, error) {
	wrong, err := r.when.Holds(f)
	if err != nil {
		return state, err
	}
	switch state {
	case lockstep.AlertFiring:
		clear := !wrong
		if r.clear.compiled != nil {
			if clear, err = r.clear.Holds(f); err != nil {
				return state, err
			}
		}
		if clear {
			return lockstep.AlertResolved, nil
		}
	case lockstep.AlertPending:
		switch {
		case !wrong:
			return lockstep.AlertOK, nil
		case now.Sub(since) >= r.For.Std():
			return lockstep.AlertFiring, nil
		}
	case lockstep.AlertOK, lockstep.AlertResolved:
		switch {
		case wrong && r.For == 0:
			return lockstep.AlertFiring, nil
		case wrong:
			return lockstep.AlertPending, nil
		}
	default:
		return lockstep.AlertOK, nil
	}
	return state, nil
}

// Summary says what was so when an alert got into its state.
func Summary(f Facts, services []lockstep.ServiceHealth) string {
	out := fmt.Sprintf("score %d", f.Health.Score)
	if _, worst, _ := lockstep.HealthScore(services); worst != "" {
		out += fmt.Sprintf(", %s is %s", worst, f.Services[worst].Status)
	}
	return out
}

// FactsOf are the facts of an environment; false where nothing is known of it.
func FactsOf(services []lockstep.ServiceHealth) (Facts, bool) {
	score, _, known := lockstep.HealthScore(services)
	f := Facts{Health: Health{Score: score, Status: string(lockstep.WorstHealth(services))}, Services: map[string]Service{}}
	for _, s := range services {
		one := Service{Status: string(s.Status), Up: s.Status.Up(), Ready: s.Ready, Desired: s.Desired, Figures: map[string]float64{}}
		if s.ResponseTime != nil {
			one.Latency = int(s.ResponseTime.Std().Milliseconds())
		}
		for name, v := range s.Metadata {
			if n, ok := v.(float64); ok {
				one.Figures[name] = n
			}
		}
		f.Services[s.Name] = one
	}
	return f, known
}
