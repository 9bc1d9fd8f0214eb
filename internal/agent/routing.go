package agent

import (
	"context"
	"reflect"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// setRouting makes a routing the one in force: journal, state, edge, in this order.
func (a *agent) setRouting(ctx context.Context, req wire.RoutingRequest) (err error) {
	env := req.Call.Environment
	if err := a.fence(req.Call); err != nil {
		return err
	}
	unlock, err := a.lock(ctx, env+" routing")
	if err != nil {
		return err
	}
	defer unlock()
	known := a.store.view().environment(env)
	var next *lockstep.Routing
	if !isZero(req.Routing) {
		next = &req.Routing
	}
	if reflect.DeepEqual(known.Routing, next) {
		return nil
	}
	if err := a.journal.write(wire.Entry{Effect: effectRouting, Environment: env, Key: req.Call.Key}); err != nil {
		return err
	}
	err = a.store.changeAmong(env, func(all *state, e *environment) error {
		if err := e.allow(req.Call); err != nil {
			return err
		}
		if err := all.allowLive(env, next); err != nil {
			return err
		}
		if e.Routing == nil && next != nil {
			e.count(lockstep.LedgerRoutes, 1)
		}
		e.Routing = next
		if next != nil && a.certificates != nil {
			e.Domains = union(e.Domains, next.Domains)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if next == nil {
		a.edge.RemoveRouting(env)
		a.certify(env, nil) //nolint:contextcheck // what it begins outlasts the call
		return nil
	}
	a.edge.SetRouting(env, *next)
	a.certify(env, next.Domains) //nolint:contextcheck // what it begins outlasts the call
	return a.serveEnvironment(ctx, req.Call)
}

func isZero(r lockstep.Routing) bool {
	return r.Project == "" && r.Environment == "" && len(r.Domains) == 0 && !r.Live && r.LiveEpoch == 0 && !r.Drill &&
		len(r.Revisions) == 0 && len(r.Splits) == 0 && r.HoldFor == 0 && r.Maintenance == nil
}

// serveEnvironment gives an environment that was routed before it was
// prepared a listener of its own.
func (a *agent) serveEnvironment(ctx context.Context, call wire.Call) error {
	env := call.Environment
	if a.store.view().environment(env).Port != 0 {
		return nil
	}
	unlock, err := a.lock(ctx, env)
	if err != nil {
		return err
	}
	defer unlock()
	known := a.store.view().environment(env)
	return a.addGroups(wire.PrepareRequest{Call: call, Place: known.Place}, known)
}

// drain waits for requests in flight to groups, those of the agent before included.
func (a *agent) drain(ctx context.Context, req wire.DrainRequest) (wire.DrainResult, error) {
	if err := a.fence(req.Call); err != nil {
		return wire.DrainResult{}, err
	}
	until, cancel := context.WithTimeout(ctx, min(max(req.Timeout.Std(), 0), maxDrain))
	defer cancel()
	left := a.edge.DrainGroups(until, req.Call.Environment, req.Groups)
	select {
	case <-a.predecessor:
	default:
		select {
		case <-a.predecessor:
		case <-until.Done():
			left++ // at least one
		}
	}
	return wire.DrainResult{Left: left}, ctx.Err()
}

// sample sends requests of our own through the edge.
func (a *agent) sample(ctx context.Context, req wire.SampleRequest) error {
	return a.edge.Sample(ctx, req.Environment, req.Revisions, req.Paths, req.Requests)
}

// probe sends one request through the edge. That none was answered is a result.
func (a *agent) probe(ctx context.Context, req wire.ProbeRequest) wire.ProbeResult {
	began := time.Now()
	var out wire.ProbeResult
	var err error
	if req.Host != "" {
		out.Environment, out.Service, out.Status, err = a.edge.ProbeHost(ctx, req.Host, req.As, req.Revision, req.Path)
	} else {
		out.Service, out.Status, err = a.edge.Probe(ctx, req.Environment, req.Revision, req.Path)
	}
	out.Duration = lockstep.Duration(time.Since(began))
	if err != nil {
		out.Error = err.Error()
	}
	return out
}
