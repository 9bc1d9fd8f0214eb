package store

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// news wakes readers of events. A commit in this process announces itself;
// the commits of others are looked for while somebody waits.
type news struct {
	waiting atomic.Int64

	mu     sync.Mutex
	next   chan struct{} // closed by the next announcement
	closed bool
}

func newNews() *news { return &news{next: make(chan struct{})} }

// wait returns what the next announcement closes, and whether there will be none.
func (n *news) wait() (<-chan struct{}, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.next, n.closed
}

func (n *news) announce() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.closed {
		close(n.next)
		n.next = make(chan struct{})
	}
}

func (n *news) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.closed {
		n.closed = true
		close(n.next)
	}
}

const (
	watchEvery   = 250 * time.Millisecond // how late a reader learns of another server's commit
	longestWatch = 4 * time.Second        // the same, after the database was away
)

// watch announces events that other processes commit. It polls rather than
// listens: a poll survives a lost connection and a connection pooler.
func (s *Store) watch(ctx context.Context) {
	look := time.NewTimer(watchEvery)
	defer look.Stop()
	var seen int64
	var lost time.Time // nobody could look since then; zero: one can
	pause := watchEvery
	for ; ; look.Reset(pause/2 + rand.N(pause/2)) {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		if s.news.waiting.Load() == 0 {
			continue
		}
		var newest int64
		err := s.View(ctx, func(tx *Tx) (err error) {
			_, newest, err = tx.EventRange()
			return err
		})
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			// Readers find out by themselves when they look next.
			pause = min(2*pause, longestWatch)
			if lost.IsZero() {
				lost = s.now()
				s.log.WarnContext(ctx, "new events cannot be looked for; trying again until it works", "error", err)
			}
			continue
		case !lost.IsZero():
			s.log.InfoContext(ctx, "new events can be looked for again", "after", s.now().Sub(lost).Round(time.Millisecond))
			lost, pause = time.Time{}, watchEvery
		}
		if newest != seen {
			seen = newest
			s.news.announce()
		}
	}
}
