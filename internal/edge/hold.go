package edge

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// room is where an environment's requests wait: for the end of a hold, or for
// a ready instance.
type room struct {
	waiting atomic.Int64
	held    atomic.Int64 // waited for the end of a hold, and were let on
	shed    atomic.Int64 // did not live to see it
	gate    chan struct{}
}

// After a hold at most releasePace requests at once are on their way to an
// answer. One whose answer takes longer than paceFor lets the next one on, so
// that slow answers slow the others down to 1280 a second, and no further.
const (
	releasePace = 128
	paceFor     = 100 * time.Millisecond
)

// stay is one request's waiting; its zero value is one that never waited.
type stay struct {
	inside  bool
	arrived time.Time // when it first had to wait
	unready time.Time // when it first found no instance
	held    bool      // by a hold
	pass    func()    // gives its place in the gate back; nil without one
}

// wait returns outdated when the view has changed, else why there will be no
// seat. The reason to wait is holding or noInstance.
func (x *exchange) wait(ctx context.Context, v *view, why verdict) verdict {
	s, now := &x.stay, time.Now()
	if !s.inside && !x.env.room.enter(x.edge.opts.RoomLimit) {
		return inVain(why)
	}
	s.inside = true
	if s.arrived.IsZero() {
		s.arrived = now
	}
	s.letNextOn()

	deadline := s.arrived.Add(v.hold)
	if why == holding {
		s.held = true
	} else {
		if s.unready.IsZero() {
			s.unready = now
		}
		deadline = s.unready.Add(x.edge.opts.ReadyWait)
	}
	if !deadline.After(now) {
		return inVain(why)
	}

	timer := time.NewTimer(deadline.Sub(now))
	defer timer.Stop()
	select {
	case <-v.replaced:
		return x.passGate(ctx)
	case <-timer.C:
		return inVain(why)
	case <-ctx.Done():
		return gone
	}
}

// inVain is what the end of waiting without a seat is called.
func inVain(why verdict) verdict {
	if why == holding {
		return shed
	}
	return why
}

// passGate lets requests on that were held, a few at a time.
func (x *exchange) passGate(ctx context.Context) verdict {
	s, gate := &x.stay, x.env.room.gate
	if !s.held || x.env.now.Load().hold > 0 {
		return outdated
	}
	select {
	case gate <- struct{}{}:
		s.pass = sync.OnceFunc(func() { <-gate })
		time.AfterFunc(paceFor, s.pass)
		return outdated
	case <-ctx.Done():
		return gone
	}
}

// letNextOn gives a place in the gate back.
func (s *stay) letNextOn() {
	if s.pass != nil {
		s.pass()
		s.pass = nil
	}
}

func (r *room) enter(limit int) bool {
	if r.waiting.Add(1) > int64(limit) {
		r.waiting.Add(-1)
		return false
	}
	return true
}

// leaveRoom ends the waiting, if there was any, and counts how.
func (x *exchange) leaveRoom(how verdict) {
	s, room := &x.stay, &x.env.room
	if s.inside {
		s.inside = false
		room.waiting.Add(-1)
	}
	switch {
	case how == shed:
		room.shed.Add(1)
	case how == seated && s.held:
		s.held = false
		room.held.Add(1)
	}
}

// HoldStats says how many requests of an environment were held and then let
// on, and how many were turned away because they had been held too long or
// too many were, since the environment was first known.
func (e *Edge) HoldStats(environment string) (held, shed int64) {
	env, ok := e.table.Load().environments[environment]
	if !ok {
		return 0, 0
	}
	return env.room.held.Load(), env.room.shed.Load()
}
