package edge

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// partOf finds a part of a harvest; the zero one where there is none.
func partOf(h Harvest, revision, service string) lockstep.Figures {
	for _, p := range h.Parts {
		if p.Revision == revision && p.Service == service {
			return p.Figures
		}
	}
	return lockstep.Figures{}
}

func TestAHarvestHasWhatHappenedSinceTheLastOne(t *testing.T) {
	t.Parallel()
	answers := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // it is ours
		if r.URL.Path == "/500" {
			w.WriteHeader(http.StatusInternalServerError)
		}
		fmt.Fprint(w, strings.Repeat("x", 1000))
	})
	e := serving(t, Options{ClientKey: "secret"}, startApp(t, "r", answers))
	h := e.EnvironmentHandler(envID)
	send := func(path, client, agent, body string) {
		r := newRequest(http.MethodPost, path, strings.NewReader(body))
		r.RemoteAddr = client + ":1234"
		r.Header.Set("User-Agent", agent)
		request(h, r)
	}
	send("/", "192.0.2.1", "a", strings.Repeat("y", 300))
	send("/", "192.0.2.1", "a", "")
	send("/", "192.0.2.1", "b", "")
	send("/500", "192.0.2.2", "a", "")
	got := e.Harvest()[envID]
	if f := got.All; f.Requests != 4 || f.Errors != 1 || f.BytesIn != 300 || f.BytesOut != 4000 || f.Latencies.Total() != 4 || f.Clients.Estimate() != 3 {
		t.Errorf("in all %+v, %d clients", f, f.Clients.Estimate())
	}
	service := routing(all("r")).Revisions[0].Services[0].Service
	if f := partOf(got, "r", service); f.Requests != 4 || f.BytesOut != 4000 {
		t.Errorf("of the service %+v", f)
	}
	if f := partOf(got, "r", ""); f.Clients.Estimate() != 3 {
		t.Errorf("of the revision %+v", f)
	}
	if again := e.Harvest()[envID]; again.All.Requests != 0 || again.All.Clients != nil || len(again.Parts) != 0 {
		t.Errorf("once more: %+v", again)
	}
	send("/", "192.0.2.1", "a", "")
	if next := e.Harvest()[envID]; next.All.Requests != 1 || next.All.Clients.Estimate() != 1 {
		t.Errorf("later: %+v", next.All)
	}
	if stats := e.Stats(envID)["r"]; stats.Requests != 5 {
		t.Errorf("a harvest took from the stats: %+v", stats)
	}
}

func TestWhatARevisionDidBeforeItLeftIsHarvested(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{ClientKey: "secret"}, startApp(t, "r", answering))
	h := e.EnvironmentHandler(envID)
	get(h, "/200")
	e.SetRouting(envID, routing())
	e.Stats(envID) // which forgets who left
	get(h, "/200") // to nobody
	e.SetRouting(envID, routing(all("r")))
	get(h, "/200")
	if got := e.Harvest()[envID]; got.All.Requests != 2 {
		t.Errorf("got %+v", got.All)
	}
	get(h, "/200")
	e.RemoveRouting(envID)
	got := e.Harvest()[envID]
	if got.All.Requests != 1 || got.All.Clients.Estimate() != 1 {
		t.Errorf("after the end: %+v", got.All)
	}
	if got := e.Harvest(); len(got) != 0 {
		t.Errorf("and once more: %+v", got)
	}
}

func TestFailuresAreHarvestedOfTheRevision(t *testing.T) {
	t.Parallel()
	e := New(Options{ReadyWait: -1})
	e.SetRouting(envID, routing(all("r")))
	get(e.EnvironmentHandler(envID), "/200")
	if got := e.Harvest()[envID]; got.All.Failed != 1 || partOf(got, "r", "").Failed != 1 {
		t.Errorf("got %+v", got)
	}
}

// A hash says nothing to who has not the key, and is the same for who has.
func TestClientsAreCountedUnderAKey(t *testing.T) {
	t.Parallel()
	r := newRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = "192.0.2.7:99"
	one, same, other := New(Options{ClientKey: "k"}), New(Options{ClientKey: "k"}), New(Options{ClientKey: "l"})
	if one.clientHash(r) != same.clientHash(r) {
		t.Error("the next agent of the same directory takes them for others")
	}
	if one.clientHash(r) == other.clientHash(r) {
		t.Error("the key does not matter")
	}
	r.Header.Set("X-Forwarded-For", "198.51.100.1")
	before := one.clientHash(r)
	r.Header.Set("X-Forwarded-For", "198.51.100.2")
	if one.clientHash(r) != before {
		t.Error("a client may say who it is")
	}
}
