package engine

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/verdict"
)

// A router that died counts from 0 again. What it counts then is compared as
// it is, also when it has passed the reading from before its death, and by
// whoever takes the step over.
func TestAnAnalysisGoesOnWithARouterThatBeganAnew(t *testing.T) {
	t.Parallel()
	router := &answers{}
	says := func(canary, baseline lockstep.RevisionStats) {
		router.stats = map[string]lockstep.RevisionStats{"new": canary, "old": baseline}
	}
	var kept json.RawMessage
	a := func() *analysis {
		e := effect{router: router, now: time.Now, progress: func(context.Context, map[string]any) {}}
		e.step.Do = lockstep.StepAction{Revision: "new", Baseline: "old", Analysis: &lockstep.Analysis{}}
		e.step.State = kept
		e.keep = func(_ context.Context, state any) (err error) {
			kept, err = json.Marshal(state)
			return err
		}
		got := &analysis{effect: e}
		if err := got.begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		return got
	}
	outcome := func(a *analysis) verdict.Outcome {
		v, err := a.look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return v.Outcome
	}

	says(lockstep.RevisionStats{Requests: 300, Errors: 90}, lockstep.RevisionStats{Requests: 300})
	began := a()
	says(lockstep.RevisionStats{Requests: 5}, lockstep.RevisionStats{Requests: 5})
	if got := outcome(began); got != verdict.Insufficient {
		t.Errorf("after the router's death: %s", got)
	}
	// Of 320 requests 95 have failed. Less the reading of before it would be 5
	// of 20, which says too little.
	says(lockstep.RevisionStats{Requests: 320, Errors: 95}, lockstep.RevisionStats{Requests: 320})
	for name, analysis := range map[string]*analysis{"the same worker": began, "another one": a()} {
		if got := outcome(analysis); got != verdict.Fail {
			t.Errorf("%s: %s, want fail", name, got)
		}
	}
}
