package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
	"github.com/lockstep-dev/lockstep/internal/figures"
)

// fetchEvery is how often the figures of the minutes that are over are fetched.
const fetchEvery = 20 * time.Second

// meter is what this host's agent counts and keeps; see control.Meter.
type meter struct {
	machine *machine
	sampler *figures.Sampler
}

func newMeter(m *machine, store figures.Store, host string, log *slog.Logger) *meter {
	out := &meter{machine: m}
	out.sampler = figures.New(figures.Options{Agent: out, Store: store, Host: host, Log: log, Every: fetchEvery})
	return out
}

func (m *meter) run(ctx context.Context) { m.sampler.Run(ctx) }

// Fetch implements control.Meter.
func (m *meter) Fetch(ctx context.Context) error { return m.sampler.Fetch(ctx) }

// Frames implements figures.Agent. Without an agent there are none.
func (m *meter) Frames(ctx context.Context, after int64) ([]lockstep.Frame, bool, error) {
	if !m.machine.isWanted() {
		return nil, false, nil
	}
	if err := m.machine.without(); err != nil {
		return nil, false, err
	}
	list, err := m.machine.client.Frames(ctx, after)
	return list.Frames, list.More, err
}

// Usage implements control.Meter.
func (m *meter) Usage(ctx context.Context, environment string) (map[string]lockstep.Usage, error) {
	if !m.machine.isWanted() {
		return nil, nil // nothing was ever started here
	}
	if err := m.machine.without(); err != nil {
		return nil, err
	}
	return m.machine.client.Usage(ctx, environment)
}

// Logs implements control.Meter.
func (m *meter) Logs(ctx context.Context, environment string, query lockstep.LogQuery) (lockstep.LogPage, error) {
	if !m.machine.isWanted() {
		return m.silence(ctx, query)
	}
	if err := m.machine.without(); err != nil {
		return lockstep.LogPage{}, err
	}
	return m.machine.client.Logs(ctx, wire.LogRequest{Environment: environment, Query: query})
}

// silence is what there is to read where nothing was ever started: no line up
// to now. Whoever waits for one waits here as it would at the agent.
func (m *meter) silence(ctx context.Context, query lockstep.LogQuery) (lockstep.LogPage, error) {
	page := lockstep.LogPage{Lines: []lockstep.LogLine{}, Cursor: query.Cursor}
	if page.Cursor == "" {
		page.Cursor = lockstep.LogCursor{At: time.Now(), Instance: "~"}.String()
	}
	select {
	case <-m.machine.wanted:
	case <-time.After(min(query.Wait.Std(), lockstep.MaxLogWait)):
	case <-ctx.Done():
		return page, ctx.Err()
	}
	return page, nil
}
