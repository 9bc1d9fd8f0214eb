package expression

import (
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// bounds finds what could take long, or make much of little.
type bounds struct {
	of        *Expression
	functions []string
	mistake   *Mistake
}

func (b *bounds) Visit(node *ast.Node) {
	if b.mistake != nil {
		return
	}
	switch n := (*node).(type) {
	case *ast.VariableDeclaratorNode:
		if of := n.Value.Type(); of == nil || of.Kind() != reflect.Bool && !of.ConvertibleTo(reflect.TypeFor[float64]()) {
			b.mistake = b.of.Mistake(n, "a variable is a number, or a condition")
		}
	case *ast.BuiltinNode:
		if !slices.Contains(b.functions, n.Name) {
			b.mistake = b.of.Mistake(n, "there is no function %s here: use one of %s", n.Name, strings.Join(b.functions, ", "))
		}
	case *ast.PredicateNode: // visited after what is in it
		if hasLoop(n.Node) {
			b.mistake = b.of.Mistake(n, "a condition goes through one list at a time")
		}
	}
}

type loops struct{ found bool }

func (l *loops) Visit(node *ast.Node) {
	if _, ok := (*node).(*ast.PredicateNode); ok {
		l.found = true
	}
}

func hasLoop(node ast.Node) bool {
	var l loops
	ast.Walk(&node, &l)
	return l.found
}
