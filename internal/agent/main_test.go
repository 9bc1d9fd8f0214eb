package agent_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

func TestMain(m *testing.M) { agenttest.Main(m) }

const patience = 30 * time.Second

// field is an agent with an environment on it, as a server sees them.
type field struct {
	*agenttest.Agent
	t    *testing.T
	env  string
	step int
}

func newField(t *testing.T) *field {
	t.Helper()
	return onField(t, agenttest.Start(t))
}

func onField(t *testing.T, a *agenttest.Agent) *field {
	t.Helper()
	return &field{Agent: a, t: t, env: uuid.NewString()}
}

func (f *field) call() wire.Call {
	f.step++
	return wire.Call{Environment: f.env, Fence: 1, Key: fmt.Sprintf("operation/%d-step", f.step)}
}

func (f *field) place() wire.Place { return wire.Place{Project: "sunday", Environment: "staging"} }

func groupsOf(t *testing.T, specs ...lockstep.ServiceSpec) []lockstep.Group {
	t.Helper()
	groups, err := lockstep.RevisionContent{Services: specs}.Groups()
	must(t, err)
	return groups
}

func (f *field) prepare(specs ...lockstep.ServiceSpec) []lockstep.Group {
	f.t.Helper()
	groups := groupsOf(f.t, specs...)
	must(f.t, f.Prepare(f.t.Context(), wire.PrepareRequest{Call: f.call(), Place: f.place(), Groups: groups}))
	return groups
}

func (f *field) start(group string, replicas int) {
	f.t.Helper()
	must(f.t, f.Client.Start(f.t.Context(), wire.StartRequest{Call: f.call(), Group: group, Replicas: replicas}))
}

func (f *field) stop(groups ...string) {
	f.t.Helper()
	must(f.t, f.Stop(f.t.Context(), wire.StopRequest{Call: f.call(), Groups: groups, Drain: lockstep.Duration(time.Second)}))
}

// run prepares and starts one service and waits until it is ready.
func (f *field) run(spec lockstep.ServiceSpec, replicas int) lockstep.Group {
	f.t.Helper()
	g := f.prepare(spec)[0]
	f.start(g.ID, replicas)
	f.awaitReady(g.ID, replicas)
	return g
}

func (f *field) instances(group string) []lockstep.Instance {
	f.t.Helper()
	all, err := f.Instances(f.t.Context(), f.env)
	must(f.t, err)
	var out []lockstep.Instance
	for _, i := range all {
		if i.Group == group {
			out = append(out, i)
		}
	}
	return out
}

func (f *field) awaitReady(group string, replicas int) []lockstep.Instance {
	f.t.Helper()
	var seen []lockstep.Instance
	await(f.t, fmt.Sprintf("%d ready of %s", replicas, group), func() (bool, string) {
		seen = f.instances(group)
		ready := 0
		for _, i := range seen {
			if i.State == lockstep.InstanceReady {
				ready++
			}
		}
		return ready == replicas && len(seen) == replicas, fmt.Sprintf("%+v", seen)
	})
	return seen
}

// awaitInstance waits until the group's first instance is as cond says.
func (f *field) awaitInstance(group, what string, cond func(lockstep.Instance) bool) lockstep.Instance {
	f.t.Helper()
	var seen []lockstep.Instance
	await(f.t, what, func() (bool, string) {
		seen = f.instances(group)
		return len(seen) > 0 && cond(seen[0]), fmt.Sprintf("%+v", seen)
	})
	return seen[0]
}

// route leads everything to the groups, by service, one revision for all.
func (f *field) route(groups ...lockstep.Group) {
	f.t.Helper()
	must(f.t, f.SetRouting(f.t.Context(), wire.RoutingRequest{Call: f.call(), Routing: routingTo("one", groups...)}))
}

func routingTo(revision string, groups ...lockstep.Group) lockstep.Routing {
	rev := lockstep.RevisionRoutes{Revision: revision, Hash: "0123456789ab", Release: revision}
	for _, g := range groups {
		rev.Services = append(rev.Services, lockstep.ServiceRoute{Service: g.Service, Group: g.ID, Prefixes: g.Spec.Routes})
	}
	return lockstep.Routing{
		Project: "sunday", Environment: "staging",
		Revisions: []lockstep.RevisionRoutes{rev}, Splits: []lockstep.Split{{Revision: revision, Weight: 1}},
	}
}

// ask sends a GET to an address of ours.
func ask(t *testing.T, addr, path string) (int, string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+path, nil)
	must(t, err)
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, strings.TrimSpace(string(body)), err
}

// get is ask where an answer with 200 is wanted.
func get(t *testing.T, addr, path string) string {
	t.Helper()
	status, body, err := ask(t, addr, path)
	if err != nil || status != http.StatusOK {
		t.Fatalf("GET %s%s: %d %q %v", addr, path, status, body, err)
	}
	return body
}

// own is the address of the environment's own listener.
func (f *field) own() string {
	f.t.Helper()
	info, err := f.Info(f.t.Context())
	must(f.t, err)
	return info.Ports[f.env]
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, want lockstep.Code) {
	t.Helper()
	var coded *lockstep.Error
	if !errors.As(err, &coded) || coded.Code != want {
		t.Errorf("got error %v, want one with code %s", err, want)
	}
}

func await(t *testing.T, what string, cond func() (bool, string)) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		ok, state := cond()
		if ok {
			return
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-deadline.C:
			t.Fatalf("waited in vain for %s; last seen: %s", what, state)
		}
	}
}

// runHere runs an agent in this process, in the directory of another.
func runHere(t *testing.T, f *field, version string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return agent.Run(ctx, agent.Options{Dir: f.Dir, EdgeAddr: "127.0.0.1:0", Version: version, Logger: slog.New(slog.DiscardHandler)})
}
