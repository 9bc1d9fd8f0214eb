package monitor

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// takeDuty asks whether this server checks the dependencies. One that cannot
// ask goes on as it did: two that check do no harm, none would.
func (m *Monitor) takeDuty(ctx context.Context) {
	duty, err := m.opts.Store.HoldDuty(ctx, dutyName, m.opts.Holder, dutyFor)
	if err != nil {
		if ctx.Err() == nil {
			m.opts.Logger.Warn("whether to check dependencies cannot be asked", "error", err)
		}
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if duty == m.duty {
		return
	}
	m.duty = duty
	m.known = everything
	m.alerts = map[string]*watched{} // likewise: another server evaluated them
	for k, t := range m.targets {
		if t.check != nil {
			delete(m.tracks, k) // what another server saw meanwhile is in the store
		}
	}
}

// everything, as the newest event that is known, reads all environments.
const everything = -1

// follow makes the targets those that there should be: those of the
// environments that events concern, and now and then all, so that nothing
// that was missed stays so.
func (m *Monitor) follow(ctx context.Context) {
	m.mu.Lock()
	known := m.known
	if m.looks++; m.looks >= wholeEvery {
		known = everything
	}
	before := m.known
	m.mu.Unlock()
	found, err := m.opts.Store.Monitored(ctx, known)
	if err != nil {
		if ctx.Err() == nil {
			m.opts.Logger.Warn("what is to be watched cannot be read", "error", err)
		}
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == before { // the duty did not change meanwhile
		m.known = found.Newest
	}
	if found.Whole {
		m.looks = 0
		m.keepRules(found.Environments)
	}
	for _, one := range m.sort(found) {
		m.aim(one)
		m.heed(one)
	}
}

// concern is what the store knows of one environment.
type concern struct {
	id     string
	env    *lockstep.Environment // nil: there is no such environment any more
	states []lockstep.ServiceHealth
	alerts []lockstep.Alert
}

// sort puts what was read together by environment, with those that are known
// here and were looked for in vain.
func (m *Monitor) sort(all lockstep.Monitored) map[string]*concern {
	out := map[string]*concern{}
	of := func(id string) *concern {
		if out[id] == nil {
			out[id] = &concern{id: id}
		}
		return out[id]
	}
	for _, id := range all.Concerned {
		of(id)
	}
	if all.Whole {
		for id := range m.of {
			of(id)
		}
		for id := range m.alerts {
			of(id)
		}
	}
	for i := range all.Environments {
		of(all.Environments[i].ID).env = &all.Environments[i]
	}
	for _, h := range all.States {
		one := of(h.EnvironmentID)
		one.states = append(one.states, h)
	}
	for _, a := range all.Alerts {
		one := of(a.EnvironmentID)
		one.alerts = append(one.alerts, a)
	}
	return out
}
