package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// stop drains and stops groups, and makes the router forget the revisions
// that are gone with them.
func stop(ctx context.Context, e effect) (string, error) {
	do := e.step.Do
	inForce, err := e.router.Get(ctx, e.environment.ID)
	if err != nil {
		return "", err
	}
	if err := unserved(inForce, do.Groups); err != nil {
		return "", err
	}
	before, err := e.instances(ctx, do.Groups...)
	if err != nil {
		return "", err
	}
	if err := e.runtime.Stop(ctx, e.call, do.Groups, do.Timeout.Std()); err != nil {
		return "", err
	}
	if inForce.Environment != "" {
		if _, err := e.declare(ctx, change{hold: inForce.HoldFor.Std()}); err != nil {
			return "", err
		}
	}
	if len(before) == 0 {
		return fmt.Sprintf("%s: no instance was left", strings.Join(do.Groups, ", ")), nil
	}
	return fmt.Sprintf("%s: %s stopped", strings.Join(do.Groups, ", "), count(len(before), "instance")), nil
}

// unserved holds even where a plan is wrong: no group is stopped that new
// requests are led to.
func unserved(r lockstep.Routing, groups []string) error {
	if r.HoldFor > 0 {
		return nil
	}
	for _, rev := range r.Revisions {
		if weight(r.Splits, rev.Revision) == 0 {
			continue
		}
		for _, s := range rev.Services {
			if slices.Contains(groups, s.Group) && !slices.Contains(r.Disabled, s.Service) {
				return lockstep.Errorf(lockstep.CodeConflict, "%s gets requests and is not stopped: lead them elsewhere first", s.Group)
			}
		}
	}
	return nil
}
