package edge

import (
	"context"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// exchange is one request on its way: first without, then with a seat, which
// is its place in the counts of what is in flight.
type exchange struct {
	edge *Edge
	env  *environment
	aim  aim
	stay stay

	seat     seat
	blame    *atomic.Int64 // counts a failure to reach the revision that it was meant for, seated or not; nil where nobody counts
	audience *audience     // of the view that it arrived in; nil where nothing was asked
	twin     *apart        // counts the answer as that of a request that was copied; nil for most
	secure   bool          // the client speaks HTTPS, to us or to a trusted proxy
	dials    int           // that failed
	tried    []*instance   // and whom they were for, since the view last changed
	started  time.Time     // when it got its seat
	sent     bool          // ReverseProxy let it pass
	answered bool          // with a header
	answer   *answer
	tunnel   *tunnel

	client http.ResponseWriter
	out    http.Request
	outURL url.URL
	kept   // for the next request
}

// kept is what an exchange keeps when it is lent out again.
type kept struct {
	header  http.Header            // of out
	interim func(int, http.Header) // passInterim
	proxy   httputil.ReverseProxy  // whose transport this is, for WebSockets
}

// end gives the seat back. Whatever still runs of the request has been cut
// off from the instance by then.
func (x *exchange) end() {
	if x.tunnel != nil {
		_ = x.tunnel.Close()
	}
	if x.answer != nil {
		_ = x.answer.Close()
		if x.answer.broken && x.seat.tally != nil {
			x.seat.tally.broken.Add(1)
			if x.twin != nil {
				x.twin.broken.Add(1)
			}
		}
	}
	x.stay.letNextOn()
	x.countBodies()
	x.seat.leave()
}

// countBodies counts what the client sent. What it got is counted as it goes,
// because it may go for hours.
func (x *exchange) countBodies() {
	t := x.seat.tally
	if t == nil {
		return
	}
	if up, ok := x.out.Body.(*upload); ok {
		t.bytesIn.Add(up.read.Load())
	}
	if x.tunnel != nil {
		t.bytesIn.Add(x.tunnel.in.Load())
		t.bytesOut.Add(x.tunnel.out.Load())
	}
}

// RoundTrip makes this httputil.ReverseProxy's transport.
func (x *exchange) RoundTrip(out *http.Request) (*http.Response, error) {
	return x.roundTrip(out, nil)
}

// roundTrip brings the request to an instance.
func (x *exchange) roundTrip(out *http.Request, interim func(int, http.Header)) (*http.Response, error) {
	x.sent = true
	ctx := out.Context()
	for {
		resp, err := x.seat.instance.upstream.roundTrip(out, interim)
		if failedDial(err) && ctx.Err() == nil && x.reseat(ctx) {
			continue
		}
		x.stay.letNextOn()
		x.account(ctx, resp, err)
		return resp, err
	}
}

func (x *exchange) account(ctx context.Context, resp *http.Response, err error) {
	counts := x.seat.tally
	switch {
	case err == nil:
		x.answered = true
		switch body := resp.Body.(type) {
		case *answer:
			x.answer = body
		case *tunnel:
			x.tunnel = body
		}
		if counts != nil {
			x.answeredWith(resp.StatusCode)
		}
		if x.audience != nil {
			x.grant(resp)
		}
	case counts == nil, ctx.Err() != nil, brokeOff(err):
	case failedDial(err):
		x.seat.failed.Add(1)
		if x.twin != nil {
			x.twin.failed.Add(1)
		}
	default:
		x.answeredWith(http.StatusBadGateway)
	}
}

func (x *exchange) answeredWith(status int) {
	took := time.Since(x.started)
	x.seat.tally.answered(status, took)
	if x.twin != nil {
		x.twin.answered(status, took)
	}
}

// exchanges lends them out again, because they are most of what the edge
// itself would allocate for a request.
var exchanges = sync.Pool{New: func() any {
	x := &exchange{}
	x.header = http.Header{}
	x.interim = x.passInterim
	x.proxy = httputil.ReverseProxy{
		Rewrite:      x.rewrite,
		Transport:    x,
		ErrorHandler: x.fail,
		ErrorLog:     silent,
	}
	return x
}}

// recycle gives the exchange back. An upload that is written beside the answer
// may still look at its request, so that one stays with it.
func (x *exchange) recycle() {
	if streams(&x.out) || len(x.header) > maxKeptHeader {
		return
	}
	clear(x.header)
	*x = exchange{kept: x.kept}
	exchanges.Put(x)
}

const maxKeptHeader = 64

// fail answers where the instance gave no answer to pass on.
func (x *exchange) fail(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case r.Context().Err() != nil:
		panic(http.ErrAbortHandler) // nobody reads it; nothing must look like an answer
	case !x.sent, brokeOff(err):
		w.Header().Set("Connection", "close")
		badRequest.write(w, r)
	case failedDial(err):
		unreachable.of(x.env).write(w, r)
	default:
		if x.answered && x.seat.tally != nil { // the instance agreed to switch protocols, but not as it should
			x.seat.tally.broken.Add(1)
		}
		brokenAnswer.of(x.env).write(w, r)
	}
}
