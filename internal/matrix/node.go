package matrix

import (
	"strconv"

	"github.com/goccy/go-yaml/token"
)

type kind int

const (
	null kind = iota
	text
	mapping
	list
)

func (k kind) String() string {
	return [...]string{"nothing", "a text", "a mapping", "a list"}[k]
}

// node is one value of the file. Aliases and merge keys are already followed:
// a node may stand in several places.
type node struct {
	kind    kind
	scalar  token.Type // of a text: how it was written
	text    string     // of a text: unquoted and folded; numbers as they were written
	entries []entry    // of a mapping
	items   []*node    // of a list

	start, end int  // in the source; of an alias, the alias
	flow       bool // written with brackets
	alias      bool // what it holds stands elsewhere
	size       int  // values in it, through aliases
}

type entry struct {
	key    *node
	value  *node
	merged bool // came through a merge key
}

func (n *node) grow(child *node) { n.size = min(n.size+child.size, maxExpansion+1) }

// plain is the value as JSON would carry it: map[string]any, []any, string,
// bool, int64, float64 or nil. ok is false where JSON has no such number.
func (n *node) plain() (v any, ok bool) {
	switch n.kind {
	case mapping:
		out := make(map[string]any, len(n.entries))
		for _, e := range n.entries {
			if _, twice := out[e.key.text]; twice {
				continue // the first counts, as everywhere
			}
			v, ok := e.value.plain()
			if !ok {
				return nil, false
			}
			out[e.key.text] = v
		}
		return out, true
	case list:
		out := make([]any, 0, len(n.items))
		for _, item := range n.items {
			v, ok := item.plain()
			if !ok {
				return nil, false
			}
			out = append(out, v)
		}
		return out, true
	case text:
		return n.scalarValue()
	default:
		return nil, true
	}
}

func (n *node) scalarValue() (any, bool) {
	switch n.scalar {
	case token.BoolType:
		b, err := strconv.ParseBool(n.text)
		return b, err == nil
	case token.InfinityType, token.NanType:
		return nil, false
	case token.IntegerType, token.BinaryIntegerType, token.OctetIntegerType, token.HexIntegerType, token.FloatType:
		number := token.ToNumber(n.text)
		if number == nil {
			return n.text, true
		}
		switch v := number.Value.(type) {
		case uint64:
			if v <= 1<<63-1 {
				return int64(v), true
			}
			return float64(v), true
		default:
			return v, true // int64 or float64
		}
	default:
		return n.text, true
	}
}
