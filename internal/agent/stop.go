package agent

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

func endingOfGroup(env, group string) string { return "group " + env + " " + group }

func endingOfInstance(env, instance string) string { return "instance " + env + " " + instance }

// stop ends groups and returns when they are gone. Where ctx ends first they
// go on ending: that they shall stands in the state.
func (a *agent) stop(ctx context.Context, req wire.StopRequest) error {
	env := req.Call.Environment
	if err := a.fence(req.Call); err != nil {
		return err
	}
	drain := min(max(req.Drain.Std(), 0), maxDrain)
	groups, err := a.declareStop(ctx, req)
	if err != nil {
		return err
	}
	for _, id := range groups {
		a.endGroup(env, id, drain) //nolint:contextcheck // it goes on where the caller gives up
	}
	for _, id := range groups {
		if err := a.awaitEnding(ctx, endingOfGroup(env, id)); err != nil {
			return err
		}
	}
	return nil
}

// declareStop names the groups that exist and that this call has not ended before.
func (a *agent) declareStop(ctx context.Context, req wire.StopRequest) ([]string, error) {
	env := req.Call.Environment
	unlock, err := a.lock(ctx, env)
	if err != nil {
		return nil, err
	}
	defer unlock()
	known := a.store.view().environment(env)
	var groups []string
	var entries []wire.Entry
	for _, id := range req.Groups {
		g, ok := known.Groups[id]
		if !ok || known.isDone(doneKey(effectStop, id, req.Call.Key)) {
			continue
		}
		groups = append(groups, id)
		for name := range g.Instances {
			if !g.Stopping {
				entries = append(entries, wire.Entry{Effect: effectStop, Environment: env, Key: req.Call.Key, Instance: name})
			}
		}
	}
	if len(groups) == 0 {
		return nil, nil
	}
	if err := a.journal.write(entries...); err != nil {
		return nil, err
	}
	return groups, a.store.change(env, func(e *environment) error {
		if err := e.allow(req.Call); err != nil {
			return err
		}
		for _, id := range groups {
			if g, ok := e.Groups[id]; ok && !g.Stopping {
				g.Stopping, g.StopKey = true, req.Call.Key
			}
		}
		return nil
	})
}

// endGroup halts a group's instances, and takes the group out of the state
// when they are gone. Doing it again can only shorten the drain.
func (a *agent) endGroup(env, groupID string, drain time.Duration) {
	instances := a.of(env, groupID)
	for _, i := range instances {
		i.halt(drain)
	}
	a.ending(endingOfGroup(env, groupID), instances, func() bool {
		g := a.store.view().environment(env).Groups[groupID]
		if g == nil {
			return true
		}
		if !a.settle(env, func(e *environment) {
			e.setDone(doneKey(effectStop, groupID, g.StopKey))
			delete(e.Groups, groupID)
		}) {
			return false
		}
		a.hosts.close(hostGroup(env, groupID))
		a.ports.free(g.Port)
		for id, r := range g.Instances {
			a.ports.free(r.Port)
			removeAll(a.log, a.scratch(env, id))
			a.removeValues(valuesOf(env, id))
		}
		a.publish(env, groupID)
		a.logs.prune(env, time.Now(), a.store.view().environment(env).has)
		a.tidy()
		return true
	})
}

// endInstance is endGroup for one instance that is one too many.
func (a *agent) endInstance(env, groupID, id string, drain time.Duration) {
	a.mu.Lock()
	i := a.instances[instanceKey{env, id}]
	a.mu.Unlock()
	var instances []*instance
	if i != nil {
		i.halt(drain)
		instances = append(instances, i)
	}
	a.ending(endingOfInstance(env, id), instances, func() bool {
		if !a.settle(env, func(e *environment) {
			if g, ok := e.Groups[groupID]; ok {
				delete(g.Instances, id)
			}
		}) {
			return false
		}
		if i != nil {
			a.ports.free(i.port())
		}
		removeAll(a.log, a.scratch(env, id))
		a.removeValues(valuesOf(env, id))
		return true
	})
}

// ending runs after, once, when the instances are gone. Who waits for it
// waits for after too. When the agent lets go before that is done, the next
// one has it to do.
func (a *agent) ending(name string, instances []*instance, after func() bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.endings[name]; ok {
		return
	}
	gone := make(chan struct{})
	a.endings[name] = gone
	a.running.Go(func() {
		for _, i := range instances {
			<-i.gone
		}
		select {
		case <-a.detached:
			return
		default:
		}
		if !after() {
			return
		}
		a.mu.Lock()
		delete(a.endings, name)
		a.mu.Unlock()
		close(gone)
	})
}

// awaitEnding returns when nothing of that name is ending.
func (a *agent) awaitEnding(ctx context.Context, name string) error {
	a.mu.Lock()
	gone, ok := a.endings[name]
	a.mu.Unlock()
	if !ok {
		return nil
	}
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-a.detached:
		return errClosing
	}
}

// settle records what has become true, trying until the disk takes it. False
// means that the agent lets go and the next one has to find out.
func (a *agent) settle(env string, fn func(*environment)) bool {
	for {
		err := a.store.change(env, func(e *environment) error {
			fn(e)
			return nil
		})
		if err == nil {
			return true
		}
		select {
		case <-a.detached:
			return false
		case <-time.After(noteRetry):
		}
	}
}

// has says whether an instance of that name shall run.
func (e *environment) has(instance string) bool {
	for _, g := range e.Groups {
		if g.Instances[instance] != nil {
			return true
		}
	}
	return false
}
