package load

import "time"

// Window is a run seen from a moment on: what was counted since, such as during
// one deployment.
type Window struct {
	run     *Run
	started time.Time
	base    counters
}

// Window opens a window now. It costs nothing while it is open and need not be
// closed.
func (r *Run) Window() *Window {
	return &Window{run: r, started: time.Now(), base: r.tally.copied()}
}

// Report gives what was counted since the window opened. It may be called
// again, for a later end. Max is exact to its bucket (3 %), and of failures
// those are shown that are among the run's last 256.
func (w *Window) Report() Report {
	return w.run.tally.report(w.started, w.base)
}
