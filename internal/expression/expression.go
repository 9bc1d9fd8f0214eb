package expression

import (
	"errors"
	"fmt"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
)

const (
	// MaxLength bounds a text, in bytes.
	MaxLength = 1000

	maxNodes  = 200
	maxMemory = 10_000 // elements that an evaluation may make
)

// Language is what expressions are written in.
type Language struct {
	Facts     any               // a value of the type that they are evaluated over
	Functions []string          // all that they may call
	Words     map[string]string // what people call the types of Facts, by their Go names
}

// Expression is a condition that was checked. It may be used concurrently.
type Expression struct {
	text    string
	words   *strings.Replacer
	program *vm.Program
}

// Compile checks a text. Its error is a *Mistake.
func Compile(text string, l Language) (*Expression, error) {
	if len(text) > MaxLength {
		return nil, &Mistake{Message: fmt.Sprintf("it is longer than %d bytes", MaxLength)}
	}
	words := l.replacer()
	// Without the optimizer, which would hide nodes from what follows.
	program, err := expr.Compile(text, expr.Env(l.Facts), expr.AsBool(), expr.MaxNodes(maxNodes), expr.Optimize(false))
	if err != nil {
		return nil, mistakeOf(err, text, l, words)
	}
	e := &Expression{text, words, program}
	b := bounds{of: e, functions: l.Functions}
	e.Walk(&b)
	if b.mistake != nil {
		return nil, b.mistake
	}
	return e, nil
}

// Walk visits what the expression consists of, parts before the whole.
func (e *Expression) Walk(v ast.Visitor) {
	root := e.program.Node()
	ast.Walk(&root, v)
}

// Mistake is one of the node at.
func (e *Expression) Mistake(at ast.Node, format string, args ...any) *Mistake {
	return &Mistake{At: inBytes(e.text, at.Location().From), Message: fmt.Sprintf(format, args...)}
}

// Holds evaluates it over a value of the type of its language's facts. It
// fails where it cannot be computed.
func (e *Expression) Holds(facts any) (bool, error) {
	machine := vm.VM{MemoryBudget: maxMemory}
	out, err := machine.Run(e.program, facts)
	if err != nil {
		return false, errors.New("cannot be computed: " + said(err, e.words))
	}
	holds, _ := out.(bool)
	return holds, nil
}
