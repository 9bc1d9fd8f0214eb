package edge

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// What is disabled is answered for, and told apart from what is not there, not
// ready or in maintenance; the rest goes on.
func TestAServiceThatIsDisabled(t *testing.T) {
	t.Parallel()
	e := New(Options{})
	e.SetPool(envID, groupOf("old"), backends("old", startApp(t, "old", nil)))
	r := routing(all("old"))
	r.Revisions[0].Services = append(r.Revisions[0].Services, lockstep.ServiceRoute{Service: "api", Group: "g-api", Prefixes: []string{"/api"}})
	r.Disabled = []string{"api", "elsewhere"}
	e.SetRouting(envID, r)
	h := e.EnvironmentHandler(envID)
	w := get(h, "/api/orders")
	if w.Code != 503 || !strings.Contains(w.Body.String(), "Switched off: "+envName+": What is served under this path is switched off at the moment.") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if after := w.Header().Get("Retry-After"); after != "" {
		t.Errorf("nobody knows until when, and it says %q", after)
	}
	if w := get(h, "/"); w.Code != 200 {
		t.Errorf("beside it: %d %s", w.Code, w.Body)
	}
	if _, _, err := e.Probe(t.Context(), envID, "old", "/api/orders"); lockstep.CodeOf(err) != lockstep.CodeUnavailable || !strings.Contains(err.Error(), "is disabled") {
		t.Errorf("a probe: %v", err)
	}
	if failed := e.Stats(envID)["old"].Failed; failed != 0 {
		t.Errorf("%d of them count as failed: nobody was to answer", failed)
	}
	r.Disabled = nil
	e.SetRouting(envID, r)
	e.SetPool(envID, "g-api", backends("api", startApp(t, "api", nil)))
	if w := get(h, "/api/orders"); w.Code != 200 {
		t.Errorf("afterwards: %d %s", w.Code, w.Body)
	}
}
