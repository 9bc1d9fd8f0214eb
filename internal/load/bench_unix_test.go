//go:build unix

package load

import (
	"bufio"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asServer makes the test binary the server of the benchmark: in a process of
// its own, so that only the load's own CPU time is measured.
const asServer = "LOAD_BENCH_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) == "" {
		os.Exit(m.Run())
	}
	server := httptest.NewServer(newApp())
	fmt.Println(strings.TrimPrefix(server.URL, "http://"))
	_, _ = io.Copy(io.Discard, os.Stdin) // until the benchmark ends
}

func startServer(b *testing.B) Target {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), self)
	cmd.Env = append(os.Environ(), asServer+"=1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	addr, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return Target{Addr: strings.TrimSpace(addr)}
}

// BenchmarkRequest reports the CPU time that a request of the default load
// costs us, user and system; at 200 a second, 100 µs are 2 % of a core.
func BenchmarkRequest(b *testing.B) {
	for name, mix := range map[string]Mix{"mix": DefaultMix, "get": {Get: 1}} {
		b.Run(name, func(b *testing.B) {
			target := startServer(b)
			b.ReportAllocs()
			b.ResetTimer()
			before := cpuTime(b)
			run := Start(b.Context(), target, Options{Mix: mix, Rate: 500, SlowFor: 100 * time.Millisecond, SessionFor: 100 * time.Millisecond})
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for run.Snapshot().Sent < int64(b.N) {
				<-tick.C
			}
			got := run.Stop()
			spent := cpuTime(b) - before
			b.StopTimer()
			if got.Failed+got.Shed > 0 {
				b.Fatalf("%s\n%v", got, got.FirstFailures)
			}
			b.ReportMetric(float64(spent.Microseconds())/float64(got.Sent), "cpu-µs/request")
			b.ReportMetric(float64(got.P99.Microseconds()), "p99-µs")
			b.ReportMetric(0, "ns/op") // the rate decides it
		})
	}
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkSnapshot is what a display that asks many times a second pays.
func BenchmarkSnapshot(b *testing.B) {
	r := &Run{started: time.Now()}
	for _, k := range Kinds() {
		for n := range 100 {
			r.tally.begin(k, 1000)
			r.tally.ok(k, "1.0.0", time.Duration(n)*time.Millisecond)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		_ = r.Snapshot()
	}
}
