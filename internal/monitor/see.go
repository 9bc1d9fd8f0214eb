package monitor

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

// apps are the app services of an environment.
type apps struct {
	tracks map[string]*track
	// Whether users' requests have somewhere to go: each service that they go
	// to has an instance that is ready. seen is zero where that is not known.
	up   bool
	seen time.Time
}

// see takes in a probe that ended, and says when the next is due.
func (m *Monitor) see(o outcome) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, there := m.targets[o.target.key]
	if !there || o.stopped || !same(t, o.target) {
		m.schedule.done(o.target.key, 0, false)
		return
	}
	if t.check == nil {
		m.seeApps(t, o)
		m.schedule.done(t.key, time.Duration(float64(appInterval)*(0.95+m.opts.chance()/10)), o.err != nil)
		return
	}
	m.opts.Checked(t.check.spec.Kind, o.result.status, o.result.took)
	track, ok := m.tracks[t.key]
	if !ok { // the duty was lost meanwhile
		m.schedule.done(t.key, t.interval(), false)
		return
	}
	m.note(t, track, o.result, o.at, rules{t.check.spec.HealthyAfter, t.check.spec.UnhealthyAfter})
	wait := track.wait(t.interval(), m.opts.chance())
	track.expect = 2*wait + 2*t.timeout() + 5*time.Second
	m.schedule.done(t.key, wait, o.result.timedOut)
}

// note takes a probe into a track and writes down what follows.
func (m *Monitor) note(t target, track *track, r result, at time.Time, rules rules) {
	k := key{t.env.ID, track.health.Name}
	observed, from, changed := track.see(r, at, rules)
	if observed != nil {
		m.journal.observe(k, *observed)
	}
	m.journal.state(k, track.health)
	if !changed {
		return
	}
	h := track.health
	m.journal.change(k, lockstep.HealthChange{
		ID: m.opts.newID(), EnvironmentID: t.env.ID, Service: h.Name, Status: h.Status,
		ResponseTime: h.ResponseTime, Message: h.Message, CheckedAt: at, Metadata: h.Metadata,
	}, lockstep.Event{
		At: at, Type: lockstep.EventHealthChanged, ProjectID: t.env.ProjectID, EnvironmentID: t.env.ID,
		Data: map[string]any{"service": h.Name, "from": string(from), "to": string(h.Status), "message": h.Message},
	})
}

// seeApps takes in how the app services of an environment are. The agent has
// judged their readiness already: each look counts.
func (m *Monitor) seeApps(t target, o outcome) {
	of := m.apps[t.env.ID]
	if of == nil {
		of = &apps{tracks: map[string]*track{}}
		m.apps[t.env.ID] = of
	}
	seen := map[string]bool{}
	up, serves := true, false
	for _, h := range o.apps {
		seen[h.Name] = true
		if h.Serves {
			serves = true
			up = up && h.Ready > 0
		}
		tr, ok := of.tracks[h.Name]
		if !ok {
			tr = &track{health: lockstep.ServiceHealth{EnvironmentID: t.env.ID, Name: h.Name, Type: lockstep.ServiceApp, Managed: true, Status: lockstep.HealthUnknown}}
			of.tracks[h.Name] = tr
		}
		tr.health.Serves, tr.health.Ready, tr.health.Desired = h.Serves, h.Ready, h.Desired
		tr.expect = mostBetweenLooks
		m.note(t, tr, result{status: h.Status, message: h.Message}, o.at, rules{1, 1})
	}
	for name, tr := range of.tracks {
		if seen[name] {
			continue
		}
		if o.err == nil {
			delete(of.tracks, name) // it was deployed away
			m.journal.forget(key{t.env.ID, name})
			continue
		}
		m.note(t, tr, result{status: lockstep.HealthUnknown, message: "its agent does not answer"}, o.at, rules{1, 1})
	}
	if passed := o.at.Sub(of.seen); !of.seen.IsZero() && passed > 0 && passed <= mostBetweenLooks {
		m.journal.observe(key{t.env.ID, ""}, span{of.seen, o.at, of.up})
	}
	of.up, of.seen = up, time.Time{}
	if o.err == nil && serves {
		of.seen = o.at
	}
}

// mostBetweenLooks is how long two looks at app services may be apart for the
// time between them to count as observed.
const mostBetweenLooks = 2*appInterval + 2*appTimeout
