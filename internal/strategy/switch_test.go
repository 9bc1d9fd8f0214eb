package strategy

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// address is a live address as a router keeps it: who asks for it, under
// which epoch.
type address struct {
	claims map[string]int64
	drill  map[string]bool
	known  int64
}

func (a *address) apply(step lockstep.Step) error {
	move := step.Do.Live
	if move == nil {
		return nil
	}
	switch step.Kind {
	case lockstep.StepMoveLive:
		if move.Drill {
			a.drill[move.ToID] = true
			return nil
		}
		if move.Epoch <= a.known {
			return fmt.Errorf("%s moves under epoch %d, and %d was given", step.Name, move.Epoch, a.known)
		}
		a.claims[move.ToID], a.known = move.Epoch, move.Epoch
	case lockstep.StepSettleLive:
		if move.Drill {
			delete(a.drill, move.FromID)
		} else {
			delete(a.claims, move.FromID)
		}
	default:
	}
	return nil
}

func (a *address) leadsTo() (best string) {
	for id, epoch := range a.claims {
		if best == "" || epoch > a.claims[best] {
			best = id
		}
	}
	return best
}

// Wherever a switch stops, users are where they were, or where they were to
// go; and wherever it is taken back from, they are where they were, and nobody
// else asks for the address.
func TestASwitchIsTakenBackFromEverywhere(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"", "blue"} {
		for _, drill := range []bool{false, true} {
			sw := lockstep.Switch{FromID: from, From: from, ToID: "green", To: "green", Epoch: 6, Drill: drill}
			s := Snapshot{Environment: lockstep.Environment{ID: "green", Name: "green"}, Active: &lockstep.Revision{ID: "v1"}}
			s.Environment.Spec.Hooks = hooksOfEachStage()
			plan, err := Switch(s, sw, 7)
			if err != nil {
				t.Fatal(err)
			}
			for stopAt := range len(plan.Steps) + 1 {
				a := address{claims: map[string]int64{}, drill: map[string]bool{}, known: 6}
				if from != "" {
					a.claims[from] = 6
				}
				steps := append([]lockstep.Step(nil), plan.Steps...)
				moved := false
				for i := range stopAt {
					steps[i].Attempts = 1
					if err := a.apply(steps[i]); err != nil {
						t.Fatal(err)
					}
					moved = moved || steps[i].Kind == lockstep.StepMoveLive && !drill
					if got := a.leadsTo(); got != map[bool]string{false: from, true: "green"}[moved] {
						t.Errorf("from %q, drill %v, after %s: it leads to %q", from, drill, steps[i].Name, got)
					}
				}
				if stopAt == len(plan.Steps) && (len(a.drill) > 0 || !drill && len(a.claims) != 1) {
					t.Errorf("from %q, drill %v: %+v is left", from, drill, a)
				}
				if got := Moved(steps); got != moved {
					t.Errorf("stopped after %d steps: moved %v", stopAt, got)
				}
				for _, step := range Unswitch(steps).Steps {
					if !step.Do.Always {
						t.Errorf("%s does not run where one before it failed", step.Name)
					}
					if err := a.apply(step); err != nil {
						t.Error(err)
					}
				}
				// Only what completed has withdrawn the claim of the side before.
				if got := a.leadsTo(); got != from || len(a.drill) > 0 || len(a.claims) > 1 {
					t.Errorf("from %q, drill %v, taken back after %d steps: it leads to %q, %+v", from, drill, stopAt, got, a)
				}
			}
		}
	}
	if _, err := Switch(Snapshot{}, lockstep.Switch{}, 1); lockstep.CodeOf(err) != lockstep.CodeConflict {
		t.Errorf("nothing runs there: %v", err)
	}
}

func hooksOfEachStage() (out []lockstep.Hook) {
	for i, stage := range lockstep.HookStages() {
		out = append(out, lockstep.Hook{Name: fmt.Sprintf("%d-%s", i, stage), Stage: stage, Run: []string{"./hook", "{{version}}"}, Required: i%2 == 0})
	}
	return out
}

// The hooks of a switch run right before the move, and when the live address
// was seen to lead to the target; those of deployments do not, and a drill has
// none.
func TestPlansOfSwitches(t *testing.T) {
	t.Parallel()
	s := Snapshot{Environment: environment(), Active: &v1}
	s.Environment.Spec.Hooks = hooksOfEachStage()
	for name, drill := range map[string]bool{"switch": false, "switch-drill": true} {
		plan, err := Switch(s, lockstep.Switch{FromID: "blue", From: "blue", ToID: "green", To: "green", Drill: drill}, 7)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join("testdata", "plan", name+".golden"), table(plan))
	}
	s.Environment.Spec.Hooks[2].Service = "gone"
	if _, err := Switch(s, lockstep.Switch{ToID: "green"}, 7); lockstep.CodeOf(err) != lockstep.CodeInvalid {
		t.Errorf("a hook in the files of a service that is not there: %v", err)
	}
	if _, err := Plan(Snapshot{Environment: s.Environment, Target: v1}, Request{Strategy: lockstep.StrategyBlueGreen}); err != nil {
		t.Errorf("it is no deployment's: %v", err)
	}
}
