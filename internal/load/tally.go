package load

import (
	"maps"
	"sync"
	"time"
)

const (
	// firstKept failures are reported; recentKept are remembered, so that a
	// window which opens late has its own first ones to show.
	firstKept  = 20
	recentKept = 256
	// releasesKept bounds ByRelease: header values come from outside.
	releasesKept  = 1000
	otherReleases = "(others)"
)

// tally is what has been counted, consistent under its lock.
type tally struct {
	mu      sync.Mutex
	now     counters
	flying  int
	ended   time.Time // when the arrivals did
	first   []Failure
	recents [recentKept]Failure // by number, modulo its size
	onFail  func(Failure)       // nil: nobody listens
}

// counters only ever grow; a window is the difference of two.
type counters struct {
	kinds    map[Kind]kindCounters
	releases map[string]int64
	failures int64 // numbers them
	fresh    int64
	reused   int64
}

type kindCounters struct {
	sent, ok, failed, shed, aborted int64
	latency                         *histogram
}

func (t *tally) begin(k Kind, limit int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.flying >= limit {
		t.change(k, func(c *kindCounters) { c.shed++ })
		return false
	}
	t.flying++
	t.change(k, func(c *kindCounters) { c.sent++ })
	return true
}

func (t *tally) ok(k Kind, release string, latency time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flying--
	t.change(k, func(c *kindCounters) {
		c.ok++
		if c.latency == nil {
			c.latency = &histogram{}
		}
		c.latency.add(latency)
	})
	t.answered(release)
}

func (t *tally) failed(f Failure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flying--
	t.change(f.Kind, func(c *kindCounters) { c.failed++ })
	t.answered(f.Release)
	if len(t.first) < firstKept {
		t.first = append(t.first, f)
	}
	t.recents[t.now.failures%recentKept] = f
	t.now.failures++
	if t.onFail != nil {
		t.onFail(f)
	}
}

func (t *tally) aborted(k Kind) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flying--
	t.change(k, func(c *kindCounters) { c.aborted++ })
}

func (t *tally) connected(reused bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if reused {
		t.now.reused++
	} else {
		t.now.fresh++
	}
}

func (t *tally) arrivalsEnded(at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = at
}

func (t *tally) change(k Kind, by func(*kindCounters)) {
	if t.now.kinds == nil {
		t.now.kinds = map[Kind]kindCounters{}
	}
	c := t.now.kinds[k]
	by(&c)
	t.now.kinds[k] = c
}

func (t *tally) answered(release string) {
	if release == "" {
		return
	}
	if t.now.releases == nil {
		t.now.releases = map[string]int64{}
	}
	if _, known := t.now.releases[release]; !known && len(t.now.releases) >= releasesKept {
		release = otherReleases
	}
	t.now.releases[release]++
}

// copied is the state as it stands, sharing nothing with it.
func (t *tally) copied() counters {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now.clone()
}

func (c counters) clone() counters {
	c.releases = maps.Clone(c.releases)
	c.kinds = maps.Clone(c.kinds)
	for k, of := range c.kinds {
		if of.latency != nil {
			latency := *of.latency
			of.latency = &latency
			c.kinds[k] = of
		}
	}
	return c
}

// failuresSince returns the first failures from number since on, as far as
// they are remembered. The lock is held.
func (t *tally) failuresSince(since int64) []Failure {
	var found []Failure
	for n := since; n < t.now.failures && len(found) < firstKept; n++ {
		switch {
		case n < int64(len(t.first)):
			found = append(found, t.first[n])
		case n >= t.now.failures-recentKept:
			found = append(found, t.recents[n%recentKept])
		default:
			n = t.now.failures - recentKept - 1 // forgotten up to there
		}
	}
	return found
}
