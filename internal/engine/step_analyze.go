package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/verdict"
)

// analyzeEvery is how often a canary's figures are looked at. The test behind
// the verdict does not mind how often.
const analyzeEvery = time.Second

// analysisState is what the router had counted when the watch began, or
// nothing once it has begun to count anew.
type analysisState struct {
	Began    time.Time              `json:"began"`
	Canary   lockstep.RevisionStats `json:"canary"`
	Baseline lockstep.RevisionStats `json:"baseline"`
}

// analyze watches the revision beside its baseline for the step's Timeout at
// least. It fails as soon as the revision is worse, and at the deadline where
// there is not evidence enough that it is not: what could not be shown is not
// taken for shown.
func analyze(ctx context.Context, e effect) (string, error) {
	a := analysis{effect: e}
	if err := a.begin(ctx); err != nil {
		return "", err
	}
	defer a.probe(ctx)()
	for {
		v, err := a.look(ctx)
		if err != nil {
			return "", err
		}
		watched := e.now().Sub(a.Began)
		switch {
		case v.Outcome == verdict.Fail:
			return "", lockstep.Errorf(lockstep.CodeFailed, "the canary is worse: after %s %s", watched.Round(time.Second), v.Reason)
		case v.Outcome == verdict.Pass && watched >= e.step.Do.Timeout.Std():
			return fmt.Sprintf("no worse in %s: %s", watched.Round(time.Second), v.Reason), nil
		case e.step.Do.Sample != "" && watched >= e.step.Do.Timeout.Std():
			return fmt.Sprintf("goes on without a verdict: %s", v.Reason), nil
		case watched >= e.step.Do.Analysis.Deadline.Std():
			return "", lockstep.Errorf(lockstep.CodeFailed,
				"no verdict after %s: %s; send it more requests, give it a larger share (weights) or more time (analysis.deadline)", watched.Round(time.Second), v.Reason)
		}
		if err := wait(ctx, analyzeEvery); err != nil {
			return "", err
		}
	}
}

type analysis struct {
	effect
	analysisState
	told   verdict.Verdict
	toldAt time.Time
	probes probing
}

// tellEvery is how often whoever watches hears of a verdict that stays the same.
const tellEvery = 10 * time.Second

// begin takes the reading that all others are compared with; one that was
// taken before this worker's time stands.
func (a *analysis) begin(ctx context.Context) error {
	if a.step.State != nil {
		return json.Unmarshal(a.step.State, &a.analysisState)
	}
	stats, err := a.router.Stats(ctx, a.environment.ID)
	if err != nil {
		return err
	}
	a.analysisState = analysisState{Began: a.now(), Canary: stats[a.step.Do.Revision], Baseline: stats[a.step.Do.Baseline]}
	return a.keep(ctx, a.analysisState)
}

func (a *analysis) look(ctx context.Context) (verdict.Verdict, error) {
	stats, err := a.router.Stats(ctx, a.environment.ID)
	if err != nil {
		return verdict.Verdict{}, err
	}
	canary, known := verdict.Since(a.Canary, stats[a.step.Do.Revision])
	baseline, too := verdict.Since(a.Baseline, stats[a.step.Do.Baseline])
	if !known || !too {
		// Both count from 0 now. Kept, because they will pass the old reading
		// one day, and the difference would be wrong then.
		a.Canary, a.Baseline = lockstep.RevisionStats{}, lockstep.RevisionStats{}
		if err := a.keep(ctx, a.analysisState); err != nil {
			return verdict.Verdict{}, err
		}
		canary, baseline = stats[a.step.Do.Revision], stats[a.step.Do.Baseline]
	}
	v := a.judge(canary, baseline)
	a.tell(ctx, v)
	return v, nil
}

// tell reports how it stands to whoever watches. How it ended is the step's.
func (a *analysis) tell(ctx context.Context, v verdict.Verdict) {
	now := a.now()
	old := v.Reason == a.told.Reason || v.Outcome == a.told.Outcome && now.Sub(a.toldAt) < tellEvery
	if old || v.Outcome == verdict.Fail {
		return
	}
	a.told, a.toldAt = v, now
	standing := "not decided yet: "
	if v.Outcome == verdict.Pass {
		standing = "no worse so far: "
	}
	a.progress(ctx, map[string]any{"verdict": v, "message": standing + v.Reason})
}
