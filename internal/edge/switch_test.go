package edge

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/load"
)

// The live address goes to and fro between two environments, as a switch moves
// it: the new one's claim first, then the old one's goes. Nothing that comes
// under it fails, and WebSockets and event streams end where they began.
func TestTheLiveAddressMovesUnderLoad(t *testing.T) {
	t.Parallel()
	const moves = 80
	e := New(Options{})
	addr := open(t, e.Handler())
	names := []string{"blue", "green"}
	set := func(name string, epoch int64) {
		r := routing(all(name))
		r.Environment, r.Live, r.LiveEpoch = name, epoch > 0, epoch
		e.SetRouting(name, r)
	}
	apps := map[string][]*app{}
	for _, name := range names {
		apps[name] = []*app{startApp(t, name, nil), startApp(t, name, nil)}
		e.SetPool(name, groupOf(name), backends(name, apps[name]...))
		set(name, 0)
	}
	set("blue", 1)
	run := load.Start(t.Context(), load.Target{Addr: addr, Host: lockstep.LiveHost(project)}, brisk(60))
	// A gap would be too short for that load: someone looks all the time.
	var looking sync.WaitGroup
	over, gaps := make(chan struct{}), atomic.Int64{}
	looking.Go(func() {
		for {
			select {
			case <-over:
				return
			default:
				if owner(e, lockstep.LiveHost(project)) == "" {
					gaps.Add(1)
				}
			}
		}
	})
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for i := range int64(moves) {
		<-tick.C
		set(names[(i+1)%2], i+2)
		wantOwner(t, e, lockstep.LiveHost(project), names[(i+1)%2])
		set(names[i%2], 0)
	}
	close(over)
	looking.Wait()
	if n := gaps.Load(); n > 0 {
		t.Errorf("the address led nowhere %d times", n)
	}
	report := run.Stop()
	t.Logf("%d moves: %v", moves, report)
	if report.Failed != 0 || report.Aborted != 0 || report.Shed != 0 {
		t.Errorf("%v\n%v", report, report.FirstFailures)
	}
	for _, kind := range []load.Kind{load.Get, load.Post, load.Slow, load.WebSocket, load.SSE} {
		if report.ByKind[kind].OK == 0 {
			t.Errorf("the load had no %s", kind)
		}
	}
	for _, name := range names {
		if s := e.Stats(name)[name]; s.Requests == 0 || s.Errors+s.Failed != 0 {
			t.Errorf("%s was asked and answered %+v", name, s)
		}
	}
}
