package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const (
	minLook    = 50 * time.Millisecond
	maxLook    = 250 * time.Millisecond
	crashLoop  = 3  // restarts within one wait, after which it is not worth waiting
	tailLength = 10 // lines
)

// awaitHealthy waits until a group's replicas are ready. It ends early when
// an instance keeps exiting. A runtime that does not answer for a while uses
// up the time and nothing else.
func awaitHealthy(ctx context.Context, e effect) (string, error) {
	w := healthWait{effect: e, began: e.now(), restarts: map[string]int{}, ended: map[string]string{}}
	for {
		ready, err := w.look(ctx)
		if err != nil || ready {
			return w.output(), err
		}
		waited := e.now().Sub(w.began)
		left := e.step.Do.Timeout.Std() - waited
		if left <= 0 {
			return w.output(), w.failed(ctx, fmt.Sprintf("is not ready after %s", e.step.Do.Timeout))
		}
		// Looking costs the deployment at most a tenth of what it waits anyway.
		pause := min(max(waited/10, minLook), maxLook)
		if err := wait(ctx, min(pause, left)); err != nil {
			return "", err
		}
	}
}

type healthWait struct {
	effect
	began    time.Time
	restarts map[string]int    // of each instance, when it was first seen
	ended    map[string]string // why each instance ended last
	seen     []lockstep.Instance
	told     string // what was last reported to whoever watches
	silent   error  // why the runtime last gave no answer
}

// look says whether the wait is over.
func (w *healthWait) look(ctx context.Context) (ready bool, err error) {
	seen, err := w.instances(ctx, w.step.Do.Group)
	if lockstep.IsTerminal(err) {
		return false, err
	}
	if w.silent = err; err != nil {
		return false, nil
	}
	w.seen = seen
	w.tell(ctx)
	for _, i := range seen {
		if i.State == lockstep.InstanceBackoff && i.Reason != "" {
			w.ended[i.ID] = i.Reason
		}
		if _, known := w.restarts[i.ID]; !known {
			w.restarts[i.ID] = i.Restarts
		} else if w.looping(i) {
			return false, w.failed(ctx, fmt.Sprintf("restarted %d times in %s", i.Restarts-w.restarts[i.ID], w.now().Sub(w.began).Round(100*time.Millisecond)))
		}
	}
	return w.ready() >= w.step.Do.Replicas, nil
}

func (w *healthWait) looping(i lockstep.Instance) bool {
	return i.Restarts-w.restarts[i.ID] >= crashLoop
}

func (w *healthWait) ready() int {
	n := 0
	for _, i := range w.seen {
		if i.State == lockstep.InstanceReady {
			n++
		}
	}
	return n
}

func (w *healthWait) output() string {
	return fmt.Sprintf("%d of %s ready", w.ready(), count(w.step.Do.Replicas, "instance"))
}

// tell reports the instances to whoever watches, when something changed.
func (w *healthWait) tell(ctx context.Context) {
	instances := make([]map[string]any, len(w.seen))
	for n, i := range w.seen {
		instances[n] = map[string]any{"id": i.ID, "state": i.State, "restarts": i.Restarts, "reason": i.Reason}
	}
	if now := fmt.Sprint(instances); now != w.told {
		w.told = now
		w.progress(ctx, map[string]any{
			"service": w.step.Do.Service, "ready": w.ready(), "desired": w.step.Do.Replicas, "instances": instances,
		})
	}
}

// failed names the instance that is furthest from ready, why, and what it
// last wrote.
func (w *healthWait) failed(ctx context.Context, what string) error {
	if w.silent != nil {
		return w.silent // without a code: the step's deadline decides
	}
	if len(w.seen) == 0 {
		return lockstep.Errorf(lockstep.CodeFailed, "%s: no instance runs, %d wanted", w.step.Do.Group, w.step.Do.Replicas)
	}
	worst := slices.MaxFunc(w.seen, func(a, b lockstep.Instance) int { return trouble(a) - trouble(b) })
	if worst.State == lockstep.InstanceReady {
		return lockstep.Errorf(lockstep.CodeFailed, "%s: %d of %d instances run", w.step.Do.Group, len(w.seen), w.step.Do.Replicas)
	}
	message := worst.ID + " " + what
	reason := worst.Reason
	if w.looping(worst) {
		// What it waits for since it was started again says less than its end.
		reason = cmp.Or(w.ended[worst.ID], reason)
	}
	if reason != "" {
		message += ": " + reason
	}
	if lines := w.lastLines(ctx, worst.ID); len(lines) > 0 {
		message += "\nIts last lines:\n  " + strings.Join(lines, "\n  ")
	}
	return &lockstep.Error{Code: lockstep.CodeFailed, Message: message}
}

// trouble orders instances: the higher, the more there is to tell.
func trouble(i lockstep.Instance) int {
	if i.State == lockstep.InstanceReady {
		return 0
	}
	return 1 + i.Restarts
}

// lastLines are a kindness: without them the error stands all the same.
func (w *healthWait) lastLines(ctx context.Context, instance string) []string {
	if w.tailer == nil {
		return nil
	}
	lines, err := w.tailer.Tail(ctx, w.environment.ID, instance, tailLength)
	if err != nil {
		return nil
	}
	return lines
}
