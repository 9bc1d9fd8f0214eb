package control

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// usesEvery is how often it is written down who was here.
const usesEvery = time.Minute

// useOf is a session, or a token by its ID.
type useOf struct {
	session lockstep.TokenHash
	token   string
}

// uses are when tokens and sessions were used last, until it is written down:
// no request waits for that.
type uses struct {
	mu   sync.Mutex
	last map[useOf]time.Time
}

func newUses() *uses { return &uses{last: map[useOf]time.Time{}} }

func (u *uses) note(of useOf, at time.Time) {
	if of == (useOf{}) {
		return // an administrator's token
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.last[of].Before(at) {
		u.last[of] = at
	}
}

// latest is the later of what is known here and what is stored.
func (u *uses) latest(of useOf, stored time.Time) time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	if at := u.last[of]; at.After(stored) {
		return at
	}
	return stored
}

func (u *uses) pending() map[useOf]time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	return maps.Clone(u.last)
}

// written forgets what is stored now, unless it was used again meanwhile.
func (u *uses) written(done map[useOf]time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for of, at := range done {
		if u.last[of].Equal(at) {
			delete(u.last, of)
		}
	}
}

// WriteUses writes down when tokens and sessions were used last.
func (c *Control) WriteUses(ctx context.Context) error {
	pending := c.uses.pending()
	if len(pending) == 0 {
		return nil
	}
	err := c.store.Update(ctx, func(tx Tx) error {
		for of, at := range pending {
			var err error
			if of.token != "" {
				err = tx.TokenUsed(of.token, at)
			} else {
				err = tx.SessionUsed(of.session, at)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		c.uses.written(pending)
	}
	return err
}

// KeepUses does that every minute until ctx ends, and then once more.
func (c *Control) KeepUses(ctx context.Context) {
	tick := time.NewTicker(usesEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := c.WriteUses(ctx); err != nil && ctx.Err() == nil {
				c.log.DebugContext(ctx, "when tokens were used last cannot be written down now", "error", err)
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if err := c.WriteUses(last); err != nil {
				c.log.DebugContext(last, "when tokens were used last was not written down", "error", err)
			}
			return
		}
	}
}
