package traffictest

import (
	"net/http"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// half leads half of the requests to each of two revisions.
func half(a, b lockstep.RevisionRoutes) lockstep.Routing {
	r := routing(a, b)
	r.Splits[0].Weight, r.Splits[1].Weight = 50, 50
	return r
}

func clientsStay(t *testing.T, w *world) {
	blue, green := w.serve(t, "blue"), w.serve(t, "green")
	r := half(blue, green)
	r.Sticky = &lockstep.Sticky{}
	w.set(t, r)
	url := w.URL(t, w.env)
	for range 4 {
		first := w.get(t.Context(), url)
		if first.err != nil || len(first.cookies) != 1 {
			t.Fatalf("a new client got %+v, want an answer with a cookie", first)
		}
		c := first.cookies[0]
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.MaxAge <= 0 {
			t.Errorf("the cookie is %s", c)
		}
		for range 8 {
			again := w.getWith(t.Context(), url, http.Header{"Cookie": {c.Name + "=" + c.Value}})
			if again.body != first.body || len(again.cookies) != 0 {
				t.Fatalf("a client of %s got %+v", first.body, again)
			}
		}
	}
	r = routing(green, blue)
	r.Sticky = &lockstep.Sticky{}
	w.set(t, r)
	if got := w.get(t.Context(), url); got.body != "green" || len(got.cookies) != 0 {
		t.Errorf("where there is one revision a client got %+v", got)
	}
}

func testersMeetTheNewRevision(t *testing.T, w *world) {
	blue, green := w.serve(t, "blue"), w.serve(t, "green")
	r := routing(blue, green)
	r.Testers = &lockstep.TesterRoute{Revision: "green", Match: lockstep.Testers{Header: "X-Preview", Value: "yes"}}
	w.set(t, r)
	url := w.URL(t, w.env)
	for value, want := range map[string]string{"yes": "green", "no": "blue"} {
		if got := w.getWith(t.Context(), url, http.Header{"X-Preview": {value}}); got.body != want {
			t.Errorf("X-Preview: %s led to %+v, want %s", value, got, want)
		}
	}
	w.set(t, routing(blue, green))
	if got := w.getWith(t.Context(), url, http.Header{"X-Preview": {"yes"}}); got.body != "blue" {
		t.Errorf("without testers the header led to %+v", got)
	}
	w.apart(t, "green", lockstep.SampleTester, 1)
}

func copiesCostUsersNothing(t *testing.T, w *world) {
	blue, green := w.serve(t, "blue"), w.serve(t, "green")
	r := routing(blue, green)
	r.Mirror = &lockstep.Mirror{Revision: "green", Percent: 100}
	w.set(t, r)
	for range 5 {
		w.request(t, "/status/404", http.StatusNotFound, "blue")
	}
	w.apart(t, "green", lockstep.SampleMirrored, 5)
	w.apart(t, "blue", lockstep.SampleMirrored, 5)
	waiting := w.send(t, "/wait") // the copy waits for ever
	w.inFlight(t, "blue", 1)
	if got, err := w.Router.Probe(t.Context(), w.env, "blue", "/release"); err != nil || got.Status != http.StatusOK {
		t.Fatalf("release: %+v, %v", got, err)
	}
	if got := <-waiting; got.err != nil || got.body != "blue" {
		t.Errorf("a user waited for the copy: %+v", got)
	}
}

func samplesCountApart(t *testing.T, w *world) {
	sampler, ok := w.Router.(traffic.Sampler)
	if !ok {
		t.Log("this router sends no requests of its own")
		return
	}
	blue, green := w.serve(t, "blue"), w.serve(t, "green")
	w.set(t, routing(blue, green))
	must(t, sampler.Sample(t.Context(), w.env, []string{"blue", "green"}, []string{"/", "/status/500"}, 10), "sample")
	for _, revision := range []string{"blue", "green"} {
		got := w.apart(t, revision, lockstep.SampleProbe, 10)
		if got.Errors != 5 {
			t.Errorf("%s: %+v, want 5 errors", revision, got)
		}
	}
}

// apart waits until so many requests of a kind are counted, and none as users'.
func (w *world) apart(t *testing.T, revision string, kind lockstep.SampleKind, requests int64) (out lockstep.SampleStats) {
	t.Helper()
	await(t, "requests that are counted apart", func() (bool, string) {
		stats, err := w.Router.Stats(t.Context(), w.env)
		must(t, err, "read stats")
		text, err := lockstep.Canonical(stats)
		must(t, err, "write stats")
		out = stats[revision].Apart[kind]
		return out.Requests == requests && out.Latencies.Total() == requests, string(text)
	})
	return out
}
