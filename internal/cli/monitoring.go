package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// weakSpotsText is how many there are, as lockstep security finds them.
func (p paint) weakSpotsText(m lockstep.MonitoringStatus) (parts []string) {
	var found []string
	style := func(text string) string { return text }
	for _, s := range lockstep.Severities() {
		if n := m.SecurityFindings[s]; n > 0 {
			found = append(found, fmt.Sprintf("%d %s", n, s))
			if s == lockstep.SeverityCritical || s == lockstep.SeverityHigh {
				style = p.warn
			}
		}
	}
	switch {
	case len(found) > 0:
		parts = append(parts, style("weak spots: "+strings.Join(found, ", ")))
	case m.Security == lockstep.MonitorActive:
		parts = append(parts, "no weak spots found")
	}
	if m.Security == lockstep.MonitorInterrupted {
		parts = append(parts, p.warn("not all weak spots can be looked for"))
	}
	return parts
}

// monitoringText is what is watched, in one line: what is as it should be says
// little, and what is not says why.
func (p paint) monitoringText(m lockstep.MonitoringStatus, now time.Time) string {
	var parts []string
	seen := ""
	if m.LastSeen != nil {
		seen = ", seen " + ago(now, *m.LastSeen)
	}
	switch m.Uptime {
	case lockstep.MonitorActive:
		parts = append(parts, count(m.Watched, "service")+seen)
	case lockstep.MonitorPending:
		parts = append(parts, count(m.Watched, "service")+", not seen yet")
	case lockstep.MonitorInterrupted:
		parts = append(parts, p.warn("interrupted: "+count(m.Watched, "service")+seen))
	case lockstep.MonitorIdle, lockstep.MonitorNone:
		parts = append(parts, "nothing")
	}
	if m.Month.Percent != nil {
		parts = append(parts, "up "+percent(*m.Month.Percent)+" in 30 days"+observedText(m.Month))
	}
	performance := "performance " + string(m.Performance)
	if m.Performance == lockstep.MonitorInterrupted {
		performance = p.warn(performance)
	}
	parts = append(parts, performance)
	parts = append(parts, p.weakSpotsText(m)...)
	if m.OpenAlerts > 0 {
		parts = append(parts, p.warn(count(m.OpenAlerts, "alert")+" open"))
	}
	return strings.Join(parts, "; ")
}
