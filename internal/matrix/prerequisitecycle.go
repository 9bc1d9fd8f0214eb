package matrix

import (
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// checkPrerequisiteCycles reports every circle of environments of which each
// waits for a release to have been in the next: nothing could ever come to any
// of them.
func (d *decoder) checkPrerequisiteCycles(doc *document) {
	w := prerequisiteWalk{decoder: d, needs: comesAfter(doc), seen: map[string]bool{}}
	for _, e := range doc.environments {
		w.visit(e.name)
	}
}

// comesAfter are the environments that others name, or mean by a soak alone: by
// name, with the places that say so.
func comesAfter(doc *document) map[string][]word {
	pipeline := texts(doc.pipeline)
	out := make(map[string][]word, len(doc.environments))
	for _, e := range doc.environments {
		named := e.prerequisites.environments
		if len(named) == 0 {
			for _, before := range (lockstep.Prerequisites{Soak: e.prerequisites.soak}).In(pipeline, e.name) {
				named = append(named, word{text: before, at: e.prerequisites.at})
			}
		}
		out[e.name] = named
	}
	return out
}

// prerequisiteWalk goes along what environments need, depth first.
type prerequisiteWalk struct {
	*decoder
	needs map[string][]word
	path  []string
	seen  map[string]bool
}

func (w *prerequisiteWalk) visit(name string) {
	if w.seen[name] {
		return
	}
	w.seen[name] = true
	w.path = append(w.path, name)
	for _, need := range w.needs[name] {
		if need.text == name {
			continue // told by itself
		}
		if at := slices.Index(w.path, need.text); at >= 0 {
			circle := append(slices.Clone(w.path[at:]), need.text)
			w.report(need.at, "leave one of them out", "no release could ever meet the prerequisites of %s: they go round in a circle, %s", clip(name), round(circle))
			continue
		}
		w.visit(need.text)
	}
	w.path = w.path[:len(w.path)-1]
}

// round writes a circle down; of a long one both ends.
func round(names []string) string {
	const whole, end = 12, 5
	if len(names) > whole {
		names = slices.Concat(names[:end], []string{"…"}, names[len(names)-end:])
	}
	return strings.Join(names, " → ")
}
