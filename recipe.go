package lockstep

import "fmt"

// Recipe is a strategy of the matrix's own: what happens to the new side (the
// revision that comes in) and to the old one (what serves), in order.
type Recipe struct {
	Name        string       `json:"name"`
	Description string       `json:"description,omitempty"`
	Steps       []RecipeStep `json:"steps"`
}

// RecipeWord is what a step of a recipe does.
type RecipeWord string

// The words.
const (
	RecipePrepare  RecipeWord = "prepare"       // implied: every plan begins with it
	RecipeStart    RecipeWord = "start"         // the new side: all of its instances run and are healthy
	RecipeVerify   RecipeWord = "verify"        // the new side, at the deployment's level: directly, or as users reach it once all requests go there
	RecipeShift    RecipeWord = "shift_traffic" // Weight percent of new requests go to the new side
	RecipeAnalyze  RecipeWord = "analyze"       // the new side against the old one, for For at least; 0: the environment's pause
	RecipePause    RecipeWord = "pause"         // For passes, or a person ends it
	RecipeApprove  RecipeWord = "approve"       // a person says yes, at most Timeout later; 0: whenever that is
	RecipeHook     RecipeWord = "hook"          // the environment's hook that Hook names, or Inline
	RecipeDrain    RecipeWord = "drain"         // the old side: until its requests have ended
	RecipeStop     RecipeWord = "stop"          // the old side, drained before
	RecipeKeepWarm RecipeWord = "keep_warm"     // the old side stays up for For
)

// RecipeWords lists the words.
func RecipeWords() []RecipeWord {
	return []RecipeWord{
		RecipePrepare, RecipeStart, RecipeVerify, RecipeShift, RecipeAnalyze, RecipePause, RecipeApprove,
		RecipeHook, RecipeDrain, RecipeStop, RecipeKeepWarm,
	}
}

// RecipeStep is a word and its operands; each word's comment says which it reads.
type RecipeStep struct {
	Do      RecipeWord `json:"do"`
	Weight  int        `json:"weight,omitempty"`
	For     Duration   `json:"for,omitempty"`
	Timeout Duration   `json:"timeout,omitempty"`
	Message string     `json:"message,omitempty"` // approve: what whoever approves has to look at
	Hook    string     `json:"hook,omitempty"`
	Inline  *Hook      `json:"inline,omitempty"` // of a frozen recipe also for a Hook that is named: as it was then
}

// RecipeFault is why a recipe makes no sense at one of its steps.
type RecipeFault struct {
	Step       int // from 0; -1 is the recipe as a whole
	Message    string
	Suggestion string
}

// Faults are all that is wrong with a recipe: what would lead requests to
// something that does not run, take away what still serves, or never end.
func (r Recipe) Faults() []RecipeFault {
	if len(r.Steps) == 0 {
		return []RecipeFault{{-1, "a recipe needs steps", "write steps: [start: new, verify: new, shift_traffic: 100]"}}
	}
	check := recipeCheck{}
	for i, step := range r.Steps {
		check.at = i
		check.step(step)
	}
	if check.share != 100 {
		check.at = len(r.Steps) - 1
		check.wrong("add shift_traffic: 100", "the recipe ends here, without leading all requests to the new side")
	}
	return check.faults
}

// recipeCheck is what a recipe has done so far. After a fault it goes on as if
// the step had made sense, so that one mistake is told once.
type recipeCheck struct {
	at                           int
	started                      bool
	share                        int
	drained, stopped, warm, told bool
	faults                       []RecipeFault
}

func (c *recipeCheck) wrong(suggestion, format string, args ...any) {
	c.faults = append(c.faults, RecipeFault{c.at, fmt.Sprintf(format, args...), suggestion})
}

func (c *recipeCheck) step(s RecipeStep) {
	switch s.Do {
	case RecipePrepare:
		if c.at > 0 {
			c.wrong("move it to the top, or remove it: every plan begins with it", "prepare comes first")
		}
	case RecipeStart:
		if c.started {
			c.wrong("remove one", "the new side is started twice")
		}
		c.started = true
	case RecipeVerify:
		c.needsNew("verify looks at")
	case RecipeShift:
		c.shift(s.Weight)
	case RecipeAnalyze:
		switch {
		case c.share == 0:
			c.wrong("put shift_traffic: 5 before it", "analyze compares both sides, and no request goes to the new one yet")
		case c.share == 100:
			c.wrong("put it before shift_traffic: 100", "analyze compares both sides, and no request goes to the old one any more")
		}
	case RecipeApprove:
		if c.stopped {
			c.wrong("put it before stop: old", "the old side, to which a rejection returns, is stopped by then")
		}
	case RecipeDrain:
		c.endsOld("drain", c.drained)
		c.drained = true
	case RecipeStop:
		c.endsOld("stop", c.stopped)
		c.stopped = true
	case RecipeKeepWarm:
		c.endsOld("keep_warm", c.warm)
		c.warm = true
	case RecipePause, RecipeHook:
	default:
		c.wrong("", "no step is called %s", s.Do)
	}
}

// needsNew reports once that nothing of the new side runs.
func (c *recipeCheck) needsNew(what string) {
	if !c.started && !c.told {
		c.wrong("put start: new before it", "%s the new side, which no step has started yet", what)
		c.told = true
	}
}

func (c *recipeCheck) shift(weight int) {
	c.needsNew("this leads requests to")
	switch {
	case weight < 1 || weight > 100:
		c.wrong("", "a share is from 1 to 100 percent")
		return
	case c.share == 100:
		c.wrong("remove it", "all requests go to the new side already")
	case weight <= c.share:
		c.wrong("", "shares grow from step to step, and %d does not come after %d", weight, c.share)
	}
	c.share = max(c.share, weight)
}

// endsOld holds for what is done with the old side when users have left it.
func (c *recipeCheck) endsOld(word string, before bool) {
	switch {
	case c.share < 100:
		c.wrong("put shift_traffic: 100 before it", "requests still go to the old side here")
	case before:
		c.wrong("remove one", "%s stands here twice", word)
	case c.stopped:
		c.wrong("remove it", "the old side is stopped by then")
	case c.warm:
		c.wrong("remove one of them", "the old side is kept warm by a step before")
	}
}
