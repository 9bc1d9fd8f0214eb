package matrix

import "strings"

// remove takes an entry or item away, with its lines.
func (e *editor) remove(at spot) (edit, error) {
	if at.parent == nil {
		return edit{}, wrongWay(e.path, "it is the whole file")
	}
	holder := at.parent.n
	starts, ends := e.extents(holder)
	i := at.i
	switch {
	case len(starts) != len(holder.entries)+len(holder.items):
		return edit{}, byHand(e.path, "a merge key stands beside it")
	case len(starts) == 1:
		return e.replaceEmpty(*at.parent), nil
	case holder.flow && i+1 < len(starts):
		return edit{starts[i], starts[i+1], ""}, nil
	case holder.flow:
		return edit{ends[i-1], ends[i], ""}, nil
	}
	line := e.src.lines[e.src.lineOf(starts[i])-1]
	if strings.TrimSpace(e.src.text[line:starts[i]]) != "" {
		// "- key: value": the next key takes the place behind the dash.
		return edit{starts[i], starts[i+1], ""}, nil
	}
	end := ends[i] + len(e.lineRest(ends[i]))
	if end < len(e.src.text) {
		return edit{line, end + 1, ""}, nil
	}
	return edit{max(line-1, 0), end, ""}, nil
}

// extents are where each entry or item starts and ends; an item of a block
// list starts at its dash.
func (e *editor) extents(n *node) (starts, ends []int) {
	for _, one := range n.entries {
		if !one.merged {
			starts = append(starts, one.key.start)
			ends = append(ends, max(one.key.end, one.value.end))
		}
	}
	at := n.start
	for _, item := range n.items {
		start := item.start
		if !n.flow {
			start = skipBlank(e.src.text, at)
		}
		starts = append(starts, start)
		ends = append(ends, item.end)
		at = item.end
	}
	return starts, ends
}

// replaceEmpty turns a collection that loses its last part into {} or [].
func (e *editor) replaceEmpty(at spot) edit {
	if at.n.kind == list {
		return e.replace(at, []any{})
	}
	return e.replace(at, map[string]any{})
}
