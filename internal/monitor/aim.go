package monitor

import (
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

// aim makes the targets of an environment those that there should be.
func (m *Monitor) aim(at *concern) {
	before := map[key]lockstep.ServiceHealth{}
	for _, h := range at.states {
		before[key{at.id, h.Name}] = h
	}
	host := ""
	wanted := map[key]target{}
	var keys []key
	if at.env != nil {
		host = at.env.HostID
		for _, t := range m.targetsOf(*at.env) {
			wanted[t.key] = t
			keys = append(keys, t.key)
		}
	}
	for _, k := range m.of[at.id] {
		old := m.targets[k]
		t, stays := wanted[k]
		if !stays || !same(old, t) {
			m.schedule.drop(k)
			delete(m.targets, k)
			delete(m.tracks, k)
		}
		if !stays {
			m.leave(old)
		}
	}
	delete(m.of, at.id)
	if len(keys) > 0 {
		m.of[at.id] = keys
	}
	for k, t := range wanted {
		m.take(t, before[k])
	}
	m.resume(at, wanted, host)
}

// take makes a target one that is probed, going on from what was written.
func (m *Monitor) take(t target, before lockstep.ServiceHealth) {
	old, known := m.targets[t.key]
	m.targets[t.key] = t
	if known && same(old, t) {
		if t.check != nil && m.tracks[t.key] == nil {
			m.tracks[t.key] = begin(t, before)
		}
		return
	}
	if t.check != nil {
		m.tracks[t.key] = begin(t, before)
	}
	m.schedule.add(t.key, m.first(t, before.Name != ""))
}

// resume goes on with the app services that were seen before, and forgets
// what is no longer watched.
func (m *Monitor) resume(at *concern, wanted map[key]target, host string) {
	var resumed []lockstep.ServiceHealth
	for _, h := range at.states {
		k := key{at.id, h.Name}
		_, watched := wanted[k]
		if h.Type == lockstep.ServiceApp {
			_, watched = wanted[key{at.id, ""}]
			if watched && m.apps[at.id] == nil {
				resumed = append(resumed, h)
			}
		}
		if !watched && m.isOurs(h, host) {
			m.journal.forget(k)
		}
	}
	if len(resumed) == 0 {
		return
	}
	m.apps[at.id] = &apps{tracks: map[string]*track{}}
	for _, h := range resumed {
		m.apps[at.id].tracks[h.Name] = &track{health: h}
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
		if spec, ok := d.Checked(); ok {
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
