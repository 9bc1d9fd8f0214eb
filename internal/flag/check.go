package flag

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/expression"
)

// facts are what a condition is over.
type facts struct {
	TargetingKey string         `expr:"targetingKey"`
	Context      map[string]any `expr:"context"`
}

var language = expression.Language{
	Facts: facts{}, Functions: []string{"all", "any", "len", "none"},
	Words: map[string]string{"facts": "a condition"},
}

// checker collects what is wrong with one flag.
type checker struct {
	at       string
	problems []lockstep.Problem
}

func (c *checker) say(field, format string, args ...any) {
	at := c.at
	if field != "" {
		at += "." + field
	}
	c.problems = append(c.problems, lockstep.Problem{Field: at, Message: fmt.Sprintf(format, args...)})
}

// check fills in what a flag leaves out, and compiles its conditions.
func (c *checker) check(f Flag) (Flag, []*expression.Expression) {
	plain := len(f.Variants) == 0
	if plain {
		f.Variants = map[string]any{On: true, Off: false}
	}
	c.variants(f.Variants)
	if _, ok := f.Variants[Off]; ok && f.Off == "" {
		f.Off = Off
	}
	if f.Default == "" && plain {
		f.Default = On
		if f.Rollout != nil {
			f.Default = Off
		}
	}
	if f.Default == "" {
		c.say("default", "say which variant those get for whom nothing else decides: one of %s", strings.Join(names(f.Variants), ", "))
	}
	c.variant("default", f.Default, f.Variants)
	c.variant("off", f.Off, f.Variants)
	f.Rollout = c.rollout("rollout", f.Rollout, f.Variants)
	if len(f.Targeting) > maxTargets {
		c.say("targeting", "it has %d rules; at most %d are evaluated", len(f.Targeting), maxTargets)
		return f, nil
	}
	conditions := make([]*expression.Expression, len(f.Targeting))
	f.Targeting = slices.Clone(f.Targeting)
	for i, t := range f.Targeting {
		at := fmt.Sprintf("targeting[%d]", i)
		if (t.Variant == "") == (t.Rollout == nil) {
			c.say(at, "give those for whom it holds a variant or a rollout, and not both")
		}
		c.variant(at+".variant", t.Variant, f.Variants)
		f.Targeting[i].Rollout = c.rollout(at+".rollout", t.Rollout, f.Variants)
		e, err := expression.Compile(t.If, language)
		var m *expression.Mistake
		switch {
		case t.If == "":
			c.say(at+".if", `say for whom: context.plan == "free"`)
		case errors.As(err, &m):
			c.say(at+".if", "%s, at character %d", m.Message, 1+len([]rune(t.If[:m.At])))
		case err != nil:
			c.say(at+".if", "%s", err)
		}
		conditions[i] = e
	}
	return f, conditions
}

// variants are all of one type, so that an app that asks for a text never
// gets a number.
func (c *checker) variants(variants map[string]any) {
	if len(variants) > maxVariants {
		c.say("variants", "there are %d; at most %d may be", len(variants), maxVariants)
	}
	first := ""
	for _, name := range names(variants) {
		kind := kindOf(variants[name])
		switch {
		case kind == "":
			c.say("variants."+name, "its value is null: leave it out, and apps use their own default")
		case first != "" && kind != first:
			c.say("variants."+name, "it is a %s, and those before it are of type %s: the variants of a flag have one type", kind, first)
		case first == "":
			first = kind
		}
	}
}

func kindOf(v any) string {
	switch v.(type) {
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		return "number"
	case map[string]any, []any:
		return "object"
	}
	return ""
}

func (c *checker) variant(field, name string, variants map[string]any) {
	if _, ok := variants[name]; !ok && name != "" {
		c.say(field, "there is no variant %q: use one of %s", name, strings.Join(names(variants), ", "))
	}
}

func (c *checker) rollout(field string, r *Rollout, variants map[string]any) *Rollout {
	if r == nil {
		return nil
	}
	out := *r
	if out.By == "" {
		out.By = targetingKey
	}
	switch {
	case out.Variants == nil:
		out.Variants = map[string]float64{On: out.Percent}
	case out.Percent != 0:
		c.say(field, "say percent, which is of the variant on, or variants, and not both")
	}
	sum := 0.0
	for name, percent := range out.Variants {
		if percent < 0 || percent > 100 || math.IsNaN(percent) {
			c.say(field, "%v percent is not between 0 and 100", percent)
		}
		c.variant(field, name, variants)
		sum += percent
	}
	if sum > 100+1e-9 {
		c.say(field, "its variants have %v percent together: at most 100", sum)
	}
	return &out
}

func names[V any](variants map[string]V) []string { return slices.Sorted(maps.Keys(variants)) }
