package agent

import (
	"context"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
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
	pooled     bool // the edge knows that it is ready
	reason     string
	caveat     string // said in place of no reason: see confine
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
				if p.terminate(i.grace(), i.a.table, i.a.log, i.a.detached) {
					i.discard(p)
				}
			case exited:
				p.family().kill(i.a.table, i.a.log) // what it left behind may hold its port
				i.discard(p)
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
		i.discard(p)
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
