package matrix

import (
	"slices"
	"strings"
)

// checkParents: a parent is an environment of the file, and nobody's own
// ancestor.
func (d *decoder) checkParents(doc *document) {
	parents := make(map[string]string, len(doc.environments))
	names := doc.environmentNames()
	for _, e := range doc.environments {
		if e.parent == nil {
			continue
		}
		if !slices.Contains(names, e.parent.text) {
			d.report(e.parent.at, d.names.didYouMeanOr(e.parent.text, names), "no environment %s in environments; a parent is of the same project", clip(e.parent.text))
			continue
		}
		parents[e.name] = e.parent.text
	}
	told := map[string]bool{}
	for _, e := range doc.environments {
		chain := []string{e.name}
		for next := parents[e.name]; next != "" && !told[e.name]; next = parents[next] {
			if i := slices.Index(chain, next); i >= 0 {
				if i > 0 {
					break // the circle is told where it begins
				}
				d.report(e.parent.at, "give one of them another parent, or none", "environments inherit from each other in a circle: %s", strings.Join(append(chain, next), " → "))
				for _, name := range chain {
					told[name] = true
				}
				break
			}
			chain = append(chain, next)
		}
	}
}
