package rule

import (
	"slices"

	"github.com/expr-lang/expr/ast"

	"github.com/lockstep-dev/lockstep/internal/expression"
)

// figuresOf are the figures that an expression reads, in its order. An
// expression that could read others, by a name that is computed, is refused.
func figuresOf(e *expression.Expression) ([]figure, error) {
	c := collector{Expression: e, of: map[ast.Node]*ast.MemberNode{}}
	e.Walk(&c)
	var out []figure
	for _, m := range c.members {
		f, whole, err := c.read(m)
		if err != nil {
			return nil, err
		}
		if whole && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out, c.strays()
}

// collector finds everything that reads something of something.
type collector struct {
	*expression.Expression
	members []*ast.MemberNode
	of      map[ast.Node]*ast.MemberNode // who reads of a node
	names   []*ast.IdentifierNode
}

func (c *collector) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.MemberNode:
		c.members = append(c.members, n)
		c.of[n.Node] = n
	case *ast.IdentifierNode:
		c.names = append(c.names, n)
	}
}

// read is the figure that a member is; whole is false for a part of the way
// to one: new.routes of new.routes["/"].p95.
func (c *collector) read(m *ast.MemberNode) (f figure, whole bool, err error) {
	name, plain := m.Property.(*ast.StringNode)
	if !plain {
		return f, false, c.Mistake(m.Property, `a name is written out: new.p95, new.routes["/api"].p95`)
	}
	switch of := m.Node.(type) {
	case *ast.IdentifierNode:
		if of.Value != "new" && of.Value != "old" {
			return f, false, c.Mistake(m, "figures are read of new and of old, not of %s", of.Value)
		}
		if name.Value == "routes" {
			if c.of[m] == nil {
				return f, false, c.Mistake(m, `routes is read by a route's name: %s.routes["/api"]`, of.Value)
			}
			return f, false, nil
		}
		return figure{old: of.Value == "old", name: name.Value}, true, nil
	case *ast.MemberNode:
		return c.ofRoute(m, of, name.Value)
	default:
		return f, false, c.Mistake(m, "figures are read of new and of old")
	}
}

func (c *collector) ofRoute(m, of *ast.MemberNode, name string) (f figure, whole bool, err error) {
	routes, deeper := of.Node.(*ast.MemberNode)
	if !deeper {
		// m is new.routes["/"]; somebody has to read a figure of it.
		if c.of[m] == nil {
			return f, false, c.Mistake(m, "name a figure of the route: requests, errors, errorRate, p50, p95 or p99")
		}
		return f, false, nil
	}
	side, isSide := routes.Node.(*ast.IdentifierNode)
	route, isText := of.Property.(*ast.StringNode)
	if !isSide || !isText {
		return f, false, c.Mistake(m, "figures are read of new and of old")
	}
	return figure{old: side.Value == "old", routed: true, route: route.Value, name: name}, true, nil
}

// strays refuses a side that is used as a whole, and $env.
func (c *collector) strays() error {
	for _, n := range c.names {
		if c.of[n] == nil && (n.Value == "new" || n.Value == "old" || n.Value == "$env") {
			return c.Mistake(n, "name a figure of it: %s.errorRate", n.Value)
		}
	}
	return nil
}
