package monitor

import (
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

var statuses = map[byte]lockstep.HealthStatus{
	'h': lockstep.HealthHealthy, 'w': lockstep.HealthWarning, 'u': lockstep.HealthUnhealthy, '?': lockstep.HealthUnknown,
}

func letter(s lockstep.HealthStatus) string {
	for l, status := range statuses {
		if status == s {
			return string(l)
		}
	}
	return "!"
}

// TestStatesAreConfirmed: each row is what probes said, and the state after each.
func TestStatesAreConfirmed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rules       rules
		seen, state string
	}{
		{rules{1, 3}, "h", "h"},
		{rules{1, 3}, "uuu", "??u"},
		{rules{2, 3}, "hh", "?h"},
		{rules{1, 3}, "huuhuuu", "hhhhhhu"},   // good news in between begin anew
		{rules{1, 3}, "hwuwww", "hhhwww"},     // worse is worse: it need not be the same
		{rules{2, 2}, "hhuuhuhh", "?hhuuuuh"}, // flapping stays where it is
		{rules{1, 1}, "huhuw?h", "huhuw?h"},
		{rules{3, 3}, "hhh?hhh", "??h???h"},
		{rules{1, 3}, "w", "w"},
		{rules{2, 3}, "wwhh", "?wwh"},
	} {
		tr := &track{health: lockstep.ServiceHealth{Status: lockstep.HealthUnknown}}
		var got strings.Builder
		at := time.Unix(1000, 0)
		for i := range len(c.seen) {
			at = at.Add(time.Second)
			before := tr.health.Status
			_, from, changed := tr.see(result{status: statuses[c.seen[i]], message: "because"}, at, c.rules)
			if from != before || changed != (before != tr.health.Status) || changed && !tr.health.Since.Equal(at) {
				t.Errorf("%s at %d: from %s, changed %t, since %v", c.seen, i, from, changed, tr.health.Since)
			}
			if tr.pending() != (statuses[c.seen[i]] != tr.health.Status) {
				t.Errorf("%s at %d: pending %t", c.seen, i, tr.pending())
			}
			got.WriteString(letter(tr.health.Status))
		}
		if got.String() != c.state {
			t.Errorf("%+v saw %s: got %s, want %s", c.rules, c.seen, got.String(), c.state)
		}
	}
}

func TestWhatIsDownKeepsItsLastWord(t *testing.T) {
	t.Parallel()
	tr := &track{health: lockstep.ServiceHealth{Status: lockstep.HealthUnknown}}
	well := found("Redis 7")
	well.fact("mode", "standalone", "standalone")
	tr.see(well, time.Unix(1, 0), rules{1, 2})
	tr.see(failed(refused("gone")), time.Unix(2, 0), rules{1, 2})
	if tr.health.Message != "1 of 2 checks: gone" || tr.health.Status != lockstep.HealthHealthy {
		t.Errorf("health %+v", tr.health)
	}
	tr.see(failed(refused("gone")), time.Unix(3, 0), rules{1, 2})
	if tr.health.Message != "gone" || tr.health.Version != "Redis 7" || tr.health.Figure != "standalone" {
		t.Errorf("health %+v", tr.health)
	}
}

func TestTimeIsObserved(t *testing.T) {
	t.Parallel()
	at := time.Unix(1000, 0)
	tr := &track{health: lockstep.ServiceHealth{Status: lockstep.HealthUnknown}, expect: 30 * time.Second}
	see := func(after time.Duration, status lockstep.HealthStatus) *span {
		at = at.Add(after)
		s, _, _ := tr.see(result{status: status}, at, rules{1, 1})
		return s
	}
	for i, c := range []struct {
		after time.Duration
		sees  lockstep.HealthStatus
		want  time.Duration // observed; 0: none
		up    bool
	}{
		{0, lockstep.HealthHealthy, 0, false}, // nothing was before
		{10 * time.Second, lockstep.HealthWarning, 10 * time.Second, true},
		{10 * time.Second, lockstep.HealthUnhealthy, 10 * time.Second, true}, // a warning is up
		{30 * time.Second, lockstep.HealthHealthy, 30 * time.Second, false},
		{31 * time.Second, lockstep.HealthHealthy, 0, false}, // nobody looked
		{-time.Hour, lockstep.HealthHealthy, 0, false},       // the clock was set
		{time.Second, lockstep.HealthUnknown, time.Second, true},
		{time.Second, lockstep.HealthHealthy, 0, false}, // it was not known
	} {
		s := see(c.after, c.sees)
		if (s != nil) != (c.want > 0) || s != nil && (s.to.Sub(s.from) != c.want || s.up != c.up || !s.to.Equal(at)) {
			t.Errorf("%d: observed %+v, want %s, up %t", i, s, c.want, c.up)
		}
	}
}

func TestWait(t *testing.T) {
	t.Parallel()
	const interval = 20 * time.Second
	tr := &track{health: lockstep.ServiceHealth{Status: lockstep.HealthHealthy}}
	wait := func(chance float64) time.Duration { return tr.wait(interval, chance) }
	if low, high := wait(0), wait(1); low != 19*time.Second || high != 21*time.Second {
		t.Errorf("waits %s to %s", low, high)
	}
	tr.streak = 1
	if got := wait(.5); got != interval/sooner {
		t.Errorf("while pending: %s", got)
	}
	tr.streak, tr.health.Status = 0, lockstep.HealthUnhealthy
	if got := wait(.5); got != interval {
		t.Errorf("refused: %s", got)
	}
	for timeouts, want := range map[int]time.Duration{1: interval, 2: 40 * time.Second, 3: time.Minute, 100: time.Minute} {
		tr.timeouts = timeouts
		if got := wait(.5); got != want {
			t.Errorf("after %d timeouts: %s, want %s", timeouts, got, want)
		}
	}
	if got := tr.wait(time.Hour, .5); got != time.Hour {
		t.Errorf("seldom checked, timed out: %s", got)
	}
}
