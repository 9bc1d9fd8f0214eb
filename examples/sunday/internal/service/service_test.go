package service

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func env(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestServeFinishesRequestsInFlight(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-release
		if r.Context().Err() != nil {
			t.Error("the signal to stop reached the request's context")
		}
		_, _ = io.WriteString(w, "finished")
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, ln, handler, quiet()) }()

	type answer struct {
		body string
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+ln.Addr().String(), nil)
		if err != nil {
			answered <- answer{err: err}
			return
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			answered <- answer{err: err}
			return
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		answered <- answer{string(body), err}
	}()
	<-entered
	stop()

	// The listener closes first; once it has, Serve is waiting for the request.
	waitUntilRefused(t, ln.Addr().String())
	select {
	case err := <-ended:
		t.Fatalf("Serve returned %v while a request was in flight", err)
	default:
	}
	close(release)
	if got := <-answered; got.err != nil || got.body != "finished" {
		t.Errorf("the request in flight got %q, %v; want it finished", got.body, got.err)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v, want nil", err)
	}
}

// A connection that was accepted before the signal and asks only after it gets
// its answer. It must not get in the way for ever if it never asks.
func TestServeAnswersWhoeverWasAccepted(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan struct{}, 1000) // room for those that wait for the end
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, announcing{ln, accepted}, http.NotFoundHandler(), quiet()) }()

	dialer := &net.Dialer{}
	asks, err := dialer.DialContext(t.Context(), "tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	silent, err := dialer.DialContext(t.Context(), "tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	<-accepted
	<-accepted
	stop()
	waitUntilRefused(t, ln.Addr().String())
	if _, err := io.WriteString(asks, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(asks)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 404") || !strings.Contains(string(answer), "Connection: close") {
		t.Errorf("the accepted connection got %q, %v; want an answer that ends the connection", answer, err)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v, want nil", err)
	}
}

type announcing struct {
	net.Listener
	accepted chan<- struct{}
}

func (l announcing) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.accepted <- struct{}{}
	}
	return conn, err
}

func waitUntilRefused(t *testing.T, address string) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err != nil {
			return
		}
		_ = conn.Close()
		if time.Now().After(deadline) {
			t.Fatal("still taking connections 10 s after the signal to stop")
		}
	}
}

func TestServeReportsABrokenListener(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = ln.Close()
	if err := Serve(t.Context(), ln, http.NotFoundHandler(), quiet()); err == nil {
		t.Error("Serve on a closed listener = nil, want an error")
	}
}

func TestListenNamesThePortThatIsTaken(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	_, err = Listen{Host: "127.0.0.1", Port: port}.Open()
	if err == nil || !strings.Contains(err.Error(), port) || !strings.Contains(err.Error(), "--port") {
		t.Errorf("Open = %v, want an error that names port %s and --port", err, port)
	}
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	given := env(map[string]string{
		"SUNDAY_VERSION": "2.0.0", "LOCKSTEP_ENVIRONMENT": "staging", "LOCKSTEP_INSTANCE": "backend-7",
	})
	if got := Identify("backend", "1.0.0", given); got.Version != "2.0.0" || got.Environment != "staging" || got.Instance != "backend-7" {
		t.Errorf("with the variables set: %+v", got)
	}
	if got := Identify("backend", "1.0.0", env(nil)); got.Version != "1.0.0" || got.Environment != "local" || got.Instance != "backend" {
		t.Errorf("without: %+v", got)
	}
	if got := Identify("backend", "", env(nil)).Version; got != "dev" {
		t.Errorf("version of a plain build = %q, want dev", got)
	}
}

func TestLogLevel(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		level, first, final string
	}{
		{level: "warn", first: "careful", final: "careful"},
		{level: "", first: "hello", final: "careful"},
		{level: "INFO", first: "hello", final: "careful"},
		{level: "loud", first: "LOG_LEVEL is none of", final: "careful"},
	} {
		t.Run(tc.level, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			log := NewLogger(&out, tc.level, Identity{Service: "s", Version: "v"})
			log.Debug("detail")
			log.Info("hello")
			log.Warn("careful")
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if !strings.Contains(lines[0], tc.first) || !strings.Contains(lines[len(lines)-1], tc.final) {
				t.Errorf("logged %q", lines)
			}
		})
	}
}

func TestAccessStampsAndLogs(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	id := Identity{Service: "backend", Version: "1.2.3", Instance: "backend-1"}
	handler := Access(id, NewLogger(&out, "info", id), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		Answer(w, http.StatusTeapot, Problem{Error: "no coffee"})
	}))
	for _, path := range []string{"/health", "/brew"} {
		recorded := httptest.NewRecorder()
		handler.ServeHTTP(recorded, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		if got := recorded.Header().Get(ReleaseHeader); got != "1.2.3" {
			t.Errorf("%s: %s = %q, want 1.2.3", path, ReleaseHeader, got)
		}
	}
	var line struct {
		Path    string
		Status  int
		Release string
	}
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("want exactly one JSON line (probes are debug), got %q: %v", out.String(), err)
	}
	if line.Path != "/brew" || line.Status != http.StatusTeapot || line.Release != "1.2.3" {
		t.Errorf("logged %+v", line)
	}
}
