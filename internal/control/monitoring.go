package control

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

// monitoring is how an environment is watched. figures are those of its last
// day.
func (c *Control) monitoring(r recorded, services []lockstep.ServiceHealth, figures *lockstep.EnvironmentMetrics) *lockstep.MonitoringStatus {
	every := map[string]time.Duration{}
	for _, d := range r.env.Spec.Dependencies {
		if spec, ok := d.Checked(); ok {
			every[d.Name] = spec.Interval.Std()
		}
	}
	m := lockstep.MonitoringOf(services, every, c.now())
	m.Month = lockstep.UptimeOf(month, r.month)
	m.OpenAlerts = len(notOK(r.alerts))
	m.SecurityIs(r.security.judge(c.now()))
	switch {
	case r.env.ServingID() == "":
		m.Performance = lockstep.MonitorIdle
	case figures.Unknown != "":
		m.Performance = lockstep.MonitorInterrupted
	case figures.Covered == 0:
		m.Performance = lockstep.MonitorPending
	default:
		m.Performance = lockstep.MonitorActive
	}
	return &m
}

const month = 30 * 24 * time.Hour
