package config_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// A configuration of nothing but misspellings is told within a moment: what
// was meant is looked for among all names, and not for each.
func TestMisspellingsDoNotTakeLong(t *testing.T) { //nolint:paralleltest // it could not tell its processor time from others'
	doc := document()
	changes := make([]lockstep.VariableChange, lockstep.MaxVariables)
	for i := range changes {
		key := fmt.Sprintf("VARIABLE_WITH_A_NAME_%d", i)
		doc.Variables = append(doc.Variables, v(lockstep.LevelEnvironment, key, "${"+key+"X}"))
		changes[i] = lockstep.VariableChange{Key: key + "Y", Remove: true}
	}
	for what, try := range map[string]func() int{
		"references": func() int {
			_, problems := config.Resolve(doc, services("a"), production)
			return len(problems)
		},
		"removals": func() int {
			_, err := config.ApplyVariables(doc.Variables, changes, config.Edit{Level: lockstep.LevelEnvironment})
			return len(problemsIn(err))
		},
	} {
		begun := processorTime(t)
		if n := try(); n < 100 {
			t.Errorf("%s: %d problems", what, n)
		}
		if d := processorTime(t) - begun; d > 30*time.Second {
			t.Errorf("%s took %s of a processor", what, d)
		}
	}
}

// processorTime that this process has used.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func TestVariablesAreBoundedTogether(t *testing.T) {
	t.Parallel()
	edit := config.Edit{Level: lockstep.LevelEnvironment, Owner: "staging"}
	large := strings.Repeat("x", lockstep.MaxVariableValue)
	var own []lockstep.Variable
	var err error
	for i := range lockstep.MaxVariablesSize/lockstep.MaxVariableValue - 1 {
		own, err = config.ApplyVariables(own, []lockstep.VariableChange{{Key: fmt.Sprint("V", i), Value: &large}}, edit)
		if err != nil {
			t.Fatal(i, err)
		}
	}
	one := lockstep.VariableChange{Key: "ONE", Value: &large}
	if _, err := config.ApplyVariables(own, []lockstep.VariableChange{one}, edit); len(problemsIn(err)) != 1 || !strings.Contains(problemsIn(err)[0].Message, "keep what is large elsewhere") {
		t.Errorf("one too many: %v", problemsIn(err))
	}
	if _, err := config.ApplyVariables(own, make([]lockstep.VariableChange, 20*lockstep.MaxVariables+1), edit); len(problemsIn(err)) != 1 {
		t.Errorf("too many changes: %v", err)
	}
	x := "x"
	far := lockstep.VariableChange{Key: "A", Scope: lockstep.ScopeFeature, Target: strings.Repeat("f", 256), Value: &x}
	if _, err := config.ApplyVariables(nil, []lockstep.VariableChange{far}, edit); len(problemsIn(err)) != 1 {
		t.Errorf("a feature without end: %v", err)
	}
}

func problemsIn(err error) []lockstep.Problem {
	var coded *lockstep.Error
	errors.As(err, &coded)
	if coded == nil {
		return nil
	}
	return coded.Problems
}
