package config

import (
	"maps"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// A leaf is what a configuration says of one path.
type leaf struct {
	value     any
	sensitive bool
	secret    *lockstep.SecretRef // of a sensitive variable

	level    lockstep.VariableLevel
	matrix   bool // says it
	declared bool // the matrix says it for this environment
	modified time.Time
	by       string

	variable *lockstep.Variable // nil: it is none, or the matrix says it
	slot     *slot              // of a variable
	beneath  *leaf              // what would hold without this one
	place    place              // of what is no variable
}

// A slot is what two variables share of which one wins.
type slot struct {
	scope       lockstep.VariableScope
	target, key string
}

func (s slot) path() string { return pathOf(s.scope, s.target, s.key) }

// A place is where a leaf stands that is no variable: in a section under its
// keys, or a field of a service's overrides.
type place struct {
	section        lockstep.ConfigSection
	keys           []string
	service, field string
}

// leavesOf are the paths of a document. declared is what the matrix says of the
// environment, by which an override that it says is told from one that was
// brought in.
func leavesOf(doc, declared lockstep.ConfigDocument) map[string]*leaf {
	out := make(map[string]*leaf, len(doc.Variables))
	for name, s := range doc.Services {
		for key, value := range s.Defaults {
			lay(out, slot{lockstep.ScopeService, name, key}, &leaf{value: value, level: lockstep.LevelProject, matrix: true})
		}
		for key, value := range s.Env {
			lay(out, slot{lockstep.ScopeService, name, key}, &leaf{value: value, level: lockstep.LevelEnvironment, matrix: true, declared: true})
		}
		overrides(out, name, s, declared.Services[name])
	}
	for i := range doc.Variables {
		v := &doc.Variables[i]
		if v.Level == lockstep.LevelBuiltin || v.Level == lockstep.LevelDeployment || v.Scope == lockstep.ScopeDeployment {
			continue // of one instance or one deployment
		}
		l := &leaf{value: v.Value, sensitive: v.Sensitive, level: v.Level, modified: v.LastModified, by: v.ModifiedBy, variable: v}
		if v.Sensitive {
			l.value = lockstep.Redacted
			if v.SecretID != "" {
				l.secret = &lockstep.SecretRef{ID: v.SecretID, Key: v.Key, Version: v.SecretVersion}
			}
		}
		// What the matrix says stands here, too, where it was taken in as variables.
		l.matrix = v.Source == lockstep.SourceImport && v.ModifiedBy == ""
		l.declared = l.matrix && v.Level == lockstep.LevelEnvironment
		lay(out, slot{v.Scope, v.Target, v.Key}, l)
	}
	for section, value := range doc.Sections {
		flatten(out, place{section: section}, string(section), value)
	}
	return out
}

// lay puts a variable's value above or beneath those of its slot: by level,
// and within one what was set by hand above what the matrix says.
func lay(out map[string]*leaf, at slot, l *leaf) {
	l.slot = &at
	path := at.path()
	top := out[path]
	if top == nil || !above(top, l) {
		l.beneath = top
		out[path] = l
		return
	}
	for top.beneath != nil && above(top.beneath, l) {
		top = top.beneath
	}
	l.beneath, top.beneath = top.beneath, l
}

func above(a, b *leaf) bool {
	if x, y := levelRank(a.level), levelRank(b.level); x != y {
		return x > y
	}
	return !a.matrix && b.matrix
}

// overrides are the fields of a service that an environment says otherwise
// than the release.
func overrides(out map[string]*leaf, name string, s, declared lockstep.ServiceConfig) {
	was := fields(declared)
	for field, value := range fields(s) {
		at := place{service: name, field: field}
		before, said := was[field]
		out["services."+name+"."+field] = &leaf{
			value: value, level: lockstep.LevelEnvironment, declared: said && same(value, before), place: at,
		}
	}
}

// fields are those overrides that are set, by name.
func fields(s lockstep.ServiceConfig) map[string]any {
	out := map[string]any{}
	if s.Command != nil {
		out["command"] = s.Command
	}
	if s.Routes != nil {
		out["routes"] = s.Routes
	}
	if s.Health != nil {
		out["health"] = *s.Health
	}
	if s.Resources != nil {
		out["resources"] = *s.Resources
	}
	if s.Validate != nil {
		out["validate"] = s.Validate
	}
	if s.User != "" {
		out["user"] = s.User
	}
	return out
}

// flatten lists what a section says, key by key. A list is one value.
func flatten(out map[string]*leaf, at place, path string, value any) {
	tree, ok := value.(map[string]any)
	if !ok || len(tree) == 0 {
		if value != nil && !ok {
			out[path] = &leaf{value: value, level: lockstep.LevelEnvironment, place: at}
		}
		return
	}
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		below := at
		below.keys = append(slices.Clone(at.keys), key)
		flatten(out, below, path+"."+key, tree[key])
	}
}

// same compares two values as they are stored.
func same(a, b any) bool {
	if x, ok := a.(string); ok { // as most are
		if y, ok := b.(string); ok {
			return x == y
		}
	}
	x, err := lockstep.Canonical(a)
	if err != nil {
		return false
	}
	y, err := lockstep.Canonical(b)
	return err == nil && string(x) == string(y)
}
