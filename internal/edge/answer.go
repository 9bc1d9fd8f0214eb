package edge

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
)

// answer is the body of an instance's answer.
type answer struct {
	body   io.ReadCloser
	conn   *conn
	sent   *upload
	ctx    context.Context //nolint:containedctx // tells a client that left from an instance that broke
	abort  func() bool
	done   func(*conn, bool)
	last   bool // the instance closes the connection
	ended  bool
	broken bool // it ended too early, and not because of the client
}

func (a *answer) Read(p []byte) (int, error) {
	n, err := a.body.Read(p)
	switch {
	case err == nil:
	case errors.Is(err, io.EOF):
		a.finish(true)
	default:
		a.broken = a.ctx.Err() == nil
		a.finish(false)
	}
	return n, err
}

// Close gives the connection up if the answer has not been read to its end.
func (a *answer) Close() error {
	a.finish(false)
	return nil
}

func (a *answer) finish(whole bool) {
	if a.ended {
		return
	}
	a.ended = true
	reuse := whole && !a.last && a.sent.complete()
	a.sent.stop()
	a.done(a.conn, a.abort() && reuse)
}

// tunnel is a connection after the switch to WebSocket. When the instance
// closes its side, that is the end of both: half a WebSocket is of no use, and
// a client that does not close would hold up the drain.
type tunnel struct {
	net.Conn
	br     *bufio.Reader
	detach func() bool

	in, out atomic.Int64 // bytes from the client, and to it
}

func (t *tunnel) Read(p []byte) (int, error) {
	if n := t.br.Buffered(); n > 0 {
		n, err := t.br.Read(p[:min(len(p), n)])
		t.out.Add(int64(n))
		return n, err
	}
	n, err := t.Conn.Read(p)
	t.out.Add(int64(n))
	if errors.Is(err, io.EOF) {
		err = errTunnelEnded
	}
	return n, err
}

func (t *tunnel) Write(p []byte) (int, error) {
	n, err := t.Conn.Write(p)
	t.in.Add(int64(n))
	return n, err
}

var errTunnelEnded = errors.New("the instance closed the connection")

func (t *tunnel) Close() error {
	t.detach()
	return t.Conn.Close()
}

func (t *tunnel) CloseWrite() error {
	if half, ok := t.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return t.Close()
}
