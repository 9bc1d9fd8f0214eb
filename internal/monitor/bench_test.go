package monitor

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

const envAnswer = "LOCKSTEP_TEST_ANSWER"

// TestMain is also the process that answers the benchmark's checks, so that
// its time is not counted.
func TestMain(m *testing.M) {
	if os.Getenv(envAnswer) != "" {
		answer()
		return
	}
	os.Exit(m.Run())
}

func answer() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Println(l.Addr())
	go func() {
		_ = http.Serve(l, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	}()
	_, _ = os.Stdin.Read(make([]byte, 1)) // until the benchmark ends
}

func answerer(b *testing.B) string {
	b.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(b.Context()), os.Args[0]) // it ends with its input
	cmd.Env = append(os.Environ(), envAnswer+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return address[:len(address)-1]
}

// BenchmarkTenThousandChecks: half of them TCP, half HTTP, each every 10 s,
// with everything that follows: states, rollups and SQLite. One iteration is
// 10 seconds. cores is the processor time of this process by the time that
// passed; late is how long a check has waited for its slot.
func BenchmarkTenThousandChecks(b *testing.B) {
	const environments, each = 100, 100
	address := answerer(b)
	db, err := store.Open(b.Context(), store.Options{DataDir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	err = db.Update(b.Context(), func(tx *store.Tx) error {
		if err := tx.PutProject(lockstep.Project{ID: "p", Name: "shop"}); err != nil {
			return err
		}
		for i := range environments {
			e := lockstep.Environment{ID: fmt.Sprint("e", i), ProjectID: "p", Name: fmt.Sprint("env-", i), Type: lockstep.TypeCustom, Status: lockstep.EnvironmentInactive}
			for n := range each {
				endpoint := "http://" + address + "/"
				if n%2 == 0 {
					endpoint = "tcp://" + address
				}
				e.Spec.Dependencies = append(e.Spec.Dependencies, lockstep.DependencyRecord{Name: fmt.Sprint("d", n), Type: lockstep.ServiceAPI, Endpoint: endpoint})
			}
			if err := tx.PutEnvironment(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	var done, bad atomic.Int64
	warm := make(chan bool)
	m := New(Options{Store: db, Holder: "one", Checked: func(_ lockstep.CheckKind, status lockstep.HealthStatus, _ time.Duration) {
		if status != lockstep.HealthHealthy {
			bad.Add(1)
		}
		if done.Add(1) == environments*each {
			close(warm)
		}
	}})
	ctx, cancel := context.WithCancel(b.Context())
	var running sync.WaitGroup
	running.Go(func() { m.Run(ctx) })
	<-warm // the first round comes at once
	first, cpu, began := done.Load(), processorTime(b), time.Now()
	var late time.Duration
	b.ResetTimer()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range b.N {
		for range 100 {
			<-tick.C
			m.mu.Lock()
			late = max(late, m.schedule.late())
			m.mu.Unlock()
		}
	}
	b.StopTimer()
	checks, spent, passed := done.Load()-first, processorTime(b)-cpu, time.Since(began)
	b.ReportMetric(float64(checks)/passed.Seconds(), "checks/s")
	b.ReportMetric(spent.Seconds()/passed.Seconds(), "cores")
	b.ReportMetric(float64(spent.Microseconds())/float64(checks), "cpu-µs/check")
	b.ReportMetric(late.Seconds()*1000, "late-ms")
	b.ReportMetric(float64(bad.Load()), "bad")
	cancel()
	running.Wait()
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
