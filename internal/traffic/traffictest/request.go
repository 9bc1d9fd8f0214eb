package traffictest

import (
	"net/http"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

func everyRequestAfterSetFollowsIt(t *testing.T, w *world) {
	blue, green := w.serve(t, "blue"), w.serve(t, "green")
	for range 20 {
		w.set(t, routing(blue, green))
		w.request(t, "/", http.StatusOK, "blue")
		w.set(t, routing(green, blue))
		w.request(t, "/", http.StatusOK, "green")
	}
}

func pathsLeadToServicesOfOneRevision(t *testing.T, w *world) {
	front, back := w.serve(t, "front"), w.serve(t, "back")
	both := front
	both.Services = append(both.Services, back.Services[0])
	both.Services[1].Prefixes = []string{"/api"}
	w.set(t, routing(both))
	for path, service := range map[string]string{"/": "front", "/apix": "front", "/api": "back", "/api/x?y=1;z": "back"} {
		w.request(t, path, http.StatusOK, service)
	}
}

func withoutWeightsNothingIsServed(t *testing.T, w *world) {
	blue := w.serve(t, "blue")
	w.set(t, routing(blue))
	w.request(t, "/", http.StatusOK, "blue")
	r := routing(blue)
	r.Splits = nil
	w.set(t, r)
	w.request(t, "/", http.StatusServiceUnavailable, "")
}

func whatIsDisabledIsAnsweredFor(t *testing.T, w *world) {
	blue := w.serve(t, "blue")
	r := routing(blue)
	r.Disabled = []string{blue.Services[0].Service}
	w.set(t, r)
	w.request(t, "/", http.StatusServiceUnavailable, "")
	r.Disabled = []string{"another"}
	w.set(t, r)
	w.request(t, "/", http.StatusOK, "blue")
}

func inMaintenanceNobodyIsServed(t *testing.T, w *world) {
	blue := w.serve(t, "blue")
	r := routing(blue)
	r.Maintenance = &lockstep.Maintenance{}
	w.set(t, r)
	w.request(t, "/", http.StatusServiceUnavailable, "")
	probe, err := w.Router.Probe(t.Context(), w.env, blue.Revision, "/")
	if err != nil || probe.Status != http.StatusOK {
		t.Errorf("probed in maintenance: %+v, %v", probe, err)
	}
	w.set(t, routing(blue))
	w.request(t, "/", http.StatusOK, "blue")
}

func aHoldEndsWithTheNextSet(t *testing.T, w *world) {
	blue, green := w.serve(t, "blue"), w.serve(t, "green")
	r := routing(blue)
	r.HoldFor = lockstep.Duration(patience)
	w.set(t, r)
	held := w.send(t, "/")
	select {
	case got := <-held:
		t.Fatalf("a held request was answered: %+v", got)
	case <-time.After(100 * time.Millisecond): // there is no signal for what does not happen
	}
	w.set(t, routing(green))
	if got := <-held; got.err != nil || got.status != http.StatusOK || got.body != "green" {
		t.Errorf("the held request got %+v, want the answer of green", got)
	}
}

func drainWaitsForRequestsInFlight(t *testing.T, w *world) {
	blue, green := w.serve(t, "blue"), w.serve(t, "green")
	w.set(t, routing(blue, green))
	waiting := w.send(t, "/wait")
	w.inFlight(t, "blue", 1)

	w.set(t, routing(green, blue))
	drained := make(chan answer, 1)
	call := w.call()
	go func() {
		left, err := w.Router.Drain(t.Context(), call, []string{blue.Services[0].Group}, patience)
		drained <- answer{status: left, err: err}
	}()
	select {
	case got := <-drained:
		t.Fatalf("drain returned %+v while a request was in flight", got)
	case <-time.After(100 * time.Millisecond): // there is no signal for what does not happen
	}
	w.request(t, "/", http.StatusOK, "green")
	if got, err := w.Router.Probe(t.Context(), w.env, "blue", "/release"); err != nil || got.Status != http.StatusOK {
		t.Fatalf("release: %+v, %v", got, err)
	}
	if got := <-waiting; got.err != nil || got.status != http.StatusOK || got.body != "blue" {
		t.Errorf("the request in flight got %+v, want the answer of blue", got)
	}
	if got := <-drained; got.err != nil || got.status != 0 {
		t.Errorf("drain: %d left, %v", got.status, got.err)
	}
}

func drainEndsAtItsTimeout(t *testing.T, w *world) {
	blue := w.serve(t, "blue")
	w.set(t, routing(blue))
	waiting := w.send(t, "/wait")
	w.inFlight(t, "blue", 1)
	left, err := w.Router.Drain(t.Context(), w.call(), []string{blue.Services[0].Group}, 50*time.Millisecond)
	must(t, err, "drain")
	if left != 1 {
		t.Errorf("%d requests left, want the one in flight", left)
	}
	w.request(t, "/release", http.StatusOK, "blue")
	if got := <-waiting; got.err != nil || got.status != http.StatusOK {
		t.Errorf("the request in flight got %+v", got)
	}
}

func statsCountByRevision(t *testing.T, w *world) {
	blue, green := w.serve(t, "blue"), w.serve(t, "green")
	w.set(t, routing(blue, green))
	for range 3 {
		w.request(t, "/", http.StatusOK, "blue")
	}
	w.set(t, routing(green, blue))
	w.request(t, "/", http.StatusOK, "green")
	w.request(t, "/status/500", http.StatusInternalServerError, "green")

	// An answer may reach the client before it is counted.
	await(t, "counted requests", func() (bool, string) {
		stats, err := w.Router.Stats(t.Context(), w.env)
		must(t, err, "read stats")
		b, g := stats["blue"], stats["green"]
		text, err := lockstep.Canonical(stats)
		must(t, err, "write stats")
		return b.Requests == 3 && b.Errors == 0 && b.Failed == 0 && b.InFlight == 0 && b.Latency.P99 > 0 &&
			g.Requests == 2 && g.Errors == 1 && g.InFlight == 0, string(text)
	})
}

func probeReachesARevisionWithoutWeight(t *testing.T, w *world) {
	blue, green := w.serve(t, "blue"), w.serve(t, "green")
	w.set(t, routing(blue, green))
	for path, status := range map[string]int{"/": 200, "/status/404": 404, "/status/503": 503} {
		got, err := w.Router.Probe(t.Context(), w.env, "green", path)
		must(t, err, "probe "+path)
		if got.Service != "green" || got.Status != status || got.Err != "" {
			t.Errorf("probe %s: %+v, want status %d of green", path, got, status)
		}
	}
	stats, err := w.Router.Stats(t.Context(), w.env)
	must(t, err, "read stats")
	if stats["green"].Requests != 0 || stats["green"].Errors != 0 {
		t.Errorf("probes were counted: %+v", stats["green"])
	}
}

func probeSaysWhyNoAnswerCame(t *testing.T, w *world) {
	w.set(t, routing(revision("one", "backend", "backend-000000000001")))
	for _, rev := range []string{"one", "never"} {
		got, err := w.Router.Probe(t.Context(), w.env, rev, "/")
		if err == nil && got.Err == "" && got.Status < 500 {
			t.Errorf("probe of revision %q, which has no instance: %+v", rev, got)
		}
	}
}

func addressesLeadThere(t *testing.T, w *world) {
	addresser, ok := w.Router.(traffic.Addresser)
	if !ok {
		t.Log("this router has no addresses")
		return
	}
	w.set(t, routing(w.serve(t, "blue")))
	addresses, err := addresser.Addresses(t.Context(), w.env)
	must(t, err, "list addresses")
	if len(addresses) == 0 {
		t.Fatal("no address leads to a routed environment")
	}
	for _, address := range addresses {
		if got := w.get(t.Context(), address); got.status != http.StatusOK || got.body != "blue" {
			t.Errorf("GET %s: %+v, want the answer of blue", address, got)
		}
	}
}

func deathKeepsServing(t *testing.T, w *world) {
	if w.Reopen == nil {
		t.Log("nothing here can die apart from the tests")
		return
	}
	w.set(t, routing(w.serve(t, "blue")))
	url := w.URL(t, w.env)
	w.request(t, "/", http.StatusOK, "blue")
	w.Router = w.Reopen(t)
	if again := w.URL(t, w.env); again != url {
		t.Errorf("the address was %s and is %s", url, again)
	}
	w.request(t, "/", http.StatusOK, "blue")
}
