package agent_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
	"github.com/lockstep-dev/lockstep/internal/load"
)

// upgrade starts an agent of another version beside the one that runs.
func (f *field) upgrade(version string) (old <-chan struct{}) {
	f.t.Helper()
	old = f.Exited()
	f.Version = version
	f.Launch(f.t)
	return old
}

func TestAHandoverUnderLoadFailsNoRequest(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 2)
	f.route(g)
	before := f.instances(g.ID)

	run := load.Start(t.Context(), load.Target{Addr: f.Edge, Host: "staging.sunday.localhost"}, load.Options{
		Rate: 100, SlowFor: time.Second, SessionFor: time.Second, Events: 8,
	})
	own := load.Start(t.Context(), load.Target{Addr: f.own()}, load.Options{Rate: 50, SlowFor: time.Second, SessionFor: time.Second})
	var ended []<-chan struct{}
	for n := range 3 {
		answered(t, run, 100)
		ended = append(ended, f.upgrade(fmt.Sprintf("upgrade %d", n)))
	}
	// While load goes on, its connections move over, and what has none left ends.
	for _, old := range ended {
		select {
		case <-old:
		case <-time.After(patience):
			t.Error("an agent that handed over does not end")
		}
	}
	ended = append(ended[:0], f.upgrade("last"))
	// A deployment after the upgrades: what the agents before still finish
	// must not meet instances that are gone.
	next := f.prepare(f.Spec("next", agenttest.Serves))[0]
	f.start(next.ID, 2)
	f.awaitReady(next.ID, 2)
	must(t, f.SetRouting(t.Context(), wire.RoutingRequest{Call: f.call(), Routing: routingTo("two", next)}))
	if err := f.Stop(t.Context(), wire.StopRequest{Call: f.call(), Groups: []string{g.ID}, Drain: lockstep.Duration(patience)}); err != nil {
		t.Errorf("stop: %v", err)
	}
	answered(t, run, 100)

	for name, r := range map[string]*load.Run{"edge": run, "own port": own} {
		report := r.Stop()
		if report.Failed != 0 || report.Shed != 0 || report.OK == 0 {
			t.Errorf("%s: %s\n%v", name, report, report.FirstFailures)
		}
		if report.ByRelease["next"] == 0 || report.ByRelease["web"] == 0 {
			t.Errorf("%s: answers by release %v, want both", name, report.ByRelease)
		}
	}
	for _, e := range f.Journal(t) {
		if e.Effect == "restart" {
			t.Errorf("%s was restarted: %+v", e.Instance, before)
		}
	}
	for _, old := range ended {
		select {
		case <-old:
		case <-time.After(90 * time.Second):
			t.Error("an agent that handed over does not end")
		}
	}
}

// answered waits for so many more answers.
func answered(t *testing.T, run *load.Run, n int64) {
	t.Helper()
	w := run.Window()
	await(t, fmt.Sprintf("%d answers", n), func() (bool, string) {
		r := w.Report()
		return r.OK+r.Failed >= n, r.String()
	})
}

func TestAHandoverKeepsInstancesAndStateAndHeldRequests(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	f.route(g)
	before := f.instances(g.ID)[0]
	url := f.own()

	r := routingTo("one", g)
	r.HoldFor = lockstep.Duration(patience)
	must(t, f.SetRouting(t.Context(), wire.RoutingRequest{Call: f.call(), Routing: r}))
	held := make(chan string, 1)
	go func() {
		status, body, err := ask(t, url, "/")
		held <- fmt.Sprint(status, body, err)
	}()
	waiting := make(chan string, 1)
	go func() {
		status, body, err := ask(t, before.Address, "/wait") // past the edge: only the instance matters
		waiting <- fmt.Sprint(status, body, err)
	}()
	await(t, "the request to be held", func() (bool, string) {
		text, err := f.Metrics(t.Context())
		must(t, err)
		return strings.Contains(string(text), `lockstep_edge_waiting{environment="staging",project="sunday"} 1`), string(text)
	})

	old := f.upgrade("next")
	if after := f.instances(g.ID); len(after) != 1 || after[0].PID != before.PID || after[0].Restarts != 0 || !after[0].ReadyAt.Equal(*before.ReadyAt) {
		t.Errorf("%+v\nbecame\n%+v", before, after)
	}
	if f.own() != url {
		t.Errorf("the environment's address was %s and is %s", url, f.own())
	}
	select {
	case got := <-held:
		t.Fatalf("a held request was answered during the handover: %s", got)
	case <-time.After(100 * time.Millisecond): // there is no signal for what does not happen
	}
	f.route(g)
	if got := <-held; got != "200web<nil>" {
		t.Errorf("the held request got %s", got)
	}
	get(t, before.Address, "/release")
	if got := <-waiting; got != "200web<nil>" {
		t.Errorf("the instance's request got %s", got)
	}
	late := f.call()
	late.Fence = 0
	wantCode(t, f.Remove(t.Context(), late), lockstep.CodeFenced)
	f.start(g.ID, 2)
	f.awaitReady(g.ID, 2)
	<-old
}

func TestAnAgentOfTheSameVersionDoesNotTakeOver(t *testing.T) {
	t.Parallel()
	f := newField(t)
	err := runHere(t, f, "test")
	wantCode(t, err, lockstep.CodeConflict)
	if _, err := f.Info(t.Context()); err != nil {
		t.Errorf("the agent that ran does not answer: %v", err)
	}
}

// A successor that dies before it serves leaves everything as it was.
func TestAFailedHandoverIsTakenBack(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 2)
	f.route(g)
	before := f.instances(g.ID)
	run := load.Start(t.Context(), load.Target{Addr: f.Edge, Host: "staging.sunday.localhost"}, load.Options{
		Rate: 50, SlowFor: 500 * time.Millisecond, SessionFor: 500 * time.Millisecond,
	})
	for _, farewell := range []string{"", "go\n", "go\nnonsense\n"} {
		answered(t, run, 50)
		conn, err := wire.Dial(t.Context(), f.Dir)
		must(t, err)
		_, err = fmt.Fprint(conn, "POST /v1/handover HTTP/1.1\r\nHost: agent\r\nContent-Length: 0\r\n\r\n")
		must(t, err)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		must(t, err)
		if res.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("handover: %s", res.Status)
		}
		if _, err := fmt.Fprint(conn, farewell); err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
		await(t, "the agent to act again", func() (bool, string) {
			call := f.call()
			err := f.Client.Start(t.Context(), wire.StartRequest{Call: call, Group: g.ID, Replicas: 2})
			return err == nil, fmt.Sprint(err)
		})
		after := f.awaitReady(g.ID, 2)
		for i := range after {
			if after[i].PID != before[i].PID {
				t.Errorf("%s was replaced", after[i].ID)
			}
		}
	}
	answered(t, run, 50)
	if report := run.Stop(); report.Failed != 0 || report.OK == 0 {
		t.Errorf("%s\n%v", report, report.FirstFailures)
	}
	f.upgrade("at last")
}

// A stop that another agent has to finish waits for the requests of the one
// before.
func TestAStopAfterAHandoverWaitsForEarlierRequests(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	f.route(g)
	in := f.instances(g.ID)[0]
	waiting := f.waitingRequest()
	f.upgrade("next")

	left, err := f.Drain(t.Context(), wire.DrainRequest{Call: f.call(), Groups: []string{g.ID}, Timeout: lockstep.Duration(50 * time.Millisecond)})
	if err != nil || left.Left == 0 {
		t.Errorf("drain: %d left, %v; one is in flight through the agent before", left.Left, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	stopped := make(chan error, 1)
	call := f.call()
	go func() {
		stopped <- f.Stop(ctx, wire.StopRequest{Call: call, Groups: []string{g.ID}, Drain: lockstep.Duration(patience)})
	}()
	f.awaitInstance(g.ID, "draining", func(i lockstep.Instance) bool { return i.State == lockstep.InstanceDraining })
	get(t, in.Address, "/release")
	if got := <-waiting; got != "200web<nil>" {
		t.Errorf("the request in flight got %s", got)
	}
	must(t, <-stopped)
}

// An agent that dies while the one before it still finishes requests is
// replaced at once.
func TestTheLockGoesWithTheHandover(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	f.route(g)
	in := f.instances(g.ID)[0]
	url := f.own()
	waiting := f.waitingRequest()
	first := f.upgrade("next")
	f.Restart(t)
	select {
	case <-first:
		t.Error("the first agent ended before its request")
	default:
	}
	if got := get(t, url, "/"); got != "web" {
		t.Errorf("got %q", got)
	}
	get(t, in.Address, "/release")
	if got := <-waiting; got != "200web<nil>" {
		t.Errorf("the request in flight got %s", got)
	}
}

// waitingRequest is one in flight through the edge, until the instance's next
// /release; what comes of it is sent.
func (f *field) waitingRequest() <-chan string {
	f.t.Helper()
	done := make(chan string, 1)
	url := f.own()
	go func() {
		status, body, err := ask(f.t, url, "/wait")
		done <- fmt.Sprint(status, body, err)
	}()
	await(f.t, "a request in flight", func() (bool, string) {
		stats, err := f.Stats(f.t.Context(), f.env)
		must(f.t, err)
		return stats["one"].InFlight == 1, fmt.Sprint(stats)
	})
	return done
}
