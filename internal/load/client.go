package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"sync/atomic"
	"time"
)

// ReleaseHeader is where an answer names the release that gave it.
const ReleaseHeader = "X-Sunday-Release"

// idleFor is shorter than servers and proxies keep idle connections (60 s and
// more), so that a connection is never closed by both sides at once: as nothing
// is repeated, that race would count as a failure of the server's.
const idleFor = 15 * time.Second

var orderBody = []byte(`{"item":"Croissant","quantity":2}`)

// client sends single requests. Two transports are shared by all: one pools
// its connections, one opens a new connection for each request.
type client struct {
	opts      Options
	pooled    *http.Transport
	fresh     *http.Transport
	sockets   *http.Client // over fresh
	header    http.Header  // of every request: read only
	connected func(reused bool)
	sessions  atomic.Int64
	endDials  context.CancelFunc
}

// outcome is what became of a request.
type outcome struct {
	status  int
	release string
	ready   time.Time // when its latency ended
	err     error
}

// newClient makes a client whose connections end with ctx or close.
func newClient(ctx context.Context, target Target, opts Options, connected func(reused bool)) *client {
	dialer := &net.Dialer{KeepAlive: -1}
	// A transport goes on dialing for its pool when the request that wanted the
	// connection is over; nothing but this bounds such a dial.
	dialing, endDials := context.WithCancel(ctx)
	transport := func() *http.Transport {
		return &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				ctx, cancel := context.WithCancel(ctx)
				defer cancel()
				defer context.AfterFunc(dialing, cancel)()
				return dialer.DialContext(ctx, "tcp", target.Addr)
			},
			TLSClientConfig:     target.TLS, // which keeps net/http from HTTP/2
			DisableCompression:  true,
			MaxIdleConnsPerHost: 512,
			IdleConnTimeout:     idleFor,
		}
	}
	c := &client{opts: opts, pooled: transport(), fresh: transport(), connected: connected, endDials: endDials}
	c.fresh.DisableKeepAlives = true
	c.sockets = &http.Client{
		Transport:     c.fresh,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.header = opts.Header.Clone()
	if c.header == nil {
		c.header = http.Header{}
	}
	if c.header.Get("User-Agent") == "" {
		c.header.Set("User-Agent", "lockstep-load")
	}
	return c
}

func (c *client) close() {
	c.endDials()
	c.pooled.CloseIdleConnections()
	c.fresh.CloseIdleConnections()
}

func (c *client) do(ctx context.Context, s shot) outcome {
	if s.kind == WebSocket {
		return c.socket(ctx, s)
	}
	trace := &httptrace.ClientTrace{GotConn: func(got httptrace.GotConnInfo) { c.connected(got.Reused) }}
	resp, err := c.transport(s).RoundTrip(c.request(httptrace.WithClientTrace(ctx, trace), s))
	if err != nil {
		return outcome{err: err}
	}
	// Reading has ended, well or badly, before this; closing has no news.
	defer func() { _ = resp.Body.Close() }()

	out := outcome{status: resp.StatusCode, release: resp.Header.Get(ReleaseHeader), ready: time.Now()}
	switch {
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		out.err = refused(resp)
	case s.kind == SSE:
		out.err = readEvents(resp, c.opts.Events)
	default:
		out.err = readWhole(resp)
		out.ready = time.Now()
	}
	return out
}

func (c *client) transport(s shot) *http.Transport {
	if s.fresh {
		return c.fresh
	}
	return c.pooled
}

// request builds requests by hand: http.NewRequest would make their bodies
// rewindable, and net/http sends again what it can rewind.
func (c *client) request(ctx context.Context, s shot) *http.Request {
	req := &http.Request{
		Method:     http.MethodGet,
		URL:        s.url,
		Host:       s.url.Host,
		Header:     c.header,
		Body:       sendOnce{},
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
	}
	if s.kind == Post {
		req.Method = http.MethodPost
		req.Body = io.NopCloser(bytes.NewReader(orderBody))
		req.ContentLength = int64(len(orderBody))
		req.Header = c.header.Clone()
		req.Header.Set("Content-Type", "application/json")
	}
	return req.WithContext(ctx)
}

// sendOnce is the body of a GET. It is empty, which net/http finds out before
// it writes, so the request goes out as any GET does. But it is a body, and one
// without GetBody, which keeps the transport from repeating the request when a
// pooled connection breaks before the answer.
type sendOnce struct{}

func (sendOnce) Read([]byte) (int, error) { return 0, io.EOF }
func (sendOnce) Close() error             { return nil }

// refused reads the rest of an answer that is no success, so that its
// connection can be used again.
func refused(resp *http.Response) error {
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	return fmt.Errorf("answered %s", resp.Status)
}

var errNoEnd = errors.New("the answer has neither a length nor chunks: a whole one and one cut short look the same")

func readWhole(resp *http.Response) error {
	if resp.ContentLength < 0 && !slices.Contains(resp.TransferEncoding, "chunked") {
		return errNoEnd
	}
	read, err := io.Copy(io.Discard, resp.Body)
	if err != nil {
		return fmt.Errorf("answer cut short after %d bytes: %w", read, err)
	}
	return nil
}
