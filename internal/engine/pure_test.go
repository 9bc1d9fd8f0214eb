package engine

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func TestLeadsTo(t *testing.T) {
	t.Parallel()
	r := lockstep.RevisionRoutes{Services: []lockstep.ServiceRoute{
		{Service: "api", Prefixes: []string{"/api", "/v2/"}},
		{Service: "orders", Prefixes: []string{"/api/orders"}},
		{Service: "shop", Prefixes: []string{"/shop"}},
	}}
	for path, want := range map[string]string{
		"/api": "api", "/api/": "api", "/api/users?x=/api/orders": "api", "/apix": "", "/v2": "api", "/v2/x": "api",
		"/api/orders": "orders", "/api/orders/7": "orders", "/api/ordersx": "api", "/shop?x=1": "shop", "/": "", "": "",
	} {
		got, ok := leadsTo(r, path)
		if got != want || ok != (want != "") {
			t.Errorf("%q leads to %q (%v), want %q", path, got, ok, want)
		}
	}
	root := lockstep.RevisionRoutes{Services: []lockstep.ServiceRoute{{Service: "all", Prefixes: []string{"/"}}}}
	if got, ok := leadsTo(root, "/anything"); got != "all" || !ok {
		t.Errorf("/ leads %q", got)
	}
}

func TestGroupsOf(t *testing.T) {
	t.Parallel()
	instance := func(group, service string, state lockstep.InstanceState) lockstep.Instance {
		return lockstep.Instance{Group: group, Service: service, State: state}
	}
	running, ready := groupsOf([]lockstep.Instance{
		instance("a-1", "a", lockstep.InstanceReady), instance("a-1", "a", lockstep.InstanceReady),
		instance("a-2", "a", lockstep.InstanceReady), instance("a-2", "a", lockstep.InstanceStarting),
		instance("b-1", "b", lockstep.InstanceReady), instance("b-2", "b", lockstep.InstanceUnready),
		instance("b-3", "b", lockstep.InstanceReady), instance("b-3", "b", lockstep.InstanceReady),
	}, lockstep.Environment{Spec: lockstep.EnvironmentSpec{Replicas: map[string]int{"a": 2}}})
	if want := []string{"a-1", "a-2", "b-1", "b-2", "b-3"}; !reflect.DeepEqual(running, want) {
		t.Errorf("running %v, want %v", running, want)
	}
	if want := []string{"a-1", "b-1", "b-3"}; !reflect.DeepEqual(ready, want) {
		t.Errorf("ready %v, want %v", ready, want)
	}
}

func TestNothingIsStoppedThatGetsRequests(t *testing.T) {
	t.Parallel()
	r := lockstep.Routing{
		Revisions: []lockstep.RevisionRoutes{
			{Revision: "old", Services: []lockstep.ServiceRoute{{Group: "a-1"}}}, {Revision: "new", Services: []lockstep.ServiceRoute{{Group: "a-2"}}},
		},
		Splits: []lockstep.Split{{Revision: "new", Weight: 1}, {Revision: "old", Weight: 0}},
	}
	if err := unserved(r, []string{"a-1"}); err != nil {
		t.Error(err)
	}
	if err := unserved(r, []string{"b-1", "a-2"}); lockstep.CodeOf(err) != lockstep.CodeConflict {
		t.Errorf("got %v", err)
	}
	r.HoldFor = lockstep.Duration(time.Second)
	if err := unserved(r, []string{"a-2"}); err != nil {
		t.Errorf("while requests wait: %v", err)
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"127.0.0.1:80": true, "127.8.0.1:80": true, "[::1]:80": true, "localhost:80": true,
		"0.0.0.0:80": false, "[::]:80": false, ":80": false, "10.0.0.1:80": false, "example.com:80": false, "": false,
	} {
		if onLoopback(address) != want {
			t.Errorf("%q: %v", address, !want)
		}
	}
}

func TestEveryKindOfStepHasARunnerAndADeadline(t *testing.T) {
	t.Parallel()
	for _, kind := range []lockstep.StepKind{
		lockstep.StepPrepare, lockstep.StepStart, lockstep.StepAwaitHealthy, lockstep.StepVerify, lockstep.StepShiftTraffic,
		lockstep.StepHold, lockstep.StepDrain, lockstep.StepStop, lockstep.StepAnalyze, lockstep.StepHook,
		lockstep.StepPause, lockstep.StepApprove, lockstep.StepKeepWarm, lockstep.StepRemove,
	} {
		if _, err := runnerOf(kind); err != nil {
			t.Error(err)
		}
		step := lockstep.Step{Kind: kind, Do: lockstep.StepAction{Timeout: lockstep.Duration(time.Hour), Hook: &lockstep.Hook{}, Analysis: &lockstep.Analysis{Deadline: lockstep.Duration(time.Hour)}}}
		if d := deadline(step); d < time.Hour+time.Minute {
			t.Errorf("%s that waits an hour by itself gets %s", kind, d)
		}
	}
	if _, err := runnerOf("dance"); lockstep.CodeOf(err) != lockstep.CodeUnsupported {
		t.Errorf("got %v", err)
	}
}

func TestWhatAHookWroteIsFitToShow(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("line\n", 100)
	long := strings.Repeat("é", hookLine)
	for _, test := range []struct {
		output string
		want   []string
	}{
		{"", nil},
		{"\n \n", nil},
		{"one\r\n\n\ttwo  \nno end", []string{"one", "\ttwo", "no end"}},
		{"\x1b[1;32mgreen\x1b[0m\x07 \x1b]0;title\x07", []string{"green ]0;title"}},
		{many + "last\n", append(slices.Repeat([]string{"line"}, tailLength-1), "last")},
		{long, []string{long[:hookLine] + "…"}},
		{"x" + long, []string{"x" + long[:hookLine-2] + "…"}},
	} {
		if got := lastLines(test.output); !slices.Equal(got, test.want) {
			t.Errorf("%.40q: %q, want %q", test.output, got, test.want)
		}
	}
}
