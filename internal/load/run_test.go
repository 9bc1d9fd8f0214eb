package load

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Not parallel: the only test whose goroutines exist while it looks for those
// that were left behind.
func TestNothingIsLeftBehind(t *testing.T) {
	leftovers := func() string {
		stacks := make([]byte, 1<<20)
		var found []string
		for _, g := range strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
			if strings.Contains(g, "internal/load.(*") || strings.Contains(g, "http.(*persistConn)") ||
				strings.Contains(g, "http.(*Transport)") || strings.Contains(g, "coder/websocket") {
				found = append(found, g)
			}
		}
		return strings.Join(found, "\n\n")
	}
	for name, end := range map[string]func(*Run, context.CancelFunc){
		"stopped":   func(r *Run, _ context.CancelFunc) { r.Stop() },
		"cancelled": func(r *Run, cancel context.CancelFunc) { cancel(); <-r.Done() },
	} {
		t.Run(name, func(t *testing.T) {
			target := serve(t, newApp())
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			run := Start(ctx, target, quickly)
			until(t, "100 requests", sent(run, 100))
			if leftovers() == "" {
				t.Fatal("no goroutine of a running load was found: this test would prove nothing")
			}
			end(run, cancel)
			// Connections close their goroutines just after they are closed.
			deadline := time.Now().Add(5 * time.Second)
			for leftovers() != "" {
				if time.Now().After(deadline) {
					t.Fatalf("still there:\n%s", leftovers())
				}
				runtime.Gosched()
			}
		})
	}
}

func TestAllKindsAgainstAWellBehavedServer(t *testing.T) {
	t.Parallel()
	well := newApp()
	run := Start(t.Context(), serve(t, well), quickly)
	until(t, "600 requests", sent(run, 600))
	got := run.Stop()
	balanced(t, got)
	if got.OK != got.Sent || got.Failed+got.Shed+got.Aborted != 0 || got.InFlight != 0 {
		t.Fatalf("%s\n%v", got, got.FirstFailures)
	}
	for kind, path := range map[Kind]string{Slow: "/api/slow", WebSocket: "/api/ws", SSE: "/api/events"} {
		if arrived := well.served[path].Load(); got.ByKind[kind].OK != arrived || arrived == 0 {
			t.Errorf("%s: %d counted, %d arrived", kind, got.ByKind[kind].OK, arrived)
		}
	}
	fetched := well.served["/api/version"].Load() + well.served["/api/orders"].Load()
	if counted := got.ByKind[Get].OK + got.ByKind[Post].OK; counted != fetched {
		t.Errorf("get and post: %d counted, %d arrived", counted, fetched)
	}
	if got.ByRelease["1.0.0"] != got.Sent {
		t.Errorf("by release: %v of %d", got.ByRelease, got.Sent)
	}
	if slow := got.ByKind[Slow]; slow.P50 < 30*time.Millisecond || slow.Max < slow.P99 || slow.P99 < slow.P50 {
		t.Errorf("slow answers of 30 ms: %+v", slow)
	}
	if got.P50 <= 0 || got.P50 > got.P95 || got.P95 > got.P99 || got.P99 > got.Max {
		t.Errorf("quantiles %s %s %s %s", got.P50, got.P95, got.P99, got.Max)
	}
}

func TestShareOfNewConnections(t *testing.T) {
	t.Parallel()
	for _, share := range []float64{-1, 0, 0.2, 1} {
		t.Run(fmt.Sprint(share), func(t *testing.T) {
			t.Parallel()
			well := newApp()
			opts := quickly
			opts.NewConnections = share
			run := Start(t.Context(), serve(t, well), opts)
			until(t, "600 requests", sent(run, 600))
			got := run.Stop()
			if got.NewConnections+got.ReusedConnections != got.Sent {
				t.Errorf("%d new and %d reused connections for %d requests", got.NewConnections, got.ReusedConnections, got.Sent)
			}
			planned := float64(well.closes.Load()+well.served["/api/ws"].Load()) / float64(got.Sent)
			want := map[float64]float64{-1: 0.06, 0: 0.5, 0.2: 0.2, 1: 1}[share]
			if planned < want-0.02 || planned > want+0.02 {
				t.Errorf("the server saw %.3f on connections of their own, want %.2f", planned, want)
			}
			// The pool itself opens more as it fills and in bursts, never fewer.
			if measured := float64(got.NewConnections) / float64(got.Sent); measured < planned {
				t.Errorf("measured %.3f, planned %.3f", measured, planned)
			}
			if (got.ReusedConnections > 0) != (share < 1) {
				t.Errorf("%d requests reused a connection", got.ReusedConnections)
			}
		})
	}
}

// A closed loop would send no more than its workers: here nobody is answered
// before 60 are waiting.
func TestArrivalsDoNotWaitForAnswers(t *testing.T) {
	t.Parallel()
	held, release := holding()
	defer release()
	var arrived atomic.Int64
	run := Start(t.Context(), serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if arrived.Add(1) == 60 {
			release()
		}
		<-held
	})), only(Get))
	until(t, "60 answers", func() bool { return run.Snapshot().OK >= 60 })
	got := run.Stop()
	if got.Failed != 0 || got.OK != got.Sent {
		t.Error(got)
	}
	// The first was due 59 intervals before the last that it had to wait for.
	if least := 59 * time.Second / 400; got.Max < least {
		t.Errorf("max latency %s, want at least %s: it counts from when a request was due", got.Max, least)
	}
}

func TestArrival(t *testing.T) {
	t.Parallel()
	start := time.Unix(1000, 0)
	for _, tc := range []struct {
		n    int64
		rate int
		want time.Duration
	}{
		{0, 200, 0},
		{1, 200, 5 * time.Millisecond},
		{1, 3, 333333333},
		{3, 3, time.Second},
		{200 * 86400 * 365, 200, 365 * 24 * time.Hour},
	} {
		if got := arrival(start, tc.n, tc.rate).Sub(start); got != tc.want {
			t.Errorf("request %d at %d/s is due after %s, want %s", tc.n, tc.rate, got, tc.want)
		}
	}
}

func TestRateIsKept(t *testing.T) {
	t.Parallel()
	run := Start(t.Context(), serve(t, newApp()), only(Get))
	until(t, "400 requests", sent(run, 400))
	got := run.Stop()
	// The clock allows request n no earlier than n/Rate; a busy machine may
	// delay some but not many of them.
	if most := int64(got.Duration.Seconds()*400) + 1; got.Sent > most || got.Sent < most*7/10 {
		t.Errorf("%d sent in %s at 400/s", got.Sent, got.Duration)
	}
}

func TestStopWaitsForWhatIsInFlight(t *testing.T) {
	t.Parallel()
	held, release := holding()
	defer release()
	run := Start(t.Context(), serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-held })), only(Get))
	until(t, "10 in flight", func() bool { return run.Snapshot().InFlight >= 10 })
	stopped := make(chan Report, 1)
	go func() { stopped <- run.Stop() }()
	until(t, "arrivals ended", func() bool { run.tally.mu.Lock(); defer run.tally.mu.Unlock(); return !run.tally.ended.IsZero() })
	before := run.Snapshot()
	select {
	case got := <-stopped:
		t.Fatalf("Stop returned with requests in flight: %s", got)
	default:
	}
	release()
	got := <-stopped
	if got.OK != before.Sent || got.Sent != before.Sent || got.InFlight != 0 || got.Failed != 0 {
		t.Errorf("before %s; after %s", before, got)
	}
	if again := run.Stop(); again.Sent != got.Sent || again.Duration != got.Duration {
		t.Errorf("a second Stop = %s, the first %s", again, got)
	}
}

func TestMaxInFlightSheds(t *testing.T) {
	t.Parallel()
	held, release := holding()
	defer release()
	var arrived atomic.Int64
	opts := only(Get)
	opts.MaxInFlight = 5
	run := Start(t.Context(), serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived.Add(1)
		<-held
	})), opts)
	until(t, "20 shed", func() bool { return run.Snapshot().Shed >= 20 })
	if got := run.Snapshot(); got.Sent != 5 || got.InFlight != 5 || got.ByKind[Get].Shed != got.Shed {
		t.Errorf("while held: %+v", got)
	}
	release()
	got := run.Stop()
	balanced(t, got)
	if got.OK != arrived.Load() || !strings.Contains(got.String(), "not sent") {
		t.Errorf("%d arrived: %s", arrived.Load(), got)
	}
}

func TestEndOfContextAbortsWithoutBlame(t *testing.T) {
	t.Parallel()
	held, release := holding()
	defer release()
	target := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-held }))
	ctx, cancel := context.WithCancel(t.Context())
	run := Start(ctx, target, quickly)
	until(t, "40 in flight", func() bool { return run.Snapshot().InFlight >= 40 })
	cancel()
	<-run.Done() // though the server still holds them all
	got := run.Snapshot()
	balanced(t, got)
	if got.Aborted != got.Sent || got.Failed != 0 || got.OK != 0 {
		t.Error(got)
	}
}

// An open WebSocket or event stream ends with the context too, even one whose
// server does not answer the close.
func TestEndOfContextEndsSessions(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{WebSocket, SSE} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			opened := make(chan struct{}, 1000)
			target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if kind == WebSocket {
					echoing(w, r, nil)
					return
				}
				streaming(w, "1")
				opened <- struct{}{}
				<-r.Context().Done()
			}))
			opts := only(kind)
			opts.SessionFor = time.Hour
			ctx, cancel := context.WithCancel(t.Context())
			run := Start(ctx, target, opts)
			if kind == SSE {
				<-opened
			} else {
				until(t, "an open session", func() bool { return run.client.sessions.Load() > 0 })
			}
			cancel()
			<-run.Done()
			if got := run.Snapshot(); got.Aborted != got.Sent || got.Failed != 0 {
				t.Errorf("%s: %v", got, got.FirstFailures)
			}
		})
	}
}
