package traffictest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
)

// patience is how long something that must happen may take on a machine that
// runs other tests beside. No rule waits for it to pass.
const patience = 30 * time.Second

// world is a Subject with one environment and a worker that acts on it.
type world struct {
	Subject
	env   string
	fence int64
	step  int
	http  *http.Client
}

func newWorld(t *testing.T, s Subject) *world {
	t.Helper()
	// A client of ours may not know that *.localhost is this machine.
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(addr); err == nil && strings.HasSuffix(host, ".localhost") {
			addr = net.JoinHostPort("127.0.0.1", port)
		}
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &world{
		Subject: s, env: uuid.NewString(), fence: 7,
		http: &http.Client{Transport: transport, Timeout: patience},
	}
}

func (w *world) call() runtime.Call {
	w.step++
	return runtime.Call{Environment: w.env, Fence: w.fence, Key: fmt.Sprintf("operation/%d-step", w.step)}
}

func (w *world) set(t *testing.T, r lockstep.Routing) {
	t.Helper()
	must(t, w.Router.Set(t.Context(), w.call(), r), "set routing")
}

func (w *world) wantRouting(t *testing.T, want lockstep.Routing) {
	t.Helper()
	got, err := w.Router.Get(t.Context(), w.env)
	must(t, err, "get routing")
	gotText, err := lockstep.Canonical(got)
	must(t, err, "write routing")
	wantText, err := lockstep.Canonical(want)
	must(t, err, "write routing")
	if string(gotText) != string(wantText) {
		t.Errorf("routing\n%s\nwant\n%s", gotText, wantText)
	}
}

// routing is one with a revision for each named service, all requests going
// to the first.
func routing(revisions ...lockstep.RevisionRoutes) lockstep.Routing {
	r := lockstep.Routing{Project: "sunday", Environment: "staging", Revisions: revisions}
	for i, rev := range revisions {
		weight := 0
		if i == 0 {
			weight = 100
		}
		r.Splits = append(r.Splits, lockstep.Split{Revision: rev.Revision, Weight: weight})
	}
	return r
}

// revision is one with a single service at "/".
func revision(id, service, group string) lockstep.RevisionRoutes {
	return lockstep.RevisionRoutes{
		Revision: id, Hash: "0123456789ab", Release: "1.0.0",
		Services: []lockstep.ServiceRoute{{Service: service, Group: group, Prefixes: []string{"/"}}},
	}
}

// serve makes a ready instance and a revision that leads to it. The revision
// and the service have one name.
func (w *world) serve(t *testing.T, name string) lockstep.RevisionRoutes {
	t.Helper()
	return revision(name, name, w.Serve(t, w.call(), name))
}

type answer struct {
	status  int
	body    string
	cookies []*http.Cookie
	err     error
}

func (w *world) get(ctx context.Context, url string) answer {
	return w.getWith(ctx, url, nil)
}

// getWith is get with headers.
func (w *world) getWith(ctx context.Context, url string, header http.Header) answer {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{err: err}
	}
	for name, values := range header {
		req.Header[name] = values
	}
	res, err := w.http.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{status: res.StatusCode, body: string(body), cookies: res.Cookies(), err: err}
}

// request sends GET path to the environment and wants this answer.
func (w *world) request(t *testing.T, path string, status int, body string) {
	t.Helper()
	got := w.get(t.Context(), w.URL(t, w.env)+path)
	if got.err != nil || got.status != status || (body != "" && got.body != body) {
		t.Errorf("GET %s: %d %q %v, want %d %q", path, got.status, got.body, got.err, status, body)
	}
}

// send starts a request that is answered later.
func (w *world) send(t *testing.T, path string) <-chan answer {
	t.Helper()
	url, done := w.URL(t, w.env)+path, make(chan answer, 1)
	go func() { done <- w.get(t.Context(), url) }()
	return done
}

// inFlight waits until the revision's requests in flight are that many.
func (w *world) inFlight(t *testing.T, revision string, want int64) {
	t.Helper()
	await(t, fmt.Sprintf("%d requests in flight to %s", want, revision), func() (bool, string) {
		stats, err := w.Router.Stats(t.Context(), w.env)
		must(t, err, "read stats")
		return stats[revision].InFlight == want, fmt.Sprintf("%+v", stats)
	})
}

func must(t *testing.T, err error, doing string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", doing, err)
	}
}

func wantCode(t *testing.T, err error, want lockstep.Code, doing string) {
	t.Helper()
	var coded *lockstep.Error
	if !errors.As(err, &coded) || coded.Code != want {
		t.Errorf("%s: got error %v, want one with code %s", doing, err, want)
	}
}

// await looks until cond holds: routers report and never call back.
func await(t *testing.T, what string, cond func() (bool, string)) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, state := cond()
		if ok {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("waited in vain for %s; last seen:\n%s", what, state)
		}
	}
}
