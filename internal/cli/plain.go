package cli

import (
	"io"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// plainView prints one line for each step that ended: what a log wants.
type plainView struct {
	w       io.Writer
	p       paint
	printed map[int]bool
	waiting bool
	undoing bool
	last    string
}

func (v *plainView) begin(f followed, op lockstep.Operation) {
	v.printed = map[int]bool{}
	line(v.w, "%s  %s", f.title, v.p.dim(op.ID))
	v.update(op)
}

func (v *plainView) update(op lockstep.Operation) {
	if op.Status == lockstep.StatusPendingApproval && !v.waiting {
		v.waiting = true
		line(v.w, "waits for approval: lockstep approve %s", shortID(op.ID))
	}
	for _, s := range op.Steps {
		if v.printed[s.Seq] || s.Status == lockstep.StepPending || s.Status == lockstep.StepRunning {
			continue
		}
		v.printed[s.Seq] = true
		if s.Phase == lockstep.PhaseUndo && !v.undoing {
			v.undoing = true
			line(v.w, "%s", v.p.warn(undoTitle(op)))
		}
		line(v.w, "  %s %s  %s", stepMark(v.p, s), pad(s.Name, 44), v.p.dim(stepNote(s)))
		if s.Error != nil {
			line(v.w, "      %s", strings.ReplaceAll(s.Error.Message, "\n", "\n      "))
		}
	}
}

func (v *plainView) note(message string) {
	if message == v.last {
		return
	}
	v.last = message
	line(v.w, "    %s", v.p.dim(message))
}

func (v *plainView) end(op lockstep.Operation) {
	v.update(op)
	line(v.w, "%s", ending(v.p, op))
}

func undoTitle(op lockstep.Operation) string {
	if op.UndoCause == lockstep.UndoCancel {
		return "cancelled: undoing what was done"
	}
	return "failed: rolling back"
}

// ending is the last line of every view.
func ending(p paint, op lockstep.Operation) string {
	text := outcome(p, op.Status)
	if op.StartedAt != nil && op.CompletedAt != nil {
		text += " in " + took(op.CompletedAt.Sub(*op.StartedAt))
	}
	if op.Error != nil {
		where := ""
		if op.Error.Step != "" {
			where = " at " + op.Error.Step
		}
		text += where + ": " + op.Error.Message
	}
	return text
}

func stepMark(p paint, s lockstep.Step) string {
	switch s.Status {
	case lockstep.StepCompleted:
		return p.good("✓")
	case lockstep.StepFailed:
		return p.bad("✗")
	case lockstep.StepRunning:
		return p.blue("◐")
	case lockstep.StepSkipped:
		return p.dim("–")
	case lockstep.StepPending:
		return p.dim("○")
	}
	return " "
}

func stepNote(s lockstep.Step) string {
	note := took(s.Duration.Std())
	if s.Output != "" {
		first, _, _ := strings.Cut(s.Output, "\n")
		note += "  " + first
	}
	if s.Attempts > 1 {
		note += "  (resumed)"
	}
	return note
}

func pad(s string, n int) string {
	if len(s) >= n {
		return s
	}
	return s + strings.Repeat(" ", n-len(s))
}

func elapsed(now time.Time, since *time.Time) string {
	if since == nil {
		return ""
	}
	return took(now.Sub(*since))
}
