package matrix

import (
	"github.com/goccy/go-yaml/token"
)

// block reads the value whose next token stands deeper than column parent,
// on a line of its own.
func (b *builder) block(parent, depth int) (*node, *fault) {
	t, ok := b.peek()
	if !ok || t.col <= parent {
		return b.nothing(b.last().end), nil
	}
	if depth > maxDepth {
		return nil, tooDeep(t)
	}
	anchored := t.kind == token.AnchorType
	name, f := b.anchor()
	if f != nil {
		return nil, f
	}
	if anchored {
		line := t.line
		if t, ok = b.peek(); !ok || t.col <= parent {
			return b.named(name, b.nothing(b.last().end)), nil
		}
		if t.line == line && b.startsKey() {
			return nil, faultAt(t, "put the anchor on the line above", "an anchor cannot stand before a key")
		}
	}
	var n *node
	switch {
	case t.kind == token.SequenceEntryType:
		n, f = b.blockList(t.col, depth)
	case b.startsKey():
		n, f = b.blockMapping(t.col, depth)
	default:
		n, f = b.inline(depth)
	}
	if f != nil {
		return nil, f
	}
	return b.named(name, n), nil
}

func (b *builder) named(anchor string, n *node) *node {
	b.remember(anchor, n)
	return n
}

// inline reads a value that starts and ends without regard to columns: a
// scalar, block text, an alias, or something in brackets.
func (b *builder) inline(depth int) (*node, *fault) {
	t, _ := b.peek()
	switch {
	case isScalar(t):
		return b.leaf(), nil
	case t.kind == token.MappingStartType, t.kind == token.SequenceStartType:
		return b.flow(depth)
	case t.kind == token.LiteralType, t.kind == token.FoldedType:
		return b.blockText(), nil
	case t.kind == token.AliasType:
		return b.alias()
	case t.kind == token.TagType:
		return nil, faultAt(t, "remove it; put the value in quotes to make it a text", "YAML tags such as %s are not read here", clip(t.text))
	case t.kind == token.MappingKeyType:
		return nil, faultAt(t, `write "key: value"`, `keys written with "?" are not read here`)
	case t.kind == token.MappingValueType:
		return nil, faultAt(t, "", `a ":" with no key before it`)
	case t.kind == token.DirectiveType:
		return nil, faultAt(t, `remove the line, or put the value in quotes`, `"%%" starts a YAML directive, which is not read here`)
	case t.kind == token.SequenceEndType, t.kind == token.MappingEndType:
		f := faultAt(t, "", "a %q with no opening bracket before it", t.text)
		f.fatal = true
		return nil, f
	default:
		return nil, b.stray(t)
	}
}

func (b *builder) blockText() *node {
	header := b.toks[b.i]
	b.i++
	n := &node{kind: text, scalar: header.kind, start: header.start, end: header.end, size: 1}
	if body, ok := b.peek(); ok && body.kind == token.StringType && (body.start > header.end || body.text == "") {
		b.i++
		n.text, n.end = body.text, max(body.end, header.end)
	}
	return n
}

// blockMapping reads "key: value" lines that start at column col. A mistake
// in one entry does not hide those in the next.
func (b *builder) blockMapping(col, depth int) (*node, *fault) {
	first := b.toks[b.i]
	n := &node{kind: mapping, start: first.start, size: 1}
	for {
		t, ok := b.peek()
		if !ok || t.col < col || t.kind == token.DocumentHeaderType || t.kind == token.DocumentEndType {
			break
		}
		if t.col == col && t.kind == token.SequenceEntryType && n.entries != nil {
			break
		}
		entryAt := b.i
		e, f := b.blockEntry(t, col, depth)
		if f != nil {
			if f.fatal || len(b.faults) >= maxFaults {
				return nil, f
			}
			b.faults = append(b.faults, f)
			b.resume(entryAt, col)
			continue
		}
		n.entries = append(n.entries, e)
		n.grow(e.value)
	}
	n.end = b.last().end
	return n, b.merge(n, first)
}

// resume goes to the next line that may hold a key of the mapping at col.
func (b *builder) resume(from, col int) {
	line := b.toks[from].lastLine
	for b.i = from + 1; b.i < len(b.toks); b.i++ {
		t := b.toks[b.i]
		if t.line > line && t.col <= col && b.toks[b.i-1].lastLine < t.line {
			return
		}
	}
}

func (b *builder) blockEntry(t tok, col, depth int) (entry, *fault) {
	if before := b.last(); b.i > 0 && t.line == before.lastLine && before.kind != token.SequenceEntryType && before.kind != token.DocumentHeaderType {
		return entry{}, b.trailing(before, t)
	}
	if t.col > col {
		return entry{}, faultAt(t, "line it up with the keys above", "this line is indented deeper than the mapping it belongs to")
	}
	if !b.startsKey() {
		return entry{}, b.noKey(t)
	}
	if t.lastLine > t.line {
		return entry{}, b.noKey(t)
	}
	key := b.leaf()
	key.kind = text
	colon := b.toks[b.i]
	b.i++
	value, f := b.after(colon, col, depth)
	return entry{key: key, value: value}, f
}

// after reads the value that follows a colon.
func (b *builder) after(colon tok, col, depth int) (*node, *fault) {
	t, ok := b.peek()
	name := ""
	if ok && t.line == colon.line && t.kind == token.AnchorType {
		var f *fault
		if name, f = b.anchor(); f != nil {
			return nil, f
		}
		t, ok = b.peek()
	}
	if !ok || t.line > colon.line {
		var n *node
		var f *fault
		if ok && t.col == col && t.kind == token.SequenceEntryType {
			n, f = b.blockList(col, depth+1)
		} else {
			n, f = b.block(col, depth+1)
		}
		if f != nil {
			return nil, f
		}
		if n.kind == null && n.start == n.end {
			n.start, n.end = colon.end, colon.end
		}
		return b.named(name, n), nil
	}
	if t.kind == token.SequenceEntryType {
		return nil, faultAt(t, "put the items on the lines below, or write [a, b]", "a list cannot start on the line of its key")
	}
	if b.startsKey() {
		return nil, b.secondColon(t)
	}
	n, f := b.inline(depth + 1)
	if f != nil {
		return nil, f
	}
	if next, ok := b.peek(); ok && next.line == b.last().lastLine {
		return nil, b.trailing(b.last(), next)
	}
	return b.named(name, n), nil
}

// blockList reads "- value" lines that start at column col.
func (b *builder) blockList(col, depth int) (*node, *fault) {
	if depth > maxDepth {
		return nil, tooDeep(b.toks[b.i])
	}
	n := &node{kind: list, start: b.toks[b.i].start, size: 1}
	for {
		t, ok := b.peek()
		if !ok || t.col != col || t.kind != token.SequenceEntryType {
			break
		}
		b.i++
		item, f := b.item(t, col, depth)
		if f != nil {
			return nil, f
		}
		n.items = append(n.items, item)
		n.grow(item)
		if next, ok := b.peek(); ok && next.line == b.last().lastLine {
			return nil, b.trailing(b.last(), next)
		}
	}
	n.end = b.last().end
	return n, nil
}

func (b *builder) item(dash tok, col, depth int) (*node, *fault) {
	if t, ok := b.peek(); ok && t.line == dash.line {
		return b.block(col, depth+1)
	}
	n, f := b.block(col, depth+1)
	if f == nil && n.kind == null && n.start == n.end {
		n.start, n.end = dash.end, dash.end
	}
	return n, f
}
