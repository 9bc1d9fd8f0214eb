package edge

import (
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"strings"
	"sync"
)

// forward sends a request on and passes the answer back. It keeps to what
// httputil.ReverseProxy does, but makes no copies of the request and its
// header: a tenth of a request's processor time, measured. WebSockets, which
// begin once and last long, go through ReverseProxy.
func (x *exchange) forward(w http.ResponseWriter, r *http.Request) {
	x.client = w
	resp, err := x.roundTrip(x.outgoing(r), x.interim)
	early := x.leaveUpload()
	if err != nil {
		x.fail(w, r, err)
		x.awaitUpload(early)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusSwitchingProtocols { // nobody asked for it
		x.fail(w, r, errUnasked)
		return
	}
	announced := x.passHeader(resp)
	if err := x.passBody(resp); err != nil {
		panic(http.ErrAbortHandler) // what the client has must not look whole
	}
	x.passTrailer(resp, announced)
	x.awaitUpload(early)
}

// leaveUpload readies the client's connection for an answer that did not wait
// for the whole body, and returns that body's upload, or nil. net/http would
// keep the answer back until the client has sent more; and when it does not,
// it cannot use the connection again.
func (x *exchange) leaveUpload() *upload {
	up, begun := x.out.Body.(*upload)
	if !begun || up.written.Load() || x.out.ProtoMajor != 1 {
		return nil
	}
	if err := http.NewResponseController(x.client).EnableFullDuplex(); err == nil {
		x.client.Header().Set("Connection", "close")
	}
	return up
}

// awaitUpload comes between an early answer and the handler's return. net/http
// would cut off whoever still reads the client's body then, and hang up
// instead of lingering: a client that still sends is reset and may lose the
// answer (one in eleven, measured).
func (x *exchange) awaitUpload(up *upload) {
	if up == nil {
		return
	}
	_ = http.NewResponseController(x.client).Flush() // a client that has left has no use for it
	up.await()
}

var errUnasked = errors.New("the instance switched protocols without being asked")

// outgoing is the request for the instance. It shares what nobody changes with
// the client's, and is valid until the exchange ends.
func (x *exchange) outgoing(r *http.Request) *http.Request {
	out := &x.out
	*out = *r
	x.outURL = *r.URL
	out.URL = &x.outURL
	out.Header = x.header
	out.Close = false
	if r.ContentLength == 0 {
		out.Body = nil
	}
	copyEndToEnd(out.Header, r.Header)
	if hasToken(r.Header["Te"], "trailers") {
		out.Header["Te"] = teTrailers
	}
	if _, ok := out.Header["User-Agent"]; !ok {
		out.Header["User-Agent"] = noUserAgent
	}
	x.prepare(r, out)
	return out
}

var (
	teTrailers  = []string{"trailers"}
	noUserAgent = []string{""} // keeps net/http from naming itself
)

// passInterim passes a 1xx answer on.
func (x *exchange) passInterim(code int, header http.Header) {
	h := x.client.Header()
	for name, values := range header {
		h[name] = values
	}
	x.client.WriteHeader(code)
	for name := range header {
		delete(h, name)
	}
}

// passHeader says how many trailers it announced.
func (x *exchange) passHeader(resp *http.Response) (announced int) {
	h := x.client.Header()
	copyEndToEnd(h, resp.Header)
	if len(resp.Trailer) > 0 {
		names := make([]string, 0, len(resp.Trailer))
		for name := range resp.Trailer {
			names = append(names, name)
		}
		h["Trailer"] = []string{strings.Join(names, ", ")}
	}
	x.client.WriteHeader(resp.StatusCode)
	return len(resp.Trailer)
}

// passBody copies the answer's body. One of unknown length, or of events, is
// passed on as it comes.
func (x *exchange) passBody(resp *http.Response) error {
	if resp.Body == nil || x.answer.ended {
		return nil
	}
	flush := func() {}
	if resp.ContentLength < 0 || strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		if flusher, ok := x.client.(http.Flusher); ok {
			flush = flusher.Flush
		}
		if x.answer.conn.br.Buffered() == 0 {
			flush() // the header should not wait for the first event
		}
	}
	buf := buffers.Get().(*[copyBuffer]byte)
	defer buffers.Put(buf)
	for {
		n, err := resp.Body.Read(buf[:])
		if n > 0 {
			if _, err := x.client.Write(buf[:n]); err != nil {
				return err
			}
			if t := x.seat.tally; t != nil {
				t.bytesOut.Add(int64(n))
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		flush()
	}
}

const copyBuffer = 32 << 10

// buffers are what bodies are copied through.
var buffers = sync.Pool{New: func() any { return new([copyBuffer]byte) }}

// passTrailer passes on what came after the body.
func (x *exchange) passTrailer(resp *http.Response, announced int) {
	if len(resp.Trailer) == 0 {
		return
	}
	if flusher, ok := x.client.(http.Flusher); ok {
		flusher.Flush() // or net/http might give the answer a length, and trailers no place
	}
	h := x.client.Header()
	for name, values := range resp.Trailer {
		if len(resp.Trailer) != announced {
			name = http.TrailerPrefix + name
		}
		h[name] = append(h[name], values...)
	}
}

// copyEndToEnd copies headers except those for this one connection (RFC 9110
// §7.6.1). The values are shared.
func copyEndToEnd(dst, src http.Header) {
	for name, values := range src {
		if isHopByHop(name) || isNamed(src["Connection"], name) {
			continue
		}
		if before := dst[name]; len(before) > 0 {
			values = append(before[:len(before):len(before)], values...)
		}
		dst[name] = values
	}
}

func isHopByHop(name string) bool {
	switch name {
	case "Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
		"Te", "Trailer", "Transfer-Encoding", "Upgrade", "Http2-Settings":
		return true
	}
	return false
}

// isNamed tells whether a Connection header takes this one off.
func isNamed(connection []string, name string) bool {
	return len(connection) > 0 && hasToken(connection, name)
}

// hasToken looks for one in comma-separated lists.
func hasToken(lists []string, token string) bool {
	for _, list := range lists {
		for len(list) > 0 {
			item, rest, _ := strings.Cut(list, ",")
			if strings.EqualFold(textproto.TrimString(item), token) {
				return true
			}
			list = rest
		}
	}
	return false
}

// isWebSocket tells whether the client asks for the one switch of protocols
// that is passed on. Not so "h2c" above all: over such a connection a client
// could send what it likes, past the routing.
func isWebSocket(r *http.Request) bool {
	return r.ProtoMajor == 1 && len(r.Header["Upgrade"]) == 1 &&
		strings.EqualFold(r.Header["Upgrade"][0], "websocket") && hasToken(r.Header["Connection"], "upgrade")
}
