package matrix

import (
	"strings"

	"github.com/goccy/go-yaml/token"
)

// flow reads something in brackets.
func (b *builder) flow(depth int) (*node, *fault) {
	open := b.toks[b.i]
	if depth > maxDepth {
		return nil, tooDeep(open)
	}
	if f := b.placeholder(open); f != nil {
		return nil, f
	}
	b.i++
	n := &node{kind: list, start: open.start, flow: true, size: 1}
	closing := token.SequenceEndType
	read := b.flowItem
	if open.kind == token.MappingStartType {
		n.kind, closing, read = mapping, token.MappingEndType, b.flowEntry
	}
	for first := true; ; first = false {
		t, ok := b.peek()
		if !ok {
			return nil, unclosed(open)
		}
		if t.kind == closing {
			b.i++
			n.end = t.end
			if n.kind == mapping {
				return n, b.merge(n, open)
			}
			return n, nil
		}
		if !first {
			if t.kind != token.CollectEntryType {
				if f := b.placeholder(t); f != nil {
					return nil, f
				}
				return nil, b.flowFault(open, t)
			}
			b.i++
			if t, ok = b.peek(); ok && t.kind == closing {
				continue // a comma at the end
			}
			if !ok {
				return nil, unclosed(open)
			}
		}
		if t.kind == token.CollectEntryType {
			return nil, faultAt(t, "", "a comma with nothing before it")
		}
		if f := read(n, depth); f != nil {
			return nil, f
		}
	}
}

func unclosed(open tok) *fault {
	f := faultAt(open, "", "this %q is never closed", open.text)
	f.fatal = true
	return f
}

func (b *builder) flowFault(open, t tok) *fault {
	if t.line > open.line && b.last().lastLine < t.line {
		f := unclosed(open)
		f.suggestion = "or is a comma missing at the end of a line?"
		return f
	}
	f := faultAt(t, "put the value in quotes if it holds one of , [ ] { } : #", "expected a comma or the closing bracket here")
	f.fatal = true
	return f
}

func (b *builder) flowItem(n *node, depth int) *fault {
	item, f := b.flowNode(depth)
	if f != nil {
		return f
	}
	if t, ok := b.peek(); ok && t.kind == token.MappingValueType && item.kind != mapping && item.kind != list {
		// [key: value] is a mapping of one.
		pair := &node{kind: mapping, start: item.start, flow: true, size: 1}
		item.kind = text
		value, f := b.flowValue(depth)
		if f != nil {
			return f
		}
		pair.entries = []entry{{key: item, value: value}}
		pair.end = b.last().end
		pair.grow(value)
		item = pair
	}
	n.items = append(n.items, item)
	n.grow(item)
	return nil
}

func (b *builder) flowEntry(n *node, depth int) *fault {
	t, _ := b.peek()
	if f := b.placeholder(t); f != nil {
		return f
	}
	if !isScalar(t) {
		return b.noKey(t)
	}
	key := b.leaf()
	key.kind = text
	value := b.nothing(key.end)
	if t, ok := b.peek(); ok && t.kind == token.MappingValueType {
		var f *fault
		if value, f = b.flowValue(depth); f != nil {
			return f
		}
	}
	n.entries = append(n.entries, entry{key: key, value: value})
	n.grow(value)
	return nil
}

// flowValue reads what follows a colon in brackets, which may be nothing.
func (b *builder) flowValue(depth int) (*node, *fault) {
	colon := b.toks[b.i]
	b.i++
	t, ok := b.peek()
	if !ok {
		return b.nothing(colon.end), nil
	}
	switch t.kind {
	case token.CollectEntryType, token.MappingEndType, token.SequenceEndType:
		return b.nothing(colon.end), nil
	default:
		return b.flowNode(depth)
	}
}

func (b *builder) flowNode(depth int) (*node, *fault) {
	name, f := b.anchor()
	if f != nil {
		return nil, f
	}
	t, ok := b.peek()
	if !ok {
		return b.nothing(b.last().end), nil
	}
	if t.kind == token.LiteralType || t.kind == token.FoldedType {
		return nil, faultAt(t, "put the value in quotes", "block text cannot stand in brackets")
	}
	n, f := b.inline(depth + 1)
	if f != nil {
		return nil, f
	}
	return b.named(name, n), nil
}

// placeholder is the fault of {{name}} without quotes, which YAML reads as
// brackets; nil where t is not the start of one.
func (b *builder) placeholder(t tok) *fault {
	text := b.src.text
	if t.kind != token.MappingStartType || !strings.HasPrefix(text[t.start:], "{{") {
		return nil
	}
	from := t.start
	for from > 0 && !strings.ContainsRune(" \t\n,[", rune(text[from-1])) {
		from--
	}
	line := text[from:]
	if nl := strings.IndexByte(line, '\n'); nl >= 0 {
		line = line[:nl]
	}
	word := line
	if end := strings.LastIndex(line, "}}"); end >= 0 {
		word = line[:end+2]
	}
	if cut := strings.IndexAny(word, ", "); cut >= 0 && strings.Contains(word[:cut], "}}") {
		word = word[:cut]
	}
	return faultAt(tok{start: t.start}, `write "`+clip(word)+`"`, "a placeholder must stand in quotes, because { opens a mapping in YAML")
}
