package cli

import (
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

// transcript turns the states of an operation into lines that stay: each is
// returned once, in order, when nothing will change it any more. Both views
// print them; the live one shows beneath what is still going on.
type transcript struct {
	told   int // steps that were returned
	titled bool
	output map[int][]string // the end of what was shown of running steps' output, by seq
}

// next are the lines that op adds to what was returned before.
func (t *transcript) next(s sheet, op lockstep.Operation) []string {
	var out []string
	for t.told < len(op.Steps) && settled(op, op.Steps[t.told]) {
		step := op.Steps[t.told]
		if step.Phase == lockstep.PhaseUndo && !t.titled {
			t.titled = true
			out = append(out, undoTitle(s.p, op))
		}
		if run := skippedRun(op, t.told); len(run) > 0 {
			out = append(out, s.skipped(run)...)
			t.told += len(run)
			continue
		}
		out = append(out, s.ended(t.untold(step))...)
		t.told++
	}
	if undoing(op) && !t.titled && t.told < len(op.Steps) && op.Steps[t.told].Phase == lockstep.PhaseUndo {
		t.titled = true
		out = append(out, undoTitle(s.p, op))
	}
	return out
}

// left are the steps that were not returned yet.
func (t *transcript) left(op lockstep.Operation) []lockstep.Step {
	return op.Steps[min(t.told, len(op.Steps)):]
}

// settled says that a step is over: carried out, or passed by for good.
func settled(op lockstep.Operation, s lockstep.Step) bool {
	switch s.Status {
	case lockstep.StepCompleted, lockstep.StepFailed, lockstep.StepSkipped:
		return true
	case lockstep.StepPending, lockstep.StepRunning:
		return op.Status.Done() || s.Phase == lockstep.PhaseForward && undoing(op)
	}
	return false
}

func undoing(op lockstep.Operation) bool {
	return len(op.Steps) > 0 && op.Steps[len(op.Steps)-1].Phase == lockstep.PhaseUndo
}

// skippedRun are the settled steps from i on that never began.
func skippedRun(op lockstep.Operation, i int) []lockstep.Step {
	end := i
	for end < len(op.Steps) && op.Steps[end].Phase == op.Steps[i].Phase && settled(op, op.Steps[end]) && op.Steps[end].StartedAt == nil {
		end++
	}
	return op.Steps[i:end]
}

func undoTitle(p paint, op lockstep.Operation) string {
	if op.UndoCause == lockstep.UndoCancel {
		return p.warn("  cancelled: undoing what was done")
	}
	return p.warn("  failed: rolling back")
}

// progressText says what a running step reported. trouble says that it is
// worth a line in a log.
func progressText(data map[string]any) (text string, trouble bool) {
	if message, ok := data["message"].(string); ok {
		return message, true
	}
	instances, ok := data["instances"].([]any)
	if !ok {
		return "", false
	}
	ready, wanted := number(data["ready"]), number(data["desired"])
	text = fmt.Sprintf("%d of %s ready", ready, count(wanted, "instance"))
	worst, most := map[string]any(nil), -1
	for _, one := range instances {
		i, _ := one.(map[string]any)
		if i["state"] != string(lockstep.InstanceReady) && number(i["restarts"]) > most {
			worst, most = i, number(i["restarts"])
		}
	}
	if worst == nil {
		return text, false
	}
	state, _ := worst["state"].(string)
	text += fmt.Sprintf("; %v %s", worst["id"], stateText(lockstep.InstanceState(state)))
	if reason, _ := worst["reason"].(string); reason != "" {
		text += ": " + reason
	}
	return text, most > 0
}

func stateText(s lockstep.InstanceState) string {
	switch s {
	case lockstep.InstanceUnready:
		return "is not ready any more"
	case lockstep.InstanceBackoff:
		return "ended and waits to be started again"
	case lockstep.InstanceStarting, lockstep.InstanceReady, lockstep.InstanceDraining, lockstep.InstanceStopped:
	}
	return "is " + string(s)
}

func number(v any) int {
	n, _ := v.(float64)
	return int(n)
}
