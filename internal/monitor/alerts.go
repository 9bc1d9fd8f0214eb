package monitor

import (
	"context"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/alert"
)

const alertsEvery = 2 * time.Second

// watched is an environment with alerts.
type watched struct {
	env    lockstep.Environment
	rules  []alert.Rule
	states map[string]lockstep.Alert // by name; none: ok
}

// heed makes the alerts those of the environments. A rule that has changed
// begins anew, and so does one that names a service which was disabled.
func (m *Monitor) heed(all []lockstep.Environment, stored []lockstep.Alert) {
	before := map[key]lockstep.Alert{}
	for _, a := range stored {
		before[key{a.EnvironmentID, a.Name}] = a
	}
	for id, w := range m.alerts { // what is newer than the store
		for name, a := range w.states {
			before[key{id, name}] = a
		}
	}
	m.alerts = map[string]*watched{}
	for _, env := range all {
		w := &watched{env: env, states: map[string]lockstep.Alert{}}
		for _, r := range env.Spec.Alerts {
			rule, err := alert.Compile(r, nil)
			if err != nil { // it was right when the matrix was applied
				m.opts.Logger.Warn("an alert cannot be read", "environment", env.Name, "error", err)
				continue
			}
			if slices.ContainsFunc(env.Disabled, rule.Names) {
				continue // nobody looks at it, and nobody wants to hear of it
			}
			w.rules = append(w.rules, rule)
			k := key{env.ID, r.Name}
			if a, ok := before[k]; ok && a.When == r.When {
				w.states[r.Name] = a
				delete(before, k)
			}
		}
		if len(w.rules) > 0 && env.Status != lockstep.EnvironmentArchived {
			m.alerts[env.ID] = w
		}
	}
	if m.duty {
		for k := range before {
			m.journal.noMore(k)
		}
	}
}

// judgeAlerts evaluates all alerts, on the one server whose duty it is. App
// services of other machines are as they were written last.
func (m *Monitor) judgeAlerts(ctx context.Context) {
	m.mu.Lock()
	idle := !m.duty || len(m.alerts) == 0
	m.mu.Unlock()
	if idle {
		return
	}
	stored, err := m.opts.Store.HealthStates(ctx)
	if err != nil {
		if ctx.Err() == nil {
			m.opts.Logger.Warn("alerts cannot be evaluated", "error", err)
		}
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	services := map[string]map[string]lockstep.ServiceHealth{}
	for _, h := range stored {
		if m.alerts[h.EnvironmentID] != nil && h.Type == lockstep.ServiceApp {
			in(services, h.EnvironmentID)[h.Name] = h
		}
	}
	now := m.opts.Now().UTC().Truncate(time.Microsecond)
	for id, w := range m.alerts {
		of := in(services, id)
		if local := m.apps[id]; local != nil {
			for name, t := range local.tracks {
				of[name] = t.health
			}
		}
		for _, k := range m.of[id] {
			if t := m.tracks[k]; t != nil {
				of[k.service] = t.health
			}
		}
		all := make([]lockstep.ServiceHealth, 0, len(of))
		for _, h := range of {
			all = append(all, h)
		}
		m.judge(w, all, now)
	}
}

func in(all map[string]map[string]lockstep.ServiceHealth, id string) map[string]lockstep.ServiceHealth {
	if all[id] == nil {
		all[id] = map[string]lockstep.ServiceHealth{}
	}
	return all[id]
}

// judge evaluates the alerts of one environment. Where nothing is known of it,
// or of a service that an alert names, that stays as it is.
func (m *Monitor) judge(w *watched, services []lockstep.ServiceHealth, now time.Time) {
	facts, known := alert.FactsOf(services)
	if !known {
		return
	}
	for _, r := range w.rules {
		if !r.Known(facts) {
			continue
		}
		was, ok := w.states[r.Name]
		if !ok {
			was = lockstep.Alert{EnvironmentID: w.env.ID, Environment: w.env.Name, Name: r.Name, When: r.When, State: lockstep.AlertOK}
		}
		if was.Since.After(now) {
			was.Since = now // the clock was set back
			w.states[r.Name] = was
		}
		next, err := r.Next(was.State, was.Since, now, facts)
		if err != nil {
			m.opts.Logger.Warn("an alert cannot be evaluated", "environment", w.env.Name, "alert", r.Name, "error", err)
			continue
		}
		if next == was.State {
			continue
		}
		from := was.State
		was.State, was.Since = next, now
		was.Summary = alert.Summary(facts, services)
		w.states[r.Name] = was
		m.journal.alert(was, lockstep.Event{
			At: now, Type: lockstep.EventAlertChanged, ProjectID: w.env.ProjectID, EnvironmentID: w.env.ID,
			Data: map[string]any{"name": r.Name, "from": string(from), "to": string(next), "summary": was.Summary},
		})
	}
}
