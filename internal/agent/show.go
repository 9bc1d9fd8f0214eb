package agent

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

// show sets what Instances says, keeps the pool in step with it, and records
// readiness for the agent that comes after.
func (i *instance) show(state lockstep.InstanceState, reason string) {
	i.mu.Lock()
	if i.drainTimer != nil && state != lockstep.InstanceStopped {
		state, reason = lockstep.InstanceDraining, ""
	}
	ready := state == lockstep.InstanceReady
	if ready && reason == "" {
		reason = i.caveat
	}
	recorded, pooled := i.rec.Ready, i.pooled
	i.state, i.reason, i.nextStart = state, reason, nil
	i.mu.Unlock()
	if recorded != ready {
		i.update(func(r *record) {
			r.Ready = ready
			if ready && r.ReadyAt == nil {
				at := time.Now().UTC().Truncate(time.Microsecond)
				r.ReadyAt = &at
			}
		})
	}
	if pooled != ready {
		i.a.publish(i.env, i.group.ID)
		i.mu.Lock()
		i.pooled = ready
		i.mu.Unlock()
	}
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

// instanceView is what Instances says of it.
func (i *instance) view() lockstep.Instance {
	i.mu.Lock()
	defer i.mu.Unlock()
	v := lockstep.Instance{
		ID: i.id, Group: i.group.ID, Service: i.group.Service, State: i.state,
		PID: i.rec.PID, Restarts: i.rec.Restarts, StartedAt: i.rec.StartedAt, ReadyAt: i.rec.ReadyAt,
		NextStart: i.nextStart, Reason: i.reason,
	}
	if v.State == lockstep.InstanceReady && !i.pooled {
		v.State = lockstep.InstanceStarting // who reads ready may send requests
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
