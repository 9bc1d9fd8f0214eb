package edge

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// A revision gets copies of requests. Nobody waits for a copy: what does not
// find a place at once is dropped, and counted. Who has a place and no turn
// within its patience is dropped too.
const (
	mirrorWaiting  = 128 // copies of an environment that are under way or wait for their turn
	mirrorAtOnce   = 16  // of these, under way
	mirrorPatience = 10 * time.Second
	droppedBody    = 4 << 20 // of an answer that is read and dropped
)

// mirroredHeader tells apps of a copy, probeHeader of a probe of our own.
// Clients cannot set them; services pass them on to each other as they like.
const (
	mirroredHeader = "Lockstep-Mirrored"
	probeHeader    = "Lockstep-Probe"
)

var markTrue = []string{"true"}

// mirror is where copies go, while they do.
type mirror struct {
	revision string
	percent  int
	offer    *offer
	run      *copies
}

// copies outlast a view: a change of weights ends none.
type copies struct {
	revision string
	ctx      context.Context //nolint:containedctx // of all copies: they end with the mirroring, not with a request
	stop     context.CancelFunc
	waiting  chan struct{}
	running  chan struct{}
}

// mirrorTo begins, goes on with, or ends the copying.
func (env *environment) mirrorTo(m *lockstep.Mirror, next *view) *mirror {
	wanted := m != nil && m.Percent > 0 && next.offers[m.Revision] != nil
	if env.copies != nil && (!wanted || env.copies.revision != m.Revision) {
		env.copies.stop()
		env.copies = nil
	}
	if !wanted {
		return nil
	}
	if env.copies == nil {
		ctx, stop := context.WithCancel(context.Background())
		env.copies = &copies{
			revision: m.Revision, ctx: ctx, stop: stop,
			waiting: make(chan struct{}, mirrorWaiting), running: make(chan struct{}, mirrorAtOnce),
		}
	}
	return &mirror{revision: m.Revision, percent: m.Percent, offer: next.offers[m.Revision], run: env.copies}
}

// reflect sends a copy of a seated request where one is due, and has the
// request's own answer counted beside the copy's, so that like is compared
// with like.
func (x *exchange) reflect(r *http.Request) {
	m := x.audience.mirror
	if m == nil || x.aim.who.tester || x.seat.figures == m.offer.figures || !copyable(r) || rand.IntN(100) >= m.percent {
		return
	}
	if v := x.env.now.Load(); !v.ready(m.offer) {
		return
	}
	count := m.offer.figures.apart.of(lockstep.SampleMirrored)
	select {
	case m.run.waiting <- struct{}{}:
	default:
		count.dropped.Add(1)
		return
	}
	x.twin = x.seat.figures.apart.of(lockstep.SampleMirrored)
	go m.send(x.edge, x.env, r.WithContext(m.run.ctx), count)
}

// copyable are requests that change nothing and end.
func copyable(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.ContentLength == 0 &&
		len(r.Header["Upgrade"]) == 0 && !strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}

// send is the life of a copy.
func (m *mirror) send(e *Edge, env *environment, r *http.Request, count *apart) {
	defer func() { <-m.run.waiting }()
	ctx, cancel := context.WithTimeout(r.Context(), e.patience)
	defer cancel()
	select {
	case m.run.running <- struct{}{}:
	case <-ctx.Done():
		count.dropped.Add(1)
		return
	}
	defer func() { <-m.run.running }()
	ctx, end := context.WithTimeout(m.run.ctx, e.patience) // of its own, after the wait
	defer end()
	r = r.WithContext(ctx) //nolint:contextcheck // the copy outlives the request that it is of
	r.Body = http.NoBody

	x := exchanges.Get().(*exchange)
	x.edge, x.env = e, env
	x.aim = aim{path: pathOf(r), revision: m.revision, kind: lockstep.SampleMirrored}
	x.dials = maxDials // one try
	defer x.recycle()
	defer x.end()
	if x.sitWithoutWaiting() != seated {
		count.dropped.Add(1)
		return
	}
	out := x.outgoing(r)
	out.Header[mirroredHeader] = markTrue
	resp, err := x.roundTrip(out, nil)
	if err != nil {
		switch {
		case m.run.ctx.Err() != nil:
			count.dropped.Add(1)
		case ctx.Err() != nil: // it was sent, and its time ran out
			x.answeredWith(http.StatusGatewayTimeout)
		}
		return
	}
	defer resp.Body.Close()
	dropBody(resp)
}

// dropBody reads an answer as far as it is worth; where it breaks is counted
// by the body.
func dropBody(resp *http.Response) {
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, droppedBody))
}

// sitWithoutWaiting is admit for those that may not take a user's place.
func (x *exchange) sitWithoutWaiting() verdict {
	for {
		if found := x.sit(x.env.now.Load()); found != outdated {
			return found
		}
	}
}
