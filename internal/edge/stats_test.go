package edge

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-dev/lockstep"
)

// answering answers with the status in the path.
var answering = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	codes := map[string]int{"/200": 200, "/301": 301, "/404": 404, "/500": 500, "/503": 503}
	w.WriteHeader(codes[r.URL.Path])
})

func TestStats(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{}, startApp(t, "r", answering))
	h := e.EnvironmentHandler(envID)
	for _, path := range []string{"/200", "/200", "/301", "/404", "/500", "/503"} {
		if w := get(h, path); "/"+http.StatusText(w.Code) == "/" || !strings.HasSuffix(path, w.Result().Status[:3]) {
			t.Fatalf("%s was answered %d", path, w.Code)
		}
	}
	get(e.GroupHandler(envID, groupOf("r")), "/500") // internal: not counted
	got := e.Stats(envID)["r"]
	latency := got.Latency
	if got.Requests != 6 || got.Errors != 2 || got.Failed != 0 || got.InFlight != 0 {
		t.Errorf("counted %+v", got)
	}
	if all := got.Routes["/"]; len(got.Routes) != 1 || all.Requests != 6 || all.Errors != 2 || all.Latencies.Total() != 6 {
		t.Errorf("the only route has %+v", got.Routes)
	}
	if latency.P50 <= 0 || latency.P50 > latency.P95 || latency.P95 > latency.P99 {
		t.Errorf("the quantiles are %+v", latency)
	}
	if got := e.Stats("unknown"); len(got) != 0 {
		t.Errorf("an unknown environment has %v", got)
	}
}

func TestStatsByRoute(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{}, startApp(t, "r", answering))
	r := routing(all("r"))
	r.Revisions[0].Services[0].Prefixes = []string{"/500/", "/200"}
	e.SetRouting(envID, r)
	h := e.EnvironmentHandler(envID)
	for _, path := range []string{"/500", "/200", "/200"} {
		get(h, path)
	}
	got := e.Stats(envID)["r"]
	if bad, good := got.Routes["/500"], got.Routes["/200"]; bad.Requests != 1 || bad.Errors != 1 || good.Requests != 2 || good.Errors != 0 {
		t.Errorf("counted %+v", got.Routes)
	}
	if got.Requests != 3 || got.Errors != 1 {
		t.Errorf("counted %+v", got)
	}
}

func TestFiguresOutliveRoutingsButNotTheirRevision(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	e := serving(t, Options{}, startApp(t, "r", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			<-release
		}
	})))
	h := e.EnvironmentHandler(envID)
	get(h, "/")
	done := make(chan struct{})
	go func() { get(h, "/wait"); close(done) }()
	eventually(t, "one is in flight", func() bool { return e.Stats(envID)["r"].InFlight == 1 })

	e.SetRouting(envID, routing(none("r"), all("s")))
	if s := e.Stats(envID)["r"]; s.Requests != 1 || s.InFlight != 1 {
		t.Errorf("without weight: %+v", s)
	}
	e.SetRouting(envID, routing(all("s")))
	if s, ok := e.Stats(envID)["r"]; !ok || s.InFlight != 1 {
		t.Errorf("out of the routing, with one in flight: %+v, %v", s, ok)
	}
	close(release)
	<-done
	e.Stats(envID)
	if s, ok := e.Stats(envID)["r"]; ok {
		t.Errorf("out of the routing and drained: %+v", s)
	}
	if _, ok := e.Stats(envID)["s"]; !ok {
		t.Error("a revision without requests has no figures")
	}
	e.RemoveRouting(envID)
	if got := e.Stats(envID); len(got) != 0 {
		t.Errorf("a removed environment has %v", got)
	}
}

// How long a stream lasts is not the app's latency.
func TestLatencyIsTimeToHeader(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	e := serving(t, Options{}, startApp(t, "r", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		<-release
	})))
	done := make(chan struct{})
	go func() { get(e.EnvironmentHandler(envID), "/"); close(done) }()
	eventually(t, "the header is counted", func() bool { return e.Stats(envID)["r"].Requests == 1 })
	before := e.Stats(envID)["r"].Latency
	time.AfterFunc(300*time.Millisecond, func() { close(release) })
	<-done
	if after := e.Stats(envID)["r"].Latency; after != before {
		t.Errorf("the latency grew from %+v to %+v with the stream", before, after)
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{ReadyWait: -1}, startApp(t, "r", answering))
	h := e.EnvironmentHandler(envID)
	for _, path := range []string{"/200", "/404", "/500"} {
		get(h, path)
	}
	get(e.Handler(), "http://unknown/")
	e.SetPool(envID, groupOf("r"), nil)
	get(h, "/200")
	// An environment of the same name under another ID: removed, and made anew.
	e.SetRouting("env-2", routing(all("r")))

	const revision = "{environment=staging,project=sunday,release=release-r,revision=hash-r"
	got := series(t, e)
	for name, want := range map[string]float64{
		"lockstep_edge_requests_total{code=1xx," + revision[1:] + "}":    0,
		"lockstep_edge_requests_total{code=2xx," + revision[1:] + "}":    1,
		"lockstep_edge_requests_total{code=3xx," + revision[1:] + "}":    0,
		"lockstep_edge_requests_total{code=4xx," + revision[1:] + "}":    1,
		"lockstep_edge_requests_total{code=5xx," + revision[1:] + "}":    1,
		"lockstep_edge_requests_total{code=failed," + revision[1:] + "}": 1,
		"lockstep_edge_broken_answers_total" + revision + "}":            0,
		"lockstep_edge_in_flight" + revision + "}":                       0,
		"lockstep_edge_duration_seconds" + revision + "}":                3,
		"lockstep_edge_held_total{environment=staging,project=sunday}":   0,
		"lockstep_edge_shed_total{environment=staging,project=sunday}":   0,
		"lockstep_edge_waiting{environment=staging,project=sunday}":      0,
		"lockstep_edge_refused_total{reason=malformed}":                  0,
		"lockstep_edge_refused_total{reason=unknown}":                    1,
		"lockstep_edge_refused_total{reason=unserved}":                   0,
	} {
		if n, ok := got[name]; !ok || n != want {
			t.Errorf("%s is %v (%v), not %v", name, n, ok, want)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("also there: %s", name)
	}

	e.RemoveRouting(envID)
	e.RemoveRouting("env-2")
	for name := range series(t, e) {
		if strings.Contains(name, envName) {
			t.Errorf("%s is left of what was removed", name)
		}
	}
}

// series are the exported values, histograms by their count.
func series(t *testing.T, e *Edge) map[string]float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(e.Collector())
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			value := m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			out[family.GetName()+"{"+strings.Join(labels, ",")+"}"] = value
		}
	}
	return out
}

func TestPages(t *testing.T) {
	t.Parallel()
	e := New(Options{ReadyWait: -1})
	e.SetRouting(envID, routing())
	h := e.EnvironmentHandler(envID)
	for accept, kind := range map[string]string{
		"": "text/plain", "*/*": "text/plain", "image/png": "text/plain",
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "text/html",
		"application/json":                       "application/problem+json",
		"application/vnd.x+json; q=0.9, */*;q=0": "application/problem+json",
		"text/html;q=0.1, application/json":      "application/problem+json",
		"text/html;q=0":                          "text/plain",
		"text/html;q=x":                          "text/plain",
	} {
		r := newRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept", accept)
		w := request(h, r)
		if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, kind) {
			t.Errorf("Accept: %s is answered with %s", accept, got)
		}
		if w.Code != 503 || !strings.Contains(w.Body.String(), envName) || w.Header().Get("Retry-After") == "" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("Accept: %s is answered %d %v %s", accept, w.Code, w.Header(), w.Body)
		}
		for _, ours := range []string{envID, project, "127.0.0.1"} {
			if strings.Contains(w.Body.String(), ours) {
				t.Errorf("the page gives %q away: %s", ours, w.Body)
			}
		}
		if kind == "application/problem+json" && !json.Valid(w.Body.Bytes()) {
			t.Errorf("not JSON: %s", w.Body)
		}
	}
	w := request(h, newRequest(http.MethodHead, "/", nil))
	if w.Body.Len() != 0 || w.Code != 503 {
		t.Errorf("HEAD is answered %d with %d bytes", w.Code, w.Body.Len())
	}
	for name, h := range map[string]http.Handler{
		"unknown environment":             e.EnvironmentHandler("unknown"),
		"unknown group":                   e.GroupHandler(envID, "unknown"),
		"group of an unknown environment": e.GroupHandler("unknown", "unknown"),
	} {
		if w := get(h, "/"); w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: answered %d", name, w.Code)
		}
	}
}

func TestNameOnPageIsEscaped(t *testing.T) {
	t.Parallel()
	e := New(Options{})
	r := routing()
	r.Environment = "<script>"
	e.SetRouting(envID, r)
	req := newRequest(http.MethodGet, "/", nil)
	req.Header.Set("Accept", "text/html")
	if w := request(e.EnvironmentHandler(envID), req); strings.Contains(w.Body.String(), "<script>") {
		t.Errorf("not escaped: %s", w.Body)
	}
}

func TestProbe(t *testing.T) {
	t.Parallel()
	requests := make(chan *http.Request, 1)
	e := New(Options{ReadyWait: -1})
	e.SetPool(envID, groupOf("green"), backends("green", deadAddress(t), startApp(t, "green", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case requests <- r.Clone(context.WithoutCancel(r.Context())):
		default:
		}
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
			return
		}
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, strings.Repeat("x", 2*maxProbe))
	}))))
	e.SetPool(envID, groupOf("dead"), backends("dead", deadAddress(t)))
	r := routing(all("blue"), none("green"), none("dead"))
	r.Revisions[1].Services[0].Prefixes = []string{"/api", "/moved"}
	r.HoldFor = lockstep.Duration(time.Minute)
	e.SetRouting(envID, r)
	ctx := within(t)

	service, status, err := e.Probe(ctx, envID, "green", "/api/x?y=1")
	if service != "web" || status != http.StatusTeapot || err != nil {
		t.Errorf("probed %s %d %v", service, status, err)
	}
	if got := <-requests; got.Method != "GET" || got.RequestURI != "/api/x?y=1" || got.Host != envHost {
		t.Errorf("the probe arrived as %s %s at %s", got.Method, got.RequestURI, got.Host)
	}
	if _, status, _ := e.Probe(ctx, envID, "green", "/moved"); status != http.StatusFound {
		t.Errorf("a redirect is reported as %d", status)
	}
	if s := e.Stats(envID)["green"]; s.Requests+s.Errors+s.Failed+s.InFlight != 0 {
		t.Errorf("probes are counted: %+v", s)
	}
	for _, c := range []struct {
		env, revision, path string
		code                lockstep.Code
	}{
		{envID, "green", "api", lockstep.CodeInvalid},
		{envID, "green", "/%zz", lockstep.CodeInvalid},
		{"unknown", "green", "/api", lockstep.CodeNotFound},
		{envID, "unknown", "/api", lockstep.CodeNotFound},
		{envID, "green", "/other", lockstep.CodeNotFound},
		{envID, "blue", "/", lockstep.CodeUnavailable},
		{envID, "dead", "/", lockstep.CodeUnavailable},
	} {
		_, status, err := e.Probe(ctx, c.env, c.revision, c.path)
		if lockstep.CodeOf(err) != c.code || status != 0 {
			t.Errorf("probe of %s %s %s: %d, %v; want %s", c.env, c.revision, c.path, status, err, c.code)
		}
	}
	if left := e.DrainAll(ctx); left != 0 {
		t.Errorf("%d in flight after the probes", left)
	}
}
