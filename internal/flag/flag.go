package flag

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/expression"
)

// Flag is a feature flag as a configuration says it.
type Flag struct {
	Enabled     bool           `json:"enabled"`
	Description string         `json:"description,omitempty"`
	Variants    map[string]any `json:"variants,omitempty"`  // by name, all of one type; none: on is true and off is false
	Default     string         `json:"default,omitempty"`   // the variant where nothing else decides; on, or off where there is a rollout
	Off         string         `json:"off,omitempty"`       // the variant while it is not enabled; off where there is one, else the app's own default
	Targeting   []Target       `json:"targeting,omitempty"` // the first that holds decides
	Rollout     *Rollout       `json:"rollout,omitempty"`
}

// Target gives a variant, or a rollout, to those for whom a condition holds.
type Target struct {
	Name    string   `json:"name,omitempty"`
	If      string   `json:"if"` // over context, such as context.email endsWith "@example.com"
	Variant string   `json:"variant,omitempty"`
	Rollout *Rollout `json:"rollout,omitempty"`
}

// Rollout gives variants to parts of all targeting keys.
type Rollout struct {
	Percent  float64            `json:"percent,omitempty"`  // of on; instead of Variants
	Variants map[string]float64 `json:"variants,omitempty"` // by name, in percent; together at most 100
	By       string             `json:"by,omitempty"`       // the attribute of the context that decides; targetingKey
}

// The variants of a flag that names none.
const (
	On  = "on"
	Off = "off"
)

const (
	maxTargets  = 100
	maxVariants = 100
)

// Set is a configuration's flags, ready to be evaluated. It may be used
// concurrently.
type Set struct {
	names []string
	flags map[string]compiled
}

type compiled struct {
	Flag
	conditions []*expression.Expression // of its targets
}

// Names are the flags, sorted.
func (s Set) Names() []string { return s.names }

// Compile reads flags from the JSON of each. All that is wrong with them is
// in the problems, whose fields begin with a flag's name; the others can be
// evaluated.
func Compile(flags map[string]string) (Set, []lockstep.Problem) {
	set := Set{names: slices.Sorted(maps.Keys(flags)), flags: make(map[string]compiled, len(flags))}
	var problems []lockstep.Problem
	for _, name := range set.names {
		c := checker{at: name}
		dec := json.NewDecoder(strings.NewReader(flags[name]))
		dec.DisallowUnknownFields()
		var f Flag
		if err := dec.Decode(&f); err != nil {
			c.say("", "%s", readable(err))
		} else {
			f, conditions := c.check(f)
			set.flags[name] = compiled{f, conditions}
		}
		if len(c.problems) > 0 {
			delete(set.flags, name)
			problems = append(problems, c.problems...)
		}
	}
	set.names = slices.DeleteFunc(set.names, func(n string) bool { _, ok := set.flags[n]; return !ok })
	return set, problems
}

// readable says what does not fit without Go's names of types.
func readable(err error) string {
	var e *json.UnmarshalTypeError
	if errors.As(err, &e) {
		return fmt.Sprintf("%s is a %s, which cannot stand there", cmp.Or(e.Field, "it"), e.Value)
	}
	if _, field, ok := strings.Cut(err.Error(), "unknown field "); ok {
		return fmt.Sprintf("there is no %s in a flag", field)
	}
	return "it is no flag: write {enabled: true}"
}
