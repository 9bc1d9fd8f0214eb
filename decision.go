package lockstep

import "time"

// Verdict is what a person decides about a step that waits.
type Verdict string

// The verdicts.
const (
	VerdictApproved Verdict = "approved"
	VerdictRejected Verdict = "rejected"
	VerdictResumed  Verdict = "resumed" // a pause ends early
)

// Verdicts lists the verdicts.
func Verdicts() []Verdict { return []Verdict{VerdictApproved, VerdictRejected, VerdictResumed} }

// Decision is a person's word on a step that waited for it.
type Decision struct {
	Step    int       `json:"step"` // Seq
	Verdict Verdict   `json:"verdict"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Comment string    `json:"comment,omitempty"`
}

// Until is when a step that waits for a person or for time stops waiting;
// false where that is open.
func (s Step) Until() (time.Time, bool) {
	if s.StartedAt == nil || s.Do.Timeout <= 0 {
		return time.Time{}, false
	}
	return s.StartedAt.Add(s.Do.Timeout.Std()), true
}

// Waiting is the step of this kind that runs and that nobody has decided yet,
// nil where there is none.
func (o Operation) Waiting(kind StepKind) *Step {
	for i, s := range o.Steps {
		if s.Kind == kind && s.Status == StepRunning && (o.Decision == nil || o.Decision.Step != s.Seq) {
			return &o.Steps[i]
		}
	}
	return nil
}
