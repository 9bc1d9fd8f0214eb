package policy

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

// pausable: only what goes forward can be held, and only before a step.
func pausable(q Question) *Reason {
	o := q.Operation
	if o == nil {
		return nil
	}
	switch {
	case o.Status.Done():
		return reason(ReasonState, "it is %s: there is nothing left to hold", o.Status)
	case o.Status != lockstep.StatusRunning:
		return reason(ReasonState, "it is %s and has not begun: cancel it, or move its time", o.Status)
	case o.Phase != lockstep.PhaseForward:
		return reason(ReasonState, "it is being taken back, and nothing holds that up")
	case o.CancelRequested:
		return reason(ReasonState, "a cancel was asked for")
	case o.Pause != nil:
		return reason(ReasonState, "%s; lockstep resume lets it go on", pausedText(*o.Pause))
	case o.PausePoint() == nil:
		return reason(ReasonState, "it is at its last step: there is nothing left to hold")
	}
	return nil
}

func pausedText(p lockstep.RequestedPause) string {
	text, at := "it is paused already, before "+p.Before+", since ", p.At
	if p.HeldSince == nil {
		text = "a pause before " + p.Before + " was asked for already at "
	} else {
		at = *p.HeldSince
	}
	text += at.UTC().Format(time.DateTime) + " UTC by " + p.By
	if p.Reason != "" {
		text += " (" + p.Reason + ")"
	}
	return text
}
