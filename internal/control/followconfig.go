package control

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// FollowConfigs keeps, until ctx ends, what is remembered of configurations
// true to the store, by its events. Without it nothing is remembered.
func (c *Control) FollowConfigs(ctx context.Context) {
	defer c.configs.listen(false)
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, afterError) {
		after, err := c.Newest(ctx)
		if err == nil {
			// What is read from now on has seen everything up to there.
			c.configs.listen(true)
			pause = firstPause
			err = c.followConfigs(ctx, after)
			c.configs.listen(false)
		}
		if ctx.Err() != nil {
			return
		}
		c.log.Debug("configurations are read anew: events do not come through", "error", err)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

const firstPause = 100 * time.Millisecond

func (c *Control) followConfigs(ctx context.Context, after int64) error {
	for {
		events, err := c.store.Events(ctx, after, lockstep.EventFilter{}, 0)
		if err != nil {
			return err
		}
		for _, e := range events {
			c.configs.hear(e)
			after = e.Seq
		}
	}
}

// hearing is a store whose own commits are heard of before anybody is told
// that they were made: who has changed a configuration reads it changed.
type hearing struct {
	Store
	configs *configCache
}

func (s hearing) Update(ctx context.Context, fn func(Tx) error) error {
	var events []lockstep.Event
	err := s.Store.Update(ctx, func(tx Tx) error {
		events = events[:0]
		return fn(hearingTx{tx, &events})
	})
	// Where the answer to the commit was lost it may have been made.
	for _, e := range events {
		s.configs.hear(e)
	}
	return err
}

type hearingTx struct {
	Tx
	events *[]lockstep.Event
}

func (tx hearingTx) AppendEvent(e lockstep.Event) error {
	*tx.events = append(*tx.events, e)
	return tx.Tx.AppendEvent(e)
}
