package traffictest

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
)

func getIsTheZeroRoutingAtFirst(t *testing.T, w *world) {
	w.wantRouting(t, lockstep.Routing{})
	stats, err := w.Router.Stats(t.Context(), w.env)
	must(t, err, "read stats")
	if len(stats) != 0 {
		t.Errorf("an environment that nobody routed has stats %+v", stats)
	}
}

func getIsWhatWasSet(t *testing.T, w *world) {
	r := routing(revision("one", "backend", "backend-000000000001"), revision("two", "backend", "backend-000000000002"))
	r.Domains, r.Live, r.HoldFor = []string{"app.example.com"}, true, lockstep.Duration(2*time.Second)
	until := time.Date(2030, 5, 1, 22, 0, 0, 0, time.UTC)
	r.Disabled = []string{"backend"}
	r.Maintenance = &lockstep.Maintenance{Message: "We move.", Until: &until}
	r.Sticky = &lockstep.Sticky{Lifetime: lockstep.Duration(time.Hour)}
	r.Testers = &lockstep.TesterRoute{Revision: "two", Match: lockstep.Testers{Header: "X-Preview", Cookie: "preview", Value: "yes"}}
	r.Mirror = &lockstep.Mirror{Revision: "two", Percent: 10}
	w.set(t, r)
	w.wantRouting(t, r)
}

func setReplacesTheWhole(t *testing.T, w *world) {
	r := routing(revision("one", "backend", "backend-000000000001"))
	r.Domains, r.Live = []string{"app.example.com"}, true
	w.set(t, r)
	next := routing(revision("two", "backend", "backend-000000000002"))
	w.set(t, next)
	w.wantRouting(t, next)
}

func setIsRepeatable(t *testing.T, w *world) {
	r := routing(revision("one", "backend", "backend-000000000001"))
	call := w.call()
	for range 2 {
		must(t, w.Router.Set(t.Context(), call, r), "set routing")
	}
	w.wantRouting(t, r)
}

func theZeroRoutingForgets(t *testing.T, w *world) {
	w.set(t, lockstep.Routing{}) // where there is none
	w.set(t, routing(revision("one", "backend", "backend-000000000001")))
	w.set(t, lockstep.Routing{})
	w.wantRouting(t, lockstep.Routing{})
	late := w.call()
	late.Fence--
	wantCode(t, w.Router.Set(t.Context(), late, lockstep.Routing{}), lockstep.CodeFenced, "a lower fence after the zero routing")
}

func environmentsDoNotMix(t *testing.T, w *world) {
	r := routing(revision("one", "backend", "backend-000000000001"))
	w.set(t, r)
	other := *w
	other.env, other.fence = uuid.NewString(), w.fence-3
	other.wantRouting(t, lockstep.Routing{})
	next := routing(revision("two", "backend", "backend-000000000002"))
	next.Environment = "production"
	other.set(t, next)
	other.wantRouting(t, next)
	w.wantRouting(t, r)
}

func lowerFencesAreRefused(t *testing.T, w *world) {
	r := routing(revision("one", "backend", "backend-000000000001"))
	w.set(t, r)
	w.refuses(t, w.fence-1)
	w.fence++
	w.set(t, r) // changes nothing, and its fence counts
	w.refuses(t, w.fence-1)
	w.wantRouting(t, r)
}

func (w *world) refuses(t *testing.T, fence int64) {
	t.Helper()
	late := w.call()
	late.Fence = fence
	wantCode(t, w.Router.Set(t.Context(), late, lockstep.Routing{}), lockstep.CodeFenced, "set under a lower fence")
	_, err := w.Router.Drain(t.Context(), late, []string{"backend-000000000001"}, time.Second)
	wantCode(t, err, lockstep.CodeFenced, "drain under a lower fence")
}

func deathKeepsRoutingAndFence(t *testing.T, w *world) {
	if w.Reopen == nil {
		t.Log("nothing here can die apart from the tests")
		return
	}
	r := routing(revision("one", "backend", "backend-000000000001"))
	w.set(t, r)
	w.Router = w.Reopen(t)
	w.wantRouting(t, r)
	w.refuses(t, w.fence-1)
	w.set(t, lockstep.Routing{})
	w.Router = w.Reopen(t)
	w.wantRouting(t, lockstep.Routing{})
}

func drainOfNothingIsOver(t *testing.T, w *world) {
	left, err := w.Router.Drain(t.Context(), w.call(), []string{"never-000000000000"}, patience)
	must(t, err, "drain")
	if left != 0 {
		t.Errorf("%d requests left of none", left)
	}
}
