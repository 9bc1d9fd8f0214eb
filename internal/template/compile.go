package template

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/lockstep-dev/lockstep"
)

// The names of what is put into templates; nobody can write them, because a
// person's text is parsed before they are known.
const (
	atName   = "__at"
	keepName = "__keep"
)

// compiled is a text whose every action tells where it is.
type compiled struct {
	text  Text
	tree  *template.Template
	uses  []string // upper-case names that are called
	whole bool     // it is one placeholder: its value keeps its type
}

var upperShape = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)

// callable are the names that a template may call, before those of variables.
func callable(funcs template.FuncMap) map[string]any {
	names := map[string]any{}
	for name := range funcs {
		names[name] = true
	}
	for _, name := range []string{
		"and", "or", "not", "len", "index", "slice", "print", "printf", "println", "html", "js", "urlquery", "call",
		"eq", "ne", "lt", "le", "gt", "ge", "break", "continue",
	} {
		names[name] = true
	}
	return names
}

// compile parses a text and checks the names that it calls: known ones, or
// upper-case ones, which are variables. Its other faults are problems.
func compile(text Text, funcs template.FuncMap, calls map[string]any, declared []string) (compiled, *fault) {
	source := text.Source
	if text.Kind == AsTruth {
		source = "{{" + source + "}}"
	}
	out := compiled{text: text}
	tree := parse.New(rootName)
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(source, "", "", trees); err != nil {
		return out, parseFault(text, source, err)
	}
	if trees[rootName] == nil {
		trees[rootName] = tree // a text without anything in it
	}
	var wrong *fault
	walk := func(n *parse.IdentifierNode) {
		switch {
		case calls[n.Ident] != nil:
		case upperShape.MatchString(n.Ident):
			out.uses = append(out.uses, n.Ident)
		case wrong == nil:
			wrong = unknownFault(text, source, n, calls)
		}
	}
	for _, t := range trees {
		identifiers(t.Root, walk)
	}
	if wrong == nil && declared != nil {
		wrong = unknownFields(text, trees[rootName].Root, declared)
	}
	if wrong != nil {
		return out, wrong
	}
	all := template.FuncMap{atName: func(int) string { return "" }, keepName: func(any) string { return "" }}
	for name, f := range funcs {
		all[name] = f
	}
	for _, name := range out.uses {
		all[name] = func() any { return nil }
	}
	out.tree = template.New(rootName).Funcs(all).Option("missingkey=error")
	out.whole = text.Kind == AsTruth || text.Kind == AsValue && keepWhole(trees[rootName].Root)
	if text.Kind == AsTruth {
		keepWhole(trees[rootName].Root)
	}
	for name, t := range trees {
		trackList(t.Root)
		if _, err := out.tree.AddParseTree(name, t); err != nil {
			return out, &fault{text: text, message: err.Error()}
		}
	}
	slices.Sort(out.uses)
	out.uses = slices.Compact(out.uses)
	return out, nil
}

// rootName is that of the text itself, among those that it defines.
const rootName = "template"

// keepWhole lets the one placeholder that a text is give its value away
// before it is printed.
func keepWhole(list *parse.ListNode) bool {
	if list == nil || len(list.Nodes) != 1 {
		return false
	}
	action, ok := list.Nodes[0].(*parse.ActionNode)
	if !ok || len(action.Pipe.Decl) > 0 {
		return false
	}
	action.Pipe.Cmds = append(action.Pipe.Cmds, snippet("{{" + keepName + "}}").Pipe.Cmds[0])
	return true
}

// snippet parses one action of ours.
func snippet(source string) *parse.ActionNode {
	tree := parse.New("snippet")
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(source, "", "", map[string]*parse.Tree{}); err != nil {
		return nil // our own text: it parses
	}
	return tree.Root.Nodes[0].(*parse.ActionNode)
}

// trackList puts a look at clock and memory before everything that acts, and
// at the beginning of each list, so that an empty loop is seen too.
func trackList(list *parse.ListNode) {
	if list == nil {
		return
	}
	tracked := make([]parse.Node, 0, 2*len(list.Nodes)+1)
	if len(list.Nodes) == 0 || list.Nodes[0].Type() == parse.NodeText {
		tracked = append(tracked, at(list.Position()))
	}
	for _, n := range list.Nodes {
		if n.Type() != parse.NodeText && n.Type() != parse.NodeComment {
			tracked = append(tracked, at(n.Position()))
		}
		tracked = append(tracked, n)
		switch n := n.(type) {
		case *parse.IfNode:
			trackList(n.List)
			trackList(n.ElseList)
		case *parse.RangeNode:
			trackList(n.List)
			trackList(n.ElseList)
		case *parse.WithNode:
			trackList(n.List)
			trackList(n.ElseList)
		}
	}
	list.Nodes = tracked
}

func at(pos parse.Pos) parse.Node { return snippet(fmt.Sprintf("{{%s %d}}", atName, pos)) }

// identifiers calls see for each name that is called below a node.
func identifiers(node parse.Node, see func(*parse.IdentifierNode)) {
	branch := func(b *parse.BranchNode) {
		identifiers(b.Pipe, see)
		identifiers(b.List, see)
		if b.ElseList != nil {
			identifiers(b.ElseList, see)
		}
	}
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			identifiers(child, see)
		}
	case *parse.ActionNode:
		identifiers(n.Pipe, see)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			identifiers(n.Pipe, see)
		}
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, c := range n.Cmds {
			identifiers(c, see)
		}
	case *parse.CommandNode:
		for _, arg := range n.Args {
			identifiers(arg, see)
		}
	case *parse.ChainNode:
		identifiers(n.Node, see)
	case *parse.IdentifierNode:
		see(n)
	}
}

// nearestName is the name that was most likely meant.
func nearestName(name string, names []string) string {
	best, distance := "", max(2, len(name)/3)+1
	for _, candidate := range names {
		if d := lockstep.EditDistance(strings.ToLower(name), strings.ToLower(candidate)); d < distance && d < len(candidate) {
			best, distance = candidate, d
		}
	}
	return best
}
