package load

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// Every third request meets the fault; exactly those must be counted.
func TestKnownFaultsAreCountedExactly(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	socket := func(then func(*websocket.Conn)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { echoing(w, r, then) }
	}
	events := func(n string, end func(w http.ResponseWriter)) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			streaming(w, n)
			end(w)
		}
	}
	clean := func(http.ResponseWriter) {}
	for name, tc := range map[string]struct {
		kind   Kind
		fault  http.HandlerFunc
		status int
		says   string
	}{
		"get 500":             {Get, status(500), 500, "answered 500"},
		"get 302":             {Get, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/api/version", 302) }, 302, "answered 302"},
		"get 304":             {Get, status(304), 304, "answered 304"},
		"post 503":            {Post, status(503), 503, "answered 503"},
		"post cut":            {Post, cut("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\nhalf"), 201, "cut short after 4 bytes"},
		"no answer":           {Get, cut(""), 0, "EOF"},
		"half a header":       {Get, cut("HTTP/1.1 200 OK\r\nContent-Le"), 0, "connection broken"},
		"length cut":          {Get, cut("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), 200, "cut short after 4 bytes"},
		"chunks cut":          {Get, cut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"), 200, "cut short after 4 bytes"},
		"endless":             {Get, cut("HTTP/1.1 200 OK\r\n\r\nwho knows"), 200, "neither a length nor chunks"},
		"slow, handler dies":  {Slow, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, "EOF"},
		"socket refused":      {WebSocket, status(503), 503, "answered 503"},
		"socket redirected":   {WebSocket, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/api/ws", 302) }, 302, "answered 302"},
		"socket not upgraded": {WebSocket, status(200), 200, "answered 200"},
		"socket dropped":      {WebSocket, socket(func(c *websocket.Conn) { _ = c.CloseNow() }), 101, "message 2 of 5"},
		"socket going away": {WebSocket, socket(func(c *websocket.Conn) {
			_ = c.Close(websocket.StatusGoingAway, "")
		}), 101, "StatusGoingAway"},
		"socket closed early, politely": {WebSocket, socket(func(c *websocket.Conn) {
			_ = c.Close(websocket.StatusNormalClosure, "")
		}), 101, "StatusNormalClosure"},
		"wrong echo":       {WebSocket, wrongEcho, 101, `got "something else" back`},
		"no closing reply": {WebSocket, noClosingReply, 101, "no clean close"},
		"stream truncated": {SSE, events("2", clean), 200, "ended after 2 of 3"},
		"stream broken": {SSE, events("2", func(w http.ResponseWriter) {
			hijacked(w, func(net.Conn, *bufio.ReadWriter) {})
		}), 200, "broke after 2 of 3"},
		"stream broken after its last event": {SSE, events("3", func(w http.ResponseWriter) {
			hijacked(w, func(net.Conn, *bufio.ReadWriter) {})
		}), 200, "broke after 3 of 3"},
		"stream too long": {SSE, events("4", clean), 200, "more than the 3"},
		"no stream":       {SSE, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, 200, "not with an event stream"},
		"stream 502":      {SSE, status(502), 502, "answered 502"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			well := newApp()
			var arrived, broken atomic.Int64
			target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if arrived.Add(1)%3 == 0 {
					broken.Add(1)
					tc.fault(w, r)
					return
				}
				well.ServeHTTP(w, r)
			}))
			run := Start(t.Context(), target, only(tc.kind))
			until(t, "30 requests", sent(run, 30))
			got := run.Stop()
			balanced(t, got)
			if got.Failed != broken.Load() || got.Failed < 10 {
				t.Errorf("%d failed, the server broke %d", got.Failed, broken.Load())
			}
			if got.Sent != arrived.Load() {
				t.Errorf("%d sent, %d arrived: something was repeated or lost", got.Sent, arrived.Load())
			}
			for _, f := range got.FirstFailures {
				if f.Kind != tc.kind || f.Status != tc.status || !strings.Contains(f.Err, tc.says) || f.At.IsZero() {
					t.Errorf("failure %+v, want status %d and %q", f, tc.status, tc.says)
				}
			}
		})
	}
}

func wrongEcho(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	if _, _, err := conn.Read(r.Context()); err == nil {
		_ = conn.Write(r.Context(), websocket.MessageText, []byte(`{"echo":"something else"}`))
	}
	_, _, _ = conn.Read(r.Context())
}

// noClosingReply hangs up when the client's close frame should be answered.
func noClosingReply(w http.ResponseWriter, r *http.Request) {
	if raw, ok := echoSession(w, r); ok {
		_ = raw.Close()
	}
}

// echoSession echoes a whole session but for its close, and hands over what is
// below the WebSocket.
func echoSession(w http.ResponseWriter, r *http.Request) (raw net.Conn, ok bool) {
	conn, err := websocket.Accept(captureConn{ResponseWriter: w, got: &raw}, r, nil)
	if err != nil {
		return nil, false
	}
	for range messages {
		kind, message, err := conn.Read(r.Context())
		if err != nil {
			return nil, false
		}
		if err := conn.Write(r.Context(), kind, fmt.Appendf(nil, `{"echo":%q}`, message)); err != nil {
			return nil, false
		}
	}
	return raw, true
}

type captureConn struct {
	http.ResponseWriter
	got *net.Conn
}

func (c captureConn) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(c.ResponseWriter).Hijack()
	*c.got = conn
	return conn, buffered, err
}

// A pooled connection that the server closes on its next request is where
// net/http would quietly try again.
func TestPooledRequestsAreNotRepeated(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{Get, Post, Slow, SSE} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			well := newApp()
			var arrived, reused atomic.Int64
			target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if arrived.Add(1) > 3 {
					cut("")(w, r)
					return
				}
				well.ServeHTTP(w, r)
			}))
			opts := only(kind)
			opts.NewConnections = -1
			opts = opts.withDefaults()
			client := newClient(t.Context(), target, opts, func(again bool) {
				if again {
					reused.Add(1)
				}
			})
			defer client.close()
			next := newRotation(target.Addr, opts)
			for n := range 3 {
				if out := client.do(t.Context(), next.next()); out.err != nil {
					t.Fatalf("request %d: %v", n+1, out.err)
				}
			}
			if out := client.do(t.Context(), next.next()); out.err == nil {
				t.Error("a request whose connection was closed before the answer is OK")
			}
			if arrived.Load() != 4 || reused.Load() != 3 {
				t.Errorf("4 requests: %d arrived, %d on reused connections; want 4 and 3", arrived.Load(), reused.Load())
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = ln.Close()
	var heard atomic.Int64
	opts := quickly
	opts.OnFailure = func(Failure) { heard.Add(1) }
	run := Start(t.Context(), Target{Addr: ln.Addr().String()}, opts)
	until(t, "100 requests", sent(run, 100))
	got := run.Stop()
	balanced(t, got)
	if heard.Load() != got.Failed {
		t.Errorf("OnFailure heard of %d of %d failures", heard.Load(), got.Failed)
	}
	if got.Failed != got.Sent || got.NewConnections+got.ReusedConnections != 0 || len(got.FirstFailures) != 20 {
		t.Errorf("%s; %d first failures", got, len(got.FirstFailures))
	}
	for _, kind := range Kinds() {
		if c := got.ByKind[kind]; c.Failed == 0 || c.Failed != c.Sent {
			t.Errorf("%s: %+v", kind, c)
		}
	}
}

// The library waits 5 s for the answer to a close; the request's context must
// hold here too.
func TestContextCoversTheClosingHandshake(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cut := make(chan time.Time, 1)
	target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, ok := echoSession(w, r)
		if !ok {
			t.Error("the session did not reach its end")
			cut <- time.Now()
			return
		}
		defer func() { _ = raw.Close() }()
		_, _ = raw.Read(make([]byte, 1)) // the close frame has come, and gets no answer
		cut <- time.Now()
		cancel()
		_, _ = io.Copy(io.Discard, raw) // until the client gives up
	}))
	opts := only(WebSocket).withDefaults()
	client := newClient(t.Context(), target, opts, func(bool) {})
	defer client.close()
	out := client.do(ctx, newRotation(target.Addr, opts).next())
	if out.err == nil || !strings.Contains(out.err.Error(), "no clean close") {
		t.Errorf("= %v, want a failed close", out.err)
	}
	if took := time.Since(<-cut); took > 4*time.Second {
		t.Errorf("took %s after the end of the context", took)
	}
}

func TestTimeoutIsAFailure(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			held, release := holding()
			defer release()
			target := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-held }))
			opts := only(kind)
			opts.Timeout = 50 * time.Millisecond
			run := Start(t.Context(), target, opts)
			until(t, "5 failures", func() bool { return run.Snapshot().Failed >= 5 })
			got := run.Stop()
			release()
			balanced(t, got)
			if got.Failed != got.Sent || !strings.Contains(got.FirstFailures[0].Err, "no complete answer within 50ms") {
				t.Errorf("%s: %v", got, got.FirstFailures[0])
			}
		})
	}
}
