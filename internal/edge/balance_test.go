package edge

import (
	"math"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func TestChooseFollowsWeights(t *testing.T) {
	t.Parallel()
	e := New(Options{})
	e.SetRouting(envID, routing(
		lockstep.Split{Revision: "a", Weight: 70},
		lockstep.Split{Revision: "none", Weight: 0},
		lockstep.Split{Revision: "b", Weight: 25},
		lockstep.Split{Revision: "negative", Weight: -5},
		lockstep.Split{Revision: "c", Weight: 5},
	))
	v := e.envs[envID].now.Load()
	const n = 100_000
	got := map[*offer]int{}
	for range n {
		o, ok := v.choose()
		if !ok {
			t.Fatal("nothing is served")
		}
		got[o]++
	}
	for id, percent := range map[string]float64{"a": 70, "b": 25, "c": 5, "none": 0, "negative": 0} {
		share := percent / 100
		deviation := math.Abs(float64(got[v.offers[id]]) - n*share)
		if limit := 6 * math.Sqrt(n*share*(1-share)); deviation > limit {
			t.Errorf("revision %s got %d of %d requests; %v%% is meant to lead there", id, got[v.offers[id]], n, percent)
		}
	}
}

func TestChooseNothing(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]lockstep.Routing{
		"no splits":    {Revisions: routing(all("a")).Revisions},
		"zero weights": routing(none("a"), none("b")),
		"of others":    {Splits: []lockstep.Split{all("gone")}},
	} {
		e := New(Options{})
		e.SetRouting(envID, r)
		if o, ok := e.envs[envID].now.Load().choose(); ok {
			t.Errorf("%s: %v was chosen", name, o)
		}
	}
}

func TestPickPrefersLessInFlight(t *testing.T) {
	t.Parallel()
	busy, idle := &instance{id: "busy"}, &instance{id: "idle"}
	busy.inFlight.enter()
	p := &pool{instances: []*instance{busy, idle}}
	for range 100 {
		if got := p.pick(nil); got != idle {
			t.Fatalf("%s was picked, which has more in flight", got.id)
		}
	}
	idle.failedAt.Store(time.Now().UnixNano())
	if got := p.pick(nil); got != busy {
		t.Errorf("%s was picked, which could not be dialled just now", got.id)
	}
	idle.failedAt.Store(time.Now().Add(-2 * suspicion).UnixNano())
	if got := p.pick(nil); got != idle {
		t.Errorf("%s was picked although the other one's failure is long ago", got.id)
	}
}

func TestPickSpreads(t *testing.T) {
	t.Parallel()
	p := &pool{}
	for range 5 {
		p.instances = append(p.instances, &instance{})
	}
	got := map[*instance]int{}
	const n = 50_000
	for range n {
		got[p.pick(nil)]++
	}
	for i, in := range p.instances {
		if share := float64(got[in]) / n; math.Abs(share-0.2) > 0.02 {
			t.Errorf("instance %d of 5 equal ones got %.1f%%", i, 100*share)
		}
	}
}

func TestPickUntried(t *testing.T) {
	t.Parallel()
	a, b, c := &instance{id: "a"}, &instance{id: "b"}, &instance{id: "c"}
	b.inFlight.enter()
	p := &pool{instances: []*instance{a, b, c}}
	if got := p.pick([]*instance{a}); got != c {
		t.Errorf("after a, %s was picked, not c", got.id)
	}
	if got := p.pick([]*instance{a, c}); got != b {
		t.Errorf("after a and c, %v was picked, not b", got)
	}
	if got := p.pick(p.instances); got != nil {
		t.Errorf("all were tried, and %s is picked again", got.id)
	}
	if got := (*pool)(nil).pick(nil); got != nil {
		t.Errorf("%s was picked from no pool", got.id)
	}
}
