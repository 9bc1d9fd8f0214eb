package template

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// State is what a template cares about in an environment: paths to values.
// Absent paths are not there.
type State map[string]any

// Merged is the merge of three states.
type Merged struct {
	Set       State    // what the new version changes
	Remove    []string // what it no longer makes
	Kept      []lockstep.TemplateKept
	Conflicts []lockstep.TemplateConflict
}

// Merge compares what an older version made, what is there now, and what a
// newer version makes. Where only the template changed its mind, the
// environment follows; where only people did, it stays; where both did, it
// stays and is a conflict, unless take says that the template's is taken.
func Merge(made, is, wants State, take func(path string) bool) Merged {
	out := Merged{Set: State{}}
	paths := map[string]bool{}
	for p := range made {
		paths[p] = true
	}
	for p := range wants {
		paths[p] = true
	}
	follow := func(p string, value any, there bool) {
		if there {
			out.Set[p] = value
		} else {
			out.Remove = append(out.Remove, p)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(paths)) {
		was, hadBefore := made[p]
		now, has := is[p]
		next, wanted := wants[p]
		byHand := hadBefore != has || !same(was, now)
		byTemplate := hadBefore != wanted || !same(was, next)
		switch {
		case has == wanted && same(now, next): // as it should be, whoever did it
		case !byTemplate:
			out.Kept = append(out.Kept, lockstep.TemplateKept{Path: p, Made: was, Is: now})
		case !byHand:
			follow(p, next, wanted)
		default:
			taken := take(p)
			out.Conflicts = append(out.Conflicts, lockstep.TemplateConflict{Path: p, Made: was, Is: now, Wants: next, Taken: taken})
			if taken {
				follow(p, next, wanted)
			}
		}
	}
	return out
}

// same compares as JSON does: 1 and 1.0 are one number.
func same(a, b any) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	x, errX := lockstep.Canonical(plainly(a))
	y, errY := lockstep.Canonical(plainly(b))
	return errX == nil && errY == nil && string(x) == string(y)
}

// plainly is a value as JSON brings it back.
func plainly(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		return v
	}
	var out any
	if json.Unmarshal(raw, &out) != nil {
		return v
	}
	return out
}

// Path is a path of names, joined so that they can be taken apart: a dot in a
// name is written \.
type Path []string

func (p Path) String() string {
	escaped := make([]string, len(p))
	for i, name := range p {
		escaped[i] = strings.NewReplacer(`\`, `\\`, ".", `\.`).Replace(name)
	}
	return strings.Join(escaped, ".")
}

// ParsePath takes a path apart.
func ParsePath(s string) Path {
	out := Path{}
	var name strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			name.WriteByte(s[i])
		case s[i] == '.':
			out = append(out, name.String())
			name.Reset()
		default:
			name.WriteByte(s[i])
		}
	}
	return append(out, name.String())
}

// Sections adds sections to a state, one path a leaf. Lists are leaves.
func (s State) Sections(sections map[lockstep.ConfigSection]any) {
	for name, v := range sections {
		s.leaves(Path{string(name)}, plainly(v))
	}
}

func (s State) leaves(at Path, v any) {
	object, ok := v.(map[string]any)
	if !ok || len(object) == 0 {
		s[at.String()] = v
		return
	}
	for k, inner := range object {
		s.leaves(append(slices.Clone(at), k), inner)
	}
}

// VariablesPath is the first name of the paths of variables.
const VariablesPath = "variables"

// Variable adds what is compared of a variable, below its slot.
func (s State) Variable(slot string, fields map[string]any) {
	for name, v := range fields {
		s[Path{VariablesPath, slot, name}.String()] = plainly(v)
	}
}

// Patch is the merge patch (RFC 7396) that changes sections as a merge says.
func (m Merged) Patch() map[lockstep.ConfigSection]any {
	out := map[string]any{}
	put := func(p Path, v any) {
		at := out
		for _, name := range p[:len(p)-1] {
			inner, ok := at[name].(map[string]any)
			if !ok {
				inner = map[string]any{}
				at[name] = inner
			}
			at = inner
		}
		at[p[len(p)-1]] = v
	}
	for _, path := range slices.Sorted(maps.Keys(m.Set)) {
		if p := ParsePath(path); p[0] != VariablesPath {
			put(p, m.Set[path])
		}
	}
	for _, path := range m.Remove {
		if p := ParsePath(path); p[0] != VariablesPath {
			put(p, nil)
		}
	}
	patch := map[lockstep.ConfigSection]any{}
	for name, v := range out {
		patch[lockstep.ConfigSection(name)] = v
	}
	return patch
}
