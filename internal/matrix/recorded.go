package matrix

import "fmt"

// recorded is a value that we keep as it is and do not interpret.
func (v value) recorded() (any, bool) {
	if !v.recordable(v.n, v.field) {
		return nil, false
	}
	out, ok := v.n.plain()
	if !ok {
		v.wrong("put it in quotes", "holds .inf or .nan, which JSON has no number for")
	}
	return out, ok
}

// recordable walks a free block for what is wrong in any YAML.
func (v value) recordable(n *node, path string) bool {
	here := value{v.d, n, path}
	ok := true
	switch n.kind {
	case mapping:
		fields, good := here.fields()
		ok = good && len(fields) == len(n.entries)
		for _, f := range fields {
			ok = v.recordable(f.n, f.field) && ok
		}
	case list:
		for i, item := range n.items {
			ok = v.recordable(item, fmt.Sprintf("%s[%d]", path, i)) && ok
		}
	case text:
		_, ok = here.text()
	case null:
	}
	return ok
}

// record is recorded for a mapping.
func (v value) record() (map[string]any, bool) {
	if v.n.kind != mapping {
		_, ok := v.fields() // says what is wrong
		return nil, ok
	}
	got, ok := v.recorded()
	m, isMap := got.(map[string]any)
	return m, ok && isMap
}
