package template

import (
	"fmt"
	"slices"
	"text/template/parse"
)

// unknownFields finds, in the text itself, each {{.name}} and {{$.name}} that
// nobody declares. Where a range or a with has put another value into the dot,
// and in what a text defines, only the values know.
func unknownFields(text Text, root *parse.ListNode, declared []string) *fault {
	var wrong *fault
	see := func(name string, at parse.Pos) {
		if wrong == nil && !slices.Contains(declared, name) {
			wrong = &fault{text: text, at: int(at) - bracesOf(text), message: fmt.Sprintf("nobody declares %q", name), hint: "declare it in the template's variables"}
			if near := nearestName(name, declared); near != "" {
				wrong.hint = "did you mean " + near + "? If not, declare it in the template's variables"
			}
		}
	}
	var walk func(n parse.Node, dot bool)
	list := func(l *parse.ListNode, dot bool) {
		if l == nil {
			return
		}
		for _, n := range l.Nodes {
			walk(n, dot)
		}
	}
	walk = func(n parse.Node, dot bool) {
		switch n := n.(type) {
		case *parse.ActionNode:
			walk(n.Pipe, dot)
		case *parse.IfNode:
			walk(n.Pipe, dot)
			list(n.List, dot)
			list(n.ElseList, dot)
		case *parse.RangeNode:
			walk(n.Pipe, dot)
			list(n.List, false)
			list(n.ElseList, dot)
		case *parse.WithNode:
			walk(n.Pipe, dot)
			list(n.List, false)
			list(n.ElseList, dot)
		case *parse.TemplateNode:
			if n.Pipe != nil {
				walk(n.Pipe, dot)
			}
		case *parse.PipeNode:
			if n == nil {
				return
			}
			for _, c := range n.Cmds {
				walk(c, dot)
			}
		case *parse.CommandNode:
			for _, arg := range n.Args {
				walk(arg, dot)
			}
		case *parse.FieldNode:
			if dot {
				see(n.Ident[0], n.Pos)
			}
		case *parse.VariableNode:
			if n.Ident[0] == "$" && len(n.Ident) > 1 {
				see(n.Ident[1], n.Pos)
			}
		}
	}
	list(root, true)
	return wrong
}
