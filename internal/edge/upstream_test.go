package edge

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// socket is an app on bare connections. Each gets handle, with its number.
func socket(t *testing.T, handle func(n int, conn net.Conn, in *bufio.Reader)) *app {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	t.Cleanup(func() { _ = listener.Close(); conns.Wait() })
	go func() {
		for n := 1; ; n++ {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer func() { _ = conn.Close() }()
				_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
				handle(n, conn, bufio.NewReader(conn))
			})
		}
	}()
	return &app{addr: listener.Addr().String()}
}

const fine = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"

// take reads one request with its body, or reports false.
func take(in *bufio.Reader) (string, bool) {
	r, err := http.ReadRequest(in)
	if err != nil {
		return "", false
	}
	body, err := io.ReadAll(r.Body)
	return r.Method + " " + string(body), err == nil
}

// deadAddress is one that refuses connections.
func deadAddress(t *testing.T) *app {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	return &app{addr: listener.Addr().String()}
}

func post(handler http.Handler, body string) *httptest.ResponseRecorder {
	return request(handler, newRequest(http.MethodPost, "/", strings.NewReader(body)))
}

func TestFailedDialIsRetriedWithItsBody(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{}, deadAddress(t), startApp(t, "r", nil), deadAddress(t))
	for range 20 {
		if w := post(e.EnvironmentHandler(envID), "12345"); w.Code != 200 || w.Body.String() != "r 5" {
			t.Fatalf("answered %d %s", w.Code, w.Body)
		}
	}
	if s := e.Stats(envID)["r"]; s.Requests != 20 || s.Failed != 0 || s.Errors != 0 || s.InFlight != 0 {
		t.Errorf("counted %+v", s)
	}
}

func TestNoInstanceCanBeDialled(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{ReadyWait: -1}, deadAddress(t), deadAddress(t))
	w := post(e.EnvironmentHandler(envID), "x")
	if w.Code != http.StatusBadGateway || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), envName) {
		t.Errorf("answered %d %v %s", w.Code, w.Header(), w.Body)
	}
	if s := e.Stats(envID)["r"]; s.Requests != 0 || s.Failed != 1 || s.Errors != 0 || s.InFlight != 0 {
		t.Errorf("counted %+v", s)
	}
}

// A request whose only instance refuses waits for the next one.
func TestFailedDialWaitsForAnotherInstance(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{ReadyWait: time.Minute}, deadAddress(t))
	answer := make(chan *httptest.ResponseRecorder)
	go func() { answer <- post(e.EnvironmentHandler(envID), "12345") }()
	room := &e.envs[envID].room
	eventually(t, "the request waits", func() bool { return room.waiting.Load() == 1 })
	e.SetPool(envID, groupOf("r"), backends("r", startApp(t, "r", nil)))
	if w := <-answer; w.Code != 200 || w.Body.String() != "r 5" {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if room.waiting.Load() != 0 {
		t.Errorf("%d still wait", room.waiting.Load())
	}
}

// An instance that was started again at its address is tried again.
func TestFailedDialThenStartedAgain(t *testing.T) {
	t.Parallel()
	down := deadAddress(t)
	e := serving(t, Options{ReadyWait: time.Minute}, down)
	answer := make(chan *httptest.ResponseRecorder)
	go func() { answer <- get(e.EnvironmentHandler(envID), "/404") }()
	room := &e.envs[envID].room
	eventually(t, "the request waits", func() bool { return room.waiting.Load() == 1 })
	listener, err := net.Listen("tcp", down.addr)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: answering}
	t.Cleanup(func() { _ = server.Close() })
	go func() { _ = server.Serve(listener) }()
	e.SetPool(envID, groupOf("r"), backends("r", down))
	if w := <-answer; w.Code != 404 {
		t.Errorf("answered %d", w.Code)
	}
}

// The last request to an instance that left closes its connections, whether
// or not anybody drains it.
func TestLastRequestClosesIdleConnections(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	a := startApp(t, "r", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			<-release
		}
	}))
	e := serving(t, Options{}, a)
	h := e.EnvironmentHandler(envID)
	get(h, "/")
	up := e.envs[envID].now.Load().pools[groupOf("r")].instances[0].upstream
	if len(up.idle) != 1 {
		t.Fatalf("%d idle connections after a request", len(up.idle))
	}
	done := make(chan struct{})
	go func() { get(h, "/wait"); close(done) }()
	eventually(t, "it is in flight", func() bool { return a.served.Load() == 2 })
	e.SetPool(envID, groupOf("r"), nil)
	close(release)
	<-done
	up.mu.Lock()
	defer up.mu.Unlock()
	if len(up.idle) != 0 {
		t.Errorf("%d idle connections to an instance that left", len(up.idle))
	}
}

// A reused connection that the app closes as the request arrives: a GET is
// sent again, a POST is not, whatever its body.
func TestStaleConnection(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, body string
		want         int
		arrivals     string
	}{
		{"GET", "", 200, "[GET  GET  GET ]"},
		{"HEAD", "", 200, "[GET  HEAD  HEAD ]"},
		{"POST", "", 502, "[GET  POST ]"},
		{"DELETE", "", 502, "[GET  DELETE ]"},
		{"POST", "small", 502, "[GET  POST small]"},
		{"GET", "body", 502, "[GET  GET body]"},
	} {
		var mu sync.Mutex
		var arrivals []string
		a := socket(t, func(n int, conn net.Conn, in *bufio.Reader) {
			for served := 0; ; served++ {
				what, ok := take(in)
				if !ok {
					return
				}
				mu.Lock()
				arrivals = append(arrivals, what)
				mu.Unlock()
				if n == 1 && served == 1 {
					return // the reused connection breaks with the request in its hands
				}
				if strings.HasPrefix(what, "HEAD") {
					_, _ = io.WriteString(conn, strings.TrimSuffix(fine, "fine"))
				} else {
					_, _ = io.WriteString(conn, fine)
				}
			}
		})
		e := serving(t, Options{}, a)
		if w := get(e.EnvironmentHandler(envID), "/"); w.Code != 200 {
			t.Fatalf("the first request was answered %d", w.Code)
		}
		w := request(e.EnvironmentHandler(envID), newRequest(c.method, "/", strings.NewReader(c.body)))
		if w.Code != c.want {
			t.Errorf("%s %s was answered %d, not %d", c.method, c.body, w.Code, c.want)
		}
		mu.Lock()
		if fmt.Sprint(arrivals) != c.arrivals {
			t.Errorf("%s %s: the app saw %q, not %s", c.method, c.body, arrivals, c.arrivals)
		}
		mu.Unlock()
		s := e.Stats(envID)["r"]
		if broken := c.want == 502; s.Requests != 2 || (s.Errors == 1) != broken || s.Failed != 0 {
			t.Errorf("%s %s: counted %+v", c.method, c.body, s)
		}
	}
}

// A fresh connection that breaks is the app's answer: nothing is sent twice.
func TestFreshConnectionBreaks(t *testing.T) {
	t.Parallel()
	var arrivals atomic.Int64
	e := serving(t, Options{}, socket(t, func(_ int, _ net.Conn, in *bufio.Reader) {
		if _, ok := take(in); ok {
			arrivals.Add(1)
		}
	}))
	if w := get(e.EnvironmentHandler(envID), "/"); w.Code != http.StatusBadGateway {
		t.Errorf("answered %d", w.Code)
	}
	if arrivals.Load() != 1 {
		t.Errorf("the request arrived %d times", arrivals.Load())
	}
}

// An app that closes idle connections is found out before the next request
// is written, so that even a POST is not lost.
func TestClosedIdleConnectionIsNoticed(t *testing.T) {
	t.Parallel()
	closed := make(chan struct{}, 1)
	e := serving(t, Options{}, socket(t, func(_ int, conn net.Conn, in *bufio.Reader) {
		if _, ok := take(in); ok {
			_, _ = io.WriteString(conn, fine)
			_ = conn.Close()
			closed <- struct{}{}
		}
	}))
	for range 50 {
		if w := post(e.EnvironmentHandler(envID), "x"); w.Code != 200 {
			t.Fatalf("answered %d", w.Code)
		}
		<-closed
	}
}

// A POST does not use a connection that may be about to be closed; a GET may.
func TestUnsafeRequestsUseYoungConnections(t *testing.T) {
	t.Parallel()
	a := startApp(t, "r", nil)
	e := serving(t, Options{}, a)
	h := e.EnvironmentHandler(envID)
	up := e.envs[envID].now.Load().pools[groupOf("r")].instances[0].upstream
	get(h, "/")
	age := func(d time.Duration) {
		up.mu.Lock()
		defer up.mu.Unlock()
		for _, c := range up.idle {
			c.idleSince = time.Now().Add(-d)
		}
	}
	for _, c := range []struct {
		method string
		idle   time.Duration
		fresh  int64
	}{
		{"POST", 0, 0},
		{"GET", idleForUnsafe + time.Millisecond, 0},
		{"POST", idleForUnsafe + time.Millisecond, 1},
		{"DELETE", idleForUnsafe + time.Millisecond, 1},
		{"GET", idleFor + time.Millisecond, 1},
	} {
		age(c.idle)
		before := a.accepted.Load()
		if w := request(h, newRequest(c.method, "/", nil)); w.Code != 200 {
			t.Fatalf("answered %d", w.Code)
		}
		if fresh := a.accepted.Load() - before; fresh != c.fresh {
			t.Errorf("%s on a connection idle for %s opened %d", c.method, c.idle, fresh)
		}
	}
}

// An app that talks without being asked could have its words taken for the
// answer to the next request.
func TestUnaskedBytesAreNoAnswer(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{}, socket(t, func(_ int, conn net.Conn, in *bufio.Reader) {
		for {
			if _, ok := take(in); !ok {
				return
			}
			_, _ = io.WriteString(conn, fine+"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")
		}
	}))
	for range 20 {
		if w := get(e.EnvironmentHandler(envID), "/"); w.Body.String() != "fine" {
			t.Fatalf("answered %q", w.Body)
		}
	}
}

func TestIdleConnections(t *testing.T) {
	t.Parallel()
	a := startApp(t, "r", nil)
	e := serving(t, Options{}, a)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() { get(e.EnvironmentHandler(envID), "/api/slow?ms=50") })
	}
	all.Wait()
	used := a.accepted.Load()
	for range 10 {
		get(e.EnvironmentHandler(envID), "/")
		post(e.EnvironmentHandler(envID), "x")
		last := newRequest(http.MethodGet, "/", nil)
		last.Close = true // the client's connection, not ours
		request(e.EnvironmentHandler(envID), last)
	}
	if got := a.accepted.Load(); got != used {
		t.Errorf("%d connections for 30 requests in turn, with %d open already", got-used, used)
	}
	started := time.Now()
	eventually(t, "idle connections are closed", func() bool { return a.open.Load() == 0 })
	if took := time.Since(started); took < idleFor/2 {
		t.Errorf("idle connections were closed after %s", took)
	}
	if w := get(e.EnvironmentHandler(envID), "/"); w.Code != 200 {
		t.Errorf("afterwards: %d", w.Code)
	}
	up := e.envs[envID].now.Load().pools[groupOf("r")].instances[0].upstream
	e.SetPool(envID, groupOf("r"), nil)
	if len(up.idle) != 0 {
		t.Errorf("%d idle connections to an instance that left", len(up.idle))
	}
	eventually(t, "connections are closed after the instance left", func() bool { return a.open.Load() == 0 })
}

func TestDialTimeout(t *testing.T) {
	t.Parallel()
	e := serving(t, Options{DialTimeout: time.Nanosecond, ReadyWait: -1}, startApp(t, "r", nil))
	if w := get(e.EnvironmentHandler(envID), "/"); w.Code != http.StatusBadGateway {
		t.Errorf("answered %d", w.Code)
	}
}

func TestFailedDialIsKnownByItsType(t *testing.T) {
	t.Parallel()
	if !failedDial(fmt.Errorf("x: %w", &dialError{io.EOF})) || failedDial(errors.New("dial tcp: refused")) {
		t.Error("a failed dial is told from others by its text")
	}
}
