package matrix

import (
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// recipes are those of a file, as it says them.
func (doc *document) desiredRecipes() []lockstep.Recipe {
	out := make([]lockstep.Recipe, 0, len(doc.recipes))
	for _, r := range doc.recipes {
		out = append(out, r.Recipe)
	}
	slices.SortFunc(out, func(a, b lockstep.Recipe) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// recipesFor are those that an environment names, in its order.
func recipesFor(doc *document, e *environment) []lockstep.Recipe {
	var out []lockstep.Recipe
	for _, w := range e.strategy.recipes {
		if r := doc.recipe(w.text); r != nil {
			out = append(out, r.Recipe)
		}
	}
	return out
}

// recipeNamesTree is a name, or a list of them.
func recipeNamesTree(recipes []lockstep.Recipe) any {
	switch len(recipes) {
	case 0:
		return nil
	case 1:
		return recipes[0].Name
	}
	out := make([]any, len(recipes))
	for i, r := range recipes {
		out[i] = r.Name
	}
	return out
}

// recipeTrees are for a plan, which shows a change where it is.
func recipeTrees(recipes []lockstep.Recipe) branch {
	out := branch{}
	for _, r := range recipes {
		b := branch{}
		b.put("description", r.Description)
		steps := make([]any, len(r.Steps))
		for i, s := range r.Steps {
			steps[i] = stepTree(s)
		}
		b.put("steps", steps)
		out[r.Name] = b
	}
	return out
}

func exportRecipes(recipes []lockstep.Recipe) pairs {
	var out pairs
	for _, r := range recipes {
		var p pairs
		p.put("description", r.Description)
		steps := make([]any, len(r.Steps))
		for i, s := range r.Steps {
			steps[i] = stepTree(s)
			if s.Inline != nil {
				steps[i] = pairs{{string(s.Do), inOrder(hookTree(*s.Inline), recipeHookKeys.names())}}
			}
		}
		p.set("steps", steps)
		out.set(r.Name, p)
	}
	return out
}

// stepTree is a step as a person writes it: a word, or a mapping of one.
func stepTree(s lockstep.RecipeStep) any {
	var operand any
	switch s.Do {
	case lockstep.RecipePrepare:
	case lockstep.RecipeStart, lockstep.RecipeVerify:
		operand = "new"
	case lockstep.RecipeDrain, lockstep.RecipeStop:
		operand = "old"
	case lockstep.RecipeShift:
		operand = s.Weight
	case lockstep.RecipePause, lockstep.RecipeKeepWarm:
		operand = duration(s.For)
	case lockstep.RecipeAnalyze:
		operand = some(map[string]any{"for": duration(s.For)})
	case lockstep.RecipeApprove:
		operand = some(map[string]any{"message": s.Message, "timeout": duration(s.Timeout)})
	case lockstep.RecipeHook:
		operand = s.Hook
		if s.Inline != nil {
			b := hookTree(*s.Inline)
			delete(b, "stage")
			operand = map[string]any(b)
		}
	}
	if operand == nil {
		return string(s.Do)
	}
	return map[string]any{string(s.Do): operand}
}

// some is a mapping without what is empty, and nil where nothing is left.
func some(m map[string]any) any {
	for k, v := range m {
		if empty(v) {
			delete(m, k)
		}
	}
	if len(m) == 0 {
		return nil
	}
	return m
}
