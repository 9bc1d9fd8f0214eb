package edge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Idle connections live shorter than common servers keep them (gunicorn 2 s,
// Apache, Node and uvicorn 5 s), so that a reused one is not one that the
// instance is closing. A request that may be sent once only uses younger ones
// still, or a new one: a fraction of a millisecond on the loopback.
//
// Measured with an app that closes after 100 ms, and POSTs that come within
// 0.3 ms of that moment: of 100, http.Transport loses 37, a look at the
// connection before its use loses 24, and an age limit below the app's, none.
const (
	idleFor       = 2 * time.Second
	idleForUnsafe = 500 * time.Millisecond
)

// upstream is the way to one instance: its idle connections.
type upstream struct {
	address string
	dialer  net.Dialer
	done    func(*conn, bool) // release

	mu     sync.Mutex
	idle   []*conn // the longest idle first
	reaper *time.Timer
	closed bool // connections that come back are closed, until the next request
}

func newUpstream(address string, dialTimeout time.Duration) *upstream {
	u := &upstream{address: address, dialer: net.Dialer{Timeout: dialTimeout}}
	u.done = u.release
	return u
}

// dialError means that no byte of the request left us.
type dialError struct{ err error }

func (e *dialError) Error() string { return e.err.Error() }
func (e *dialError) Unwrap() error { return e.err }

func failedDial(err error) bool {
	if err == nil {
		return false // without an allocation, as nearly always
	}
	var d *dialError
	return errors.As(err, &d)
}

// roundTrip sends a request over an idle connection or a new one. On a reused
// connection that turned out to be closed it tries once more on a new one,
// where that cannot do a thing twice: see invariant 4.
func (u *upstream) roundTrip(req *http.Request, interim func(int, http.Header)) (*http.Response, error) {
	ctx := req.Context()
	bodiless := req.Body == nil || req.Body == http.NoBody
	repeatable := bodiless && isSafe(req.Method)
	age := idleForUnsafe
	if repeatable {
		age = idleFor
	}

	if c := u.takeIdle(age); c != nil {
		resp, err := c.exchange(req, interim, u.done)
		if err == nil {
			return resp, nil
		}
		c.Close()
		stale := c.received == 0 && bodiless && (repeatable || c.written.Load() == 0)
		if !stale || ctx.Err() != nil {
			return nil, fmt.Errorf("send to %s: %w", u.address, err)
		}
	}

	c, err := u.dial(ctx)
	if err != nil {
		return nil, err
	}
	resp, err := c.exchange(req, interim, u.done)
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("send to %s: %w", u.address, err)
	}
	return resp, nil
}

func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

func (u *upstream) dial(ctx context.Context) (*conn, error) {
	nc, err := u.dialer.DialContext(ctx, "tcp", u.address)
	if err != nil {
		return nil, &dialError{err}
	}
	return newConn(nc), nil
}

// takeIdle is the youngest idle connection that is still open and not older
// than age, or nil.
func (u *upstream) takeIdle(age time.Duration) *conn {
	for {
		u.mu.Lock()
		u.closed = false
		last := len(u.idle) - 1
		if last < 0 || time.Since(u.idle[last].idleSince) > age {
			u.mu.Unlock()
			return nil
		}
		c := u.idle[last]
		u.idle[last] = nil
		u.idle = u.idle[:last]
		u.mu.Unlock()
		if c.alive() {
			return c
		}
		c.Close()
	}
}

// release takes a connection back after a request.
func (u *upstream) release(c *conn, reuse bool) {
	if !reuse {
		c.Close()
		return
	}
	c.idleSince = time.Now()
	u.mu.Lock()
	if u.closed {
		u.mu.Unlock()
		c.Close()
		return
	}
	u.idle = append(u.idle, c)
	switch {
	case u.reaper == nil:
		u.reaper = time.AfterFunc(idleFor, u.reap)
	case len(u.idle) == 1:
		u.reaper.Reset(idleFor)
	}
	u.mu.Unlock()
}

// reap closes connections that have been idle for too long.
func (u *upstream) reap() {
	u.mu.Lock()
	now, n := time.Now(), 0
	for n < len(u.idle) && now.Sub(u.idle[n].idleSince) >= idleFor {
		n++
	}
	old := append([]*conn(nil), u.idle[:n]...)
	u.idle = append(u.idle[:0], u.idle[n:]...)
	clear(u.idle[len(u.idle) : len(u.idle)+n])
	if len(u.idle) > 0 {
		u.reaper.Reset(idleFor - now.Sub(u.idle[0].idleSince))
	}
	u.mu.Unlock()
	for _, c := range old {
		c.Close()
	}
}

// closeIdle closes all idle connections.
func (u *upstream) closeIdle() {
	u.mu.Lock()
	idle := u.idle
	u.idle = nil
	u.closed = true
	if u.reaper != nil {
		u.reaper.Stop()
	}
	u.mu.Unlock()
	for _, c := range idle {
		c.Close()
	}
}
