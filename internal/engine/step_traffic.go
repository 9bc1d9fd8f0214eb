package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// shiftTraffic makes new requests follow the step's splits, and ends a hold.
func shiftTraffic(ctx context.Context, e effect) (string, error) {
	splits := e.step.Do.Splits
	if splits == nil {
		splits = []lockstep.Split{}
	}
	routing, err := e.declare(ctx, change{splits: splits})
	if err != nil {
		return "", err
	}
	return "requests go " + destination(routing), nil
}

// hold makes new requests wait for the routing that comes next.
func hold(ctx context.Context, e effect) (string, error) {
	if _, err := e.declare(ctx, change{hold: e.step.Do.Timeout.Std()}); err != nil {
		return "", err
	}
	return fmt.Sprintf("new requests wait, each at most %s", e.step.Do.Timeout), nil
}

// drain waits for the requests in flight. Those that outlast it end with
// their instances, whose stop does not wait long any more.
func drain(ctx context.Context, e effect) (string, error) {
	timeout := e.step.Do.Timeout.Std()
	left, err := e.router.Drain(ctx, e.call, e.step.Do.Groups, timeout)
	if err != nil {
		return "", err
	}
	if left > 0 {
		return fmt.Sprintf("%s still in flight after %s: cut when the instances stop", count(left, "request"), timeout), nil
	}
	return "no request in flight", nil
}

// destination is where requests go, for people: with shares where there are
// several.
func destination(r lockstep.Routing) string {
	total := 0
	for _, split := range r.Splits {
		total += split.Weight
	}
	var parts []string
	for _, rev := range r.Revisions {
		w := weight(r.Splits, rev.Revision)
		if w == 0 {
			continue
		}
		part := fmt.Sprintf("%s (revision %s)", rev.Release, rev.Hash)
		if w < total {
			part = fmt.Sprintf("%.3g%% to %s", 100*float64(w)/float64(total), part)
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return "to nothing: they are answered that nothing is served"
	}
	out := strings.Join(parts, ", ")
	if len(parts) == 1 {
		out = "to " + out
	}
	if r.Live {
		out += "; so do those to the project's own address"
	}
	return out
}
