package matrix

import (
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// recipe is recipes.<name>.
type recipe struct {
	lockstep.Recipe
	at    place
	steps []recipeStep // of Steps, with their places
	told  bool         // a step could not be read: what the others make of it is not known
}

// recipeStep is one of recipes.<name>.steps.
type recipeStep struct {
	lockstep.RecipeStep
	at      place
	hook    place // where it names a hook
	service place // where the hook that it brings names its service
}

const (
	maxRecipes     = 50
	maxRecipeSteps = 100
	maxRecipesOf   = 10      // that one environment names
	maxCooked      = 100_000 // steps of recipes over all environments
)

var recipeKeys = keys[recipe]{
	{"description", func(v value, r *recipe) { r.Description = v.description() }},
	{"steps", readRecipeSteps},
}

// recipeStepKeys are the words of a step. A step is a mapping of one of them.
var recipeStepKeys = keys[recipeStep]{
	{"prepare", func(v value, s *recipeStep) {
		if v.n.kind != null {
			v.wrong("write - prepare", "prepare takes nothing")
		}
	}},
	{"start", func(v value, _ *recipeStep) { v.side("new") }},
	{"verify", func(v value, _ *recipeStep) { v.side("new") }},
	{"shift_traffic", func(v value, s *recipeStep) { s.Weight, _ = v.integer(1, 100) }},
	{"analyze", readRecipeAnalyze},
	{"pause", func(v value, s *recipeStep) { setDuration(v, time.Millisecond, maxPause, &s.For) }},
	{"approve", func(v value, s *recipeStep) { recipeApproveKeys.read(v, s) }},
	{"hook", readRecipeHook},
	{"drain", func(v value, _ *recipeStep) { v.side("old") }},
	{"stop", func(v value, _ *recipeStep) { v.side("old") }},
	{"keep_warm", func(v value, s *recipeStep) { setDuration(v, time.Millisecond, maxWarm, &s.For) }},
}

var recipeAnalyzeKeys = keys[recipeStep]{
	{"for", func(v value, s *recipeStep) { setDuration(v, time.Millisecond, maxPause, &s.For) }},
}

var recipeApproveKeys = keys[recipeStep]{
	{"message", func(v value, s *recipeStep) { s.Message = v.description() }},
	{"timeout", func(v value, s *recipeStep) { setDuration(v, time.Millisecond, maxWarm, &s.Timeout) }},
}

// recipeHookKeys are those of a hook without its stage: it runs where it stands.
var recipeHookKeys = slices.DeleteFunc(slices.Clone(hookKeys), func(k key[hook]) bool { return k.name == "stage" })

// bareWords need no operand.
var bareWords = []string{"prepare", "analyze", "approve"}

// side is which side a step is about: each word has only one that makes sense.
func (v value) side(want string) {
	if s, ok := v.text(); ok && s != want {
		word := v.field[strings.LastIndexByte(v.field, '.')+1:]
		v.wrong("write "+word+": "+want, "%s takes %s, not %s", word, want, clip(s))
	}
}

func readRecipes(v value) []*recipe {
	fields, ok := v.fields()
	if !ok {
		return nil
	}
	if len(fields) > maxRecipes {
		v.wrong("", "%d recipes are more than %d", len(fields), maxRecipes)
		return nil
	}
	out := make([]*recipe, 0, len(fields))
	for _, f := range fields {
		r := &recipe{Recipe: lockstep.Recipe{Name: f.name}, at: f.key}
		if !plainName.MatchString(f.name) {
			v.d.report(f.key, "", "recipe name %q: use letters, digits, hyphens and underscores", clip(f.name))
		}
		if recipeKeys.read(f.value, r) && !r.told {
			v.d.checkRecipe(r)
		}
		out = append(out, r)
	}
	return out
}

func readRecipeSteps(v value, r *recipe) {
	items, ok := v.list()
	if ok && len(items) > maxRecipeSteps {
		v.wrong("", "%d steps are more than %d", len(items), maxRecipeSteps)
		ok = false
	}
	r.told = !ok
	for _, item := range items {
		if s, ok := readRecipeStep(item); ok {
			r.steps, r.Steps = append(r.steps, s), append(r.Steps, s.RecipeStep)
		} else {
			r.told = true
		}
	}
}

// readRecipeStep reads "start: new", or a word alone. ok is false where it is
// not known what the step does.
func readRecipeStep(item value) (s recipeStep, ok bool) {
	s.at = item.at()
	if item.n.kind == text {
		word, _ := item.text()
		switch {
		case slices.Contains(bareWords, word):
			s.Do = lockstep.RecipeWord(word)
			return s, true
		case recipeStepKeys.known(word):
			item.wrong("write "+word+": "+operandOf[word], "%s needs an operand", word)
		default:
			item.wrong(item.d.names.didYouMeanOr(word, recipeStepKeys.names()), "unknown step %q", clip(word))
		}
		return s, false
	}
	fields, good := item.fields()
	switch {
	case !good:
		return s, false
	case len(fields) != 1:
		item.wrong("write one \"- word: operand\" for each step", "a step is one word with its operand, and this has %d", len(fields))
		return s, false
	}
	f := fields[0]
	for _, k := range recipeStepKeys {
		if k.name == f.name {
			s.Do = lockstep.RecipeWord(f.name)
			k.read(f.value, &s)
			return s, s.Do != lockstep.RecipeShift || s.Weight > 0
		}
	}
	item.d.report(f.key, item.d.names.didYouMeanOr(f.name, recipeStepKeys.names()), "unknown step %q", clip(f.name))
	return s, false
}

// operandOf is an example for each word that needs one.
var operandOf = map[string]string{
	"start": "new", "verify": "new", "shift_traffic": "100", "pause": "10m", "hook": "NAME", "drain": "old", "stop": "old", "keep_warm": "10m",
}

// readRecipeAnalyze reads {for: 2m}, or 2m.
func readRecipeAnalyze(v value, s *recipeStep) {
	if v.n.kind == text {
		setDuration(v, time.Millisecond, maxPause, &s.For)
		return
	}
	recipeAnalyzeKeys.read(v, s)
}

// readRecipeHook reads the name of an environment's hook, or a hook.
func readRecipeHook(v value, s *recipeStep) {
	s.hook = v.at()
	if v.n.kind != mapping {
		s.Hook, _ = v.filled()
		return
	}
	h := hook{Hook: lockstep.Hook{Required: true}}
	if recipeHookKeys.read(v, &h) {
		if h.Name == "" || !v.has("run") && !v.has("http") {
			v.wrong("write {name: smoke, run: [./smoke]}, or the name of one of the environment's hooks", "a hook needs name, and run or http")
		}
		h.checkHTTP(v)
	}
	s.Inline, s.service = &h.Hook, h.service
}

// checkRecipe: what its steps make of each other.
func (d *decoder) checkRecipe(r *recipe) {
	for _, fault := range r.Faults() {
		at := r.at
		if fault.Step >= 0 {
			at = r.steps[fault.Step].at
		}
		d.report(at, fault.Suggestion, "%s", fault.Message)
	}
}

// readRecipeNames reads the name of one, or a list of names.
func readRecipeNames(v value, s *strategy) {
	if v.n.kind == text {
		if name, ok := v.filled(); ok {
			s.recipes = []word{{name, v.at()}}
		}
		return
	}
	s.recipes = v.set(value.filled)
	if len(s.recipes) > maxRecipesOf {
		v.wrong("", "%d recipes of one environment are more than %d", len(s.recipes), maxRecipesOf)
		s.recipes = nil
	}
}
