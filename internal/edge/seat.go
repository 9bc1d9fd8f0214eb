package edge

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// seat is what a request is in flight to. Its members are entered and left
// together; instance is nil between a failed dial and the next try.
type seat struct {
	service  string
	figures  *figures      // nil for what is no user's, and for a group's internal traffic
	tally    *tally        // nil for a probe that is not counted, and for internal traffic
	failed   *atomic.Int64 // likewise
	group    *group
	pool     *pool
	instance *instance
}

// aim says what a request is for: a path under an environment's routing, or
// with revision a path of that one, or with group any instance of it.
type aim struct {
	path     string
	revision string
	group    string
	who      visitor
	kind     lockstep.SampleKind // of a request with revision that is counted; "" others
}

// verdict is what became of looking for a seat.
type verdict int

const (
	seated             verdict = iota
	outdated                   // the view was replaced meanwhile: look again
	unknownEnvironment         // it has no routing
	unknownRevision            // it is not in the routing
	nothingServed              // no weight is above 0
	closed                     // in maintenance
	noService                  // nothing under this path
	switchedOff                // its service is disabled
	holding                    // new requests wait
	noInstance                 // none is ready
	shed                       // held too long, or too many held
	gone                       // the client
)

// resolve finds what the request is for in this view.
func (v *view) resolve(a aim) (seat, verdict) {
	if a.group != "" {
		return v.seatIn(seat{}, a.group)
	}
	if !v.routed {
		return seat{}, unknownEnvironment
	}
	var o *offer
	kind := a.kind
	if a.revision != "" {
		if o = v.offers[a.revision]; o == nil {
			return seat{}, unknownRevision
		}
	} else {
		if v.closed != nil {
			return seat{}, closed
		}
		if v.hold > 0 {
			return seat{}, holding
		}
		var ok bool
		if o, kind, ok = v.lead(a.who); !ok {
			return seat{}, nothingServed
		}
	}
	r, ok := o.find(a.path)
	if !ok {
		return seat{}, noService
	}
	if r.off {
		return seat{}, switchedOff
	}
	s := seat{service: r.service}
	if a.revision == "" {
		s.figures, s.tally, s.failed = o.figures, r.tally, &o.figures.failed
	}
	if kind != "" {
		apart := o.figures.apart.of(kind)
		s.tally, s.failed = &apart.tally, &apart.failed
	}
	return v.seatIn(s, r.group)
}

func (v *view) seatIn(s seat, group string) (seat, verdict) {
	s.pool = v.pools[group]
	if s.pool == nil {
		return s, noInstance
	}
	s.group = s.pool.group
	s.instance = s.pool.pick(nil)
	return s, seated
}

func (s *seat) enter() {
	s.group.inFlight.enter()
	if s.figures != nil {
		s.figures.inFlight.enter()
	}
	s.instance.inFlight.enter()
}

func (s *seat) leave() {
	s.leaveInstance()
	if s.group != nil {
		s.group.inFlight.leave()
		if s.figures != nil {
			s.figures.inFlight.leave()
		}
		s.group = nil
	}
}

func (s *seat) leaveInstance() {
	if in := s.instance; in != nil {
		s.instance = nil
		in.leave()
	}
}

// leave closes the idle connections with the last request, where no new ones
// come.
func (in *instance) leave() {
	if in.inFlight.leave() && in.left.Load() {
		in.upstream.closeIdle()
	}
}

// sit takes a seat chosen from v. See invariant 2: it enters before it looks
// whether v is still in force.
func (x *exchange) sit(v *view) verdict {
	s, found := v.resolve(x.aim)
	x.blame = s.failed
	if found != seated {
		return found
	}
	s.enter()
	if x.env.now.Load() != v {
		s.leave()
		return outdated
	}
	x.seat = s
	x.started = time.Now()
	return seated
}

// admit gets a seat, if need be after a wait, or says why there is none.
func (x *exchange) admit(ctx context.Context) verdict {
	for {
		v := x.env.now.Load()
		found := x.sit(v)
		if found == holding || found == noInstance {
			found = x.wait(ctx, v, found)
		}
		if found != outdated {
			x.leaveRoom(found)
			return found
		}
	}
}

// reseat changes to another instance of the same group after a failed dial,
// if need be after a wait for one.
func (x *exchange) reseat(ctx context.Context) bool {
	failed := x.seat.instance
	failed.failedAt.Store(time.Now().UnixNano())
	x.tried = append(x.tried, failed)
	x.seat.leaveInstance()
	defer x.leaveRoom(seated)
	if x.dials++; x.dials >= maxDials {
		return false
	}
	for {
		v := x.env.now.Load()
		found := x.change(v)
		if found == noInstance {
			if found = x.wait(ctx, v, found); found == outdated {
				x.tried = x.tried[:0] // it may have been started again
			}
		}
		if found != outdated {
			return found == seated
		}
	}
}

// change takes another instance of the same group, chosen from v, like sit.
func (x *exchange) change(v *view) verdict {
	in := v.pools[x.seat.group.name].pick(x.tried)
	if in == nil {
		return noInstance
	}
	in.inFlight.enter()
	if x.env.now.Load() != v {
		in.leave()
		return outdated
	}
	x.seat.instance = in
	return seated
}

// maxDials bounds how often a request is tried.
const maxDials = 4
