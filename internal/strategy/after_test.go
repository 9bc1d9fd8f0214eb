package strategy

import (
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func TestWarmAfter(t *testing.T) {
	t.Parallel()
	blueGreen := Request{Strategy: lockstep.StrategyBlueGreen}
	tests := []struct {
		name      string
		s         Snapshot
		completed bool
		want      string // "unchanged", or a revision
	}{
		{"first deployment", after(environment(), v1, nil, nil), true, "unchanged"},
		{"second", after(environment(), v2, &v1, nil), true, "v1"},
		{"third", after(environment(), v3, &v2, &v1), true, "v2"},
		{"third, taken back after the warm side went", after(environment(), v3, &v2, &v1), false, ""},
		{"nothing kept", after(environment(0), v3, &v2, &v1), true, ""},
		{"same again", after(environment(), v2, &v2, &v1), true, "unchanged"},
		{"back to the warm side", after(environment(0), v1, &v2, &v1), true, ""},
		{"back to the warm side, taken back", after(environment(), v1, &v2, &v1), false, "unchanged"},
	}
	for _, test := range tests {
		plan, err := Plan(test.s, blueGreen)
		if err != nil {
			t.Fatal(err)
		}
		for i := range plan.Steps {
			plan.Steps[i].Status, plan.Steps[i].Attempts = lockstep.StepCompleted, 1
		}
		got := "unchanged"
		id, warmFor := WarmAfter(test.s, plan.Steps, test.completed)
		if id != nil {
			got = *id
		}
		if got != test.want {
			t.Errorf("%s: warm side is %q, want %q", test.name, got, test.want)
		}
		if (got == "v1" || got == "v2") != (warmFor == lockstep.DefaultWarmFor) {
			t.Errorf("%s: it stays for %s", test.name, warmFor)
		}
	}
}
