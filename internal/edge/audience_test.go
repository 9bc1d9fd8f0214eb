package edge

import (
	"net/http"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func preview(r *lockstep.Routing) {
	r.Testers = &lockstep.TesterRoute{Revision: "new", Match: lockstep.Testers{Header: "x-preview", Cookie: "preview", Value: "let me see"}}
}

// Testers meet the new revision at any weight, while all of it is there, and
// are no part of what its users did.
func TestTestersMeetTheNewRevisionFirst(t *testing.T) {
	t.Parallel()
	e, weigh := canary(t, preview)
	weigh(0)
	ask := func(header, value string) string {
		r := newRequest(http.MethodGet, "http://"+envHost+"/api/x", nil)
		r.Header.Set(header, value)
		w := request(e.Handler(), r)
		if w.Code != http.StatusOK || w.Header().Get("Set-Cookie") != "" {
			t.Fatalf("answered %d, %v", w.Code, w.Header())
		}
		return w.Header().Get("X-Sunday-Release")
	}
	for _, c := range []struct{ header, value, want string }{
		{"X-Preview", "let me see", "new"},
		{"Cookie", `preview="let me see"`, "new"},
		{"Cookie", "x=1; preview=let me see", "new"},
		{"X-Preview", "let me", "old"},
		{"X-Preview", "", "old"},
		{"Cookie", "other=let me see", "old"},
	} {
		if got := ask(c.header, c.value); got != c.want {
			t.Errorf("%s: %s led to %s, want %s", c.header, c.value, got, c.want)
		}
	}
	stats := e.Stats(envID)
	if n := stats["new"]; n.Requests != 0 || n.Apart[lockstep.SampleTester].Requests != 3 || n.Apart[lockstep.SampleTester].Latencies.Total() != 3 {
		t.Errorf("the new revision's figures: %+v", n)
	}
	if o := stats["old"]; o.Requests != 3 || len(o.Apart) != 0 {
		t.Errorf("the old revision's figures: %+v", o)
	}
	e.SetPool(envID, groupOf("new"), nil)
	if got := ask("X-Preview", "let me see"); got != "old" {
		t.Errorf("without the new revision testers met %q", got)
	}
	r := routing(none("new"), all("old"))
	preview(&r)
	r.HoldFor = lockstep.Duration(1)
	e.SetRouting(envID, r)
	held := newRequest(http.MethodGet, "http://"+envHost+"/api/x", nil)
	held.Header.Set("X-Preview", "let me see")
	if w := request(e.Handler(), held); w.Code != http.StatusServiceUnavailable {
		t.Errorf("a tester was not held: %d", w.Code)
	}
}

// Half a revision is none: a tester would meet two.
func TestTestersWaitForTheWholeRevision(t *testing.T) {
	t.Parallel()
	e, _ := canary(t, preview)
	r := routing(none("new"), all("old"))
	preview(&r)
	r.Revisions[0].Services = append(r.Revisions[0].Services, lockstep.ServiceRoute{Service: "more", Group: "g-more", Prefixes: []string{"/more"}})
	e.SetRouting(envID, r)
	ask := func() string {
		r := newRequest(http.MethodGet, "http://"+envHost+"/api/x", nil)
		r.Header.Set("X-Preview", "let me see")
		return request(e.Handler(), r).Header().Get("X-Sunday-Release")
	}
	if got := ask(); got != "old" {
		t.Errorf("led to %q before all of it was ready", got)
	}
	e.SetPool(envID, "g-more", []Backend{{Instance: "more-0", Address: startApp(t, "new", nil).addr}})
	if got := ask(); got != "new" {
		t.Errorf("led to %q", got)
	}
}
