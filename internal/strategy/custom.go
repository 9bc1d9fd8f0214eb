package strategy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// custom brings the target in as a recipe says. What a recipe need not say is
// put in: the preparation, the environment's hooks that it does not name, and
// the end of the old side.
//
// Where nothing serves, or nothing can be compared, shares and what is done at
// them (analyze, pause) are left out; an approval is asked for all the same.
// On its way back a target comes in as with blue_green: users wait for it.
func (b *builder) custom(r Request) error {
	if r.Back {
		b.blueGreen(r.Level)
		return nil
	}
	if r.Recipe == nil {
		return lockstep.Errorf(lockstep.CodeInvalid, "strategy custom needs a recipe: name one of recipes in environments.%s.strategy.recipe", b.Environment.Name)
	}
	if faults := r.Recipe.Faults(); len(faults) > 0 {
		return lockstep.Errorf(lockstep.CodeInvalid, "recipe %s: %s", r.Recipe.Name, faults[0].Message)
	}
	c := cook{builder: b, level: r.Level, recipe: *r.Recipe}
	c.takeNamedHooks()
	b.stop("retire-warm-environment", b.stale(), b.drainTimeout())
	b.prepare("prepare-new", b.Target)
	b.runHooks(lockstep.HookPreDeployment)
	for i, step := range r.Recipe.Steps {
		if err := c.step(step); err != nil {
			return err
		}
		if c.share == 100 && !c.announced && !c.verifiesNext(i) {
			b.runHooks(lockstep.HookPostDeployment)
			c.announced = true
		}
	}
	if !c.ended {
		c.endOld(b.warmFor())
	}
	return nil
}

// cook is where a recipe has got to.
type cook struct {
	*builder
	level     lockstep.ValidationLevel
	recipe    lockstep.Recipe
	named     []lockstep.StepAction // the environment's hooks that run where the recipe says
	share     int                   // of the target, as the recipe says
	left      bool                  // a share was left out
	announced bool                  // the hooks after the deployment are in the plan
	drained   bool                  // the old side
	ended     bool
}

func (c *cook) step(s lockstep.RecipeStep) error {
	switch s.Do {
	case lockstep.RecipePrepare: // is there already
	case lockstep.RecipeStart:
		c.bringUp("start-new", c.Target, c.target)
	case lockstep.RecipeVerify:
		if c.share == 100 {
			c.verify("deployment-validation", c.level, false)
		} else {
			c.verify("validate-new", c.level, true)
		}
	case lockstep.RecipeShift:
		c.shiftTo(s.Weight)
	case lockstep.RecipeAnalyze:
		if !c.left {
			c.analyze(fmt.Sprintf("analyze-new-at-%d-percent", c.share), s.For, "")
		}
	case lockstep.RecipePause:
		if !c.left || c.share == 100 {
			c.add("pause-"+brief(s.For.Std()), lockstep.StepPause, lockstep.StepAction{Timeout: s.For})
		}
	case lockstep.RecipeApprove:
		c.add("approve", lockstep.StepApprove, lockstep.StepAction{
			Revision: c.Target.ID, Message: s.Message, Timeout: s.Timeout,
		})
	case lockstep.RecipeHook:
		return c.hook(s)
	case lockstep.RecipeDrain:
		c.drain("drain-old", c.old(), c.drainTimeout())
		c.drained = true
	case lockstep.RecipeStop:
		c.endOld(0)
	case lockstep.RecipeKeepWarm:
		c.endOld(s.For)
	}
	return nil
}

func (c *cook) shiftTo(weight int) {
	c.share = weight
	switch {
	case weight == 100:
		c.shift("shift-100-percent-to-new", &c.Target, false)
	case !c.comparable():
		c.left = true
	default:
		c.split(fmt.Sprintf("shift-%d-percent-to-new", weight),
			lockstep.Split{Revision: c.Target.ID, Weight: weight}, lockstep.Split{Revision: c.Active.ID, Weight: 100 - weight})
	}
}

// endOld keeps the old side warm, or stops it. What is no part of the active
// revision is stopped in any case.
func (c *cook) endOld(warmFor lockstep.Duration) {
	old := c.old()
	warm := c.warmSide(old, warmFor)
	if warm != nil {
		old = without(old, c.active)
	}
	if !c.drained {
		c.drain("drain-old", old, c.drainTimeout())
	}
	c.stop("stop-old", old, quietDrain)
	if warm != nil {
		c.add("keep-old-warm", lockstep.StepKeepWarm, *warm)
	}
	c.ended = true
}

// hook is one that the recipe brings itself, or names.
func (c *cook) hook(s lockstep.RecipeStep) error {
	if s.Inline != nil {
		do, err := hookAction(*s.Inline, c.Snapshot)
		if err == nil {
			c.add("hook-"+cmp.Or(s.Hook, s.Inline.Name), lockstep.StepHook, do)
		}
		return err
	}
	i := slices.IndexFunc(c.named, func(do lockstep.StepAction) bool { return do.Hook.Name == s.Hook })
	if i < 0 {
		return lockstep.Errorf(lockstep.CodeInvalid, "recipe %s runs hook %s, which %s does not have: add it to environments.%s.hooks",
			c.recipe.Name, s.Hook, c.Environment.Name, c.Environment.Name)
	}
	c.add("hook-"+s.Hook, lockstep.StepHook, c.named[i])
	return nil
}

// takeNamedHooks leaves to their stages only the hooks that the recipe does
// not name.
func (c *cook) takeNamedHooks() {
	var others []lockstep.StepAction
	for _, do := range c.hooks {
		if slices.ContainsFunc(c.recipe.Steps, func(s lockstep.RecipeStep) bool { return s.Hook == do.Hook.Name }) {
			c.named = append(c.named, do)
		} else {
			others = append(others, do)
		}
	}
	c.hooks = others
}

// verifiesNext says that the step after i looks at what users reach.
func (c *cook) verifiesNext(i int) bool {
	return i+1 < len(c.recipe.Steps) && c.recipe.Steps[i+1].Do == lockstep.RecipeVerify
}

// brief is 10m, not 10m0s.
func brief(d time.Duration) string {
	return strings.Replace(strings.Replace(d.String(), "m0s", "m", 1), "h0m", "h", 1)
}
