package control_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// What was approved is what runs: a recipe that is changed meanwhile, and a
// hook that it names, are those of the next deployment.
func TestARecipeIsFrozenWithItsDeployment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text := strings.Replace(matrixText, "alternatives: [blue_green, custom]}", "alternatives: [blue_green, custom], approval_required: true}", 1)
	w.apply(text)
	w.release("1.0.0")
	d := must(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0", Strategy: lockstep.StrategyCustom}))
	if d.Strategy != lockstep.StrategyCustom || d.Recipe == nil || d.Recipe.Name != "careful" || d.Status != lockstep.StatusPendingApproval {
		t.Fatalf("deployment %+v", d)
	}
	changed := strings.Replace(strings.Replace(text, `approve: {message: "look at it"}, `, "", 1), "[./smoke]", "[./other]", 1)
	plan := w.apply(changed).Plan
	if fields := slices.Concat(plan.Changes[0].Fields); len(fields) != 1 || fields[0].Path != "recipes.careful.steps" {
		t.Errorf("the plan shows %+v", plan.Changes)
	}
	newest := w.newest()
	must(w, got(w.control.Approve(t.Context(), bo, d.ID, control.ApprovalRequest{})))
	if e := w.happened(newest); e[0].Data["recipe"] != "careful" {
		t.Errorf("event %+v", e)
	}
	frozen := w.claim().Deployment.Recipe
	var words []lockstep.RecipeWord
	for _, s := range frozen.Steps {
		words = append(words, s.Do)
	}
	if want := []lockstep.RecipeWord{"start", "hook", "approve", "shift_traffic"}; !slices.Equal(words, want) {
		t.Errorf("steps %v, want %v", words, want)
	}
	if hook := frozen.Steps[1].Inline; hook == nil || hook.Run[0] != "./smoke" {
		t.Errorf("hook %+v", hook)
	}
	if next := must(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0", Recipe: "careful"})); len(next.Recipe.Steps) != 3 || next.Recipe.Steps[1].Inline.Run[0] != "./other" {
		t.Errorf("the next one follows %+v", next.Recipe)
	}
	if next := must(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0", Recipe: "quick"})); next.Recipe.Name != "quick" {
		t.Errorf("by name: %+v", next.Recipe)
	}
}

func TestAPreviewShowsThePlanOfARecipe(t *testing.T) {
	t.Parallel()
	w := applied(t)
	p := must(w, got(w.control.PreviewDeploy(t.Context(), ana, "", "staging", lockstep.DeploymentRequest{Version: "1.0.0", Recipe: "careful"})))
	var names []string
	for _, s := range p.Plan.Steps {
		names = append(names, s.Name)
	}
	want := []string{"prepare-new", "start-new/backend", "await-healthy/backend", "start-new/frontend", "await-healthy/frontend", "hook-smoke", "approve", "shift-100-percent-to-new"}
	if !slices.Equal(names, want) {
		t.Errorf("%v\nwant %v", names, want)
	}
}

// atStep is a running deployment whose only step waits for somebody's word.
func (w *world) atStep(do lockstep.StepAction, kind lockstep.StepKind) *lockstep.Claimed {
	w.Helper()
	w.deploy("staging", "1.0.0")
	c := w.claim()
	w.record(c, lockstep.Record{Phase: lockstep.PhaseForward, Plan: &lockstep.Plan{Steps: []lockstep.Step{
		{Name: "wait", Kind: kind, Do: do}, {Name: "after", Kind: lockstep.StepPrepare},
	}}})
	return c
}

func (w *world) step(c *lockstep.Claimed, seq int, status lockstep.StepStatus) {
	w.Helper()
	now := w.deployment(c.Operation.ID).CreatedAt
	w.record(c, lockstep.Record{Step: &lockstep.Step{Seq: seq, Status: status, Attempts: 1, StartedAt: &now}})
}

func TestAWordOnAStepCountsWhileItWaits(t *testing.T) {
	t.Parallel()
	type word func(*world, string, int) result[lockstep.Deployment]
	approve := func(w *world, id string, step int) result[lockstep.Deployment] {
		return got(w.control.Approve(w.Context(), bo, id, control.ApprovalRequest{Comment: "figures are fine", Step: step}))
	}
	reject := func(w *world, id string, step int) result[lockstep.Deployment] {
		return got(w.control.Reject(w.Context(), bo, id, control.RejectionRequest{Reason: "figures are fine", Step: step}))
	}
	resume := func(w *world, id string, step int) result[lockstep.Deployment] {
		return got(w.control.Resume(w.Context(), bo, id, control.ResumeRequest{Comment: "figures are fine", Step: step}))
	}
	for verdict, tt := range map[lockstep.Verdict]struct {
		kind      lockstep.StepKind
		say, deny word
		not       string
	}{
		lockstep.VerdictApproved: {lockstep.StepApprove, approve, resume, "does not wait for an approval"},
		lockstep.VerdictRejected: {lockstep.StepApprove, reject, resume, "does not wait for an approval"},
		lockstep.VerdictResumed:  {lockstep.StepPause, resume, approve, "does not pause"},
	} {
		t.Run(string(verdict), func(t *testing.T) {
			t.Parallel()
			w := applied(t)
			c := w.atStep(lockstep.StepAction{Timeout: lockstep.Duration(time.Hour)}, tt.kind)
			id := c.Operation.ID
			refused(w, tt.say(w, id, 0), lockstep.CodeConflict, "it is running and "+tt.not)
			w.step(c, 1, lockstep.StepRunning)
			refused(w, tt.deny(w, id, 0), lockstep.CodeConflict, "at wait, and does not")
			refused(w, tt.say(w, id, 2), lockstep.CodeConflict, "waits at step 1 (wait), not at step 2")
			newest := w.newest()
			must(w, tt.say(w, id, 1))
			want := lockstep.Decision{Step: 1, Verdict: verdict, By: "bo", Comment: "figures are fine"}
			op := must(w, got(w.control.Operation(t.Context(), id)))
			want.At = op.Decision.At
			if *op.Decision != want || want.At.IsZero() {
				t.Errorf("decision %+v, want %+v", *op.Decision, want)
			}
			if e := w.happened(newest); len(e) != 1 || e[0].Type != lockstep.EventStepDecided || e[0].Actor != "bo" || e[0].Data["verdict"] != string(verdict) || e[0].Data["step"] != "wait" {
				t.Errorf("events %+v", e)
			}
			refused(w, tt.say(w, id, 1), lockstep.CodeConflict, "its step wait was "+string(verdict)+" by bo")
			w.step(c, 1, lockstep.StepCompleted)
			w.step(c, 2, lockstep.StepRunning)
			refused(w, tt.say(w, id, 0), lockstep.CodeConflict, "at after, and "+tt.not)
		})
	}
}

func TestNobodyDecidesAfterACancelOrTooLate(t *testing.T) {
	t.Parallel()
	w := applied(t)
	c := w.atStep(lockstep.StepAction{Timeout: lockstep.Duration(time.Millisecond)}, lockstep.StepApprove)
	w.step(c, 1, lockstep.StepRunning)
	approve := func() result[lockstep.Deployment] {
		return got(w.control.Approve(t.Context(), bo, c.Operation.ID, control.ApprovalRequest{}))
	}
	refused(w, approve(), lockstep.CodeConflict, "has waited for 1ms and does not wait any more")
	must(w, got(w.control.CancelDeployment(t.Context(), bo, c.Operation.ID)))
	refused(w, approve(), lockstep.CodeConflict, "a cancel was asked for")
	if err := w.store.Check(t.Context()); err != nil {
		t.Error(err)
	}
	d := w.deploy("production", "1.0.0")
	refused(w, got(w.control.Approve(t.Context(), bo, d.ID, control.ApprovalRequest{Step: 3})), lockstep.CodeConflict, "at no step yet")
}
