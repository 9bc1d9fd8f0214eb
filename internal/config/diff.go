package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Diff says what is otherwise in a second configuration: the variables that
// win in their slots, what the matrix says of services, and the sections,
// leaf by leaf. Sensitive values show as Redacted.
func Diff(from, to lockstep.ConfigDocument) []lockstep.ConfigChange {
	var d differ
	a, b := effective(from), effective(to)
	for _, slot := range slices.Sorted(keysOf(a, b)) {
		old, was := a[slot]
		v, is := b[slot]
		switch {
		case !was:
			d.add(lockstep.ConfigAdd, Path(*v), nil, visible(v))
		case !is:
			d.add(lockstep.ConfigRemove, Path(*old), visible(old), nil)
		default:
			d.variable(old, v)
		}
	}
	for _, name := range slices.Sorted(keysOf(from.Services, to.Services)) {
		x, y := from.Services[name], to.Services[name]
		x.Defaults, x.Env, y.Defaults, y.Env = nil, nil, nil, nil // they are variables
		d.value("services."+name, treeOf(x), treeOf(y))
	}
	for _, name := range lockstep.ConfigSections() {
		d.value(string(name), from.Sections[name], to.Sections[name])
	}
	return d.changes
}

// Winners are the variables that win in their slots, by slot, as their level
// says them; what the matrix says is among them.
func Winners(doc lockstep.ConfigDocument) map[string]lockstep.Variable {
	return copied(winners(doc, func(v, _ *lockstep.Variable) *lockstep.Variable { return v }))
}

// Effective are the winners with what weaker levels demand and say of them.
func Effective(doc lockstep.ConfigDocument) map[string]lockstep.Variable {
	return copied(effective(doc))
}

func effective(doc lockstep.ConfigDocument) map[string]*lockstep.Variable { return winners(doc, held) }

func copied(of map[string]*lockstep.Variable) map[string]lockstep.Variable {
	out := make(map[string]lockstep.Variable, len(of))
	for slot, v := range of {
		out[slot] = *v
	}
	return out
}

// winners are for reading: most of them are those of the document.
func winners(doc lockstep.ConfigDocument, over func(v, weaker *lockstep.Variable) *lockstep.Variable) map[string]*lockstep.Variable {
	out := make(map[string]*lockstep.Variable, len(doc.Variables))
	put := func(v *lockstep.Variable) {
		slot := v.Slot()
		switch before, ok := out[slot]; {
		case !ok:
			out[slot] = v
		case rankOf(before) <= rankOf(v):
			out[slot] = over(v, before)
		default:
			out[slot] = over(before, v)
		}
	}
	matrix := func(level lockstep.VariableLevel, name string, env map[string]string) {
		for key, value := range env {
			v := FromMatrix(level, "", name, key, value)
			put(&v)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Services)) {
		matrix(lockstep.LevelProject, name, doc.Services[name].Defaults)
		matrix(lockstep.LevelEnvironment, name, doc.Services[name].Env)
	}
	for i := range doc.Variables {
		put(&doc.Variables[i])
	}
	return out
}

// held is a variable with what a weaker one in its slot demands and says of it,
// as far as it does not itself.
func held(stronger, weaker *lockstep.Variable) *lockstep.Variable {
	v := *stronger
	if v.Type == lockstep.VariableString && !plainType(weaker.Type) {
		v.Type = weaker.Type
	}
	v.Required = v.Required || weaker.Required
	if v.Description == "" {
		v.Description = weaker.Description
	}
	if v.DefaultValue == nil {
		v.DefaultValue = weaker.DefaultValue
	}
	if nothing(v.Validation) {
		v.Validation = weaker.Validation
	}
	return &v
}

// visible is a variable's value as it may be shown.
func visible(v *lockstep.Variable) any {
	if v.Sensitive {
		return lockstep.Redacted
	}
	return v.Value
}

func keysOf[K ~string, V any](a, b map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range a {
			if !yield(k) {
				return
			}
		}
		for k := range b {
			if _, both := a[k]; !both && !yield(k) {
				return
			}
		}
	}
}

type differ struct{ changes []lockstep.ConfigChange }

func (d *differ) add(kind lockstep.ConfigChangeType, path string, old, now any) {
	d.changes = append(d.changes, lockstep.ConfigChange{Type: kind, Path: path, OldValue: old, NewValue: now})
}

func (d *differ) variable(a, b *lockstep.Variable) {
	if reflect.DeepEqual(a.DefaultValue, b.DefaultValue) && nothing(a.Validation) && nothing(b.Validation) && samePlainly(a, b) {
		return
	}
	path := Path(*b)
	// A secret version's ID is that of its secret: two environments' secrets
	// differ, whatever their values are.
	if a.Value != b.Value || a.Sensitive != b.Sensitive || a.SecretID != b.SecretID || a.SecretVersion != b.SecretVersion {
		d.add(lockstep.ConfigModify, path, visible(a), visible(b))
	}
	d.field(path+".type", a.Type, b.Type)
	d.field(path+".sensitive", a.Sensitive, b.Sensitive)
	d.field(path+".required", a.Required, b.Required)
	d.field(path+".description", a.Description, b.Description)
	if !reflect.DeepEqual(a.DefaultValue, b.DefaultValue) {
		d.field(path+".defaultValue", text(a.DefaultValue), text(b.DefaultValue))
	}
	if !nothing(a.Validation) || !nothing(b.Validation) {
		d.value(path+".validation", treeOf(a.Validation), treeOf(b.Validation))
	}
}

// samePlainly says that everything of two variables is one that can be compared
// by ==: as it is of most, and their paths need not be made.
func samePlainly(a, b *lockstep.Variable) bool {
	return a.Value == b.Value && a.SecretID == b.SecretID && a.SecretVersion == b.SecretVersion &&
		a.Type == b.Type && a.Sensitive == b.Sensitive && a.Required == b.Required && a.Description == b.Description
}

func text(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

func (d *differ) field(path string, a, b any) {
	if a == b {
		return
	}
	switch {
	case a == nil || a == "":
		d.add(lockstep.ConfigAdd, path, nil, b)
	case b == nil || b == "":
		d.add(lockstep.ConfigRemove, path, a, nil)
	default:
		d.add(lockstep.ConfigModify, path, a, b)
	}
}

// value compares two JSON values leaf by leaf. Lists are leaves.
func (d *differ) value(path string, a, b any) {
	x, isMap := a.(map[string]any)
	y, alsoMap := b.(map[string]any)
	switch {
	case isMap && alsoMap:
		for _, key := range slices.Sorted(keysOf(x, y)) {
			d.value(path+"."+key, x[key], y[key])
		}
	case isMap && b == nil:
		for _, key := range slices.Sorted(maps.Keys(x)) {
			d.value(path+"."+key, x[key], nil)
		}
	case a == nil && alsoMap:
		for _, key := range slices.Sorted(maps.Keys(y)) {
			d.value(path+"."+key, nil, y[key])
		}
	case sameJSON(a, b):
	case a == nil:
		d.add(lockstep.ConfigAdd, path, nil, b)
	case b == nil:
		d.add(lockstep.ConfigRemove, path, a, nil)
	default:
		d.add(lockstep.ConfigModify, path, a, b)
	}
}

// sameJSON takes numbers for equal that are written alike, whichever reader
// read them.
func sameJSON(a, b any) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	same, err := equal(a, b)
	return err == nil && same
}

// treeOf is a value as JSON readers give it; nil where that is an empty object.
func treeOf(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	var out any
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	if err := d.Decode(&out); err != nil {
		return fmt.Sprint(v)
	}
	if m, ok := out.(map[string]any); ok && len(m) == 0 {
		return nil
	}
	return out
}
