package monitor

import (
	"context"
	"reflect"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// target is what one probe asks.
type target struct {
	key
	env   lockstep.Environment
	check *dependency // nil: the app services
}

func (t target) interval() time.Duration {
	if t.check == nil {
		return appInterval
	}
	return t.check.spec.Interval.Std()
}

func (t target) timeout() time.Duration {
	if t.check == nil {
		return appTimeout
	}
	return t.check.spec.Timeout.Std()
}

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
	m.known = -1
	m.alerts = nil // likewise: another server evaluated them
	for k, t := range m.targets {
		if t.check != nil {
			delete(m.tracks, k) // what another server saw meanwhile is in the store
		}
	}
}

// follow makes the targets those that there should be, where something
// happened since it last did.
func (m *Monitor) follow(ctx context.Context) {
	m.mu.Lock()
	known := m.known
	m.mu.Unlock()
	all, newest, err := m.opts.Store.Monitored(ctx, known)
	if err == nil && newest == known {
		return
	}
	var states []lockstep.ServiceHealth
	if err == nil {
		states, err = m.opts.Store.HealthStates(ctx)
	}
	var alerts []lockstep.Alert
	if err == nil {
		alerts, err = m.opts.Store.Alerts(ctx)
	}
	if err != nil {
		if ctx.Err() == nil {
			m.opts.Logger.Warn("what is to be watched cannot be read", "error", err)
		}
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == known { // the duty did not change meanwhile
		m.known = newest
	}
	m.aim(all, states)
	m.heed(all, alerts)
}

func (m *Monitor) aim(all []lockstep.Environment, states []lockstep.ServiceHealth) {
	before := map[key]lockstep.ServiceHealth{}
	for _, h := range states {
		before[key{h.EnvironmentID, h.Name}] = h
	}
	wanted, resumed := map[key]target{}, map[string][]lockstep.ServiceHealth{}
	m.of = map[string][]key{}
	hosts := map[string]string{}
	for _, env := range all {
		hosts[env.ID] = env.HostID
		for _, t := range m.targetsOf(env) {
			wanted[t.key] = t
			m.of[env.ID] = append(m.of[env.ID], t.key)
		}
	}
	for k, old := range m.targets {
		if t, stays := wanted[k]; !stays || !same(old, t) {
			m.schedule.drop(k)
			delete(m.targets, k)
			delete(m.tracks, k)
		}
		if _, stays := wanted[k]; !stays {
			m.leave(old)
		}
	}
	for k, t := range wanted {
		old, known := m.targets[k]
		m.targets[k] = t
		if known && same(old, t) {
			if t.check != nil && m.tracks[k] == nil {
				m.tracks[k] = begin(t, before[k])
			}
			continue
		}
		if t.check != nil {
			m.tracks[k] = begin(t, before[k])
		}
		_, seen := before[k]
		m.schedule.add(k, m.first(t, seen))
	}
	for k, h := range before {
		_, watched := wanted[k]
		if h.Type == lockstep.ServiceApp {
			_, watched = wanted[key{k.environment, ""}]
			if watched && m.apps[k.environment] == nil {
				resumed[k.environment] = append(resumed[k.environment], h)
			}
		}
		if !watched && m.isOurs(h, hosts[k.environment]) {
			m.journal.forget(k)
		}
	}
	for id, services := range resumed {
		m.apps[id] = &apps{tracks: map[string]*track{}}
		for _, h := range services {
			m.apps[id].tracks[h.Name] = &track{health: h}
		}
	}
}

// leave forgets what there is no more. What another server watches from now
// on is not forgotten.
func (m *Monitor) leave(t target) {
	switch {
	case t.check != nil && m.duty:
		m.journal.forget(t.key)
	case t.check == nil && m.apps[t.env.ID] != nil:
		for name := range m.apps[t.env.ID].tracks {
			m.journal.forget(key{t.env.ID, name})
		}
		delete(m.apps, t.env.ID)
	}
}

// isOurs says that this server would watch a service if anybody did.
func (m *Monitor) isOurs(h lockstep.ServiceHealth, host string) bool {
	if h.Type == lockstep.ServiceApp {
		return host == "" || host == m.opts.Host
	}
	return m.duty
}

// first is when a target is probed first: soon where nothing is known of it,
// and within an interval after a restart.
func (m *Monitor) first(t target, seen bool) time.Duration {
	within := t.interval()
	if !seen {
		within = min(within, time.Second)
	}
	return time.Duration(m.opts.chance() * float64(within))
}

// same says that a probe of one is a probe of the other.
func same(a, b target) bool { return reflect.DeepEqual(a.check, b.check) }

// targetsOf are the targets of an environment. One that is archived is not
// looked at.
func (m *Monitor) targetsOf(env lockstep.Environment) []target {
	if env.Status == lockstep.EnvironmentArchived {
		return nil
	}
	var out []target
	if m.opts.Apps != nil && env.ServingID() != "" && (env.HostID == "" || env.HostID == m.opts.Host) {
		out = append(out, target{key: key{env.ID, ""}, env: env})
	}
	if !m.duty {
		return out
	}
	for _, d := range env.Spec.Dependencies {
		if spec, ok := d.Checked(); ok && env.Enabled(d.Name) {
			check := &dependency{project: env.Project, environmentID: env.ID, environment: env.Name, record: d, spec: spec}
			out = append(out, target{key{env.ID, d.Name}, env, check})
		}
	}
	return out
}

// begin goes on from what was written of a dependency, where that was about
// the same kind of check.
func begin(t target, before lockstep.ServiceHealth) *track {
	fresh := lockstep.ServiceHealth{
		EnvironmentID: t.env.ID, Name: t.service, Type: t.check.record.Type, Managed: true,
		Status: lockstep.HealthUnknown, Kind: t.check.spec.Kind,
	}
	if before.Name == "" || before.Kind != fresh.Kind {
		return &track{health: fresh}
	}
	before.Type, before.Managed = fresh.Type, true
	return &track{health: before}
}
