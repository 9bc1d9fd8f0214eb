package lockstep

import (
	"slices"
	"time"
)

// MonitorState is how a kind of monitoring stands.
type MonitorState string

// The states.
const (
	MonitorActive      MonitorState = "active"
	MonitorPending     MonitorState = "pending"     // there is something to watch that nobody has looked at yet
	MonitorIdle        MonitorState = "idle"        // there is nothing to watch
	MonitorInterrupted MonitorState = "interrupted" // nobody has looked for longer than usual
	MonitorNone        MonitorState = "none"        // there is no monitoring of the kind
)

// MonitorStates lists the states.
func MonitorStates() []MonitorState {
	return []MonitorState{MonitorActive, MonitorPending, MonitorIdle, MonitorInterrupted, MonitorNone}
}

// MonitoringStatus is A's getEnvironmentMonitoringStatus: what of an
// environment is watched, and whether somebody does.
type MonitoringStatus struct {
	Watched     int          `json:"watched"`            // services that run, and dependencies that are checked
	LastSeen    *time.Time   `json:"lastSeen,omitempty"` // when somebody last looked at one of them
	Uptime      MonitorState `json:"uptime"`             // of these looks
	Month       Uptime       `json:"month"`              // of what users' requests go to, over 30 days
	Performance MonitorState `json:"performance"`        // of the figures of requests and processes
	Security    MonitorState `json:"security"`           // of the checks for weak spots: active, or interrupted where some could not be made
	OpenAlerts  int          `json:"openAlerts"`         // that are pending, or fire

	SecurityFindings map[Severity]int `json:"securityFindings"` // that these checks found now, by how bad they are; what they are says the SecurityReport
}

// SecurityIs takes over what was found. It is looked for each time that
// somebody asks; nothing watches for intruders.
func (m *MonitoringStatus) SecurityIs(r SecurityReport) {
	m.Security, m.SecurityFindings = MonitorActive, r.Counts
	if slices.ContainsFunc(r.Checks, func(c SecurityCheck) bool { return c.Unknown != "" }) {
		m.Security = MonitorInterrupted
	}
}

// MonitoringOf judges at a time how the looks at services stand. lookEvery is
// how far two looks at one of them are apart; 0: not known.
func MonitoringOf(services []ServiceHealth, lookEvery map[string]time.Duration, now time.Time) MonitoringStatus {
	m := MonitoringStatus{Uptime: MonitorIdle, Security: MonitorNone}
	var patience time.Duration
	for _, s := range services {
		if s.Disabled || !s.Managed || s.Type == ServiceApp && s.Desired == 0 {
			continue
		}
		m.Watched++
		if p := mostLooksMissed*lookEvery[s.Name] + lookGrace; patience == 0 || p < patience {
			patience = p
		}
		if s.CheckedAt != nil && (m.LastSeen == nil || s.CheckedAt.After(*m.LastSeen)) {
			m.LastSeen = s.CheckedAt
		}
	}
	switch {
	case m.Watched == 0:
	case m.LastSeen == nil:
		m.Uptime = MonitorPending
	case now.Sub(*m.LastSeen) > patience:
		m.Uptime = MonitorInterrupted
	default:
		m.Uptime = MonitorActive
	}
	return m
}

// Looks may be missed, and what they saw takes a while until it is stored.
const (
	mostLooksMissed = 3
	lookGrace       = time.Minute
)
