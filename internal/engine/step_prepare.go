package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/lockstep-dev/lockstep/internal/runtime"
)

// prepare puts a revision's artifacts in place, and makes the router know it,
// so that it can be probed before it gets requests.
func prepare(ctx context.Context, e effect) (string, error) {
	_, groups, err := e.groups(ctx, e.step.Do.Revision)
	if err != nil {
		return "", err
	}
	place := runtime.Place{Project: e.environment.Project, Environment: e.environment.Name}
	opened, err := e.withSecrets(ctx, groups)
	if err != nil {
		return "", err
	}
	if err := e.runtime.Prepare(ctx, e.call, place, opened); err != nil {
		return "", err
	}
	inForce, err := e.router.Get(ctx, e.environment.ID)
	if err != nil {
		return "", err
	}
	if _, err := e.declare(ctx, change{hold: inForce.HoldFor.Std(), add: e.step.Do.Revision}); err != nil {
		return "", err
	}
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i] = g.ID
	}
	return fmt.Sprintf("in place: %s", strings.Join(ids, ", ")), nil
}
