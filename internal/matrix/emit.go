package matrix

import (
	"maps"
	"slices"
	"strings"
)

// pairs is a mapping that is written in its own order.
type pairs []pair

type pair struct {
	key   string
	value any
}

// put adds a pair unless the value is empty.
func (p *pairs) put(key string, v any) {
	if !empty(v) {
		p.set(key, v)
	}
}

func (p *pairs) set(key string, v any) { *p = append(*p, pair{key, v}) }

// sorted turns a mapping into pairs by name.
func sorted[V any](m map[string]V) pairs {
	out := make(pairs, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, pair{k, m[k]})
	}
	return out
}

// asPairs sees every kind of mapping as pairs.
func asPairs(v any) (pairs, bool) {
	switch v := v.(type) {
	case pairs:
		return v, true
	case map[string]any:
		return sorted(v), true
	case branch:
		return sorted(v), true
	case map[string]string:
		return sorted(v), true
	default:
		return nil, false
	}
}

func asList(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case []string:
		return anyList(v), true
	default:
		return nil, false
	}
}

// flowText writes any value on one line: {a: [b, c]}.
func flowText(v any) string {
	if p, ok := asPairs(v); ok {
		parts := make([]string, len(p))
		for i, one := range p {
			parts[i] = scalarText(one.key) + ": " + flowText(one.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	if l, ok := asList(v); ok {
		parts := make([]string, len(l))
		for i, one := range l {
			parts[i] = flowText(one)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return scalarText(v)
}

// writeBlock writes a mapping line by line, indented by so many spaces.
func writeBlock(b *strings.Builder, p pairs, indent int) {
	for _, one := range p {
		b.WriteString(strings.Repeat(" ", indent) + scalarText(one.key) + ":")
		writeValue(b, one.value, indent)
	}
}

// writeValue writes what follows a colon or a dash, and the end of the line.
func writeValue(b *strings.Builder, v any, indent int) {
	if p, ok := asPairs(v); ok && len(p) > 0 {
		b.WriteByte('\n')
		writeBlock(b, p, indent+2)
		return
	}
	l, ok := asList(v)
	if !ok || !slices.ContainsFunc(l, isCollection) {
		b.WriteString(" " + flowText(v) + "\n")
		return
	}
	b.WriteByte('\n')
	for _, item := range l {
		b.WriteString(strings.Repeat(" ", indent+2) + "-")
		p, ok := asPairs(item)
		if !ok || len(p) == 0 {
			b.WriteString(" " + flowText(item) + "\n")
			continue
		}
		// The first key stands behind the dash, the others below it.
		var inner strings.Builder
		writeBlock(&inner, p, indent+4)
		b.WriteString(" " + strings.TrimLeft(inner.String(), " "))
	}
}

func isCollection(v any) bool {
	_, mapped := asPairs(v)
	_, listed := asList(v)
	return mapped || listed
}
