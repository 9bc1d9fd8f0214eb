package engine

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/verdict"
)

// probing is the sending of synthetic requests while an analysis goes on.
type probing struct {
	enough  atomic.Bool            // users' requests suffice
	trouble atomic.Pointer[string] // why none could be sent last
}

// probe sends synthetic requests to both sides, in the background, until the
// returned function is called. Where the worker dies they end with it, at most
// a second later. That none can be sent is no error: the evidence is missing
// then, and the verdict says so.
func (a *analysis) probe(ctx context.Context) (stop func()) {
	wanted := a.step.Do.Analysis.Probes
	if wanted == nil || a.step.Do.Sample != "" || a.sampler == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var sending sync.WaitGroup
	sending.Go(func() {
		sides := []string{a.step.Do.Revision, a.step.Do.Baseline}
		rate := cmp.Or(wanted.Rate, lockstep.DefaultProbeRate)
		for ctx.Err() == nil {
			var err error
			if !a.probes.enough.Load() {
				err = a.sampler.Sample(ctx, a.environment.ID, sides, wanted.Paths, rate)
			}
			a.probes.note(err)
			if err != nil || a.probes.enough.Load() {
				_ = wait(ctx, analyzeEvery)
			}
		}
	})
	return func() {
		cancel()
		sending.Wait()
	}
}

func (p *probing) note(err error) {
	if err == nil {
		p.trouble.Store(nil)
		return
	}
	text := fmt.Sprintf(" (probes cannot be sent: %v)", err)
	p.trouble.Store(&text)
}

// judge compares the sample that the step asks for: users' requests, with
// probes beside them, or one kind alone.
func (a *analysis) judge(canary, baseline lockstep.RevisionStats) verdict.Verdict {
	rules := *a.step.Do.Analysis
	apart := func(kind lockstep.SampleKind) verdict.Verdict {
		return verdict.Judge(canary.Apart[kind].Revision(), baseline.Apart[kind].Revision(), rules)
	}
	if kind := a.step.Do.Sample; kind != "" {
		v := apart(kind)
		v.Reason = fmt.Sprintf("%s requests: %s", kind, v.Reason)
		return v
	}
	users := verdict.Judge(canary, baseline, rules)
	if rules.Probes == nil {
		return users
	}
	a.probes.enough.Store(users.Outcome == verdict.Pass)
	v := verdict.WithProbes(users, apart(lockstep.SampleProbe))
	if trouble := a.probes.trouble.Load(); trouble != nil && v.Outcome == verdict.Insufficient {
		v.Reason += *trouble
	}
	return v
}
