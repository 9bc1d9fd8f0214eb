package strategy

import (
	"fmt"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// canary brings the target up beside what serves and leads a growing share of
// the requests to it. Each share is watched before the next one: the target
// must not do worse than what serves beside it. Where requests are mirrored,
// it has to do as well with their copies before any user meets it. Where
// nothing serves, nothing can be compared, or the target is on its way back,
// it comes in as with blue_green.
func (b *builder) canary(r Request) {
	b.stop("retire-warm-environment", b.stale(), b.drainTimeout())
	b.prepare("prepare-canary", b.Target)
	b.runHooks(lockstep.HookPreDeployment)
	b.bringUp("deploy-canary", b.Target, b.target)
	b.verify("validate-canary", r.Level, true)
	if b.comparable() && !r.Back {
		if b.Environment.Spec.Strategy.Mirror > 0 {
			b.analyze("analyze-canary-on-mirrored-requests", 0, lockstep.SampleMirrored)
		}
		for _, weight := range b.weights() {
			b.split(fmt.Sprintf("shift-%d-percent-to-canary", weight),
				lockstep.Split{Revision: b.Target.ID, Weight: weight}, lockstep.Split{Revision: b.Active.ID, Weight: 100 - weight})
			b.analyze(fmt.Sprintf("analyze-canary-at-%d-percent", weight), 0, "")
		}
	}
	b.shift("switch-traffic-to-canary", &b.Target, false)
	b.verify("deployment-validation", r.Level, false)
	b.runHooks(lockstep.HookPostDeployment)
	b.cleanupOld("cleanup-stable", "drain-stable")
}

// comparable says that the active revision is whole and gets all requests.
func (b *builder) comparable() bool {
	return b.Active != nil && !b.sameAgain() && b.up(b.active) &&
		len(b.Serving) == 1 && b.Serving[0].ID == b.Active.ID
}

// weights are the shares below 100.
func (b *builder) weights() []int {
	weights := b.Environment.Spec.Strategy.Weights
	if len(weights) == 0 {
		weights = lockstep.DefaultWeights()
	}
	return slices.DeleteFunc(slices.Clone(weights), func(w int) bool { return w <= 0 || w >= 100 })
}

// analyze watches for that long at least; 0: as long as the environment says.
func (b *builder) analyze(name string, least lockstep.Duration, sample lockstep.SampleKind) {
	spec := b.Environment.Spec.Strategy
	analysis := spec.Analysis
	pause := least.Or(spec.Pause.Or(lockstep.DefaultPause))
	analysis.Deadline = lockstep.Duration(max(pause, analysis.Deadline.Or(lockstep.DefaultDeadline)))
	b.add(name, lockstep.StepAnalyze, lockstep.StepAction{
		Revision: b.Target.ID, Baseline: b.Active.ID, Timeout: lockstep.Duration(pause), Analysis: &analysis, Sample: sample,
	})
}
