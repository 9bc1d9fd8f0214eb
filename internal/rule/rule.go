package rule

import (
	"errors"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep/internal/expression"
)

// language is that of rules.
var language = expression.Language{
	Facts:     Figures{},
	Functions: []string{"abs", "ceil", "floor", "int", "max", "min", "round"},
	Words:     map[string]string{"Figures": "the figures", "Side": "a side (new, old)", "Route": "a route"},
}

// Rule is an expression that makes sense.
type Rule struct {
	compiled *expression.Expression
	figures  []figure
}

// Compile reads a rule. Its error is an *expression.Mistake.
func Compile(text string) (*Rule, error) {
	compiled, err := expression.Compile(text, language)
	var m *expression.Mistake
	if errors.As(err, &m) && m.Missing != "" {
		m.Message = "there is no figure " + m.Missing
	}
	if err != nil {
		return nil, err
	}
	r := &Rule{compiled: compiled}
	if r.figures, err = figuresOf(compiled); err != nil {
		return nil, err
	}
	if len(r.figures) == 0 {
		return nil, &expression.Mistake{Message: "the rule reads no figure, so that it is always the same"}
	}
	return r, nil
}

// Holds says whether the rule is true. It fails where it cannot be computed.
func (r *Rule) Holds(f Figures) (bool, error) { return r.compiled.Holds(f) }

// Routes are those that it reads figures of.
func (r *Rule) Routes() []string {
	var out []string
	for _, f := range r.figures {
		if f.routed && !slices.Contains(out, f.route) {
			out = append(out, f.route)
		}
	}
	return out
}

// Read are the figures that the rule reads, with their values.
func (r *Rule) Read(f Figures) string {
	parts := make([]string, len(r.figures))
	for i, one := range r.figures {
		parts[i] = one.String() + " " + one.of(f)
	}
	return strings.Join(parts, ", ")
}
