package edge

import (
	"net"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/load"
)

// Not parallel: it counts the process's goroutines.
func TestNothingLeaks(t *testing.T) { //nolint:paralleltest // see above
	before := runtime.NumGoroutine()
	e := New(Options{})
	a := startApp(t, "r", nil)
	mean := startApp(t, "mean", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/break":
			panic(http.ErrAbortHandler)
		case "/switch": // to something that nobody asked for
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = conn.Write([]byte("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n"))
				_, _ = conn.Read(make([]byte, 1))
				_ = conn.Close()
			}
		}
	}))
	e.SetPool(envID, groupOf("r"), backends("r", a, deadAddress(t)))
	e.SetPool(envID, groupOf("mean"), backends("mean", mean))
	e.SetRouting(envID, routing(all("r"), none("mean")))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := NewServer(e.Handler())
	go func() { _ = server.Serve(listener) }()

	run := load.Start(t.Context(), load.Target{Addr: listener.Addr().String(), Host: envHost}, load.Options{
		Rate: 100, SlowFor: 20 * time.Millisecond, SessionFor: 20 * time.Millisecond, Events: 2,
	})
	for range 50 {
		get(e.GroupHandler(envID, groupOf("mean")), "/break")
		r := newRequest(http.MethodGet, "/switch", nil)
		r.Header.Set("Connection", "Upgrade")
		r.Header.Set("Upgrade", "websocket")
		request(e.GroupHandler(envID, groupOf("mean")), r)
		_, _, _ = e.Probe(t.Context(), envID, "r", "/")
	}
	get(e.GroupHandler(envID, "nothing"), "/") // waits for an instance in vain
	if report := run.Stop(); report.Failed != 0 {
		t.Errorf("%v %v", report, report.FirstFailures)
	}
	e.SetPool(envID, groupOf("r"), nil)
	e.SetPool(envID, groupOf("mean"), nil)
	if left := e.DrainAll(within(t)); left != 0 {
		t.Errorf("%d in flight", left)
	}
	eventually(t, "connections to the apps are closed", func() bool { return a.open.Load()+mean.open.Load() == 0 })
	_ = server.Close()
	a.kill()
	mean.kill()
	e.RemoveRouting(envID)
	http.DefaultClient.CloseIdleConnections()
	eventually(t, "goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
	if len(e.envs) != 0 {
		t.Errorf("%d environments are remembered", len(e.envs))
	}
}
