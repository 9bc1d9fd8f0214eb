package matrix

import (
	"fmt"
	"strings"
)

// editor finds the stretch of text that a change of one value replaces.
type editor struct {
	src  *source
	path string
}

// spot is a value in its surroundings.
type spot struct {
	n      *node
	parent *spot // nil for the whole file
	i      int   // which entry or item of the parent
}

func (s spot) entry() entry { return s.parent.n.entries[s.i] }

// inBrackets says that the value stands inside a flow collection, where all
// is written on one line.
func (s spot) inBrackets() bool { return s.parent != nil && s.parent.n.flow }

func (e *editor) set(root *node, segments []segment, value any) (edit, error) {
	at := spot{n: root}
	for i, seg := range segments {
		if at.n.alias && i > 0 {
			return edit{}, byHand(e.path, "an alias brings it")
		}
		next, found, err := e.step(at, seg)
		if err != nil {
			return edit{}, err
		}
		if !found {
			if value == nil {
				return edit{}, nil // nothing to remove
			}
			return e.add(at, seg, nest(segments[i+1:], value))
		}
		at = next
	}
	if value == nil {
		return e.remove(at)
	}
	return e.replace(at, value), nil
}

// nest wraps a value in the mappings and lists that a path still asks for.
func nest(segments []segment, value any) any {
	for i := len(segments) - 1; i >= 0; i-- {
		if segments[i].index < 0 {
			value = map[string]any{segments[i].key: value}
		} else {
			value = []any{value}
		}
	}
	return value
}

func (e *editor) step(at spot, seg segment) (next spot, found bool, err error) {
	if seg.index >= 0 {
		if at.n.kind != list && at.n.kind != null || seg.index > len(at.n.items) {
			return spot{}, false, wrongWay(e.path, fmt.Sprintf("there is no item %d", seg.index))
		}
		if seg.index == len(at.n.items) {
			return spot{}, false, nil
		}
		return spot{n: at.n.items[seg.index], parent: &at, i: seg.index}, true, nil
	}
	if at.n.kind != mapping && at.n.kind != null {
		return spot{}, false, wrongWay(e.path, fmt.Sprintf("there is no key %s in %s", clip(seg.key), at.n.kind))
	}
	for i, one := range at.n.entries {
		if one.key.text != seg.key {
			continue
		}
		if one.merged {
			return spot{}, false, byHand(e.path, "a merge key brings it")
		}
		return spot{n: one.value, parent: &at, i: i}, true, nil
	}
	return spot{}, false, nil
}

// replace puts value in the place of what is there.
func (e *editor) replace(at spot, value any) edit {
	switch {
	case at.parent == nil:
		return e.replaceAll(at.n, value)
	case at.inBrackets() && at.parent.n.kind == mapping && at.n.start == at.n.end && at.n.end == at.entry().key.end:
		return edit{at.n.start, at.n.end, ": " + flowText(value)} // {key} stands for {key: }
	case at.inBrackets(), at.parent.n.kind == list:
		return e.replaceSpan(at.n, flowText(value))
	default:
		return e.replaceEntry(at, value)
	}
}

func (e *editor) replaceAll(n *node, value any) edit {
	p, ok := asPairs(value)
	if !ok || len(p) == 0 {
		return edit{n.start, n.end, flowText(value)}
	}
	var b strings.Builder
	writeBlock(&b, p, 0)
	if n.kind == null && n.start == n.end {
		// A file of nothing but comments: behind them.
		text, end := b.String(), len(e.src.text)
		if end > 0 && e.src.text[end-1] != '\n' {
			text = "\n" + text
		}
		return edit{end, end, text}
	}
	return edit{n.start, n.end, strings.TrimSuffix(b.String(), "\n")}
}

func (e *editor) replaceSpan(n *node, text string) edit {
	if n.start == n.end {
		text = " " + text // nothing stood behind the colon or dash
	}
	return edit{n.start, n.end, text}
}

// replaceEntry replaces the value of a "key: value" line, which may take more
// than the line before and after. A comment behind the key stays.
func (e *editor) replaceEntry(at spot, value any) edit {
	key := at.entry().key
	colon := key.end + strings.IndexByte(e.src.text[key.end:], ':') + 1
	p, isMap := asPairs(value)
	block := isMap && len(p) > 0
	wasBlock := (at.n.kind == mapping || at.n.kind == list) && !at.n.flow && !at.n.alias
	if !block && !wasBlock {
		return e.replaceSpan(at.n, flowText(value))
	}
	indent := e.column(key.start) + 2
	if wasBlock && at.n.kind == mapping {
		indent = e.column(at.n.start)
	}
	comment := ""
	if wasBlock {
		comment = strings.TrimSpace(e.lineRest(colon))
	} else {
		comment = strings.TrimSpace(e.lineRest(at.n.end))
	}
	if comment != "" {
		comment = " " + comment
	}
	end := at.n.end
	if !wasBlock {
		end += len(e.lineRest(at.n.end))
	}
	if !block {
		return edit{colon, end, " " + flowText(value) + comment}
	}
	var b strings.Builder
	writeBlock(&b, p, indent)
	return edit{colon, end, comment + "\n" + strings.TrimSuffix(b.String(), "\n")}
}

// column is how many bytes stand before the offset on its line.
func (e *editor) column(offset int) int {
	return offset - e.src.lines[e.src.lineOf(offset)-1]
}

// lineRest is what follows the offset on its line.
func (e *editor) lineRest(offset int) string {
	rest := e.src.text[offset:]
	if nl := strings.IndexByte(rest, '\n'); nl >= 0 {
		rest = rest[:nl]
	}
	return rest
}

// add puts a new entry or item behind the last one.
func (e *editor) add(at spot, seg segment, value any) (edit, error) {
	n := at.n
	if n.alias {
		return edit{}, byHand(e.path, "an alias brings it")
	}
	emptyFlow := n.flow && len(n.entries) == 0 && len(n.items) == 0
	if n.kind == null || emptyFlow && !at.inBrackets() {
		return e.replace(at, nest([]segment{seg}, value)), nil
	}
	text := flowText(value)
	if seg.index < 0 {
		text = scalarText(seg.key) + ": " + text
	}
	if n.flow {
		if emptyFlow {
			return edit{n.start + 1, n.end - 1, text}, nil
		}
		last := e.lastEnd(n)
		return edit{last, last, ", " + text}, nil
	}
	indent := strings.Repeat(" ", e.column(n.start))
	end := n.end + len(e.lineRest(n.end))
	if seg.index >= 0 {
		return edit{end, end, "\n" + indent + "- " + text}, nil
	}
	var b strings.Builder
	writeBlock(&b, pairs{{seg.key, value}}, len(indent))
	return edit{end, end, "\n" + strings.TrimSuffix(b.String(), "\n")}, nil
}

// lastEnd is where the last entry or item in brackets ends.
func (e *editor) lastEnd(n *node) int {
	end := n.start + 1
	for _, one := range n.entries {
		if !one.merged {
			end = max(end, one.key.end, one.value.end)
		}
	}
	for _, item := range n.items {
		end = max(end, item.end)
	}
	return end
}
