package api

import (
	"context"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// attempts lets failing at signing in cost time. What is guessed has 128 bits
// or more, so that this is not what protects it; it keeps guesses from being
// a load. Who fails waits for a turn, one each pause for all who fail; who
// does not fail waits for nobody, so that nobody can be locked out.
type attempts struct {
	now   func() time.Time
	pause time.Duration

	mu   sync.Mutex
	next time.Time
}

// attemptsWait is for how long one that failed waits at most.
const attemptsWait = 5 * time.Second

// failed waits for a turn; an error says that too many wait.
func (a *attempts) failed(ctx context.Context) error {
	wait, ok := a.turn()
	if !ok {
		return lockstep.Errorf(lockstep.CodeUnavailable, "too many attempts to sign in fail at the moment: try again in a few seconds")
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *attempts) turn() (time.Duration, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	turn := a.next
	if turn.Before(now) {
		turn = now
	}
	turn = turn.Add(a.pause)
	if turn.Sub(now) > attemptsWait {
		return 0, false
	}
	a.next = turn
	return turn.Sub(now), true
}
