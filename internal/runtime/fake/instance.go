package fake

import (
	"fmt"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Back-off before an instance that exited is started again.
const (
	firstBackoff = 100 * time.Millisecond
	maxBackoff   = 5 * time.Second
)

// instance is one running copy. What it is now follows from its script and
// from the time since it was launched; nothing runs in the background.
type instance struct {
	id, service, group string
	script             script
	pid                int
	address            string
	launched           time.Time
	draining           bool
	gone               time.Time // when a stop that began will have ended it
}

func (i *instance) report(now time.Time) lockstep.Instance {
	started, restarts, next := i.life(now)
	out := lockstep.Instance{
		ID: i.id, Group: i.group, Service: i.service, State: lockstep.InstanceStarting,
		PID: i.pid + restarts, Address: i.address, Restarts: restarts, StartedAt: &started,
	}
	ready := started.Add(i.script.readyAfter)
	switch {
	case i.draining:
		out.State = lockstep.InstanceDraining
	case next != nil:
		out.State, out.NextStart, out.PID = lockstep.InstanceBackoff, next, 0
		out.Reason = fmt.Sprintf("exited with status %d", i.script.exitStatus)
	case i.script.hangs:
		out.Reason = "its port does not answer"
	case now.Before(ready):
		out.Reason = "its port does not answer yet"
	case i.script.unreadyAfter > 0 && !now.Before(started.Add(i.script.unreadyAfter)):
		out.State, out.ReadyAt, out.Reason = lockstep.InstanceUnready, &ready, "GET /health answered 503"
	default:
		out.State, out.ReadyAt = lockstep.InstanceReady, &ready
	}
	return out
}

// life is when the present copy started, how many came before it, and, while
// it waits for the next start, when that is.
func (i *instance) life(now time.Time) (started time.Time, restarts int, next *time.Time) {
	started = i.launched
	if !i.script.exits {
		return started, 0, nil
	}
	backoff := firstBackoff
	for {
		exit := started.Add(i.script.exitAfter)
		if now.Before(exit) {
			return started, restarts, nil
		}
		again := exit.Add(backoff)
		if now.Before(again) {
			return started, restarts, &again
		}
		started, restarts, backoff = again, restarts+1, min(2*backoff, maxBackoff)
	}
}
