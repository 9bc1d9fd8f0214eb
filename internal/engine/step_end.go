package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

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
	if e.accountant == nil {
		return "nothing of the environment is left", nil
	}
	return e.balance(ctx)
}

// What was removed may take so long to be gone, looked at so often.
const (
	removePatience = 15 * time.Second
	removeLook     = 200 * time.Millisecond
)

// balance proves that all that was made is gone, or fails with what is left.
func (e effect) balance(ctx context.Context) (string, error) {
	for until := e.now().Add(removePatience); ; {
		ledger, err := e.accountant.Ledger(ctx, e.environment.ID)
		if lockstep.CodeOf(err) == lockstep.CodeUnsupported { // by an agent that was not upgraded yet
			return "the environment is removed; what runs it keeps no ledger", nil
		}
		if err != nil {
			return "", err
		}
		e.made.ledger = ledger
		left := ledger.Left()
		if len(left) == 0 {
			return strings.TrimSuffix("nothing is left; removed: "+ledger.String(), "; removed: "), nil
		}
		if !e.now().Before(until) {
			return "", lockstep.Errorf(lockstep.CodeFailed, "something of %s is left behind:\n  %s\nEnd or remove it, and destroy the environment again",
				e.environment.Name, strings.Join(left[:min(len(left), maxLeft)], "\n  "))
		}
		if err := e.pause(ctx, removeLook); err != nil {
			return "", err
		}
		if err := e.runtime.Remove(ctx, e.call); err != nil { // what it could not remove the first time
			return "", err
		}
	}
}

// maxLeft is how many things that are left a message names.
const maxLeft = 50
