package control

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/lockstep-dev/lockstep"
)

// configCache keeps resolved configurations. It is right because of events:
// what an event concerns is forgotten, at once where it was committed here,
// and as soon as it is heard where another server did it. While nobody listens
// it keeps nothing, and every read is one of the store. While the database is
// away nothing can be heard, and what was known last goes on being told.
type configCache struct {
	reading singleflight.Group

	mu      sync.Mutex
	live    bool
	moment  int64            // counts what was forgotten
	cleared int64            // the moment when everything was
	dropped map[string]int64 // and each environment, since then
	entries map[ResolvedQuery]*resolved
	owned   map[string][]ResolvedQuery // by environment
	size    int
	waiting map[string]chan struct{} // by environment; closed when it is dropped
}

// What is kept at most; beyond it everything is forgotten, and read again.
const (
	maxConfigs     = 20_000
	maxConfigBytes = 64 << 20
	readConfigIn   = 20 * time.Second
)

func newConfigCache() *configCache {
	c := &configCache{waiting: map[string]chan struct{}{}}
	c.forget()
	return c
}

// of is a configuration from memory, or what read reads. Those who ask for
// the same one meanwhile get it too, unless something changed since it began.
func (c *configCache) of(ctx context.Context, q ResolvedQuery, read func(context.Context) (*resolved, error)) (*resolved, error) {
	c.mu.Lock()
	known, live, moment := c.entries[q], c.live, c.moment
	c.mu.Unlock()
	if known != nil {
		return known, nil
	}
	if !live {
		return read(ctx)
	}
	result := c.reading.DoChan(fmt.Sprintf("%d %q %q %q %q", moment, q.Project, q.Environment, q.Service, q.Version), func() (any, error) {
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), readConfigIn)
		defer cancel()
		r, err := read(own)
		if err != nil {
			return nil, err
		}
		c.keep(q, r, moment)
		return r, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case got := <-result:
		if got.Err != nil {
			return nil, got.Err
		}
		return got.Val.(*resolved), nil //nolint:forcetypeassert // as it was given above
	}
}

// keep keeps what was read at a moment, unless it was to be forgotten since.
func (c *configCache) keep(q ResolvedQuery, r *resolved, moment int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.live || c.cleared > moment || c.dropped[r.environmentID] > moment || c.entries[q] != nil || r.size > maxConfigBytes/8 {
		return
	}
	if len(c.entries) >= maxConfigs || c.size+r.size > maxConfigBytes {
		c.forget()
	}
	c.entries[q] = r
	c.owned[r.environmentID] = append(c.owned[r.environmentID], q)
	c.size += r.size
}

// changed returns what is closed when an environment's configuration may have
// changed, and whether that is heard of.
func (c *configCache) changed(environmentID string) (<-chan struct{}, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	signal := c.waiting[environmentID]
	if signal == nil {
		signal = make(chan struct{})
		c.waiting[environmentID] = signal
	}
	return signal, c.live
}

// hear forgets what an event concerns.
func (c *configCache) hear(e lockstep.Event) {
	switch e.Type { //nolint:exhaustive // the others may change what programs get
	case lockstep.EventHealthChanged, lockstep.EventAlertChanged, lockstep.EventAlertAcknowledged, lockstep.EventSecretsRevealed,
		lockstep.EventStepStarted, lockstep.EventStepProgress:
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.EnvironmentID == "" {
		c.wakeAll()
		c.forget()
		return
	}
	c.moment++
	if len(c.dropped) >= maxConfigs {
		c.forget()
	}
	c.dropped[e.EnvironmentID] = c.moment
	for _, q := range c.owned[e.EnvironmentID] {
		c.size -= c.entries[q].size
		delete(c.entries, q)
	}
	delete(c.owned, e.EnvironmentID)
	if signal := c.waiting[e.EnvironmentID]; signal != nil {
		close(signal)
		delete(c.waiting, e.EnvironmentID)
	}
}

// listen says whether events are heard from now on. Whatever was missed may
// concern anything.
func (c *configCache) listen(live bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live = live
	c.wakeAll()
	c.forget()
}

func (c *configCache) wakeAll() {
	for id, signal := range c.waiting {
		close(signal)
		delete(c.waiting, id)
	}
}

func (c *configCache) forget() {
	c.moment++
	c.cleared, c.size = c.moment, 0
	c.dropped, c.entries, c.owned = map[string]int64{}, map[ResolvedQuery]*resolved{}, map[string][]ResolvedQuery{}
}
