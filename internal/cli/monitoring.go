package cli

import (
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

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
	if m.Security == lockstep.MonitorNone {
		parts = append(parts, "security not watched")
	}
	if m.OpenAlerts > 0 {
		parts = append(parts, p.warn(count(m.OpenAlerts, "alert")+" open"))
	}
	return strings.Join(parts, "; ")
}
