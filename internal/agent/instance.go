package agent

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// instance keeps one record running: it launches, watches, waits and launches
// again, until it is halted or the agent lets go of it.
type instance struct {
	a     *agent
	env   string
	id    string
	group *group // of the state when the instance was made; its Instances are not read

	halting   chan struct{} // closed by halt
	drainOver chan struct{} // closed when its requests had time enough
	gone      chan struct{} // closed when the agent has nothing to do with it any more

	mu         sync.Mutex
	rec        record
	state      lockstep.InstanceState
	reason     string
	nextStart  *time.Time
	drainTimer *time.Timer // nil until it is halted
	drainUntil time.Time
}

// outcome is why the agent stopped watching a process.
type outcome int

const (
	exited    outcome = iota // by itself
	halted                   // it shall end
	detached                 // the agent ends; the process goes on
	displaced                // a stranger has its port
)

// The pauses before an instance that exited is launched again: doubled each
// time, from the first on again when it ran for long.
const (
	firstBackoff = 500 * time.Millisecond
	lastBackoff  = 30 * time.Second
	resetBackoff = 60 * time.Second
)

func (a *agent) newInstance(env, id string, g *group, rec record) *instance {
	i := &instance{
		a: a, env: env, id: id, group: g, rec: rec, state: lockstep.InstanceStarting,
		halting: make(chan struct{}), drainOver: make(chan struct{}), gone: make(chan struct{}),
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.instances[instanceKey{env, id}] = i
	return i
}

// run supervises until the instance is halted or the agent ends. p is a
// process that lives already. Without one, launch says that the record's
// launch was only declared; otherwise it is over and a new one is made.
func (i *instance) run(p *process, launch bool) {
	defer close(i.gone)
	var failures int
	for {
		if p == nil && !i.stopping() {
			p = i.launch(launch)
		}
		launch = false
		pause := time.Duration(0)
		if p != nil {
			switch i.watch(p) {
			case halted:
				i.end(p)
				return
			case detached:
				return
			case displaced:
				p.terminate(i.grace(), i.a.table, i.a.log, i.a.detached)
			case exited:
				p.family().kill(i.a.table, i.a.log) // what it left behind may hold its port
				if time.Since(p.since) > resetBackoff {
					failures = 0
				}
				pause = backoff(failures)
				i.waits(p.ending, pause)
				failures++
			}
			p = nil
		} else {
			pause = backoff(failures)
			i.waits("", pause)
			failures++
		}
		select {
		case <-time.After(pause):
		case <-i.halting:
			i.end(nil)
			return
		case <-i.a.detached:
			return
		}
	}
}

func backoff(failures int) time.Duration {
	return min(firstBackoff<<min(failures, 10), lastBackoff)
}

// launch makes a process for the record; nil where that failed, with the
// reason noted.
func (i *instance) launch(declared bool) *process {
	if !declared {
		if err := i.declare(); err != nil {
			i.because(err)
			return nil
		}
	}
	i.mu.Lock()
	rec := i.rec
	i.mu.Unlock()
	log, err := i.a.logs.open(i.env, i.id)
	if err != nil {
		i.because(err)
		return nil
	}
	defer log.Close() //nolint:errcheck // the process has its own
	cmd, err := i.command(rec, log)
	if err != nil {
		i.because(err)
		return nil
	}
	p, err := begin(cmd, rec.Launch)
	if err != nil {
		i.because(err)
		return nil
	}
	i.update(func(r *record) {
		at := p.since.UTC().Truncate(time.Microsecond)
		r.PID, r.Born, r.StartedAt, r.ReadyAt = p.pid, p.born, &at, nil
	})
	i.show(lockstep.InstanceStarting, "")
	return p
}

// declare writes down that a new process is about to be made, so that an
// agent that finds it later knows whose it is.
func (i *instance) declare() error {
	i.mu.Lock()
	rec := i.rec
	i.mu.Unlock()
	taken := 0
	if rec.Port == 0 || !isFree(rec.Port) {
		port, err := i.a.ports.take()
		if err != nil {
			return err
		}
		taken = port
	}
	if rec.StartedAt != nil {
		rec.Restarts++
	}
	old := rec.Port
	if taken != 0 {
		rec.Port = taken
	}
	rec.Launch, rec.PID, rec.Born, rec.Ready, rec.ReadyAt = newLaunch(), 0, "", false, nil
	err := i.a.journal.write(wire.Entry{Effect: effectRestart, Environment: i.env, Instance: i.id})
	if err == nil {
		err = i.a.store.change(i.env, func(e *environment) error { return e.put(i.group.ID, i.id, rec) })
	}
	if err != nil {
		if taken != 0 {
			i.a.ports.free(taken)
		}
		return err
	}
	if taken != 0 && old != 0 {
		i.a.ports.free(old)
	}
	i.mu.Lock()
	i.rec = rec
	i.mu.Unlock()
	return nil
}

// put replaces an instance's record, which must still be there.
func (e *environment) put(groupID, id string, rec record) error {
	g, ok := e.Groups[groupID]
	if !ok || g.Instances[id] == nil {
		return lockstep.Errorf(lockstep.CodeNotFound, "instance %s is not wanted any more", id)
	}
	rec.Leaving = rec.Leaving || g.Instances[id].Leaving
	g.Instances[id] = &rec
	return nil
}

// update changes the record and has it written when the disk takes it.
func (i *instance) update(change func(*record)) {
	i.mu.Lock()
	change(&i.rec)
	rec := i.rec
	i.mu.Unlock()
	i.a.store.note(i.env, func(e *environment) { _ = e.put(i.group.ID, i.id, rec) }) // not wanted: nothing to note
}

// halt asks for the end: out of the pool, requests drained for at most so
// long, then the signals. Asking again can only shorten the drain.
func (i *instance) halt(drain time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	until := time.Now().Add(drain)
	switch {
	case i.drainTimer == nil:
		over := i.drainOver
		i.drainTimer = time.AfterFunc(drain, func() { close(over) })
		i.state, i.reason, i.nextStart = lockstep.InstanceDraining, "", nil
		close(i.halting)
	case until.Before(i.drainUntil) && i.drainTimer.Stop():
		i.drainTimer.Reset(drain)
	default:
		return
	}
	i.drainUntil = until
}

func (i *instance) stopping() bool {
	select {
	case <-i.halting:
		return true
	default:
		return false
	}
}

// end carries out a halt. What it leaves undone because the agent ends, the
// next agent finishes: that the instance leaves stands in the state.
func (i *instance) end(p *process) {
	i.show(lockstep.InstanceDraining, "")
	if p != nil {
		i.drain(p)
		if !p.terminate(i.grace(), i.a.table, i.a.log, i.a.detached) {
			select {
			case <-i.a.detached:
				return
			default: // said in the log; it cannot be helped from here
			}
		}
	}
	i.update(func(r *record) { r.PID, r.Born, r.Launch, r.Ready = 0, "", "", false })
	i.show(lockstep.InstanceStopped, "")
	i.a.forget(i)
}

// drain waits until no request of this agent, or of the one before it that
// still finishes its own, is on its way to the instance.
func (i *instance) drain(p *process) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		defer cancel()
		select {
		case <-i.drainOver:
		case <-i.a.detached:
		case <-p.exited:
		case <-ctx.Done():
		}
	}()
	if left := i.a.edge.DrainInstance(ctx, i.env, i.id); left > 0 {
		i.a.log.Warn("an instance is stopped while requests are in flight", "instance", i.id, "left", left)
	}
	select {
	case <-i.a.predecessor:
	case <-ctx.Done():
	}
}

func (i *instance) grace() time.Duration {
	return i.group.Spec.StopGrace.Or(lockstep.DefaultStopGrace)
}

// show sets what Instances says, keeps the pool in step with it, and records
// readiness for the agent that comes after.
func (i *instance) show(state lockstep.InstanceState, reason string) {
	i.mu.Lock()
	if i.drainTimer != nil && state != lockstep.InstanceStopped {
		state, reason = lockstep.InstanceDraining, ""
	}
	was, now := i.rec.Ready, state == lockstep.InstanceReady
	i.state, i.reason, i.nextStart = state, reason, nil
	i.mu.Unlock()
	if was == now {
		if state == lockstep.InstanceDraining {
			i.a.publish(i.env, i.group.ID)
		}
		return
	}
	i.update(func(r *record) {
		r.Ready = now
		if now && r.ReadyAt == nil {
			at := time.Now().UTC().Truncate(time.Microsecond)
			r.ReadyAt = &at
		}
	})
	i.a.publish(i.env, i.group.ID)
}

// waits shows an instance between two launches. Without a reason the one
// that stands is kept.
func (i *instance) waits(reason string, pause time.Duration) {
	if reason == "" {
		i.mu.Lock()
		reason = i.reason
		i.mu.Unlock()
	}
	i.show(lockstep.InstanceBackoff, reason)
	next := time.Now().Add(pause).UTC().Truncate(time.Microsecond)
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.state == lockstep.InstanceBackoff {
		i.nextStart, i.rec.PID = &next, 0
	}
}

// because notes why an instance could not be launched. A reason without a
// code is for the log as well: it says something about this machine.
func (i *instance) because(err error) {
	var coded *lockstep.Error
	if !errors.As(err, &coded) {
		i.a.log.Error("cannot launch an instance", slog.String("instance", i.id), slog.Any("error", err))
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.reason = "cannot be launched: " + err.Error()
}

// instanceView is what Instances says of it.
func (i *instance) view() lockstep.Instance {
	i.mu.Lock()
	defer i.mu.Unlock()
	v := lockstep.Instance{
		ID: i.id, Group: i.group.ID, Service: i.group.Service, State: i.state,
		PID: i.rec.PID, Restarts: i.rec.Restarts, StartedAt: i.rec.StartedAt, ReadyAt: i.rec.ReadyAt,
		NextStart: i.nextStart, Reason: i.reason,
	}
	if i.rec.Port != 0 {
		v.Address = loopback(i.rec.Port)
	}
	return v
}

// isReady says whether requests may go to it, and where.
func (i *instance) isReady() (address string, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return loopback(i.rec.Port), i.state == lockstep.InstanceReady
}
