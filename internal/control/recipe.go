package control

import (
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// chooseRecipe freezes the recipe that a draft follows, with the hooks that it
// names as they are: what somebody approves is what runs, whatever the matrix
// says by then. Only those that the environment names may be chosen.
func (d *draft) chooseRecipe(name string) error {
	if d.deployment.Strategy != lockstep.StrategyCustom {
		return nil
	}
	known := d.env.Spec.Strategy.Recipes
	if len(known) == 0 {
		return lockstep.Invalid("recipe", "%s names no recipe: name one in environments.%s.strategy.recipe and apply the matrix", d.env.Name, d.env.Name)
	}
	i := 0
	if name != "" {
		i = slices.IndexFunc(known, func(r lockstep.Recipe) bool { return r.Name == name })
	}
	if i < 0 {
		names := make([]string, len(known))
		for i, r := range known {
			names[i] = r.Name
		}
		return lockstep.Invalid("recipe", "%s has no recipe %s: use %s, or name it in environments.%s.strategy.recipe", d.env.Name, name, strings.Join(names, " or "), d.env.Name)
	}
	frozen := known[i]
	frozen.Steps = slices.Clone(frozen.Steps)
	for i, step := range frozen.Steps {
		if step.Do != lockstep.RecipeHook || step.Inline != nil {
			continue
		}
		for _, hook := range d.env.Spec.Hooks {
			if hook.Name == step.Hook {
				frozen.Steps[i].Inline = &hook
			}
		}
	}
	d.deployment.Recipe = &frozen
	return nil
}
