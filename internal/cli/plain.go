package cli

import (
	"io"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// plainView prints one line for each step that ended: what a log wants.
type plainView struct {
	w io.Writer
	p paint
	f followed

	transcript transcript
	waiting    bool
	waitsAt    int // the step that was told to wait for a person
	stopping   bool
	still      string // why nothing happens, as it was told last
	last       string
}

func (v *plainView) begin(f followed, op lockstep.Operation) {
	v.f = f
	line(v.w, "%s  %s", f.title, v.p.dim(op.ID))
	v.update(op)
}

func (v *plainView) update(op lockstep.Operation) {
	if op.Status == lockstep.StatusPendingApproval && !v.waiting {
		v.waiting = true
		line(v.w, "  waits for approval: lockstep approve %s", shortID(op.ID))
	}
	for _, l := range v.transcript.next(newSheet(v.p, 0, op.Steps), op) {
		line(v.w, "%s", l)
	}
	if step, text := waitText(op); step != nil && v.waitsAt != step.Seq {
		v.waitsAt = step.Seq
		line(v.w, "  %s", text)
	}
	if text := standstill(op); text != v.still {
		if v.still = text; text != "" {
			line(v.w, "  %s", text)
		}
	}
	if op.CancelRequested && !op.Status.Done() && !v.stopping {
		v.stopping = true
		line(v.w, "  %s", stoppingNote)
	}
}

func (v *plainView) note(message string, trouble bool) {
	if !trouble || message == v.last {
		return
	}
	v.last = message
	line(v.w, "      %s", v.p.dim(strings.ReplaceAll(message, "\n", "\n      ")))
}

func (v *plainView) wrote(op lockstep.Operation, w stepLines) {
	for _, l := range v.transcript.wrote(newSheet(v.p, 0, op.Steps), op, w) {
		line(v.w, "%s", l)
	}
}

func (v *plainView) end(op lockstep.Operation) {
	v.update(op)
	line(v.w, "%s", v.f.ending(v.p, op))
}

func (v *plainView) leave() {}

const stoppingNote = "a cancel was asked for: it stops at the next safe point"

// moreProblems is how many failed checks the last line repeats.
const moreProblems = 3

// ending is the last word of every view: how it ended, where and why. The
// checks that failed stand below it; what an instance wrote does not, it
// stands at the step.
func (f followed) ending(p paint, op lockstep.Operation) string {
	text := outcome(p, op.Status)
	if f.deployment != nil && takenBack(*f.deployment) != "" { // after it had completed
		return text + ": " + takenBack(*f.deployment)
	}
	if op.StartedAt != nil && op.CompletedAt != nil {
		text += " in " + took(op.CompletedAt.Sub(*op.StartedAt))
	}
	if op.Error == nil {
		return text
	}
	if op.Error.Step != "" {
		text += " at " + op.Error.Step
	}
	lines := strings.Split(strings.TrimSpace(op.Error.Message), "\n")
	text += ": " + lines[0]
	for i, l := range lines[1:] {
		if !strings.HasPrefix(l, "  ") && len(op.Steps) > 0 {
			break
		}
		if i == moreProblems && len(op.Steps) > 0 {
			text += "\n  …"
			break
		}
		text += "\n" + l
	}
	return text
}
