package edge

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httputil"
	"net/netip"
	"strings"
	"sync"
)

// rewrite makes what goes out of what came in.
func (x *exchange) rewrite(pr *httputil.ProxyRequest) {
	if x.aim.group != "" {
		rewriteInternal(pr)
		return
	}
	x.edge.rewritePublic(pr)
}

// rewritePublic prepares a request from outside. The Host header stays as the
// client sent it. Everything by which an app learns who the client is comes
// from us, except where a trusted proxy stands before us.
func (e *Edge) rewritePublic(pr *httputil.ProxyRequest) {
	prepare(pr)
	trusted := e.trusts(pr.In.RemoteAddr)
	for name := range pr.Out.Header {
		if isForwarding(name) && (!trusted || strings.Contains(name, "_")) {
			delete(pr.Out.Header, name)
		}
	}
	client, _, err := net.SplitHostPort(pr.In.RemoteAddr)
	if err != nil {
		client = pr.In.RemoteAddr
	}
	proto := "http"
	if pr.In.TLS != nil {
		proto = "https"
	}
	values := [...]string{client, pr.In.Host, proto} // one allocation for three headers
	if trusted {
		copyForwarded(pr)
		if before := pr.In.Header["X-Forwarded-For"]; len(before) > 0 {
			values[0] = strings.Join(before, ", ") + ", " + client
		}
	}
	h := pr.Out.Header
	h["X-Forwarded-For"] = values[0:1:1]
	if h["X-Forwarded-Host"] == nil {
		h["X-Forwarded-Host"] = values[1:2:2]
	}
	if h["X-Forwarded-Proto"] == nil {
		h["X-Forwarded-Proto"] = values[2:3:3]
	}
}

// rewriteInternal prepares a request between services of one revision: it
// arrives as if there were nobody in between.
func rewriteInternal(pr *httputil.ProxyRequest) {
	prepare(pr)
	copyForwarded(pr)
}

// copyForwarded restores what ReverseProxy took off.
func copyForwarded(pr *httputil.ProxyRequest) {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"} {
		if values := pr.In.Header[name]; values != nil {
			pr.Out.Header[name] = values
		}
	}
}

func prepare(pr *httputil.ProxyRequest) {
	pr.Out.URL.Scheme = "http"
	pr.Out.URL.Host = pr.In.Host
	pr.Out.URL.RawQuery = pr.In.URL.RawQuery // ReverseProxy drops queries with ";"
	if raw := pr.In.URL.RawPath; raw != "" && raw != pr.In.URL.EscapedPath() {
		pr.Out.URL.RawPath = encodeRest(raw)
	}
	pr.Out.Trailer = pr.In.Trailer // the same map: the server fills it when the body has ended
	if !strings.EqualFold(pr.Out.Header.Get("Upgrade"), "websocket") {
		// Above all "h2c": over such a connection a client could send what it
		// likes, past the routing.
		delete(pr.Out.Header, "Upgrade")
		delete(pr.Out.Header, "Connection")
		delete(pr.Out.Header, "Http2-Settings")
	}
}

// encodeRest encodes what a path may not hold and the client did not encode.
// net/url would encode such a path anew from its decoded form, and turn the
// client's "%2F" into "/".
func encodeRest(raw string) string {
	var b strings.Builder
	for i := range len(raw) {
		if c := raw[i]; isAlphanumeric(c) || strings.IndexByte("-._~!$&'()*+,;=:@/%[]", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func (e *Edge) trusts(remote string) bool {
	if len(e.opts.TrustedProxies) == 0 {
		return false
	}
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	for _, prefix := range e.opts.TrustedProxies {
		if prefix.Contains(peer.Addr().Unmap()) {
			return true
		}
	}
	return false
}

// silent: what ReverseProxy would log is counted instead.
var silent = log.New(io.Discard, "", 0)

// bufferPool lends the buffers that bodies are copied through.
type bufferPool struct{ pool sync.Pool }

const copyBuffer = 32 << 10

var buffers = &bufferPool{sync.Pool{New: func() any { return new([copyBuffer]byte) }}}

func (b *bufferPool) Get() []byte { return b.pool.Get().(*[copyBuffer]byte)[:] }

func (b *bufferPool) Put(buf []byte) { b.pool.Put((*[copyBuffer]byte)(buf)) }
