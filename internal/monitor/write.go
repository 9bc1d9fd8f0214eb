package monitor

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// keepWriting writes changes at once and the rest now and then, until ctx ends.
func (m *Monitor) keepWriting(ctx context.Context) {
	again := time.NewTicker(againEvery)
	defer again.Stop()
	rest := time.NewTicker(restEvery)
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.journal.hasNews:
			m.write(ctx, m.journal.news())
		case <-again.C:
			m.write(ctx, m.journal.news())
		case <-rest.C:
			m.write(ctx, m.journal.rest())
		}
	}
}

// write takes back what could not be written, and what comes after it.
func (m *Monitor) write(ctx context.Context, all []lockstep.HealthBatch) {
	for i, b := range all {
		err := m.opts.Store.RecordHealth(ctx, b)
		if err == nil {
			continue
		}
		if ctx.Err() == nil {
			m.opts.Logger.Warn("health cannot be written; it is tried again", "error", err)
		}
		for _, b := range all[i:] {
			m.journal.back(b)
		}
		return
	}
}
