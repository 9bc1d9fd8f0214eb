package agent

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// starting is what a Start changes: computed from the state, announced,
// declared, and then carried out.
type starting struct {
	env, group string
	fresh      map[string]record // by instance ID
	surplus    []string
}

// start makes a group have so many instances and returns when that is
// declared durably. Nothing is launched where it cannot be.
func (a *agent) start(ctx context.Context, req wire.StartRequest) error {
	env := req.Call.Environment
	if err := a.fence(req.Call); err != nil {
		return err
	}
	if req.Replicas < 0 || req.Replicas > maxReplicas {
		return lockstep.Invalid("replicas", "%d replicas of group %s: want 0 to %d", req.Replicas, req.Group, maxReplicas)
	}
	unlock, err := a.lock(ctx, env)
	if err != nil {
		return err
	}
	defer unlock()
	done := doneKey(effectStart, req.Group, req.Call.Key)
	if a.store.view().environment(env).isDone(done) {
		return nil
	}
	if err := a.awaitIndexes(ctx, env, req); err != nil {
		return err
	}
	s, err := a.planStart(req)
	if err != nil {
		return err
	}
	err = a.announceStart(req, s)
	if err == nil {
		err = a.store.change(env, func(e *environment) error {
			if err := e.allow(req.Call); err != nil {
				return err
			}
			g, err := e.prepared(req.Group)
			if err != nil {
				return err
			}
			for id, r := range s.fresh {
				g.Instances[id] = &r
			}
			e.count(lockstep.LedgerProcesses, len(s.fresh))
			e.count(lockstep.LedgerPorts, len(s.fresh))
			e.countDirectories(g)
			if l, err := limitOf(g.Spec.Resources); err == nil && a.cells.confines(l) {
				e.count(lockstep.LedgerCgroups, len(s.fresh))
			}
			for _, id := range s.surplus {
				g.Instances[id].Leaving = true
			}
			e.setDone(done)
			return nil
		})
	}
	if err != nil {
		for _, r := range s.fresh {
			a.ports.free(r.Port)
		}
		return err
	}
	a.carryOut(s) //nolint:contextcheck // instances outlast the call
	return nil
}

func (e *environment) prepared(id string) (*group, error) {
	g, ok := e.Groups[id]
	if !ok || g.Stopping {
		return nil, lockstep.Errorf(lockstep.CodeNotFound, "group %s is not prepared in this environment", id)
	}
	return g, nil
}

// awaitIndexes waits for instances that leave under an ID that is wanted again.
func (a *agent) awaitIndexes(ctx context.Context, env string, req wire.StartRequest) error {
	for index := range req.Replicas {
		if err := a.awaitEnding(ctx, endingOfInstance(env, lockstep.InstanceID(req.Group, index))); err != nil {
			return err
		}
	}
	return nil
}

func (a *agent) planStart(req wire.StartRequest) (s starting, err error) {
	view := a.store.view()
	s = starting{env: req.Call.Environment, group: req.Group, fresh: map[string]record{}}
	g, err := view.environment(s.env).prepared(req.Group)
	if err != nil {
		return s, err
	}
	for id, r := range g.Instances {
		if r.Index >= req.Replicas && !r.Leaving {
			s.surplus = append(s.surplus, id)
		}
	}
	defer func() {
		if err != nil {
			for _, r := range s.fresh {
				a.ports.free(r.Port)
			}
		}
	}()
	for index := range req.Replicas {
		id := lockstep.InstanceID(req.Group, index)
		if g.Instances[id] != nil {
			continue
		}
		port, err := a.ports.take(s.env)
		if err != nil {
			return s, err
		}
		s.fresh[id] = record{Index: index, Key: req.Call.Key, Port: port, Launch: newLaunch(s.env)}
	}
	if n := view.instances() + len(s.fresh); n > maxInstances {
		return s, lockstep.Errorf(lockstep.CodeTooLarge, "%d instances on this machine: at most %d; lower the replicas", n, maxInstances)
	}
	return s, nil
}

func (s *state) instances() (n int) {
	for _, e := range s.Environments {
		for _, g := range e.Groups {
			n += len(g.Instances)
		}
	}
	return n
}

func (a *agent) announceStart(req wire.StartRequest, s starting) error {
	var entries []wire.Entry
	for id := range s.fresh {
		entries = append(entries, wire.Entry{Effect: effectStart, Environment: s.env, Key: req.Call.Key, Instance: id})
	}
	for _, id := range s.surplus {
		entries = append(entries, wire.Entry{Effect: effectStop, Environment: s.env, Key: req.Call.Key, Instance: id})
	}
	return a.journal.write(entries...)
}

func (a *agent) carryOut(s starting) {
	g := a.store.view().environment(s.env).Groups[s.group]
	for id, r := range s.fresh {
		a.watchOver(a.newInstance(s.env, id, g, r), nil, true)
	}
	for _, id := range s.surplus {
		a.endInstance(s.env, s.group, id, lockstep.DefaultDrainTimeout)
	}
}
