package edge

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/load"
	"github.com/lockstep-dev/lockstep/internal/suite"
)

// brisk is the load of package load with short sessions, so that hundreds of
// replacements fit into seconds. It stays an open loop, half on new
// connections, with POSTs, slow answers, WebSockets and event streams.
func brisk(rate int) load.Options {
	return load.Options{
		Rate: rate, SlowFor: 250 * time.Millisecond, SessionFor: 250 * time.Millisecond, Events: 5,
		Timeout: 50 * time.Second,
	}
}

// slowPosts uploads bodies piece by piece, over connections of their own and
// over kept ones, until ctx ends; it counts what was not answered whole.
func slowPosts(ctx context.Context, addr string) (wait func() (sent, failed int64, first string)) {
	var count, failures atomic.Int64
	var first atomic.Value
	var running sync.WaitGroup
	for i := range 4 {
		running.Go(func() {
			transport := &http.Transport{DisableKeepAlives: i%2 == 0}
			defer transport.CloseIdleConnections()
			for ctx.Err() == nil {
				count.Add(1)
				if err := slowPost(context.WithoutCancel(ctx), transport, addr); err != nil {
					failures.Add(1)
					first.CompareAndSwap(nil, err.Error())
				}
			}
		})
	}
	return func() (int64, int64, string) {
		running.Wait()
		text, _ := first.Load().(string)
		return count.Load(), failures.Load(), text
	}
}

func slowPost(ctx context.Context, transport *http.Transport, addr string) error {
	body, send := io.Pipe()
	go func() {
		for range 5 {
			<-time.After(20 * time.Millisecond) // the client is slow; nothing waits for it
			if _, err := io.WriteString(send, "0123456789"); err != nil {
				return
			}
		}
		_ = send.Close()
	}()
	ctx, cancel := context.WithTimeout(ctx, 50*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/api/upload", body)
	if err != nil {
		return err
	}
	req.Host = envHost
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 || !strings.HasSuffix(string(answer), " 50") {
		return fmt.Errorf("answered %d %s, %v", resp.StatusCode, answer, err) //nolint:errorlint // it may be nil
	}
	return nil
}

// fleet replaces revisions of two instances each, one after the other.
type fleet struct {
	t     *testing.T
	edge  *Edge
	apps  []*app
	drain sync.WaitGroup
}

func (f *fleet) start(revision string) {
	f.apps = []*app{startApp(f.t, revision, nil), startApp(f.t, revision, nil)}
	f.edge.SetPool(envID, groupOf(revision), backends(revision, f.apps...))
}

// replace does as the engine and the agent do: start, shift, drain, take out
// of the pool, drain again, and kill at once: what is lost by then shows.
func (f *fleet) replace(old, next string, hold bool) {
	apps := f.apps
	if hold {
		f.edge.SetRouting(envID, held(50*time.Second, all(old)))
	}
	f.start(next)
	f.edge.SetRouting(envID, routing(none(old), all(next)))
	f.edge.SetRouting(envID, routing(all(next)))
	f.drain.Go(func() {
		ctx := within(f.t)
		left := f.edge.DrainGroups(ctx, envID, []string{groupOf(old)})
		f.edge.SetPool(envID, groupOf(old), nil)
		for _, b := range backends(old, apps...) {
			left += f.edge.DrainInstance(ctx, envID, b.Instance)
		}
		if left != 0 {
			f.t.Errorf("revision %s: %d in flight at the drain's end", old, left)
		}
		for _, a := range apps {
			a.kill()
		}
	})
}

func TestReplaceUnderLoad(t *testing.T) {
	t.Parallel()
	replaceUnderLoad(t, 60, 50)
}

// The load that the project defines, and as many replacements as it asks for.
func TestLoadReplacements(t *testing.T) { //nolint:paralleltest // it needs the machine
	suite.Belong(t, suite.Load)
	replaceUnderLoad(t, 300, 200)
}

func replaceUnderLoad(t *testing.T, replacements, rate int) {
	t.Helper()
	f := &fleet{t: t, edge: New(Options{})}
	addr := open(t, f.edge.Handler())
	f.start("v0")
	f.edge.SetRouting(envID, routing(all("v0")))
	run := load.Start(t.Context(), load.Target{Addr: addr, Host: envHost}, brisk(rate))
	posting, stopPosting := context.WithCancel(t.Context())
	posts := slowPosts(posting, addr)

	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for i := range replacements {
		<-tick.C
		f.replace(fmt.Sprintf("v%d", i), fmt.Sprintf("v%d", i+1), i%10 == 9)
	}
	stopPosting()
	report := run.Stop()
	sent, failed, first := posts()
	f.drain.Wait()

	t.Logf("%d replacements: %v; %d slow uploads", replacements, report, sent)
	if report.Failed != 0 || report.Aborted != 0 || report.Shed != 0 {
		t.Errorf("%v\n%v", report, report.FirstFailures)
	}
	for _, kind := range []load.Kind{load.Get, load.Post, load.Slow, load.WebSocket, load.SSE} {
		if report.ByKind[kind].OK == 0 {
			t.Errorf("the load had no %s", kind)
		}
	}
	if failed != 0 || sent == 0 {
		t.Errorf("%d of %d slow uploads failed, the first: %s", failed, sent, first)
	}
	heldCount, shedCount := f.edge.HoldStats(envID)
	if shedCount != 0 {
		t.Errorf("%d held, %d shed", heldCount, shedCount)
	}
	stats := f.edge.Stats(envID)
	last := fmt.Sprintf("v%d", replacements)
	if len(stats) != 1 || stats[last].InFlight != 0 || stats[last].Errors+stats[last].Failed != 0 {
		t.Errorf("figures are left of %d revisions: %+v", len(stats), stats[last])
	}
	env := f.edge.envs[envID]
	if len(env.instances) != 2 || len(env.groups) != 1 {
		t.Errorf("%d instances and %d groups are remembered", len(env.instances), len(env.groups))
	}
}

// The control: the same load notices an instance that is killed without a
// drain. Without it, no failures in the tests above would prove nothing.
func TestKilledInstanceIsNoticed(t *testing.T) {
	t.Parallel()
	f := &fleet{t: t, edge: New(Options{})}
	addr := open(t, f.edge.Handler())
	f.start("v0")
	f.edge.SetRouting(envID, routing(all("v0")))
	run := load.Start(t.Context(), load.Target{Addr: addr, Host: envHost}, brisk(100))
	victim, revision := f.apps[0], backends("v0", f.apps...)
	eventually(t, "the victim is busy", func() bool { return victim.sessions.Load() > 2 })
	victim.kill()
	f.edge.SetPool(envID, groupOf("v0"), revision[1:])
	report := run.Stop()
	t.Log(report)
	if report.Failed == 0 {
		t.Error("an instance was killed in the middle of its requests, and the load saw no failure")
	}
}
