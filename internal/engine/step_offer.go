package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// offer makes the router answer for the services that are disabled, and for no
// others. What requests to the others follow stays.
func offer(ctx context.Context, e effect) (string, error) {
	do := e.step.Do
	inForce, err := e.router.Get(ctx, e.environment.ID)
	if err != nil {
		return "", err
	}
	routing, err := e.declare(ctx, change{hold: inForce.HoldFor.Std(), disabled: &do.Disabled})
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(routing.Revisions, func(r lockstep.RevisionRoutes) bool {
		return slices.ContainsFunc(r.Services, func(s lockstep.ServiceRoute) bool { return s.Service == do.Service })
	}) {
		return fmt.Sprintf("no requests from outside go to %s anyway", do.Service), nil
	}
	if slices.Contains(do.Disabled, do.Service) {
		return fmt.Sprintf("requests to %s are answered 503", do.Service), nil
	}
	return fmt.Sprintf("requests go to %s", do.Service), nil
}
