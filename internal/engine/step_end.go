package engine

import (
	"context"
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

// keepWarm does nothing: the outcome stores the timer.
func keepWarm(ctx context.Context, e effect) (string, error) {
	revision, err := e.revision(ctx, e.step.Do.Revision)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s (revision %s) keeps running for %s: a rollback within that time is instant",
		revision.Content.Release, lockstep.ShortHash(revision.Hash), e.step.Do.Timeout), nil
}

// remove makes router and runtime forget the environment.
func remove(ctx context.Context, e effect) (string, error) {
	if err := e.router.Set(ctx, e.call, lockstep.Routing{}); err != nil {
		return "", err
	}
	if err := e.runtime.Remove(ctx, e.call); err != nil {
		return "", err
	}
	return "nothing of the environment is left", nil
}
