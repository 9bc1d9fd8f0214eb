package edge

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func TestMaintenance(t *testing.T) {
	t.Parallel()
	e := New(Options{})
	e.SetPool(envID, groupOf("old"), backends("old", startApp(t, "old", nil)))
	r := routing(all("old"))
	until := time.Now().Add(45 * time.Minute)
	r.Maintenance = &lockstep.Maintenance{Message: "We move to <larger> rooms.", Until: &until}
	e.SetRouting(envID, r)
	w := get(e.EnvironmentHandler(envID), "/")
	if w.Code != 503 || !strings.Contains(w.Body.String(), "We move to <larger> rooms.") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if after := w.Header().Get("Retry-After"); after != "2700" && after != "2699" {
		t.Errorf("Retry-After is %q", after)
	}
	html := newRequest(http.MethodGet, "/", nil)
	html.Header.Set("Accept", "text/html")
	if w := request(e.EnvironmentHandler(envID), html); !strings.Contains(w.Body.String(), "&lt;larger&gt;") {
		t.Errorf("the message is not escaped: %s", w.Body)
	}
	// What services ask of each other goes on.
	if w := get(e.GroupHandler(envID, groupOf("old")), "/"); w.Code != 200 {
		t.Errorf("from inside: %d %s", w.Code, w.Body)
	}
	r.Maintenance = nil
	e.SetRouting(envID, r)
	if w := get(e.EnvironmentHandler(envID), "/"); w.Code != 200 {
		t.Errorf("afterwards: %d %s", w.Code, w.Body)
	}
}

func TestTheMaintenancePageSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 22, 0, 0, 0, time.UTC)
	soon, past := now.Add(1500*time.Millisecond), now.Add(-time.Second)
	for name, tt := range map[string]struct {
		m    *lockstep.Maintenance
		want int
	}{
		"nobody knows":  {&lockstep.Maintenance{}, 60},
		"soon":          {&lockstep.Maintenance{Until: &soon}, 2},
		"it takes long": {&lockstep.Maintenance{Until: &past}, 60},
		"over":          {nil, 1},
	} {
		if got := closedPage(tt.m, now).retryAfter; got != tt.want {
			t.Errorf("%s: after %d seconds, want %d", name, got, tt.want)
		}
	}
}
