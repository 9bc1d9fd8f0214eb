package fake

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
)

// around runs one method between the faults before and after it.
func (f *Fake) around(ctx context.Context, method, subject string, do func() error) error {
	if err := f.fail(ctx, method, subject, false); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return f.fail(ctx, method, subject, true)
}

// effect is around, with the fence checked and the lock held.
func (f *Fake) effect(ctx context.Context, method string, call runtime.Call, do func(*environment) error) error {
	return f.around(ctx, method, call.Key, func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		e, err := f.enter(call)
		if err != nil {
			return err
		}
		return do(e)
	})
}

// Prepare implements runtime.Runtime.
func (f *Fake) Prepare(ctx context.Context, call runtime.Call, _ runtime.Place, groups []lockstep.Group) error {
	return f.effect(ctx, "prepare", call, func(e *environment) error {
		for _, g := range groups {
			if _, there := e.prepared[g.ID]; !there {
				e.prepared[g.ID] = g
				e.made[lockstep.LedgerGroups]++
				f.note(call, "prepare", g.ID)
			}
		}
		return nil
	})
}

// Start implements runtime.Runtime.
func (f *Fake) Start(ctx context.Context, call runtime.Call, group string, replicas int) error {
	return f.effect(ctx, "start", call, func(e *environment) error {
		if e.done[call.Key+" "+group] {
			return nil
		}
		g, ok := e.prepared[group]
		if !ok {
			return lockstep.Errorf(lockstep.CodeNotFound, "group %s was not prepared", group)
		}
		for index := range replicas {
			if _, runs := e.instances[lockstep.InstanceID(group, index)]; runs {
				continue
			}
			i, err := f.launch(e, g, index)
			if err != nil {
				return err
			}
			f.note(call, "start", i.id)
		}
		for index := replicas; ; index++ {
			id := lockstep.InstanceID(group, index)
			if _, runs := e.instances[id]; !runs {
				break
			}
			delete(e.instances, id)
			f.note(call, "shrink", id)
		}
		e.done[call.Key+" "+group] = true
		return nil
	})
}

// Stop implements runtime.Runtime.
func (f *Fake) Stop(ctx context.Context, call runtime.Call, groups []string, _ time.Duration) error {
	return f.around(ctx, "stop", call.Key, func() error {
		for {
			wait, err := f.stopSome(call, groups)
			if err != nil || wait == 0 {
				return err
			}
			if err := sleep(ctx, wait); err != nil {
				return err
			}
		}
	})
}

// stopSome ends what can end now and says how long the next one takes.
func (f *Fake) stopSome(call runtime.Call, groups []string) (wait time.Duration, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.enter(call)
	if err != nil {
		return 0, err
	}
	now := time.Now()
	for _, id := range slices.Sorted(maps.Keys(e.instances)) {
		i := e.instances[id]
		if !slices.Contains(groups, i.group) {
			continue
		}
		if !i.draining {
			i.draining, i.gone = true, now
			if i.script.stubborn {
				i.gone = now.Add(e.prepared[i.group].Spec.StopGrace.Or(lockstep.DefaultStopGrace))
			}
		}
		if left := i.gone.Sub(now); left > 0 {
			wait = max(wait, left)
			continue
		}
		delete(e.instances, id)
		f.note(call, "stop", id)
	}
	if wait == 0 {
		for _, id := range groups {
			delete(e.prepared, id)
		}
	}
	return wait, nil
}

// Instances implements runtime.Runtime.
func (f *Fake) Instances(ctx context.Context, environment string) (out []lockstep.Instance, err error) {
	err = f.around(ctx, "instances", "", func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		e := f.env(environment)
		for _, id := range slices.Sorted(maps.Keys(e.instances)) {
			out = append(out, e.instances[id].report(time.Now()))
		}
		return nil
	})
	return out, err
}

// Remove implements runtime.Runtime.
func (f *Fake) Remove(ctx context.Context, call runtime.Call) error {
	return f.effect(ctx, "remove", call, func(e *environment) error {
		if len(e.instances) > 0 {
			running := strings.Join(slices.Sorted(maps.Keys(e.instances)), ", ")
			return lockstep.Errorf(lockstep.CodeConflict, "environment %s still runs %s: stop them first", call.Environment, running)
		}
		if len(e.prepared) > 0 || len(e.done) > 0 {
			f.note(call, "remove", call.Environment)
		}
		e.forget()
		return nil
	})
}

// Tail implements runtime.LogTailer.
func (f *Fake) Tail(ctx context.Context, environment, id string, lines int) (out []string, err error) {
	err = f.around(ctx, "tail", id, func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		i, ok := f.env(environment).instances[id]
		if !ok {
			return lockstep.Errorf(lockstep.CodeNotFound, "no instance %s", id)
		}
		out = i.script.logs[max(0, len(i.script.logs)-lines):]
		return nil
	})
	return out, err
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
