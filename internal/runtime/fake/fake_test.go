package fake_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/runtime/fake"
	"github.com/lockstep-dev/lockstep/internal/runtime/runtimetest"
	"github.com/lockstep-dev/lockstep/internal/traffic/traffictest"
)

func TestRuntimeConforms(t *testing.T) {
	t.Parallel()
	commands := map[runtimetest.Behaviour][]string{
		runtimetest.Serves:   nil,
		runtimetest.Exits:    {"exit 3"},
		runtimetest.Hangs:    {"hang"},
		runtimetest.Stubborn: {"stubborn"},
	}
	jobs := map[runtimetest.JobBehaviour][]string{
		runtimetest.JobSucceeds: {"log done {{run}}"},
		runtimetest.JobFails:    {"log broken", "exit 3"},
		runtimetest.JobSleeps:   {"takes 1m"},
		runtimetest.JobFloods:   append(slices.Repeat([]string{"log " + strings.Repeat("x", 1<<10)}, 3<<10), "log the end"),
	}
	runtimetest.Run(t, func(*testing.T) runtimetest.Subject {
		f := fake.New()
		return runtimetest.Subject{
			Runtime: f,
			Spec: func(service string, b runtimetest.Behaviour) lockstep.ServiceSpec {
				return lockstep.ServiceSpec{Name: service, Command: commands[b]}
			},
			Job:    func(b runtimetest.JobBehaviour) runtime.Job { return runtime.Job{Command: jobs[b]} },
			Starts: func(_ *testing.T, environment string) map[string]int { return f.Starts(environment) },
		}
	})
}

func TestRouterConforms(t *testing.T) {
	t.Parallel()
	traffictest.Run(t, func(*testing.T) traffictest.Subject {
		return traffictest.Subject{Router: fake.New()}
	})
}

// run prepares and starts one instance of each script, routed to revision v1.
func run(t *testing.T, f *fake.Fake, scripts map[string][]string) []lockstep.Instance {
	t.Helper()
	var content lockstep.RevisionContent
	for service, script := range scripts {
		content.Services = append(content.Services, lockstep.ServiceSpec{Name: service, Command: script})
	}
	groups, err := content.Groups()
	if err != nil {
		t.Fatal(err)
	}
	call := runtime.Call{Environment: "env", Fence: 1, Key: "op/1-all"}
	if err := f.Prepare(t.Context(), call, runtime.Place{}, groups); err != nil {
		t.Fatal(err)
	}
	routes := lockstep.RevisionRoutes{Revision: "v1"}
	for _, g := range groups {
		if err := f.Start(t.Context(), call, g.ID, 1); err != nil {
			t.Fatal(err)
		}
		routes.Services = append(routes.Services, lockstep.ServiceRoute{Service: g.Service, Group: g.ID, Prefixes: []string{"/" + g.Service}})
	}
	routing := lockstep.Routing{
		Environment: "staging", Revisions: []lockstep.RevisionRoutes{routes}, Splits: []lockstep.Split{{Revision: "v1", Weight: 1}},
	}
	if err := f.Set(t.Context(), call, routing); err != nil {
		t.Fatal(err)
	}
	return instances(t, f)
}

func instances(t *testing.T, f *fake.Fake) []lockstep.Instance {
	t.Helper()
	all, err := f.Instances(t.Context(), "env")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestInstancesFollowTheirScripts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := fake.New()
		run(t, f, map[string][]string{
			"crash": {"ready after 100ms", "exit 3 after 1s"}, "slow": {"ready after 2s"}, "wobbly": {"unready after 1s"},
		})
		type state struct {
			state    lockstep.InstanceState
			restarts int
		}
		for _, at := range []struct {
			wait                time.Duration
			crash, slow, wobbly state
		}{
			{0, state{"starting", 0}, state{"starting", 0}, state{"ready", 0}},
			{500 * time.Millisecond, state{"ready", 0}, state{"starting", 0}, state{"ready", 0}},
			{550 * time.Millisecond, state{"backoff", 0}, state{"starting", 0}, state{"unready", 0}},
			{100 * time.Millisecond, state{"starting", 1}, state{"starting", 0}, state{"unready", 0}},
			{1050 * time.Millisecond, state{"backoff", 1}, state{"ready", 0}, state{"unready", 0}},
		} {
			time.Sleep(at.wait) // of the bubble
			all := instances(t, f)
			for i, want := range []state{at.crash, at.slow, at.wobbly} {
				if got := (state{all[i].State, all[i].Restarts}); got != want {
					t.Errorf("%s is %v, want %v", all[i].ID, got, want)
				}
			}
		}
	})
}

func TestRequestsFollowTheScripts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := fake.New()
		all := run(t, f, map[string][]string{"shop": {"answer 500 on /shop/orders", "errors 5%", "busy 2 for 5s", "log one", "log two", "listen 10.0.0.5:80"}})
		for path, status := range map[string]int{"/shop": 200, "/shop/orders": 500, "/shopping": 404} {
			if got, err := f.Probe(t.Context(), "env", "v1", path); err != nil || got.Status != status {
				t.Errorf("%s: %+v, %v", path, got, err)
			}
		}
		f.Load("env", 100)
		time.Sleep(2 * time.Second)
		if stats, err := f.Stats(t.Context(), "env"); err != nil || stats["v1"].Requests != 200 || stats["v1"].Errors != 10 {
			t.Errorf("stats %+v, %v", stats, err)
		}
		call := runtime.Call{Environment: "env", Fence: 1, Key: "op/2-drain"}
		for timeout, want := range map[time.Duration]int{time.Second: 2, 6 * time.Second: 0} {
			begin := time.Now()
			left, err := f.Drain(t.Context(), call, []string{all[0].Group}, timeout)
			if took := time.Since(begin); err != nil || left != want || took != min(timeout, 5*time.Second) {
				t.Errorf("drain for %s: %d left after %s, %v", timeout, left, took, err)
			}
		}
		if lines, err := f.Tail(t.Context(), "env", all[0].ID, 1); err != nil || len(lines) != 1 || lines[0] != "two" {
			t.Errorf("tail %q, %v", lines, err)
		}
		if all[0].Address != "10.0.0.5:80" {
			t.Errorf("it listens on %s", all[0].Address)
		}
	})
}

func TestFaultsStrikeAsOftenAsTheySay(t *testing.T) {
	t.Parallel()
	f, broken := fake.New(), errors.New("broken")
	call := runtime.Call{Environment: "env", Fence: 1, Key: "op/1-prepare"}
	f.Inject(fake.Fault{Method: "prepare", Match: "1-prepare", Times: 2, Err: broken})
	f.Inject(fake.Fault{Method: "prepare", After: true, Times: 1, Err: broken})
	groups := []lockstep.Group{{ID: "a-1", Service: "a"}}
	for i, want := range []struct {
		err     error
		effects int
	}{{broken, 0}, {broken, 0}, {broken, 1}, {nil, 1}} {
		err := f.Prepare(t.Context(), call, runtime.Place{}, groups)
		if !errors.Is(err, want.err) || len(f.Effects()) != want.effects {
			t.Errorf("call %d: %v with effects %v", i, err, f.Effects())
		}
	}
	f.Inject(fake.Fault{Method: "instances", Err: broken})
	f.Heal()
	instances(t, f)
}

func TestAScriptThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	f := fake.New()
	call := runtime.Call{Environment: "env", Fence: 1, Key: "op/1-all"}
	group := lockstep.Group{ID: "a-1", Service: "a", Spec: lockstep.ServiceSpec{Command: []string{"explode"}}}
	if err := f.Prepare(t.Context(), call, runtime.Place{}, []lockstep.Group{group}); err != nil {
		t.Fatal(err)
	}
	if err := f.Start(t.Context(), call, "a-1", 1); lockstep.CodeOf(err) != lockstep.CodeInvalid {
		t.Errorf("got %v", err)
	}
}

// Synthetic requests and copies are counted apart, as the scripts say.
func TestSamplesFollowTheScripts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := fake.New()
		run(t, f, map[string][]string{"shop": {"errors 20%"}})
		routing, err := f.Get(t.Context(), "env")
		if err != nil {
			t.Fatal(err)
		}
		routing.Mirror = &lockstep.Mirror{Revision: "v1", Percent: 100}
		if err := f.Set(t.Context(), runtime.Call{Environment: "env", Fence: 1, Key: "op/2-mirror"}, routing); err != nil {
			t.Fatal(err)
		}
		f.Load("env", 100)
		if err := f.Sample(t.Context(), "env", []string{"v1", "unknown"}, []string{"/shop"}, 10); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond) // of the bubble: the rest of a second
		stats, err := f.Stats(t.Context(), "env")
		if err != nil {
			t.Fatal(err)
		}
		got := stats["v1"]
		if p := got.Apart[lockstep.SampleProbe]; p.Requests != 10 || p.Errors != 2 {
			t.Errorf("synthetic: %+v", p)
		}
		if m := got.Apart[lockstep.SampleMirrored]; m.Requests != 100 || m.Errors != 20 || got.Requests != 100 {
			t.Errorf("mirrored: %+v of %d", m, got.Requests)
		}
	})
}
