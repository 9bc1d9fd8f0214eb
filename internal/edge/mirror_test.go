package edge

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// witness is an app that shows what it was asked, and answers when it may.
type witness struct {
	mu    sync.Mutex
	asked []*http.Request
	may   chan struct{} // nil: at once
	gone  chan struct{} // one for each request whose caller went away
	code  int
}

func (w *witness) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.asked = append(w.asked, r)
	w.mu.Unlock()
	if w.may != nil {
		select {
		case <-w.may:
		case <-r.Context().Done():
			w.gone <- struct{}{}
			return
		}
	}
	if w.code != 0 {
		out.WriteHeader(w.code)
	}
	_, _ = out.Write([]byte("copy"))
}

func (w *witness) requests() []*http.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]*http.Request(nil), w.asked...)
}

// mirroring leads everything to "old" and all that may be copied to "new" too.
func mirroring(tb testing.TB, w *witness) *Edge {
	tb.Helper()
	e := New(Options{ReadyWait: time.Hour}) // copies do not wait in the users' room
	e.SetPool(envID, groupOf("old"), backends("old", startApp(tb, "old", nil)))
	e.SetPool(envID, groupOf("new"), backends("new", startApp(tb, "new", w)))
	setMirror(e, 100)
	return e
}

func setMirror(e *Edge, percent int) {
	r := routing(none("new"), all("old"))
	r.Mirror = &lockstep.Mirror{Revision: "new", Percent: percent}
	e.SetRouting(envID, r)
}

func TestSafeRequestsAreMirrored(t *testing.T) {
	t.Parallel()
	w := &witness{code: http.StatusInternalServerError}
	e := mirroring(t, w)
	send := func(method string, header http.Header) {
		r := newRequest(method, "http://"+envHost+"/api/x?q=1", nil)
		for k, v := range header {
			r.Header[k] = v
		}
		if got := request(e.Handler(), r); got.Code != http.StatusOK || got.Header().Get("X-Sunday-Release") != "old" {
			t.Fatalf("%s: the user got %d of %s", method, got.Code, got.Header().Get("X-Sunday-Release"))
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions} {
		send(method, nil)
	}
	send(http.MethodGet, http.Header{"Accept": {"text/event-stream"}})
	send(http.MethodGet, http.Header{"Cookie": {"session=1"}, mirroredHeader: {"forged"}})
	send(http.MethodHead, nil)
	mirrored := func() (lockstep.SampleStats, lockstep.SampleStats) {
		s := e.Stats(envID)
		return s["new"].Apart[lockstep.SampleMirrored], s["old"].Apart[lockstep.SampleMirrored]
	}
	eventually(t, "two copies are counted", func() bool { copies, _ := mirrored(); return copies.Requests == 2 })
	copies, originals := mirrored()
	if copies.Errors != 2 || copies.Dropped != 0 || originals.Requests != 2 || originals.Errors != 0 {
		t.Errorf("copies %+v of %+v", copies, originals)
	}
	if s := e.Stats(envID); s["new"].Requests != 0 || s["new"].InFlight != 0 || s["old"].Requests != 8 {
		t.Errorf("users' figures: %+v", s)
	}
	for _, r := range w.requests() {
		if r.URL.String() != "/api/x?q=1" || r.Header.Get(mirroredHeader) != "true" || r.Header.Get("X-Forwarded-For") == "" {
			t.Errorf("the copy was %s %s %v", r.Method, r.URL, r.Header)
		}
		if r.Method == http.MethodGet && r.Header.Get("Cookie") != "session=1" {
			t.Errorf("the copy lost its cookie: %v", r.Header)
		}
	}
}

// Nobody but we can say that a request is a copy, or a probe.
func TestMarksCannotBeForged(t *testing.T) {
	t.Parallel()
	w := &witness{}
	e := New(Options{})
	e.SetPool(envID, groupOf("r"), backends("r", startApp(t, "r", w)))
	e.SetRouting(envID, routing(all("r")))
	r := newRequest(http.MethodGet, "http://"+envHost+"/", nil)
	r.Header.Set(mirroredHeader, "true")
	r.Header.Set(probeHeader, "true")
	request(e.Handler(), r)
	if h := w.requests()[0].Header; h.Get(mirroredHeader) != "" || h.Get(probeHeader) != "" {
		t.Errorf("the app got %v", h)
	}
	r.URL.Host, r.URL.Scheme = "", ""
	request(e.GroupHandler(envID, groupOf("r")), r)
	if h := w.requests()[1].Header; h.Get(mirroredHeader) != "true" {
		t.Errorf("a service could not pass the mark on to another: %v", h)
	}
}

// A revision that hangs on its copies costs users nothing: copies wait for
// their turn, then they are dropped, and they end with the mirroring.
func TestACopyNeverHoldsAUserUp(t *testing.T) {
	t.Parallel()
	w := &witness{may: make(chan struct{}), gone: make(chan struct{}, mirrorAtOnce)}
	e := mirroring(t, w)
	const requests = mirrorWaiting + 40
	for range requests {
		if got := get(e.Handler(), "http://"+envHost+"/api/x"); got.Code != http.StatusOK {
			t.Fatalf("a user got %d", got.Code)
		}
	}
	eventually(t, "as many copies as may be are under way", func() bool { return len(w.requests()) == mirrorAtOnce })
	copies := func() lockstep.SampleStats { return e.Stats(envID)["new"].Apart[lockstep.SampleMirrored] }
	if got := copies(); got.Dropped != requests-mirrorWaiting {
		t.Errorf("%d copies were dropped, want %d", got.Dropped, requests-mirrorWaiting)
	}
	setMirror(e, 50) // goes on
	setMirror(e, 0)  // ends
	for range mirrorAtOnce {
		<-w.gone
	}
	eventually(t, "all copies are dropped", func() bool { return copies().Dropped == requests })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if left := e.DrainGroups(ctx, envID, []string{groupOf("new")}); left != 0 {
		t.Errorf("%d copies are left", left)
	}
	if got := copies(); got.Requests != 0 || got.Failed != 0 {
		t.Errorf("copies that we gave up count against the revision: %+v", got)
	}
}

// A copy that is not answered in time counts as a failure of the revision that
// it was sent to, gives its place to another, and is nothing to the user.
func TestACopyThatTimesOutCountsAgainstItsRevision(t *testing.T) {
	t.Parallel()
	w := &witness{may: make(chan struct{}), gone: make(chan struct{}, 1)}
	e := mirroring(t, w)
	e.patience = 100 * time.Millisecond
	ask := func() {
		t.Helper()
		if got := get(e.Handler(), "http://"+envHost+"/api/x"); got.Code != http.StatusOK || got.Header().Get("X-Sunday-Release") != "old" {
			t.Fatalf("the user got %d of %s", got.Code, got.Header().Get("X-Sunday-Release"))
		}
	}
	ask()
	<-w.gone // whoever hangs sees that nobody waits any more
	copies := func() lockstep.SampleStats { return e.Stats(envID)["new"].Apart[lockstep.SampleMirrored] }
	eventually(t, "the copy is counted", func() bool { return copies().Requests == 1 })
	if got := copies(); got.Errors != 1 || got.Dropped != 0 || got.Failed != 0 {
		t.Errorf("a copy that timed out is counted as %+v", got)
	}
	if left := e.DrainGroups(t.Context(), envID, []string{groupOf("new")}); left != 0 {
		t.Errorf("%d copies are left", left)
	}
	close(w.may)
	ask()
	eventually(t, "the next copy is answered", func() bool { return copies().Requests == 2 })
	if got, s := copies(), e.Stats(envID); got.Errors != 1 || s["old"].Errors != 0 || s["old"].Requests != 2 || s["new"].Requests != 0 {
		t.Errorf("copies %+v, users' figures %+v", got, s)
	}
}

func TestACopyThatReachesNobodyIsCounted(t *testing.T) {
	t.Parallel()
	w := &witness{}
	e := mirroring(t, w)
	e.SetPool(envID, groupOf("new"), []Backend{{Instance: "nobody", Address: "127.0.0.1:1"}})
	if got := get(e.Handler(), "http://"+envHost+"/api/x"); got.Code != http.StatusOK {
		t.Fatalf("the user got %d", got.Code)
	}
	eventually(t, "the copy has failed", func() bool { return e.Stats(envID)["new"].Apart[lockstep.SampleMirrored].Failed == 1 })
	e.SetPool(envID, groupOf("new"), nil)
	get(e.Handler(), "http://"+envHost+"/api/x")
	if got := e.Stats(envID)["new"].Apart[lockstep.SampleMirrored]; got.Failed != 1 || got.Dropped != 0 {
		t.Errorf("copies of nothing that is ready: %+v", got)
	}
}

// Synthetic requests reach both sides evenly and count apart.
func TestASampleIsCountedOnBothSides(t *testing.T) {
	t.Parallel()
	e, weigh := canary(t, func(*lockstep.Routing) {})
	w := &witness{code: http.StatusBadGateway}
	e.SetPool(envID, groupOf("new"), backends("new", startApp(t, "new", w)))
	weigh(1)
	if err := e.Sample(t.Context(), envID, []string{"new", "old"}, []string{"/api/a", "/api/b?x=1"}, 20); err != nil {
		t.Fatal(err)
	}
	stats := e.Stats(envID)
	got, beside := stats["new"], stats["old"]
	if s := got.Apart[lockstep.SampleProbe]; s.Requests != 20 || s.Errors != 20 || s.Latencies.Total() != 20 || got.Requests != 0 {
		t.Errorf("the new side: %+v", got)
	}
	if s := beside.Apart[lockstep.SampleProbe]; s.Requests != 20 || s.Errors != 0 || beside.Requests != 0 {
		t.Errorf("the old side: %+v", beside)
	}
	paths := map[string]int{}
	for _, r := range w.requests() {
		paths[r.URL.String()]++
		if r.Header.Get(probeHeader) != "true" || r.UserAgent() != "lockstep-probe" || r.Method != http.MethodGet {
			t.Errorf("asked by %v", r.Header)
		}
	}
	if paths["/api/a"] != 10 || paths["/api/b?x=1"] != 10 {
		t.Errorf("paths: %v", paths)
	}
	for _, wrong := range []struct {
		env   string
		paths []string
		n     int
	}{{"never", []string{"/"}, 1}, {envID, nil, 1}, {envID, []string{"x"}, 1}, {envID, []string{"/"}, 0}} {
		if err := e.Sample(t.Context(), wrong.env, []string{"new"}, wrong.paths, wrong.n); err == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Sample(ctx, envID, []string{"new"}, []string{"/"}, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a sample that was called off: %v", err)
	}
}
