package matrix

import "github.com/goccy/go-yaml/token"

// merge replaces the << entries of a mapping by what they bring: keys that
// the mapping does not have itself.
func (b *builder) merge(n *node, t tok) *fault {
	var sources []*node
	own := make([]entry, 0, len(n.entries))
	for _, e := range n.entries {
		if e.key.scalar != token.MergeKeyType {
			own = append(own, e)
			continue
		}
		from := []*node{e.value}
		if e.value.kind == list {
			from = e.value.items
		}
		for _, m := range from {
			if m.kind != mapping {
				return &fault{at: e.value.start, message: "<< takes a mapping or a list of mappings, not " + m.kind.String()}
			}
			sources = append(sources, m)
		}
	}
	if sources == nil {
		return nil
	}
	has := make(map[string]bool, len(own))
	for _, e := range own {
		has[e.key.text] = true
	}
	for _, m := range sources {
		if f := b.spend(t, len(m.entries)); f != nil {
			return f
		}
		for _, e := range m.entries {
			if !has[e.key.text] {
				has[e.key.text] = true
				own = append(own, entry{key: e.key, value: e.value, merged: true})
			}
		}
	}
	n.entries = own
	return nil
}
