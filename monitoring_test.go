package lockstep_test

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func TestMonitoringOf(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	seen := func(ago time.Duration) *time.Time {
		at := now.Add(-ago)
		return &at
	}
	app := func(checked *time.Time) lockstep.ServiceHealth {
		return lockstep.ServiceHealth{Name: "web", Type: lockstep.ServiceApp, Managed: true, Desired: 1, CheckedAt: checked}
	}
	dependency := func(checked *time.Time) lockstep.ServiceHealth {
		return lockstep.ServiceHealth{Name: "db", Type: lockstep.ServiceDatabase, Managed: true, CheckedAt: checked}
	}
	disabled, unmanaged, stopped := app(seen(0)), dependency(seen(0)), app(seen(0))
	disabled.Disabled, unmanaged.Managed, stopped.Desired = true, false, 0
	for name, tt := range map[string]struct {
		services []lockstep.ServiceHealth
		watched  int
		want     lockstep.MonitorState
	}{
		"nothing":                           {nil, 0, lockstep.MonitorIdle},
		"nothing that anybody looks at":     {[]lockstep.ServiceHealth{disabled, unmanaged, stopped}, 0, lockstep.MonitorIdle},
		"not yet":                           {[]lockstep.ServiceHealth{app(nil), dependency(nil)}, 2, lockstep.MonitorPending},
		"just now":                          {[]lockstep.ServiceHealth{app(seen(time.Second))}, 1, lockstep.MonitorActive},
		"one of two":                        {[]lockstep.ServiceHealth{app(nil), dependency(seen(time.Second))}, 2, lockstep.MonitorActive},
		"longer ago than a look takes":      {[]lockstep.ServiceHealth{app(seen(61 * time.Second))}, 1, lockstep.MonitorInterrupted},
		"a check that comes every hour":     {[]lockstep.ServiceHealth{dependency(seen(2 * time.Hour))}, 1, lockstep.MonitorActive},
		"a check that came every hour":      {[]lockstep.ServiceHealth{dependency(seen(4 * time.Hour))}, 1, lockstep.MonitorInterrupted},
		"the one that is looked at oftener": {[]lockstep.ServiceHealth{dependency(seen(2 * time.Hour)), app(nil)}, 2, lockstep.MonitorInterrupted},
	} {
		m := lockstep.MonitoringOf(tt.services, map[string]time.Duration{"db": time.Hour}, now)
		if m.Watched != tt.watched || m.Uptime != tt.want || m.Security != lockstep.MonitorNone {
			t.Errorf("%s: %+v", name, m)
		}
	}
}
