package edge

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/lockstep-dev/lockstep"
)

// canary is an edge with "old" and "new" up, where new has this weight.
func canary(tb testing.TB, adjust func(*lockstep.Routing)) (e *Edge, weigh func(int)) {
	tb.Helper()
	e = New(Options{})
	for _, id := range []string{"old", "new"} {
		e.SetPool(envID, groupOf(id), backends(id, startApp(tb, id, nil)))
	}
	return e, func(weight int) {
		r := routing(lockstep.Split{Revision: "new", Weight: weight}, lockstep.Split{Revision: "old", Weight: 100 - weight})
		adjust(&r)
		e.SetRouting(envID, r)
	}
}

func sticky(r *lockstep.Routing) { r.Sticky = &lockstep.Sticky{Lifetime: lockstep.Duration(time.Hour)} }

// Of many places each revision has its weight's part; a place that belongs to
// the one that grows stays there.
func TestPlacesFollowWeightsOneWay(t *testing.T) {
	t.Parallel()
	const places = 20000
	e, weigh := canary(t, sticky)
	env := func() *view { return e.table.Load().environments[envID].now.Load() }
	moved := map[uint64]bool{}
	for _, weight := range []int{5, 25, 50, 99} {
		weigh(weight)
		v := env()
		to := v.offers["new"]
		inNew := 0
		for i := range uint64(places) {
			place := mix(i)
			now := v.chooseFor(place) == to
			if moved[place] && !now {
				t.Fatalf("at %d%% place %x went back", weight, place)
			}
			moved[place] = now
			if now {
				inNew++
			}
		}
		share := float64(inNew) / places
		if want := float64(weight) / 100; math.Abs(share-want) > 4*math.Sqrt(want*(1-want)/places) {
			t.Errorf("at %d%%: %.2f%% of the clients are on the new side", weight, 100*share)
		}
	}
	same := 0
	weigh(50)
	v := env()
	for i := range uint64(places) { // another revision has other first clients
		a := v.chooseFor(mix(i)) == v.offers["new"]
		s := v.shares[0]
		s.salt = saltOf(envID, "newer")
		w := &view{shares: []share{s, v.shares[1]}}
		if b := w.chooseFor(mix(i)) == v.offers["new"]; a == b {
			same++
		}
	}
	if same > places*9/10 {
		t.Errorf("%d of %d clients would be on the same side of every canary", same, places)
	}
}

func TestAClientStays(t *testing.T) {
	t.Parallel()
	e, weigh := canary(t, sticky)
	weigh(50)
	handler := e.Handler()
	ask := func(cookies ...string) (release, set string) {
		r := newRequest(http.MethodGet, "http://"+envHost+"/api/x", nil)
		for _, c := range cookies {
			r.Header.Add("Cookie", c)
		}
		w := request(handler, r)
		if w.Code != http.StatusOK {
			t.Fatalf("answered %d", w.Code)
		}
		return w.Header().Get("X-Sunday-Release"), w.Header().Get("Set-Cookie")
	}
	of := map[string]string{} // a client of each side
	for len(of) < 2 {
		release, set := ask()
		value, attributes, _ := strings.Cut(set, "; ")
		if attributes != "Path=/; Max-Age=3600; HttpOnly; SameSite=Lax" || strings.Contains(value, release) {
			t.Fatalf("a new client gets %q", set)
		}
		of[release] = value
	}
	for side, value := range of {
		for range 20 {
			if release, set := ask("theme=dark", value); release != side || set != "" {
				t.Fatalf("a client of %s met %s and got %q", side, release, set)
			}
		}
	}
	weigh(75)
	if release, _ := ask(of["new"]); release != "new" {
		t.Error("growth threw a client back")
	}
	for _, weight := range []int{0, 100} { // a side without weight, and one cookie or none alike
		weigh(weight)
		want := map[int]string{0: "old", 100: "new"}[weight]
		for _, value := range of {
			if release, set := ask(value); release != want || set != "" {
				t.Errorf("at %d%%: %s, %q", weight, release, set)
			}
		}
		if _, set := ask(); set != "" {
			t.Errorf("at %d%% there is nothing to remember, and it sets %q", weight, set)
		}
	}
	weigh(50)
	name, _, _ := strings.Cut(of["new"], "=")
	for _, forged := range []string{"", "new", strings.Repeat("A", 11) + "=", strings.Repeat("A", 500), "AAAAAAAAAAB", "../../etc/pass"} {
		if _, set := ask(name + "=" + forged); !strings.HasPrefix(set, name+"=") {
			t.Errorf("%q is taken for a place", forged)
		}
	}
	weigh(0)
	e.SetPool(envID, groupOf("new"), nil) // the canary is gone
	if release, _ := ask(of["new"]); release != "old" {
		t.Errorf("a client whose revision is gone met %q", release)
	}
}

func TestNobodyIsMarkedUnasked(t *testing.T) {
	t.Parallel()
	e, weigh := canary(t, func(*lockstep.Routing) {})
	weigh(50)
	for range 10 {
		if set := get(e.Handler(), "http://"+envHost+"/api/x").Header().Get("Set-Cookie"); set != "" {
			t.Fatalf("got %q", set)
		}
	}
}

// Secure where the client speaks HTTPS, which a trusted proxy or another edge
// may say; not where anybody can.
func TestTheCookieIsSecureOnHTTPS(t *testing.T) {
	t.Parallel()
	e, weigh := canary(t, sticky)
	weigh(50)
	e.opts.RelaySecret = "between us"
	for name, c := range map[string]struct {
		url    string
		header http.Header
		secure bool
	}{
		"plain":     {"http://", nil, false},
		"TLS":       {"https://", nil, true},
		"relayed":   {"http://", http.Header{relayHeader: {"between us"}, "X-Forwarded-Proto": {"https"}}, true},
		"pretended": {"http://", http.Header{"X-Forwarded-Proto": {"https"}}, false},
	} {
		r := newRequest(http.MethodGet, c.url+envHost+"/api/x", nil)
		for k, v := range c.header {
			r.Header[k] = v
		}
		set := request(e.Handler(), r).Header().Get("Set-Cookie")
		if set == "" || strings.HasSuffix(set, "; Secure") != c.secure {
			t.Errorf("%s: %q", name, set)
		}
	}
}

// What a shared cache keeps would give one client's place to all.
func TestAPublicAnswerBringsNoCookie(t *testing.T) {
	t.Parallel()
	public := startApp(t, "r", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60, Public")
	}))
	e := New(Options{})
	r := routing(lockstep.Split{Revision: "a", Weight: 1}, lockstep.Split{Revision: "b", Weight: 1})
	sticky(&r)
	for _, id := range []string{"a", "b"} {
		e.SetPool(envID, groupOf(id), backends(id, public))
	}
	e.SetRouting(envID, r)
	if set := get(e.Handler(), "http://"+envHost+"/").Header().Get("Set-Cookie"); set != "" {
		t.Errorf("got %q", set)
	}
}

func TestWebSocketsAndStreamsStay(t *testing.T) {
	t.Parallel()
	e, weigh := canary(t, sticky)
	weigh(50)
	addr := open(t, e.EnvironmentHandler(envID))
	for range 4 {
		conn, resp, err := websocket.Dial(within(t), "ws://"+addr+"/api/ws", nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.CloseNow()
		value, _, _ := strings.Cut(resp.Header.Get("Set-Cookie"), ";")
		if value == "" {
			t.Fatal("a WebSocket brings no cookie")
		}
		side := resp.Header.Get("X-Sunday-Release")
		header := http.Header{"Cookie": {value}}
		conn, resp, err = websocket.Dial(within(t), "ws://"+addr+"/api/ws", &websocket.DialOptions{HTTPHeader: header})
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.CloseNow()
		if got := resp.Header.Get("X-Sunday-Release"); got != side && got != "" {
			t.Errorf("a WebSocket of a client of %s led to %s", side, got)
		}
		r := newRequest(http.MethodGet, "http://"+envHost+"/api/events?count=1", nil)
		r.Header = header
		if got := request(e.Handler(), r).Header().Get("X-Sunday-Release"); got != side {
			t.Errorf("the events of a client of %s came from %s", side, got)
		}
	}
}
