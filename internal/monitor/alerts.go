package monitor

import (
	"context"
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

// heed makes the alerts of an environment those of its rules. A rule that has
// changed begins anew.
func (m *Monitor) heed(at *concern) {
	before := map[string]lockstep.Alert{}
	for _, a := range at.alerts {
		before[a.Name] = a
	}
	if w := m.alerts[at.id]; w != nil {
		for name, a := range w.states { // what is newer than the store
			before[name] = a
		}
	}
	delete(m.alerts, at.id)
	if at.env != nil {
		w := &watched{env: *at.env, states: map[string]lockstep.Alert{}}
		for _, r := range at.env.Spec.Alerts {
			rule, ok := m.rule(*at.env, r)
			if !ok {
				continue
			}
			w.rules = append(w.rules, rule)
			if a, ok := before[r.Name]; ok && a.When == r.When {
				w.states[r.Name] = a
				delete(before, r.Name)
			}
		}
		if len(w.rules) > 0 && at.env.Status != lockstep.EnvironmentArchived {
			m.alerts[at.id] = w
		}
	}
	if m.duty {
		for name := range before {
			m.journal.noMore(key{at.id, name})
		}
	}
}

// rule is a rule that was compiled before, where its text is the same: many
// environments have the same ones.
func (m *Monitor) rule(env lockstep.Environment, r lockstep.AlertRule) (alert.Rule, bool) {
	if known, ok := m.rules[r]; ok {
		return known, true
	}
	rule, err := alert.Compile(r, nil)
	if err != nil { // it was right when the matrix was applied
		m.opts.Logger.Warn("an alert cannot be read", "environment", env.Name, "error", err)
		return rule, false
	}
	m.rules[r] = rule
	return rule, true
}

// keepRules forgets the rules that no environment has any more.
func (m *Monitor) keepRules(all []lockstep.Environment) {
	kept := map[lockstep.AlertRule]alert.Rule{}
	for _, env := range all {
		for _, r := range env.Spec.Alerts {
			if rule, ok := m.rules[r]; ok {
				kept[r] = rule
			}
		}
	}
	m.rules = kept
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
