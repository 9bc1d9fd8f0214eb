package control

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Meter is what a host's agent counts and keeps. It may be slow or fail where
// the host is away.
type Meter interface {
	// Fetch stores the figures of all minutes that are over.
	Fetch(ctx context.Context) error

	// Usage is what happens now, by environment ID: of one, with what its open
	// minute has, or of all where none is named.
	Usage(ctx context.Context, environmentID string) (map[string]lockstep.Usage, error)

	// Logs are lines of an environment's instances.
	Logs(ctx context.Context, environmentID string, query lockstep.LogQuery) (lockstep.LogPage, error)
}

type noMeter struct{}

func (noMeter) Fetch(context.Context) error { return nil }

func (noMeter) Usage(context.Context, string) (map[string]lockstep.Usage, error) {
	return nil, lockstep.Errorf(lockstep.CodeUnavailable, "this server has no agent")
}

func (noMeter) Logs(context.Context, string, lockstep.LogQuery) (lockstep.LogPage, error) {
	return lockstep.LogPage{}, lockstep.Errorf(lockstep.CodeUnavailable, "this server has no agent")
}

// elsewhere says why this server cannot ask an environment's host, "" where
// it can.
func (c *Control) elsewhere(env lockstep.Environment) string {
	if env.HostID != "" && c.host != "" && env.HostID != c.host {
		return "it runs on another host (" + env.HostID + "): ask the server there"
	}
	return ""
}

// usage asks the host of an environment; why is for people.
func (c *Control) usage(ctx context.Context, env lockstep.Environment) (now lockstep.Usage, why string) {
	if why := c.elsewhere(env); why != "" {
		return now, why
	}
	ctx, cancel := context.WithTimeout(ctx, observeTimeout)
	defer cancel()
	all, err := c.meter.Usage(ctx, env.ID)
	if err != nil {
		return now, unreachable(err)
	}
	return all[env.ID], ""
}

// openRow is the minute that is not over.
func openRow(u lockstep.Usage) lockstep.FiguresRow {
	return lockstep.FiguresRow{At: u.OpenFrom, Covered: max(0, u.At.Sub(u.OpenFrom)), EnvironmentFigures: u.Open}
}

// steps that people read series in.
var niceSteps = []time.Duration{
	time.Minute, 5 * time.Minute, lockstep.FigureQuarter, 30 * time.Minute, time.Hour, 2 * time.Hour,
	4 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}
