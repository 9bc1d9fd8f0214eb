package matrix

import (
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// checkRecipes: an environment that may use strategy custom names recipes, one
// that names some may use it, and what they are and run is there.
func (d *decoder) checkRecipes(doc *document) {
	said := make(map[string]*strategies, len(doc.strategies))
	for _, s := range doc.strategies {
		said[s.name] = s
	}
	cooked := 0
	for _, e := range doc.environments {
		custom := customOf(e, said[e.name])
		if custom != nil && e.strategy.recipes == nil {
			d.report(*custom, "name one of recipes in environments."+e.name+".strategy.recipe", "strategy custom needs a recipe")
		}
		if custom == nil && len(e.strategy.recipes) > 0 {
			d.report(e.strategy.recipes[0].at, "add custom to alternatives", "a recipe is for strategy custom, which %s does not use", e.name)
		}
		for _, w := range e.strategy.recipes {
			r := doc.recipe(w.text)
			if r == nil {
				d.report(w.at, d.names.didYouMeanOr(w.text, doc.recipeNames()), "no recipe %s in recipes", clip(w.text))
				continue
			}
			cooked += len(r.steps)
			d.checkRecipeHooks(r, e)
		}
	}
	if cooked > maxCooked {
		d.report(place{"recipes", doc.recipes[0].at.offset}, "split the environments over several projects", "%d steps of recipes over all environments are more than %d", cooked, maxCooked)
	}
	names := doc.serviceNames()
	for _, r := range doc.recipes {
		for _, s := range r.steps {
			if s.Inline != nil && s.Inline.Service != "" && !slices.Contains(names, s.Inline.Service) {
				d.report(s.service, d.names.didYouMeanOr(s.Inline.Service, names), "no service %s in services", clip(s.Inline.Service))
			}
		}
	}
}

// customOf is where it is said that an environment uses strategy custom; nil
// where it does not.
func customOf(e *environment, said *strategies) *place {
	if said == nil {
		said = &strategies{}
	}
	for _, w := range []word{e.strategy.primaryAt, said.primaryAt} {
		if w.text == "" {
			continue
		}
		if w.text == string(lockstep.StrategyCustom) {
			return &w.at
		}
		break
	}
	alternatives := e.strategy.alternativesAt
	if e.strategy.alternatives == nil {
		alternatives = said.alternativesAt
	}
	for _, w := range alternatives {
		if w.text == string(lockstep.StrategyCustom) {
			return &w.at
		}
	}
	return nil
}

// checkRecipeHooks: the hooks that a recipe names are the environment's.
func (d *decoder) checkRecipeHooks(r *recipe, e *environment) {
	var names []string
	for _, h := range e.hooks {
		if !h.Stage.OfSwitch() { // which a deployment does not run
			names = append(names, h.Name)
		}
	}
	for _, s := range r.steps {
		if s.Hook != "" && !slices.Contains(names, s.Hook) {
			d.report(s.hook, d.names.didYouMeanOr(s.Hook, names), "no hook %s in environments.%s.hooks, which uses recipe %s", clip(s.Hook), e.name, r.Name)
		}
	}
}

func (doc *document) recipe(name string) *recipe {
	for _, r := range doc.recipes {
		if r.Name == name {
			return r
		}
	}
	return nil
}

func (doc *document) recipeNames() []string {
	names := make([]string, len(doc.recipes))
	for i, r := range doc.recipes {
		names[i] = r.Name
	}
	return names
}
