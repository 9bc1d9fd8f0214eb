package agent_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestReadinessFollowsTheCheck(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 2)
	f.route(g)
	first := f.instances(g.ID)[0]
	pids := func() map[string]bool {
		seen := map[string]bool{}
		for range 20 {
			seen[get(t, f.own(), "/pid")] = true
		}
		return seen
	}
	if seen := pids(); len(seen) != 2 {
		t.Errorf("requests reach %v, want both instances", seen)
	}

	get(t, first.Address, "/sick")
	in := f.awaitInstance(g.ID, "unready", func(i lockstep.Instance) bool { return i.State == lockstep.InstanceUnready })
	if in.Reason != "GET /health answered 500" || in.PID != first.PID {
		t.Errorf("unready: %+v", in)
	}
	if seen := pids(); seen[itoa(first.PID)] || len(seen) != 1 {
		t.Errorf("requests reach %v, want all but %d", seen, first.PID)
	}

	get(t, first.Address, "/well")
	f.awaitReady(g.ID, 2)
	if seen := pids(); len(seen) != 2 {
		t.Errorf("requests reach %v, want both instances again", seen)
	}
}

func TestAnInstanceThatIsNotReadySaysWhy(t *testing.T) {
	t.Parallel()
	f := newField(t)
	soon := lockstep.Duration(100 * time.Millisecond)
	cases := []struct {
		service, path string
		behaviour     agenttest.Behaviour
		says          string
	}{
		{"deaf", "/health", agenttest.Hangs, "nothing listens on port"},
		{"deaf-tcp", "", agenttest.Hangs, "nothing listens on port"},
		{"wrong", "/status/404", agenttest.Serves, "GET /status/404 answered 404"},
		{"silent", "/wait", agenttest.Serves, "GET /wait did not answer within 100ms"},
	}
	if runtime.GOOS == "linux" { // which alone has more than one loopback address by itself
		cases = append(cases, cases[0])
		cases[4].service, cases[4].behaviour, cases[4].says = "astray", agenttest.Astray, "it listens on port"
	}
	for _, c := range cases {
		spec := f.Spec(c.service, c.behaviour)
		spec.Health = lockstep.HealthSpec{Path: c.path, Timeout: soon}
		g := f.prepare(spec)[0]
		f.start(g.ID, 1)
		in := f.awaitInstance(g.ID, "the reason, and nothing before it", func(i lockstep.Instance) bool {
			return strings.HasPrefix(i.Reason, c.says)
		})
		if in.State != lockstep.InstanceStarting || in.Restarts != 0 || in.ReadyAt != nil {
			t.Errorf("%s: %+v", c.service, in)
		}
	}
	exits := f.prepare(f.Spec("exits", agenttest.Exits))[0]
	f.start(exits.ID, 1)
	f.awaitInstance(exits.ID, "the exit as a reason", func(i lockstep.Instance) bool {
		return i.State == lockstep.InstanceBackoff && strings.HasPrefix(i.Reason, "exited with status 3 after ")
	})
	tcp := f.Spec("tcp", agenttest.Serves)
	tcp.Health = lockstep.HealthSpec{}
	f.run(tcp, 1)
}

func TestReadyTakesAsManyPassesAsAsked(t *testing.T) {
	t.Parallel()
	f := newField(t)
	spec := f.Spec("web", agenttest.Serves)
	spec.Health.HealthyAfter, spec.Health.UnhealthyAfter = 3, 2
	g := f.run(spec, 1)
	in := f.instances(g.ID)[0]
	get(t, in.Address, "/sick")
	f.awaitInstance(g.ID, "unready", func(i lockstep.Instance) bool { return i.State == lockstep.InstanceUnready })
	get(t, in.Address, "/well")
	f.awaitInstance(g.ID, "a count of passes", func(i lockstep.Instance) bool {
		return i.State == lockstep.InstanceReady || strings.HasPrefix(i.Reason, "answered ")
	})
	f.awaitReady(g.ID, 1)
}

func TestABackoffDelaysOneInstanceAlone(t *testing.T) {
	t.Parallel()
	f := newField(t)
	bad := f.prepare(f.Spec("bad", agenttest.Exits))[0]
	f.start(bad.ID, 3)
	f.awaitInstance(bad.ID, "three restarts", func(i lockstep.Instance) bool { return i.Restarts >= 3 })
	in := f.awaitInstance(bad.ID, "a pause that has grown", func(i lockstep.Instance) bool {
		return i.NextStart != nil && time.Until(*i.NextStart) > time.Second
	})
	f.run(f.Spec("good", agenttest.Serves), 1)
	if now := f.instances(bad.ID)[0]; now.Restarts > in.Restarts {
		t.Errorf("the good instance became ready only after another restart of the bad one: %+v", now)
	}
}

func TestAStrangerOnThePortIsNotTheInstance(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.prepare(f.Spec("web", agenttest.Slow))[0] // slow enough for the stranger to come first
	f.start(g.ID, 1)
	in := f.instances(g.ID)[0]
	l, err := net.Listen("tcp", in.Address)
	must(t, err)
	stranger := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}}
	stranger.Start()
	defer stranger.Close()

	ready := f.awaitReady(g.ID, 1)[0]
	if ready.Address == in.Address {
		t.Errorf("%s is ready on the stranger's port %s", ready.ID, ready.Address)
	}
	if get(t, ready.Address, "/") != "web" {
		t.Errorf("%s is not the instance", ready.Address)
	}
}

func TestAPortThatAStrangerTookIsGivenUp(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	f.route(g)
	in := f.instances(g.ID)[0]
	_, _, _ = ask(t, in.Address, "/die/1") // it cannot answer
	var l net.Listener
	await(t, "the port to be free for a moment", func() (bool, string) {
		var err error
		if l, err = net.Listen("tcp", in.Address); err != nil {
			return false, err.Error()
		}
		return true, ""
	})
	defer l.Close()
	again := f.awaitInstance(g.ID, "a restart", func(i lockstep.Instance) bool { return i.Restarts == 1 && i.State == lockstep.InstanceReady })
	if again.Address == in.Address {
		t.Errorf("%s is ready on a port that another has", again.ID)
	}
	if got := get(t, f.own(), "/"); got != "web" {
		t.Errorf("the edge leads to %q", got)
	}
}

func TestMetricsNameInstancesAndRevisions(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 2)
	f.route(g)
	get(t, f.own(), "/")
	text, err := f.Metrics(t.Context())
	must(t, err)
	for _, want := range []string{
		`lockstep_agent_instances{environment="sunday/staging",state="ready"} 2`,
		`lockstep_agent_instance_restarts{environment="sunday/staging",instance="` + g.ID + `-0"} 0`,
		`lockstep_agent_info{version="test"} 1`,
		`lockstep_edge_`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("metrics lack %s:\n%s", want, text)
		}
	}
}
