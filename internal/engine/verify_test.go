package engine

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// answers is a runtime and a router that say what a test wants to be judged.
type answers struct {
	runtime.Runtime
	traffic.Router
	instances []lockstep.Instance
	later     []lockstep.Instance // from the second look on; nil: the same
	routing   lockstep.Routing
	stats     map[string]lockstep.RevisionStats
	probe     traffic.ProbeResult
}

func (a *answers) Instances(context.Context, string) ([]lockstep.Instance, error) {
	seen := a.instances
	if a.later != nil {
		a.instances = a.later
	}
	return seen, nil
}

func (a *answers) Get(context.Context, string) (lockstep.Routing, error) { return a.routing, nil }

func (a *answers) Stats(context.Context, string) (map[string]lockstep.RevisionStats, error) {
	return a.stats, nil
}

func (a *answers) Probe(context.Context, string, string, string) (traffic.ProbeResult, error) {
	return a.probe, nil
}

// judge makes the verification of a revision with one service, api under
// /api, and of a good answer to everything.
func judge(direct bool) (*verification, *answers) {
	now := time.Now()
	routes := lockstep.RevisionRoutes{
		Revision: "v2", Services: []lockstep.ServiceRoute{{Service: "api", Group: "api-1", Prefixes: []string{"/api"}}},
	}
	a := &answers{
		instances: []lockstep.Instance{{ID: "api-1-0", Group: "api-1", Service: "api", State: lockstep.InstanceReady, Address: "127.0.0.1:80", ReadyAt: &now}},
		routing:   lockstep.Routing{Revisions: []lockstep.RevisionRoutes{routes}},
		stats:     map[string]lockstep.RevisionStats{"v2": {}},
		probe:     traffic.ProbeResult{Status: 404},
	}
	v := &verification{routes: routes, groups: []lockstep.Group{{ID: "api-1", Service: "api"}}}
	v.runtime, v.router, v.now = a, a, time.Now
	v.environment.Spec.Runtime = lockstep.RuntimeProcess
	v.step.Do.Direct, v.step.Do.Timeout = direct, lockstep.Duration(time.Millisecond)
	return v, a
}

func TestWhatValidationFinds(t *testing.T) {
	t.Parallel()
	old := lockstep.RevisionStats{Requests: 1000, Errors: 900, Failed: 50}
	plus := func(requests, errors, failed int64) map[string]lockstep.RevisionStats {
		return map[string]lockstep.RevisionStats{"v2": {Requests: old.Requests + requests, Errors: old.Errors + errors, Failed: old.Failed + failed}}
	}
	tests := map[string]struct {
		check  func(*verification, context.Context) error
		direct bool
		given  func(*verification, *answers)
		wrong  string // "": nothing
		found  string
	}{
		"all is well": {check: (*verification).infrastructure, found: "1 of 1 service in place"},
		"the router does not know it": {
			check: (*verification).infrastructure, given: func(_ *verification, a *answers) { a.routing.Revisions[0].Revision = "v1" },
			wrong: "the router does not know the revision",
		},
		"no instance": {
			check: (*verification).infrastructure, given: func(_ *verification, a *answers) { a.instances[0].Group = "api-0" },
			wrong: "api-1 has no instance",
		},
		"it is looked at anew by the next agent": {
			check: (*verification).applications, found: "1 of 1 instance ready",
			given: func(_ *verification, a *answers) {
				a.later = slices.Clone(a.instances)
				a.instances[0].State = lockstep.InstanceStarting
			},
		},
		"it has ended and starts again": {
			check: (*verification).applications, wrong: "api-1-0 is not ready: it is starting",
			given: func(_ *verification, a *answers) {
				a.later = slices.Clone(a.instances)
				a.instances[0].State, a.instances[0].Restarts = lockstep.InstanceStarting, 1
			},
		},
		"none is wanted": {
			check: (*verification).infrastructure, found: "1 of 1 service in place",
			given: func(v *verification, a *answers) {
				a.instances, v.environment.Spec.Replicas = nil, map[string]int{"api": 0}
			},
		},
		"one is missing": {
			check: (*verification).applications, wrong: "api-1 has 1 of 2 instances",
			given: func(v *verification, _ *answers) { v.environment.Spec.Replicas = map[string]int{"api": 2} },
		},
		"one that shrinks away does not count": {
			check: (*verification).applications, found: "1 of 1 instance ready",
			given: func(_ *verification, a *answers) {
				a.instances = append(a.instances, lockstep.Instance{ID: "api-1-1", Group: "api-1", State: lockstep.InstanceDraining})
			},
		},
		"a restart between two looks": {
			check: (*verification).applications, wrong: "api-1-0 restarted while it was watched",
			given: func(_ *verification, a *answers) {
				again := a.instances[0]
				again.Restarts++
				a.later = []lockstep.Instance{again}
			},
		},
		"a restart long ago": {
			check: (*verification).applications, found: "1 of 1 instance ready",
			given: func(_ *verification, a *answers) { a.instances[0].Restarts = 7 },
		},
		"nothing but its routes": {check: (*verification).security, found: "the router offers 1 of 1 service; a path without a route reaches nothing"},
		"a route that it does not ask for": {
			check: (*verification).security, wrong: "leads /admin to api",
			given: func(_ *verification, a *answers) {
				a.routing.Revisions = []lockstep.RevisionRoutes{{Revision: "v2", Services: []lockstep.ServiceRoute{{Service: "api", Prefixes: []string{"/admin"}}}}}
			},
		},
		"an answer where there is no route": {
			check: (*verification).security, given: func(_ *verification, a *answers) { a.probe = traffic.ProbeResult{Status: 404, Service: "api"} },
			wrong: "answered 404 by api though no service has that route",
		},
		"a page where there is no route": {
			check: (*verification).security, given: func(_ *verification, a *answers) { a.probe = traffic.ProbeResult{Status: 200} },
			wrong: "answered 200 by the router",
		},
		"an open port": {
			check: (*verification).security, given: func(_ *verification, a *answers) { a.instances[0].Address = ":80" },
			wrong: "api-1-0 listens on :80",
		},
		"an open port in a container": {
			check: (*verification).security, found: "the router offers",
			given: func(v *verification, a *answers) {
				v.environment.Spec.Runtime, a.instances[0].Address = lockstep.RuntimeDocker, "10.1.0.2:80"
			},
		},
		"good requests": {
			check: (*verification).monitoring, given: func(_ *verification, a *answers) { a.stats = plus(200, 2, 0) },
			found: "200 requests in 1ms, 2 errors (1.0 %)",
		},
		"too many errors": {
			check: (*verification).monitoring, given: func(_ *verification, a *answers) { a.stats = plus(200, 3, 0) },
			wrong: "200 requests in 1ms, 3 errors (1.5 %)",
		},
		"too many that reached nobody": {
			check: (*verification).monitoring, given: func(_ *verification, a *answers) { a.stats = plus(97, 0, 3) },
			wrong: "100 requests in 1ms, 3 errors (3.0 %)",
		},
		"too few to judge": {
			check: (*verification).monitoring, given: func(_ *verification, a *answers) { a.stats = plus(19, 19, 0) },
			found: "fewer than 20 requests are not judged",
		},
		"nobody counts": {
			check: (*verification).monitoring, given: func(_ *verification, a *answers) { a.stats = nil }, wrong: "no figures",
		},
		"nothing to count yet": {check: (*verification).monitoring, direct: true, given: func(_ *verification, a *answers) { a.stats = nil }, found: "judged when traffic has moved"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, a := judge(test.direct)
			v.before = old
			if test.given != nil {
				test.given(v, a)
			}
			if err := test.check(v, t.Context()); err != nil {
				t.Fatal(err)
			}
			_, err := v.verdict()
			if (err != nil) != (test.wrong != "") || err != nil && !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("wrong: %v, want %q", err, test.wrong)
			}
			if !strings.Contains(strings.Join(v.lines, "\n"), test.found) {
				t.Errorf("found %q, want %q", v.lines, test.found)
			}
		})
	}
}
