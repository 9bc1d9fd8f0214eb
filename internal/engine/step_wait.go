package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// openEnd is how long a step waits that nothing bounds.
const openEnd = 100 * 365 * 24 * time.Hour

// pauseFor lets time pass, counted from the step's beginning: whoever resumes
// it waits for the rest.
func pauseFor(ctx context.Context, e effect) (string, error) {
	until, _ := e.step.Until()
	decision, err := e.person(ctx, until)
	if err != nil {
		return "", err
	}
	if decision != nil {
		return fmt.Sprintf("ended by %s after %s of %s%s", decision.By, e.waited(decision), e.step.Do.Timeout, commented(decision)), nil
	}
	return fmt.Sprintf("%s have passed", e.step.Do.Timeout), nil
}

// approval waits for a person. Nobody's word is no approval.
func approval(ctx context.Context, e effect) (string, error) {
	until, _ := e.step.Until()
	decision, err := e.person(ctx, until)
	switch {
	case err != nil:
		return "", err
	case decision == nil:
		return "", lockstep.Errorf(lockstep.CodeFailed, "nobody approved it within %s", e.step.Do.Timeout)
	case decision.Verdict != lockstep.VerdictApproved:
		return "", lockstep.Errorf(lockstep.CodeFailed, "rejected by %s after %s%s", decision.By, e.waited(decision), commented(decision))
	}
	return fmt.Sprintf("approved by %s after %s%s", decision.By, e.waited(decision), commented(decision)), nil
}

func (e effect) waited(d *lockstep.Decision) time.Duration {
	return max(0, d.At.Sub(*e.step.StartedAt)).Round(time.Second)
}

func commented(d *lockstep.Decision) string {
	if d.Comment == "" {
		return ""
	}
	return ": " + d.Comment
}

// decided waits for a person's decision about a step; nil where there was none
// until then. Zero is an open end. The decision comes with the lease's
// heartbeat, which a wake brings forward.
func (r *run) decided(ctx context.Context, seq int, until time.Time) (*lockstep.Decision, error) {
	for {
		if d := r.decision.Load(); d != nil && d.Step == seq {
			return d, nil
		}
		left := openEnd
		if !until.IsZero() {
			left = until.Sub(r.Now())
		}
		if left <= 0 {
			return r.lastWord(ctx, seq)
		}
		waitFor(ctx, r.news, left)
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
	}
}

// lastWord asks the journal itself: a decision counts that came in time and
// was not heard of yet.
func (r *run) lastWord(ctx context.Context, seq int) (*lockstep.Decision, error) {
	if err := r.heartbeat(ctx, r.TTL); err != nil {
		return nil, err
	}
	if d := r.decision.Load(); d != nil && d.Step == seq {
		return d, nil
	}
	return nil, nil
}
