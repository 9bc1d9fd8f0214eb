package load

import (
	"bufio"
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

	"github.com/coder/websocket"
)

// quickly keeps sessions short, so that tests are.
var quickly = Options{
	Rate:       400,
	SlowFor:    30 * time.Millisecond,
	SessionFor: 25 * time.Millisecond,
	Events:     3,
	Timeout:    20 * time.Second,
}

func only(k Kind) Options {
	o := quickly
	switch k {
	case Get:
		o.Mix.Get = 1
	case Post:
		o.Mix.Post = 1
	case Slow:
		o.Mix.Slow = 1
	case WebSocket:
		o.Mix.WebSocket = 1
	case SSE:
		o.Mix.SSE = 1
	}
	return o
}

// app is a well-behaved application that counts what reaches it. Tests break
// it by putting a handler of their own in front.
type app struct {
	served map[string]*atomic.Int64 // by path
	closes atomic.Int64             // requests that asked for their connection to be closed
}

func newApp() *app {
	a := &app{served: map[string]*atomic.Int64{}}
	for _, path := range []string{"/api/version", "/api/orders", "/api/slow", "/api/ws", "/api/events"} {
		a.served[path] = &atomic.Int64{}
	}
	return a
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, known := a.served[r.URL.Path]
	if !known {
		http.NotFound(w, r)
		return
	}
	n.Add(1)
	if r.Close {
		a.closes.Add(1)
	}
	w.Header().Set(ReleaseHeader, "1.0.0")
	switch r.URL.Path {
	case "/api/ws":
		echoing(w, r, nil)
	case "/api/events":
		streaming(w, r.FormValue("count"))
	case "/api/slow":
		wait, _ := time.ParseDuration(r.FormValue("ms") + "ms")
		<-time.After(wait)
		fallthrough
	default:
		if body, err := io.ReadAll(r.Body); err != nil || (len(body) > 0) != (r.Method == http.MethodPost) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, "fine")
	}
}

// echoing echoes until the client closes. instead, where given, gets the
// connection after the first message was echoed.
func echoing(w http.ResponseWriter, r *http.Request, instead func(*websocket.Conn)) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	for {
		kind, message, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		answer := fmt.Appendf(nil, `{"echo":%q,"version":"1.0.0"}`, message)
		if err := conn.Write(r.Context(), kind, answer); err != nil {
			return
		}
		if instead != nil {
			instead(conn)
			return
		}
	}
}

func streaming(w http.ResponseWriter, count string) {
	w.Header().Set("Content-Type", "text/event-stream")
	n := 0
	_, _ = fmt.Sscan(count, &n)
	for i := range n {
		_, _ = fmt.Fprintf(w, "id: %d\ndata: {}\n\n", i+1)
		_ = http.NewResponseController(w).Flush()
	}
}

func serve(t *testing.T, handler http.Handler) Target {
	t.Helper()
	listener := httptest.NewServer(handler)
	t.Cleanup(listener.Close)
	return Target{Addr: strings.TrimPrefix(listener.URL, "http://")}
}

// holding gives a handler something to wait for. Release it by defer as well:
// a server that closes after a failed test waits for its handlers.
func holding() (held <-chan struct{}, release func()) {
	c := make(chan struct{})
	return c, sync.OnceFunc(func() { close(c) })
}

// cut sends these bytes as the answer and closes the connection.
func cut(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		hijacked(w, func(conn net.Conn, _ *bufio.ReadWriter) { _, _ = io.WriteString(conn, answer) })
	}
}

func hijacked(w http.ResponseWriter, then func(net.Conn, *bufio.ReadWriter)) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	then(conn, buffered)
	_ = conn.Close()
}

// until polls a run, which has no signal for its counts.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not after 20 s: %s", what)
		}
	}
}

func sent(r *Run, n int64) func() bool {
	return func() bool { return r.Snapshot().Sent >= n }
}

// balanced checks the equation of the package comment.
func balanced(t *testing.T, r Report) {
	t.Helper()
	if r.Sent != r.OK+r.Failed+r.Aborted+int64(r.InFlight) {
		t.Errorf("the counts do not add up: %+v", r)
	}
}
