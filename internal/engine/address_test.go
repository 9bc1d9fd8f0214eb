package engine

import (
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// What a routing has beside shares, along a canary's way.
func TestARoutingAddressesTheNewSideWhileItIsNew(t *testing.T) {
	t.Parallel()
	spec := lockstep.StrategySpec{
		Sticky:  &lockstep.Sticky{},
		Testers: &lockstep.Testers{Header: "X-Preview", Value: "yes"},
		Mirror:  10,
	}
	analyze := []lockstep.Step{{Kind: lockstep.StepAnalyze, Do: lockstep.StepAction{Revision: "new"}}}
	for name, c := range map[string]struct {
		kind            lockstep.OperationKind
		phase           lockstep.Phase
		steps           []lockstep.Step
		share           int
		testers, mirror bool
	}{
		"prepared":               {lockstep.OperationDeploy, lockstep.PhaseForward, analyze, 0, true, true},
		"a smaller share":        {lockstep.OperationDeploy, lockstep.PhaseForward, analyze, 5, true, true},
		"as large a share":       {lockstep.OperationDeploy, lockstep.PhaseForward, analyze, 10, true, false},
		"all":                    {lockstep.OperationDeploy, lockstep.PhaseForward, analyze, 100, false, false},
		"blue_green":             {lockstep.OperationDeploy, lockstep.PhaseForward, nil, 0, true, false},
		"taken back":             {lockstep.OperationDeploy, lockstep.PhaseUndo, analyze, 5, false, false},
		"retiring the warm side": {lockstep.OperationRetire, lockstep.PhaseForward, analyze, 0, false, false},
	} {
		e := effect{
			operation:   lockstep.Operation{Kind: c.kind, Phase: c.phase, RevisionID: "new", Steps: c.steps},
			environment: lockstep.Environment{Spec: lockstep.EnvironmentSpec{Strategy: spec}},
		}
		r := lockstep.Routing{Splits: []lockstep.Split{{Revision: "new", Weight: c.share}, {Revision: "old", Weight: 100 - c.share}}}
		e.address(&r)
		if r.Sticky == nil || (r.Testers != nil) != c.testers || (r.Mirror != nil) != c.mirror {
			t.Errorf("%s: %+v %+v", name, r.Testers, r.Mirror)
		}
		e.environment.Spec.Strategy = lockstep.StrategySpec{}
		r = lockstep.Routing{Splits: r.Splits}
		if e.address(&r); r.Sticky != nil || r.Testers != nil || r.Mirror != nil {
			t.Errorf("%s: what nobody asked for: %+v", name, r)
		}
	}
	e := effect{
		operation:   lockstep.Operation{Kind: lockstep.OperationDeploy, Phase: lockstep.PhaseForward, RevisionID: "new", Steps: analyze},
		environment: lockstep.Environment{Spec: lockstep.EnvironmentSpec{Strategy: spec}},
	}
	r := lockstep.Routing{}
	if e.address(&r); r.Testers != nil || r.Mirror != nil {
		t.Errorf("of an environment without anything that serves: %+v", r)
	}
}
