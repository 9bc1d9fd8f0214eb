package strategy

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lockstep-dev/lockstep"
)

// drawRecipe makes one that is meant well and then, perhaps, changes it at
// random. It returns what makes sense.
func drawRecipe(t *rapid.T) *lockstep.Recipe {
	r := lockstep.Recipe{Name: "drawn"}
	add := func(steps ...lockstep.RecipeStep) { r.Steps = append(r.Steps, steps...) }
	between := func() {
		add(rapid.SliceOfN(rapid.SampledFrom([]lockstep.RecipeStep{
			{Do: lockstep.RecipePause, For: lockstep.Duration(time.Minute)},
			{Do: lockstep.RecipeApprove},
			{Do: lockstep.RecipeHook, Inline: &lockstep.Hook{Name: "own", Run: []string{"./own"}}},
		}), 0, 2).Draw(t, "between")...)
	}
	between()
	add(lockstep.RecipeStep{Do: lockstep.RecipeStart})
	share := 0
	for range rapid.IntRange(0, 3).Draw(t, "shares") {
		if share == 99 {
			break
		}
		share = rapid.IntRange(share+1, 99).Draw(t, "share")
		add(lockstep.RecipeStep{Do: lockstep.RecipeVerify}, lockstep.RecipeStep{Do: lockstep.RecipeShift, Weight: share}, lockstep.RecipeStep{Do: lockstep.RecipeAnalyze})
		between()
	}
	add(lockstep.RecipeStep{Do: lockstep.RecipeShift, Weight: 100})
	between()
	add(rapid.SampledFrom([][]lockstep.RecipeStep{
		nil,
		{{Do: lockstep.RecipeDrain}},
		{{Do: lockstep.RecipeStop}},
		{{Do: lockstep.RecipeDrain}, {Do: lockstep.RecipeStop}},
		{{Do: lockstep.RecipeKeepWarm, For: lockstep.Duration(time.Hour)}},
	}).Draw(t, "end")...)
	between()
	if changed := change(t, r); len(changed.Faults()) == 0 {
		return &changed
	}
	if len(r.Faults()) > 0 { // an approval after the stop
		r.Steps = slices.DeleteFunc(r.Steps, func(s lockstep.RecipeStep) bool { return s.Do == lockstep.RecipeApprove })
	}
	return &r
}

// change takes a step away, doubles one, or exchanges two.
func change(t *rapid.T, r lockstep.Recipe) lockstep.Recipe {
	r.Steps = slices.Clone(r.Steps)
	at := func(what string) int { return rapid.IntRange(0, len(r.Steps)-1).Draw(t, what) }
	switch rapid.IntRange(0, 3).Draw(t, "change") {
	case 1:
		i := at("without")
		r.Steps = slices.Delete(r.Steps, i, i+1)
	case 2:
		r.Steps = slices.Insert(r.Steps, at("again at"), r.Steps[at("again")])
	case 3:
		i, j := at("exchanged"), at("with")
		r.Steps[i], r.Steps[j] = r.Steps[j], r.Steps[i]
	}
	return r
}

func steps(words ...lockstep.RecipeStep) *lockstep.Recipe {
	return &lockstep.Recipe{Name: "careful", Steps: words}
}

// careful is the recipe of the guide.
var careful = steps(
	lockstep.RecipeStep{Do: lockstep.RecipeStart},
	lockstep.RecipeStep{Do: lockstep.RecipeVerify},
	lockstep.RecipeStep{Do: lockstep.RecipeShift, Weight: 5},
	lockstep.RecipeStep{Do: lockstep.RecipeAnalyze, For: lockstep.Duration(2 * time.Minute)},
	lockstep.RecipeStep{Do: lockstep.RecipeApprove, Message: "figures look right?", Timeout: lockstep.Duration(4 * time.Hour)},
	lockstep.RecipeStep{Do: lockstep.RecipeShift, Weight: 100},
	lockstep.RecipeStep{Do: lockstep.RecipeVerify},
	lockstep.RecipeStep{Do: lockstep.RecipePause, For: lockstep.Duration(90 * time.Second)},
)

// asCanary and asBlueGreen are what those strategies do, as the guide writes them.
var (
	asCanary = steps(
		lockstep.RecipeStep{Do: lockstep.RecipeStart}, lockstep.RecipeStep{Do: lockstep.RecipeVerify},
		lockstep.RecipeStep{Do: lockstep.RecipeShift, Weight: 5}, lockstep.RecipeStep{Do: lockstep.RecipeAnalyze},
		lockstep.RecipeStep{Do: lockstep.RecipeShift, Weight: 25}, lockstep.RecipeStep{Do: lockstep.RecipeAnalyze},
		lockstep.RecipeStep{Do: lockstep.RecipeShift, Weight: 50}, lockstep.RecipeStep{Do: lockstep.RecipeAnalyze},
		lockstep.RecipeStep{Do: lockstep.RecipeShift, Weight: 100}, lockstep.RecipeStep{Do: lockstep.RecipeVerify},
	)
	asBlueGreen = steps(
		lockstep.RecipeStep{Do: lockstep.RecipeStart}, lockstep.RecipeStep{Do: lockstep.RecipeVerify},
		lockstep.RecipeStep{Do: lockstep.RecipeShift, Weight: 100}, lockstep.RecipeStep{Do: lockstep.RecipeVerify},
	)
)

// The vocabulary suffices for the strategies that we have: the same steps but
// for their names.
func TestRecipesCanSayWhatStrategiesDo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		recipe *lockstep.Recipe
		of     lockstep.Strategy
	}{"canary": {asCanary, lockstep.StrategyCanary}, "blue_green": {asBlueGreen, lockstep.StrategyBlueGreen}} {
		s := after(hooked(), v2, &v1, nil)
		got, err := Plan(s, Request{Strategy: lockstep.StrategyCustom, Recipe: tt.recipe, Level: lockstep.ValidationStandard})
		if err != nil {
			t.Fatal(err)
		}
		want, err := Plan(s, Request{Strategy: tt.of, Level: lockstep.ValidationStandard})
		if err != nil {
			t.Fatal(err)
		}
		nameless := func(p lockstep.Plan) lockstep.Plan {
			for i := range p.Steps {
				p.Steps[i].Name = ""
			}
			return p
		}
		if got, want := table(nameless(got)), table(nameless(want)); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestPlansOfRecipesAreGolden(t *testing.T) {
	t.Parallel()
	with := func(r *lockstep.Recipe) Request {
		return Request{Strategy: lockstep.StrategyCustom, Recipe: r, Level: lockstep.ValidationStandard}
	}
	plain := func() (lockstep.Plan, error) { return Plan(after(environment(), v2, &v1, nil), with(careful)) }
	undo := func(at string, serving ...lockstep.Revision) (lockstep.Plan, error) {
		plan, err := plain()
		if err != nil {
			return plan, err
		}
		now := after(environment(), v2, &v1, nil, v2)
		now.Serving = serving
		return Undo(now, with(careful), stopped(plan, at))
	}
	ending := func(words ...lockstep.RecipeStep) *lockstep.Recipe {
		return steps(slices.Concat([]lockstep.RecipeStep{{Do: lockstep.RecipePrepare}, {Do: lockstep.RecipeStart}, {Do: lockstep.RecipeShift, Weight: 100}}, words)...)
	}
	for name, make := range map[string]func() (lockstep.Plan, error){
		"custom": plain,
		"custom-first": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v1, nil, nil), with(careful))
		},
		"custom-back": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v1, &v2, &v1), Request{Strategy: lockstep.StrategyCustom, Back: true, Level: lockstep.ValidationBasic})
		},
		"custom-undo-rejected": func() (lockstep.Plan, error) { return undo("approve", v1, v2) },
		"custom-undo-after-all-traffic-moved": func() (lockstep.Plan, error) {
			return undo("pause-1m30s", v2)
		},
		"custom-canary": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v2, &v1, nil), with(asCanary))
		},
		"custom-stops-the-old-side": func() (lockstep.Plan, error) {
			return Plan(after(environment(), v2, &v1, nil), with(ending(lockstep.RecipeStep{Do: lockstep.RecipeStop})))
		},
		"custom-drains-and-keeps-warm": func() (lockstep.Plan, error) {
			return Plan(after(environment(0), v2, &v1, nil), with(ending(
				lockstep.RecipeStep{Do: lockstep.RecipeDrain}, lockstep.RecipeStep{Do: lockstep.RecipeKeepWarm, For: lockstep.Duration(time.Hour)})))
		},
		"custom-hooks": func() (lockstep.Plan, error) {
			return Plan(after(hooked(), v2, &v1, nil), with(steps(
				lockstep.RecipeStep{Do: lockstep.RecipeStart},
				lockstep.RecipeStep{Do: lockstep.RecipeHook, Hook: "seed"},
				lockstep.RecipeStep{Do: lockstep.RecipeHook, Inline: &lockstep.Hook{Name: "smoke", Run: []string{"./smoke", "{{version}}"}, Required: true}},
				lockstep.RecipeStep{Do: lockstep.RecipeShift, Weight: 100},
				lockstep.RecipeStep{Do: lockstep.RecipeVerify},
				lockstep.RecipeStep{Do: lockstep.RecipeApprove},
			)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := make()
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "testdata/plan/"+name+".golden", table(got))
		})
	}
}

func TestARecipeThatCannotBePlannedSaysWhy(t *testing.T) {
	t.Parallel()
	env := environment()
	env.Name = "production"
	for want, recipe := range map[string]*lockstep.Recipe{
		"strategy custom needs a recipe: name one of recipes in environments.production.strategy.recipe": nil,
		"recipe careful: the recipe ends here, without leading all requests to the new side":             steps(lockstep.RecipeStep{Do: lockstep.RecipeStart}),
		"recipe careful runs hook smoke, which production does not have: add it to environments.production.hooks": steps(
			lockstep.RecipeStep{Do: lockstep.RecipeStart}, lockstep.RecipeStep{Do: lockstep.RecipeHook, Hook: "smoke"}, lockstep.RecipeStep{Do: lockstep.RecipeShift, Weight: 100}),
	} {
		_, err := Plan(after(env, v2, &v1, nil), Request{Strategy: lockstep.StrategyCustom, Recipe: recipe})
		if lockstep.CodeOf(err) != lockstep.CodeInvalid || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestRecipesKeepTheRules plays recipes only, beside the histories that
// TestPlansKeepTheRules mixes them into: each is completed, fails or is
// cancelled anywhere, and is taken back.
func TestRecipesKeepTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		revisions := drawRevisions(t)
		m := newModel(drawEnvironment(t), revisions...)
		for range rapid.IntRange(1, 4).Draw(t, "deployments") {
			deploy(t, m, rapid.SampledFrom(revisions).Draw(t, "target").ID, Request{
				Strategy: lockstep.StrategyCustom, Recipe: drawRecipe(t), Level: lockstep.ValidationStandard,
			})
		}
		tearDown(t, m)
	})
}
