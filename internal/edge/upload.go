package edge

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// A body of at most smallUpload bytes is written before the answer is read;
// it fits into the socket's buffer, so an instance that answers without
// reading it cannot block us. Longer ones, those of unknown length and those
// that wait for "100 Continue" are written beside the reading.
const smallUpload = 32 << 10

// continueWait is how long a body waits for an instance's "100 Continue".
const continueWait = time.Second

// reuseWait is how long a finished answer waits for its request's last write
// to report, which usually has happened already.
const reuseWait = 50 * time.Millisecond

// uploadError is a request body that the client did not deliver: no fault of
// the instance.
type uploadError struct{ err error }

func (e *uploadError) Error() string { return "read the request's body: " + e.err.Error() }
func (e *uploadError) Unwrap() error { return e.err }

func brokeOff(err error) bool {
	var upload *uploadError
	return errors.As(err, &upload)
}

// upload is a request body on its way to the instance.
type upload struct {
	io.ReadCloser
	conn    *conn
	stream  bool          // what was written goes out before each read
	goOn    chan struct{} // closed when a body that waits for it is wanted
	wanted  bool          // for the answer's side: goOn is closed
	waited  bool          // for the upload's side
	failure atomic.Pointer[uploadError]
	stopped atomic.Bool   // the client's body belongs to the server again
	written atomic.Bool   // to its end
	ended   chan struct{} // closed when nothing is written any more
	read    atomic.Int64  // bytes of the client's body
}

// send writes the request, or begins to. The upload is nil where there is no
// body; its methods know.
func (c *conn) send(req *http.Request) (*upload, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, c.write(req)
	}
	up := &upload{conn: c, ReadCloser: req.Body, ended: make(chan struct{})}
	req.Body = up
	if expectsContinue(req) {
		up.goOn = make(chan struct{})
	}
	if !streams(req) {
		err := c.write(req)
		up.end(err)
		if failure := up.uploadFailure(); failure != nil {
			return up, failure
		}
		return up, nil // where the instance did not want it all, its answer says why
	}
	up.stream = true
	go func() {
		err := c.write(req)
		if up.uploadFailure() != nil {
			c.Close() // half a request is worse than none
		}
		up.end(err)
	}()
	return up, nil
}

// streams tells whether the request's body is written beside the reading.
func streams(req *http.Request) bool {
	return req.ContentLength < 0 || req.ContentLength > smallUpload || req.ContentLength > 0 && expectsContinue(req)
}

func expectsContinue(req *http.Request) bool {
	return strings.EqualFold(req.Header.Get("Expect"), "100-continue")
}

func (c *conn) write(req *http.Request) error {
	if done, err := writeHead(c.bw, req); done {
		return err
	}
	if err := req.Write(requestWriter{c.bw}); err != nil {
		return err
	}
	return c.bw.Flush()
}

// requestWriter hides that it is a bufio.Writer: net/http would flush the
// header of every request with a body, and each chunk, on its own.
type requestWriter struct{ bw *bufio.Writer }

func (w requestWriter) Write(p []byte) (int, error)       { return w.bw.Write(p) }
func (w requestWriter) WriteString(s string) (int, error) { return w.bw.WriteString(s) }
func (w requestWriter) WriteByte(b byte) error            { return w.bw.WriteByte(b) }

func (u *upload) Read(p []byte) (int, error) {
	if u.stream && u.conn.bw.Buffered() > 0 {
		if err := u.conn.bw.Flush(); err != nil {
			return 0, err
		}
	}
	if u.goOn != nil && !u.waited {
		u.waited = true
		timer := time.NewTimer(continueWait)
		select {
		case <-u.goOn:
		case <-timer.C:
		}
		timer.Stop()
	}
	if u.stopped.Load() {
		return 0, errStopped
	}
	n, err := u.ReadCloser.Read(p)
	u.read.Add(int64(n))
	if err != nil && !errors.Is(err, io.EOF) {
		u.failure.Store(&uploadError{err})
	}
	return n, err
}

func (u *upload) end(err error) {
	u.written.Store(err == nil)
	close(u.ended)
}

// stop ends the upload where the answer did not wait for all of it.
func (u *upload) stop() {
	if u == nil {
		return
	}
	u.stopped.Store(true)
	u.proceed()
}

var errStopped = errors.New("the answer has ended")

// Close leaves the client's body to the server.
func (u *upload) Close() error { return nil }

func (u *upload) uploadFailure() error {
	if u == nil {
		return nil
	}
	if failure := u.failure.Load(); failure != nil {
		return failure
	}
	return nil
}

// proceed tells a waiting body that it is wanted.
func (u *upload) proceed() {
	if u != nil && u.goOn != nil && !u.wanted {
		u.wanted = true
		close(u.goOn)
	}
}

// complete reports whether the request was written to its end.
func (u *upload) complete() bool {
	switch {
	case u == nil:
		return true
	case u.goOn != nil && !u.wanted: // it waits for longer than we would
		return u.written.Load()
	}
	return u.await() && u.written.Load()
}

// await gives a last write the time to report, and says whether it did.
func (u *upload) await() bool {
	timer := time.NewTimer(reuseWait)
	defer timer.Stop()
	select {
	case <-u.ended:
		return true
	case <-timer.C:
		return false
	}
}
