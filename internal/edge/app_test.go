package edge

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/lockstep-dev/lockstep"
)

// app is an instance of an application under test. It can be killed like a
// process: its listener and all its connections close at once.
type app struct {
	addr     string
	name     string
	served   atomic.Int64
	accepted atomic.Int64
	open     atomic.Int64 // connections
	sessions atomic.Int64 // WebSockets and event streams

	mu       sync.Mutex
	listener net.Listener
	conns    map[*appConn]bool
	dead     bool
}

// appConn tells its app when it is closed, even after a hijack.
type appConn struct {
	net.Conn
	app  *app
	once sync.Once
}

func (c *appConn) Close() error {
	c.once.Do(func() {
		c.app.open.Add(-1)
		c.app.mu.Lock()
		delete(c.app.conns, c)
		c.app.mu.Unlock()
	})
	return c.Conn.Close()
}

type appListener struct {
	net.Listener
	app *app
}

func (l appListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &appConn{Conn: nc, app: l.app}
	l.app.accepted.Add(1)
	l.app.open.Add(1)
	l.app.mu.Lock()
	l.app.conns[c] = true
	dead := l.app.dead
	l.app.mu.Unlock()
	if dead {
		_ = c.Close()
	}
	return c, nil
}

func (a *app) kill() {
	a.mu.Lock()
	a.dead = true
	conns := make([]*appConn, 0, len(a.conns))
	for c := range a.conns {
		conns = append(conns, c)
	}
	a.mu.Unlock()
	_ = a.listener.Close()
	for _, c := range conns {
		_ = c.Close()
	}
}

// startApp serves handler, or the load's own endpoints where it is nil.
func startApp(tb testing.TB, name string, handler http.Handler) *app {
	tb.Helper()
	a, serve := makeApp(tb, name, handler, nil)
	go serve()
	return a
}

func makeApp(tb testing.TB, name string, handler http.Handler, adjust func(*http.Server)) (*app, func()) {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	a := &app{name: name, addr: listener.Addr().String(), listener: listener, conns: map[*appConn]bool{}}
	if handler == nil {
		handler = a
	}
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a.served.Add(1)
			handler.ServeHTTP(w, r)
		}),
		ErrorLog: silent,
	}
	if adjust != nil {
		adjust(server)
	}
	tb.Cleanup(a.kill)
	return a, func() { _ = server.Serve(appListener{listener, a}) }
}

// ServeHTTP has the endpoints that package load asks for.
func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Sunday-Release", a.name)
	switch r.URL.Path {
	case "/api/ws":
		a.sessions.Add(1)
		defer a.sessions.Add(-1)
		a.echo(w, r)
	case "/api/events":
		a.sessions.Add(1)
		defer a.sessions.Add(-1)
		stream(w, r)
	case "/api/slow":
		ms, _ := strconv.Atoi(r.FormValue("ms"))
		select {
		case <-time.After(time.Duration(ms) * time.Millisecond):
		case <-r.Context().Done():
			return
		}
		fallthrough
	default:
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = fmt.Fprintf(w, "%s %d", a.name, n)
	}
}

func (a *app) echo(w http.ResponseWriter, r *http.Request) {
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
		if conn.Write(r.Context(), kind, fmt.Appendf(nil, `{"echo":%q,"version":%q}`, message, a.name)) != nil {
			return
		}
	}
}

func stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	count, _ := strconv.Atoi(r.FormValue("count"))
	for i := range count {
		_, _ = fmt.Fprintf(w, "id: %d\ndata: {}\n\n", i+1)
		_ = http.NewResponseController(w).Flush()
		select {
		case <-time.After(20 * time.Millisecond):
		case <-r.Context().Done():
			return
		}
	}
}

// The environment that most tests use.
const (
	envID   = "env-1"
	envName = "staging"
	project = "sunday"
	envHost = envName + "." + project + ".localhost"
)

// routing serves everything of each revision "r" from its group "g-r".
func routing(splits ...lockstep.Split) lockstep.Routing {
	r := lockstep.Routing{Project: project, Environment: envName, Splits: splits}
	for _, s := range splits {
		r.Revisions = append(r.Revisions, lockstep.RevisionRoutes{
			Revision: s.Revision, Hash: "hash-" + s.Revision, Release: "release-" + s.Revision,
			Services: []lockstep.ServiceRoute{{Service: "web", Group: groupOf(s.Revision), Prefixes: []string{"/"}}},
		})
	}
	return r
}

func groupOf(revision string) string { return "g-" + revision }

func all(revision string) lockstep.Split { return lockstep.Split{Revision: revision, Weight: 100} }

func none(revision string) lockstep.Split { return lockstep.Split{Revision: revision} }

// backends names instances after their group.
func backends(revision string, apps ...*app) []Backend {
	var out []Backend
	for i, a := range apps {
		out = append(out, Backend{Instance: fmt.Sprintf("%s-%d", groupOf(revision), i), Address: a.addr})
	}
	return out
}

// serving is an edge that leads everything to these instances of revision "r".
func serving(tb testing.TB, opts Options, apps ...*app) *Edge {
	tb.Helper()
	e := New(opts)
	e.SetPool(envID, groupOf("r"), backends("r", apps...))
	e.SetRouting(envID, routing(all("r")))
	return e
}

// open serves handler with the edge's own server and returns its address.
func open(tb testing.TB, handler http.Handler) string {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	server := NewServer(handler)
	var said complaints
	server.ErrorLog = log.New(&said, "", 0)
	tb.Cleanup(func() {
		_ = server.Close()
		said.mu.Lock()
		defer said.mu.Unlock()
		if said.text.Len() > 0 {
			tb.Errorf("the edge's server complained (a panic, most likely):\n%s", &said.text)
		}
	})
	go func() { _ = server.Serve(listener) }()
	return listener.Addr().String()
}

// complaints are what a server logs.
type complaints struct {
	mu   sync.Mutex
	text strings.Builder
}

func (c *complaints) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(p)
}

// request answers one request without a network before the edge.
func request(handler http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func newRequest(method, url string, body io.Reader) *http.Request {
	return httptest.NewRequestWithContext(context.Background(), method, url, body)
}

func dial(tb testing.TB, addr string) (net.Conn, error) {
	tb.Helper()
	return (&net.Dialer{}).DialContext(within(tb), "tcp", addr)
}

func fetch(tb testing.TB, server *httptest.Server) (*http.Response, error) {
	tb.Helper()
	req, err := http.NewRequestWithContext(within(tb), http.MethodGet, server.URL, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return server.Client().Do(req)
}

func get(handler http.Handler, url string) *httptest.ResponseRecorder {
	return request(handler, newRequest(http.MethodGet, url, nil))
}

// within is a context for what should have happened long before.
func within(tb testing.TB) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), time.Minute)
	tb.Cleanup(cancel)
	return ctx
}

// eventually polls for what gives no signal.
func eventually(tb testing.TB, what string, holds func() bool) {
	tb.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			tb.Fatalf("not after a minute: %s", what)
		}
	}
}
