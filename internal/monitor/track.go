package monitor

import (
	"fmt"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// rules are when a state changes.
type rules struct{ healthyAfter, unhealthyAfter int }

// track follows one service from probe to probe.
type track struct {
	health   lockstep.ServiceHealth
	streak   int // probes in a row that say that it is better, or worse, than its state
	worse    bool
	timeouts int           // in a row
	seen     time.Time     // of the last probe; zero: none by this server
	expect   time.Duration // how long after it the next is expected at most
}

// span is a time in which a service was in a state.
type span struct {
	from, to time.Time
	up       bool
}

// see takes in a probe. It returns the time that is observed by it, and the
// state before where that changed.
func (t *track) see(r result, at time.Time, rules rules) (observed *span, from lockstep.HealthStatus, changed bool) {
	observed = t.observe(at)
	t.seen = at
	if r.timedOut {
		t.timeouts++
	} else {
		t.timeouts = 0
	}
	t.health.CheckedAt, t.health.ResponseTime = &at, nil
	if r.took > 0 {
		took := lockstep.Duration(r.took)
		t.health.ResponseTime = &took
	}
	if r.status != lockstep.HealthUnhealthy { // what is down says nothing of itself: the last word stays
		t.health.Version, t.health.Figure, t.health.Metadata = r.version, r.figure(), r.metadata
	}
	from = t.health.Status
	if r.status == from {
		t.streak = 0
		t.health.Message = r.message
		return observed, from, false
	}
	worse := from != lockstep.HealthUnknown && rank(r.status) > rank(from) || from == lockstep.HealthUnknown && r.status == lockstep.HealthUnhealthy
	if worse != t.worse {
		t.streak, t.worse = 0, worse
	}
	t.streak++
	need := rules.healthyAfter
	if worse {
		need = rules.unhealthyAfter
	}
	if r.status == lockstep.HealthUnknown {
		need = 1 // nobody sees it: there is nothing to confirm
	}
	if t.streak < need {
		t.health.Message = fmt.Sprintf("%d of %d checks: %s", t.streak, need, word(r))
		return observed, from, false
	}
	t.streak = 0
	t.health.Status, t.health.Message, t.health.Since = r.status, r.message, &at
	return observed, from, true
}

// pending says that the state may be about to change: the next probe is
// wanted soon.
func (t *track) pending() bool { return t.streak > 0 }

func (t *track) observe(at time.Time) *span {
	passed := at.Sub(t.seen)
	if t.seen.IsZero() || t.health.Status == lockstep.HealthUnknown || passed <= 0 || passed > t.expect {
		return nil
	}
	return &span{t.seen, at, t.health.Status.Up()}
}

func word(r result) string {
	if r.message != "" {
		return r.message
	}
	return string(r.status)
}

func rank(s lockstep.HealthStatus) int {
	switch s {
	case lockstep.HealthHealthy:
		return 0
	case lockstep.HealthWarning:
		return 1
	case lockstep.HealthUnhealthy:
		return 2
	case lockstep.HealthUnknown:
	}
	return 3
}

const (
	sooner      = 4 // so many times, while a state is about to change
	mostBackOff = 4 // intervals, between probes of what timed out again and again
	longBackOff = time.Minute
)

// wait is how long after a probe the next one is due. chance, from 0 to 1,
// spreads probes that would otherwise stay together.
func (t *track) wait(interval time.Duration, chance float64) time.Duration {
	wait := interval
	switch {
	case t.pending():
		wait = interval / sooner
	case t.timeouts > 1 && t.health.Status == lockstep.HealthUnhealthy:
		wait = min(interval<<min(t.timeouts-1, 2), interval*mostBackOff, max(interval, longBackOff))
	}
	return time.Duration(float64(wait) * (0.95 + chance/10))
}
