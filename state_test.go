package lockstep_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

var update = flag.Bool("update", false, "rewrite generated documents")

// docs/states.md is generated: `go test . -run TestStateDiagram -update`.
func TestStateDiagram(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# States\n\nGenerated from the transition tables in `state.go`; [ADR 1](adr/0001-states.md) says who moves them.\n")
	diagram(&b, "Environment", lockstep.EnvironmentTransitions, lockstep.EnvironmentInactive)
	diagram(&b, "Operation and deployment", lockstep.OperationTransitions, lockstep.StatusPending, lockstep.StatusPendingApproval)
	diagram(&b, "Step", lockstep.StepTransitions, lockstep.StepPending)
	if *update {
		if err := os.WriteFile("docs/states.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("docs/states.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != b.String() {
		t.Error("docs/states.md is not what state.go says: run `go test . -run TestStateDiagram -update`")
	}
}

func diagram[S ~string, T interface {
	~map[S][]S
	States() []S
}](b *strings.Builder, title string, table T, initial ...S) {
	fmt.Fprintf(b, "\n## %s\n\n```mermaid\nstateDiagram-v2\n", title)
	for _, s := range initial {
		fmt.Fprintf(b, "  [*] --> %s\n", s)
	}
	for _, from := range table.States() {
		to := slices.Clone(table[from])
		slices.Sort(to)
		for _, next := range to {
			fmt.Fprintf(b, "  %s --> %s\n", from, next)
		}
		if len(to) == 0 {
			fmt.Fprintf(b, "  %s --> [*]\n", from)
		}
	}
	b.WriteString("```\n")
}

func TestEveryStateThatIsReachedHasARow(t *testing.T) {
	t.Parallel()
	for from, next := range lockstep.OperationTransitions {
		for _, to := range next {
			if _, ok := lockstep.OperationTransitions[to]; !ok {
				t.Errorf("%s leads to %s, which the table does not have", from, to)
			}
		}
		if from.Done() && len(next) > 0 && from != lockstep.StatusCompleted {
			t.Errorf("%s is an end and leads on to %v", from, next)
		}
	}
}

func TestARefusedTransitionNamesBothStates(t *testing.T) {
	t.Parallel()
	err := lockstep.OperationTransitions.Check("deployment 7", lockstep.StatusFailed, lockstep.StatusRunning)
	if lockstep.CodeOf(err) != lockstep.CodeConflict || !strings.Contains(err.Error(), "deployment 7 is failed and cannot become running") {
		t.Errorf("got %v", err)
	}
	if err := lockstep.OperationTransitions.Check("x", lockstep.StatusPending, lockstep.StatusRunning); err != nil {
		t.Error(err)
	}
}
