package lockstep

import (
	"errors"
	"time"
)

// ErrPaused refuses to begin a step of a deployment that somebody wants held.
var ErrPaused = errors.New("a pause was asked for")

// RequestedPause is a person's wish that a running deployment holds before its
// next step, until somebody resumes or cancels it. It ends with the
// deployment's forward phase: what is being taken back is never held up.
type RequestedPause struct {
	By        string     `json:"by"`
	At        time.Time  `json:"at"`
	Reason    string     `json:"reason,omitempty"`
	Step      int        `json:"step"`                // the one before which it holds, or is going to
	Before    string     `json:"before"`              // its name
	HeldSince *time.Time `json:"heldSince,omitempty"` // nil: what is under way has not ended yet
}

// Hold says before which step an operation holds, and which of its locks
// nobody needs meanwhile.
type Hold struct {
	Step  int
	Name  string
	Frees []string
}

// PausePoint is the step before which an operation would hold if that were
// asked for now; nil where there is none any more. Users are served there:
// while a hold keeps their requests waiting nothing is paused.
func (o Operation) PausePoint() *Step {
	for i, s := range o.Steps {
		if s.Phase == PhaseForward && s.Status == StepPending && s.Attempts == 0 && !o.HoldsRequests(s.Seq) {
			return &o.Steps[i]
		}
	}
	return nil
}

// HoldsRequests says that users' requests wait when a step of the forward
// phase begins, because a step before it made them.
func (o Operation) HoldsRequests(seq int) bool {
	held := false
	for _, s := range o.Steps {
		if s.Phase != PhaseForward || s.Seq >= seq {
			continue
		}
		switch s.Kind { //nolint:exhaustive // the others leave the requests where they are
		case StepHold:
			held = true
		case StepShiftTraffic:
			held = false
		}
	}
	return held
}
