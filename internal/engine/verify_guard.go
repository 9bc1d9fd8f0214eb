package engine

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Above this share of requests, of at least so many, a revision that answers
// with errors does not pass.
const (
	maxErrorShare = 0.01
	fewRequests   = 20
)

// security: nothing of the revision can be reached but through its routes.
func (v *verification) security(ctx context.Context) error {
	var lines []string
	instances, err := v.ofRevision(ctx)
	if err != nil {
		return err
	}
	if v.environment.Spec.Runtime == lockstep.RuntimeProcess {
		for _, i := range instances {
			if !onLoopback(i.Address) {
				v.wrong("security", "%s listens on %s, which others than the router can reach: let it listen on 127.0.0.1", i.ID, i.Address)
			}
		}
		lines = append(lines, fmt.Sprintf("instances listen on this machine only (%d of %d)", len(instances), len(instances)))
	}
	routing, err := v.router.Get(ctx, v.environment.ID)
	if err != nil {
		return err
	}
	v.exposed(routing)
	lines = append(lines, fmt.Sprintf("the router offers %d of %s", len(v.routes.Services), count(len(v.groups), "service")))
	line, err := v.unrouted(ctx)
	if err != nil {
		return err
	}
	v.found("security", "%s", strings.Join(append(lines, line...), "; "))
	return nil
}

func onLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// exposed compares the routing in force with what the revision asks for.
func (v *verification) exposed(routing lockstep.Routing) {
	for _, r := range routing.Revisions {
		if r.Revision != v.routes.Revision {
			continue
		}
		for _, s := range r.Services {
			asked := slices.ContainsFunc(v.routes.Services, func(want lockstep.ServiceRoute) bool {
				return want.Service == s.Service && slices.Equal(want.Prefixes, s.Prefixes)
			})
			if !asked {
				v.wrong("security", "the router leads %s to %s, which the revision does not ask for: deploy again", strings.Join(s.Prefixes, ", "), s.Service)
			}
		}
	}
}

// unrouted asks for a path that no service has, where there is one.
func (v *verification) unrouted(ctx context.Context) ([]string, error) {
	const path = "/.lockstep-no-such-route"
	if _, ok := leadsTo(v.routes, path); ok {
		return nil, nil
	}
	result, err := v.router.Probe(ctx, v.environment.ID, v.routes.Revision, path)
	if err != nil {
		return nil, err
	}
	if result.Service != "" || result.Status < 400 && result.Err == "" {
		v.wrong("security", "GET %s answered %d by %s though no service has that route", path, result.Status, named(result.Service))
	}
	return []string{"a path without a route reaches nothing"}, nil
}

// monitoring: the router counts the revision's requests, and what it counted
// since the watch began, once traffic has moved, is good.
func (v *verification) monitoring(ctx context.Context) error {
	all, err := v.router.Stats(ctx, v.environment.ID)
	if err != nil {
		return err
	}
	stats, counted := all[v.routes.Revision]
	if v.step.Do.Direct {
		v.found("monitoring", "the router's figures answer; judged when traffic has moved")
		return nil
	}
	if !counted {
		v.wrong("monitoring", "the router has no figures of the revision")
		return nil
	}
	requests := stats.Requests - v.before.Requests + stats.Failed - v.before.Failed
	errors := stats.Errors - v.before.Errors + stats.Failed - v.before.Failed
	share := 0.0
	if requests > 0 {
		share = float64(errors) / float64(requests)
	}
	figures := fmt.Sprintf("%d requests in %s, %d errors (%.1f %%), p95 %.1f ms",
		requests, v.step.Do.Timeout, errors, 100*share, stats.Latency.P95)
	switch {
	case requests < fewRequests:
		v.found("monitoring", "%s; fewer than %d requests are not judged", figures, fewRequests)
	case share > maxErrorShare:
		v.wrong("monitoring", "%s: at most %.0f %% may fail", figures, 100*maxErrorShare)
	default:
		v.found("monitoring", "%s", figures)
	}
	return nil
}
