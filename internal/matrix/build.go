package matrix

import (
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// builder makes a tree of nodes from tokens. The scanner is goccy's; its
// parser is not used, because it takes quadratic time over a mapping with
// many keys and stops at the first mistake.
type builder struct {
	src      *source
	toks     []tok
	i        int
	anchors  map[string]*node
	expanded int
	names    suggester
	faults   []*fault
}

const maxFaults = 10

// build returns the tree of the text, or why there is none. exact says that
// the places in it are good enough to edit the text.
func build(src *source) (root *node, exact bool, faults []*fault) {
	toks, exact, faults := scan(src)
	if faults != nil {
		return nil, false, faults
	}
	b := &builder{src: src, toks: toks, anchors: map[string]*node{}}
	root, f := b.document()
	if f != nil {
		b.faults = append(b.faults, f)
	}
	return root, exact, b.faults
}

func (b *builder) document() (*node, *fault) {
	if header, ok := b.peek(); ok && header.kind == token.DocumentHeaderType {
		b.i++
		if t, ok := b.peek(); ok && t.line == header.line {
			return nil, faultAt(t, "put it on the next line", `nothing can stand behind "---"`)
		}
	}
	root, f := b.block(0, 0)
	if f != nil {
		return nil, f
	}
	t, ok := b.peek()
	if ok && t.kind == token.DocumentEndType {
		b.i++
		t, ok = b.peek()
	}
	switch {
	case !ok:
		return root, nil
	case t.kind == token.DocumentHeaderType, t.kind == token.DocumentEndType, b.i > 0 && b.toks[b.i-1].kind == token.DocumentEndType:
		return nil, faultAt(t, "keep one, and put the others into files of their own", "the file holds more than one YAML document")
	case len(b.faults) > 0:
		return nil, nil // a consequence of what is already reported
	default:
		return nil, b.stray(t)
	}
}

func (b *builder) peek() (tok, bool) {
	if b.i < len(b.toks) {
		return b.toks[b.i], true
	}
	return tok{}, false
}

// last is the token before the next one.
func (b *builder) last() tok {
	if b.i == 0 {
		return tok{line: 1, lastLine: 1}
	}
	return b.toks[b.i-1]
}

func isScalar(t tok) bool {
	switch t.kind {
	case token.StringType, token.SingleQuoteType, token.DoubleQuoteType, token.BoolType, token.NullType,
		token.IntegerType, token.BinaryIntegerType, token.OctetIntegerType, token.HexIntegerType,
		token.FloatType, token.InfinityType, token.NanType, token.MergeKeyType:
		return true
	default:
		return false
	}
}

// startsKey says that the next tokens are a key and its colon.
func (b *builder) startsKey() bool {
	if b.i+1 >= len(b.toks) {
		return false
	}
	t, colon := b.toks[b.i], b.toks[b.i+1]
	return isScalar(t) && colon.kind == token.MappingValueType && colon.line == t.lastLine
}

// leaf takes the next token as a text or null.
func (b *builder) leaf() *node {
	t := b.toks[b.i]
	b.i++
	n := &node{kind: text, scalar: t.kind, text: t.text, start: t.start, end: t.end, size: 1}
	if t.kind == token.NullType {
		n.kind = null
	}
	return n
}

func (b *builder) nothing(at int) *node { return &node{kind: null, start: at, end: at, size: 1} }

// anchor takes "&name", where there is one.
func (b *builder) anchor() (name string, f *fault) {
	t, ok := b.peek()
	if !ok || t.kind != token.AnchorType {
		return "", nil
	}
	b.i++
	n, ok := b.peek()
	if !ok || n.start != t.end {
		return "", faultAt(t, "", "an anchor needs a name right after the &")
	}
	b.i++
	if next, ok := b.peek(); ok && next.kind == token.AnchorType && next.line == t.line {
		return "", faultAt(next, "remove one", "two anchors for one value")
	}
	return n.text, nil
}

func (b *builder) remember(anchor string, n *node) {
	if anchor != "" {
		b.anchors[anchor] = n
	}
}

// alias takes "*name": the node that the anchor names, seen from here.
func (b *builder) alias() (*node, *fault) {
	t := b.toks[b.i]
	b.i++
	name, ok := b.peek()
	if !ok || name.start != t.end {
		return nil, faultAt(t, "put it in quotes if it is a text", "an alias needs a name right after the *")
	}
	b.i++
	target, ok := b.anchors[name.text]
	if !ok {
		hint := b.names.didYouMean(name.text, slices.Sorted(maps.Keys(b.anchors)))
		return nil, faultAt(t, hint, "no anchor &%s above this line", clip(name.text))
	}
	if f := b.spend(t, target.size); f != nil {
		return nil, f
	}
	seen := *target
	seen.start, seen.end, seen.alias = t.start, name.end, true
	return &seen, nil
}

// spend counts what an alias stands for, so that a short file cannot unfold
// into a huge one.
func (b *builder) spend(t tok, size int) *fault {
	b.expanded += size
	if b.expanded > maxExpansion {
		f := faultAt(t, "", "the aliases of this file stand for more than %d values", maxExpansion)
		f.fatal = true
		return f
	}
	return nil
}

// clip shortens a name for a message.
func clip(s string) string {
	const longest = 60
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest-1]) + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '�'
		}
		return r
	}, s)
}
