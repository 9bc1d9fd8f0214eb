package edge

import (
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"
)

// instance is one ready copy of a service. The same instance at the same
// address stays the same value while it leaves a pool and comes back.
type instance struct {
	id       string
	relay    bool // another edge
	upstream *upstream
	inFlight gauge
	left     atomic.Bool  // it is in no pool
	failedAt atomic.Int64 // when it last could not be dialled, Unix nanoseconds
}

// pool is the ready instances of a group; at least one.
type pool struct {
	group     *group
	instances []*instance
}

// suspicion is how long an instance that could not be dialled is passed over
// where there is another: it has nothing in flight, so it would look best.
const suspicion = 500 * time.Millisecond

// pick chooses an instance: the one with less in flight of two chosen by
// chance. It is nil where all were tried already.
func (p *pool) pick(tried []*instance) *instance {
	if p == nil {
		return nil
	}
	n := len(p.instances)
	if n == 1 && len(tried) == 0 {
		return p.instances[0]
	}
	if len(tried) > 0 {
		return p.pickUntried(tried)
	}
	i := rand.IntN(n)
	j := rand.IntN(n - 1)
	if j >= i {
		j++
	}
	return better(p.instances[i], p.instances[j])
}

func (p *pool) pickUntried(tried []*instance) *instance {
	var best *instance
	for _, in := range p.instances {
		switch {
		case slices.Contains(tried, in):
		case best == nil:
			best = in
		default:
			best = better(best, in)
		}
	}
	return best
}

func better(a, b *instance) *instance {
	if suspectA, suspectB := a.suspect(), b.suspect(); suspectA != suspectB {
		if suspectA {
			return b
		}
		return a
	}
	if b.inFlight.count() < a.inFlight.count() {
		return b
	}
	return a
}

func (in *instance) suspect() bool {
	at := in.failedAt.Load()
	return at != 0 && time.Since(time.Unix(0, at)) < suspicion
}

// choose is a revision by weight; false where nothing is served.
func (v *view) choose() (*offer, bool) {
	switch len(v.shares) {
	case 0:
		return nil, false
	case 1:
		return v.shares[0].offer, true
	}
	n := rand.Int64N(v.total)
	for _, s := range v.shares {
		if n < s.end {
			return s.offer, true
		}
	}
	return nil, false
}
