package cli

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

// standstill is why an operation does not go on although its own steps have
// nothing to wait for; "" where it does.
func standstill(op lockstep.Operation) string {
	switch {
	case op.Status.Done():
		return ""
	case op.Pause != nil && !op.CancelRequested:
		return pauseText(*op.Pause) + ": lockstep resume " + shortID(op.ID) + " lets it go on"
	case op.WaitingFor != nil:
		return waitingText(*op.WaitingFor)
	}
	return ""
}

// pauseText is a pause that somebody asked for.
func pauseText(p lockstep.RequestedPause) string {
	text := "a pause was asked for by " + p.By + ", before " + p.Before
	if p.HeldSince != nil {
		text = "paused before " + p.Before + " since " + p.HeldSince.Local().Format(time.DateTime) + " by " + p.By
	}
	if p.Reason != "" {
		text += " (" + oneLine(p.Reason) + ")"
	}
	return text
}

// waitingText names who is in the way, and what he waits for himself.
func waitingText(w lockstep.WaitingFor) string {
	holder, id := string(w.HolderKind)+" "+shortID(w.Holder)+" of "+w.HolderEnvironment, shortID(w.Holder)
	if w.HolderVersion != "" {
		holder = "deployment " + id + " of " + w.HolderVersion + " to " + w.HolderEnvironment
	}
	text := "waits for " + holder
	if w.Live {
		text = "waits for the live address, which " + holder + " has until it ends"
	}
	switch w.HolderWaitsFor {
	case lockstep.HolderWaitsApproval:
		return text + "; that waits for an approval at " + w.HolderStep + ": lockstep approve " + id
	case lockstep.HolderWaitsPause:
		return text + "; that pauses at " + w.HolderStep + ": lockstep resume " + id
	case lockstep.HolderWaitsPaused:
		return text + "; that was paused by " + w.HolderPausedBy + " before " + w.HolderStep + ": lockstep resume " + id
	case lockstep.HolderWaitsLock:
		return text + "; that waits for another one itself: lockstep watch " + id
	}
	if w.HolderStep != "" {
		text += ", now at " + w.HolderStep
	}
	return text
}
