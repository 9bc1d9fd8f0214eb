package agent

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// endPatience is more than an agent takes that still answers requests.
const endPatience = quitPatience + 5*time.Second

// AwaitEnd returns when no agent holds the directory: one that was shut down
// answers that before it has let go of everything.
func AwaitEnd(ctx context.Context, dir string) error {
	ctx, cancel := context.WithTimeout(ctx, endPatience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		lock, err := lockDir(dir)
		if err == nil {
			return lock.Close()
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("lock of the agent's directory %s: %w", dir, err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return lockstep.Errorf(lockstep.CodeUnavailable, "the agent in %s was told to end and has not: %w", dir, ctx.Err())
		}
	}
}
