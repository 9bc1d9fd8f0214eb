package rule

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

// The bounds of an expression.
const (
	maxLength = 1000 // bytes
	maxNodes  = 200
	memory    = 10_000 // elements that an evaluation may make
)

// functions are all that an expression may call.
var functions = []string{"abs", "ceil", "floor", "int", "max", "min", "round"}

// Rule is an expression that makes sense.
type Rule struct {
	text    string
	program *vm.Program
	figures []figure
}

// Mistake is why a text is no rule, and where: a number of characters from
// its beginning.
type Mistake struct {
	At      int
	Message string
	Name    string // where it is one that there is not
}

func (m *Mistake) Error() string { return m.Message }

// Compile reads a rule. Its error is a *Mistake.
func Compile(text string) (*Rule, error) {
	if len(text) > maxLength {
		return nil, &Mistake{Message: fmt.Sprintf("the rule is longer than %d characters", maxLength)}
	}
	options := []expr.Option{expr.Env(Figures{}), expr.AsBool(), expr.MaxNodes(maxNodes), expr.DisableAllBuiltins()}
	for _, name := range functions {
		options = append(options, expr.EnableBuiltin(name))
	}
	program, err := expr.Compile(text, options...)
	if err != nil {
		return nil, mistakeOf(err)
	}
	r := &Rule{text: text, program: program}
	if r.figures, err = figuresOf(program.Node()); err != nil {
		return nil, err
	}
	if len(r.figures) == 0 {
		return nil, &Mistake{Message: "the rule reads no figure, so that it is always the same"}
	}
	return r, nil
}

// Names are what a rule may read of a side.
func Names() []string {
	return []string{"requests", "errors", "errorRate", "p50", "p95", "p99", "routes"}
}

// strange is how the checker tells of a figure that there is not.
var strange = regexp.MustCompile(`^type rule\.\w+ has no field (\w+)`)

func mistakeOf(err error) *Mistake {
	var at *file.Error
	if errors.As(err, &at) {
		if m := strange.FindStringSubmatch(at.Message); m != nil {
			return &Mistake{At: at.From, Message: "there is no figure " + m[1], Name: m[1]}
		}
		return &Mistake{At: at.From, Message: plain(at.Message)}
	}
	message, _, _ := strings.Cut(err.Error(), "\n")
	return &Mistake{Message: plain(message)}
}

// plain says what the checker says without the names of our types.
func plain(message string) string {
	return strings.NewReplacer("rule.Side", "a side (new, old)", "rule.Route", "a route's figures", "rule.Figures", "the figures").Replace(message)
}

// Holds says whether the rule is true. It fails where it cannot be computed.
func (r *Rule) Holds(f Figures) (bool, error) {
	machine := vm.VM{MemoryBudget: memory}
	out, err := machine.Run(r.program, f)
	if err != nil {
		return false, fmt.Errorf("cannot be computed: %s", mistakeOf(err).Message)
	}
	holds, _ := out.(bool)
	return holds, nil
}

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
