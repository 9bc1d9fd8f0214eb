package edge

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"
)

// conn is one HTTP/1.1 connection to an instance. It serves one request at a
// time, in that request's goroutine; only bodies that may take long are
// written beside it.
type conn struct {
	net.Conn
	raw       syscall.RawConn // nil where the system has none
	br        *bufio.Reader
	bw        *bufio.Writer
	idleSince time.Time

	// Made once, so that requests need not.
	cut  func()             // closes it
	look func(uintptr) bool // sets open
	open bool

	// Of the current request.
	mayRead  int64 // bytes that are left for a header
	received int64
	written  atomic.Int64
}

// maxAnswerHeader bounds an answer's header.
const maxAnswerHeader = 1 << 20

var errHeaderTooLarge = errors.New("the answer's header is too large")

func newConn(nc net.Conn) *conn {
	c := &conn{Conn: nc}
	c.cut = func() { c.Close() }
	c.look = c.peek
	if sc, ok := nc.(syscall.Conn); ok {
		c.raw, _ = sc.SyscallConn()
	}
	c.br = bufio.NewReaderSize(reader{c}, 4<<10)
	c.bw = bufio.NewWriterSize(writer{c}, 4<<10)
	return c
}

// reader and writer count what passes below the buffers.
type (
	reader struct{ c *conn }
	writer struct{ c *conn }
)

func (r reader) Read(p []byte) (int, error) {
	if r.c.mayRead <= 0 {
		return 0, errHeaderTooLarge
	}
	if int64(len(p)) > r.c.mayRead {
		p = p[:r.c.mayRead]
	}
	n, err := r.c.Conn.Read(p)
	r.c.mayRead -= int64(n)
	r.c.received += int64(n)
	return n, err
}

func (w writer) Write(p []byte) (int, error) {
	n, err := w.c.Conn.Write(p)
	w.c.written.Add(int64(n))
	return n, err
}

// exchange sends the request and reads the answer's header. After an error
// the connection is of no use. The answer's body gives the connection to done
// when both bodies have ended, with whether it can be used again. Interim
// answers go to interim, which may be nil.
func (c *conn) exchange(req *http.Request, interim func(int, http.Header), done func(*conn, bool)) (*http.Response, error) {
	c.received = 0
	c.written.Store(0)
	abort := context.AfterFunc(req.Context(), c.cut)

	sent, err := c.send(req)
	if err != nil {
		abort()
		return nil, err
	}
	resp, err := c.readHeader(req, sent, interim)
	if err != nil {
		abort()
		sent.stop()
		if failure := sent.uploadFailure(); failure != nil {
			return nil, failure
		}
		return nil, err
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		resp.Body = &tunnel{Conn: c.Conn, br: c.br, detach: abort}
		return resp, nil
	}
	body := &answer{body: resp.Body, conn: c, sent: sent, abort: abort, done: done, ctx: req.Context(), last: resp.Close}
	if resp.Body == http.NoBody {
		body.finish(true)
	}
	resp.Body = body
	return resp, nil
}

// readHeader reads answers until the final one. 100 is the upload's business:
// the client has its own from us as soon as its body is wanted.
func (c *conn) readHeader(req *http.Request, sent *upload, interim func(int, http.Header)) (*http.Response, error) {
	for {
		c.mayRead = maxAnswerHeader
		resp, err := http.ReadResponse(c.br, req)
		if err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
				err = errClosed
			}
			return nil, err
		}
		switch code := resp.StatusCode; {
		case code == http.StatusContinue:
			sent.proceed()
		case code == http.StatusSwitchingProtocols || code >= 200:
			c.mayRead = math.MaxInt64
			return resp, nil
		case interim != nil:
			interim(code, resp.Header)
		}
	}
}

var errClosed = errors.New("the instance closed the connection without an answer")
