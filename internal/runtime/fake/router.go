package fake

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// Set implements traffic.Router.
func (f *Fake) Set(ctx context.Context, call runtime.Call, routing lockstep.Routing) error {
	return f.effect(ctx, "set", call, func(e *environment) error {
		if reflect.DeepEqual(e.routing, routing) {
			return nil
		}
		if err := f.enterLive(call, routing); err != nil {
			return err
		}
		e.settle()
		if e.routing.Environment == "" {
			e.made[lockstep.LedgerRoutes]++
		}
		e.routing = routing
		if routing.Environment == "" {
			e.load.stats = nil
		}
		f.note(call, "route", inShort(routing))
		return nil
	})
}

// inShort is a routing as effects show it: "v2=100 v1=0, held 30s".
func inShort(r lockstep.Routing) string {
	if r.Environment == "" {
		return "forgotten"
	}
	var parts []string
	for _, rev := range r.Revisions {
		weight := 0
		for _, split := range r.Splits {
			if split.Revision == rev.Revision {
				weight = split.Weight
			}
		}
		parts = append(parts, fmt.Sprintf("%s=%d", rev.Revision, weight))
	}
	if len(parts) == 0 {
		parts = []string{"nothing"}
	}
	out := strings.Join(parts, " ")
	if r.Live {
		out += ", live"
		if r.LiveEpoch > 0 {
			out += fmt.Sprintf(" in epoch %d", r.LiveEpoch)
		}
	}
	if r.Drill {
		out += ", in a drill"
	}
	if r.HoldFor > 0 {
		out += ", held " + r.HoldFor.String()
	}
	if r.Sticky != nil {
		out += ", sticky"
	}
	if r.Testers != nil {
		out += ", testers to " + r.Testers.Revision
	}
	if r.Mirror != nil {
		out += fmt.Sprintf(", %d%% mirrored to %s", r.Mirror.Percent, r.Mirror.Revision)
	}
	if r.Maintenance != nil {
		out += ", in maintenance"
	}
	if len(r.Disabled) > 0 {
		out += ", without " + strings.Join(r.Disabled, " and ")
	}
	return out
}

// Get implements traffic.Router.
func (f *Fake) Get(ctx context.Context, environment string) (r lockstep.Routing, err error) {
	err = f.around(ctx, "get", "", func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		r = f.env(environment).routing
		return nil
	})
	return r, err
}

// Drain implements traffic.Router.
func (f *Fake) Drain(ctx context.Context, call runtime.Call, groups []string, timeout time.Duration) (left int, err error) {
	err = f.around(ctx, "drain", call.Key, func() error {
		busy, busyFor, err := f.busy(call, groups)
		if err != nil || busy == 0 {
			return err
		}
		if err := sleep(ctx, min(busyFor, timeout)); err != nil {
			return err
		}
		if busyFor > timeout {
			left = int(busy)
		}
		return nil
	})
	return left, err
}

func (f *Fake) busy(call runtime.Call, groups []string) (requests int64, lasting time.Duration, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.enter(call)
	if err != nil {
		return 0, 0, err
	}
	for _, i := range e.instances {
		if slices.Contains(groups, i.group) {
			requests += i.script.busy
			lasting = max(lasting, i.script.busyFor)
		}
	}
	return requests, lasting, nil
}

// Probe implements traffic.Router.
func (f *Fake) Probe(ctx context.Context, environment, revision, path string) (out traffic.ProbeResult, err error) {
	err = f.around(ctx, "probe", path, func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		out = f.env(environment).probe(revision, path)
		return nil
	})
	return out, err
}

// enterLive checks the epoch of a routing that is live and holds the highest.
func (f *Fake) enterLive(call runtime.Call, r lockstep.Routing) error {
	if !r.Live {
		return nil
	}
	known := f.live[r.Project]
	if r.LiveEpoch < known.epoch || r.LiveEpoch == known.epoch && known.epoch > 0 && known.environment != call.Environment {
		return lockstep.Errorf(lockstep.CodeFenced, "epoch %d of %s is over: %s has epoch %d", r.LiveEpoch, r.Project, known.environment, known.epoch)
	}
	f.live[r.Project] = claim{r.LiveEpoch, call.Environment}
	return nil
}

// LiveEpoch implements traffic.LiveRouter.
func (f *Fake) LiveEpoch(ctx context.Context, project string) (epoch int64, err error) {
	err = f.around(ctx, "liveEpoch", project, func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		epoch = f.live[project].epoch
		return nil
	})
	return epoch, err
}

// ProbeHost implements traffic.LiveRouter, for live addresses and drills.
func (f *Fake) ProbeHost(ctx context.Context, host, _, revision, path string) (out traffic.HostProbe, err error) {
	err = f.around(ctx, "probeHost", host, func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		epoch := int64(-1)
		for id, e := range f.envs {
			live := e.routing.Live && lockstep.LiveHost(e.routing.Project) == host
			if drill := e.routing.Drill && lockstep.DrillHost(e.routing.Project) == host; live || drill {
				if e.routing.LiveEpoch > epoch {
					epoch, out.Environment = e.routing.LiveEpoch, id
				}
			}
		}
		if out.Environment == "" {
			out.Err = host + " leads nowhere"
			return nil
		}
		out.ProbeResult = f.envs[out.Environment].probe(revision, path)
		return nil
	})
	return out, err
}

func (e *environment) probe(revision, path string) traffic.ProbeResult {
	at := slices.IndexFunc(e.routing.Revisions, func(r lockstep.RevisionRoutes) bool { return r.Revision == revision })
	if at < 0 {
		return traffic.ProbeResult{Err: "the routing has no revision " + revision}
	}
	service, ok := route(e.routing.Revisions[at], path)
	if !ok {
		return traffic.ProbeResult{Status: 404, Duration: time.Millisecond}
	}
	for _, i := range e.instances {
		if i.group != service.Group || i.report(time.Now()).State != lockstep.InstanceReady {
			continue
		}
		status, scripted := i.script.answers[path]
		if !scripted {
			status = 200
		}
		return traffic.ProbeResult{Service: service.Service, Status: status, Duration: time.Millisecond}
	}
	return traffic.ProbeResult{Service: service.Service, Err: "no instance of " + service.Group + " is ready"}
}

// route finds the service with the longest prefix of the path.
func route(r lockstep.RevisionRoutes, path string) (best lockstep.ServiceRoute, ok bool) {
	length := -1
	for _, s := range r.Services {
		for _, p := range s.Prefixes {
			bare := strings.TrimSuffix(p, "/")
			if (path == bare || strings.HasPrefix(path, bare+"/")) && len(bare) > length {
				best, length, ok = s, len(bare), true
			}
		}
	}
	return best, ok
}
