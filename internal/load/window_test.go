package load

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

func TestWindowCountsFromItsOpeningOn(t *testing.T) {
	t.Parallel()
	var release atomic.Value
	release.Store("1.0.0")
	var broken atomic.Bool
	run := Start(t.Context(), serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(ReleaseHeader, release.Load().(string))
		if broken.Load() {
			w.WriteHeader(http.StatusBadGateway)
		}
	})), only(Get))
	ok := func(n int64) func() bool { return func() bool { return run.Snapshot().OK >= n } }
	until(t, "50 good answers", ok(50))

	broken.Store(true)
	until(t, "a failure", func() bool { return run.Snapshot().Failed > 0 })
	release.Store("2.0.0")
	w := run.Window()
	until(t, "30 failures in the window", func() bool { return w.Report().Failed >= 30 })
	broken.Store(false)
	until(t, "20 good answers in the window", func() bool { return w.Report().OK >= 20 })

	total := run.Stop()
	got := w.Report()
	if got.Failed != total.Failed-w.base.failures || got.Failed == total.Failed || got.OK > total.OK-50 {
		t.Errorf("window: %s\nrun: %s\nfailed before the window: %d", got, total, w.base.failures)
	}
	if got.Started.Before(total.Started) || got.Duration <= 0 || got.Duration >= total.Duration {
		t.Errorf("window since %s for %s, run since %s for %s", got.Started, got.Duration, total.Started, total.Duration)
	}
	if total.ByRelease["1.0.0"]+total.ByRelease["2.0.0"] != total.Sent || got.ByRelease["2.0.0"] != total.ByRelease["2.0.0"] ||
		got.ByRelease["1.0.0"] >= total.ByRelease["1.0.0"] {
		t.Errorf("by release: window %v, run %v", got.ByRelease, total.ByRelease)
	}
}

func TestWindowsAreDifferences(t *testing.T) {
	t.Parallel()
	r := &Run{started: time.Now()}
	request := func(k Kind, latency time.Duration) {
		r.tally.begin(k, 10)
		r.tally.connected(k == Post)
		r.tally.ok(k, "1", latency)
	}
	request(Get, time.Second)
	request(Post, 3*time.Second)
	request(SSE, 9*time.Second) // not among the run's own latencies
	r.tally.begin(Slow, 10)     // ends inside the window
	w := r.Window()
	if got := w.Report(); got.Sent+got.OK+got.NewConnections != 0 || got.P99+got.Max != 0 || len(got.ByKind)+len(got.ByRelease) != 0 || got.InFlight != 1 {
		t.Errorf("an empty window = %+v", got)
	}
	request(Get, 10*time.Millisecond)
	request(Get, 20*time.Millisecond)
	r.tally.failed(Failure{Kind: Slow, Release: "2", Err: "x"})
	got := w.Report()
	if got.Sent != 2 || got.OK != 2 || got.Failed != 1 || got.NewConnections != 2 || got.ReusedConnections != 0 {
		t.Errorf("window = %+v", got)
	}
	if got.ByRelease["1"] != 2 || got.ByRelease["2"] != 1 {
		t.Errorf("by release %v", got.ByRelease)
	}
	if c := got.ByKind[Slow]; c.Sent != 0 || c.Failed != 1 {
		t.Errorf("slow = %+v: it was sent before the window and failed in it", c)
	}
	if got.Max < 20*time.Millisecond || got.Max > 21*time.Millisecond || got.P50 < 10*time.Millisecond || got.P50 > 11*time.Millisecond {
		t.Errorf("p50 %s max %s of 10 and 20 ms; the run's earlier answers took seconds", got.P50, got.Max)
	}
	if total := r.Snapshot(); total.Max != 3*time.Second || total.OK != 5 {
		t.Errorf("run = %+v", total)
	}
}

func TestFirstFailuresOfAWindow(t *testing.T) {
	t.Parallel()
	r := &Run{started: time.Now()}
	fail := func(from, to int) {
		for n := from; n < to; n++ {
			r.tally.begin(Get, 10)
			r.tally.failed(Failure{Kind: Get, Err: fmt.Sprint(n)})
		}
	}
	windowed := func(since int64, wantFirst string, wantLen int) {
		t.Helper()
		w := &Window{run: r, base: counters{failures: since}}
		got := w.Report().FirstFailures
		if len(got) != wantLen || (wantLen > 0 && got[0].Err != wantFirst) {
			t.Errorf("since %d of %d: %d failures, first %+v; want %d from %s", since, r.tally.now.failures, len(got), got, wantLen, wantFirst)
		}
	}
	fail(0, 30)
	windowed(0, "0", 20)
	windowed(10, "10", 20)
	windowed(25, "25", 5)
	windowed(30, "", 0)
	fail(30, 1000)
	windowed(0, "0", 20)
	windowed(980, "980", 20)
	windowed(990, "990", 10)
	windowed(100, "744", 20) // those from 100 on are forgotten up to 1000-256
	windowed(15, "15", 20)   // 15 to 19 are kept as the run's first
}
