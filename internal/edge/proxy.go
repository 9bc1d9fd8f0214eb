package edge

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"strings"
)

// rewrite makes what goes out of what came in.
func (x *exchange) rewrite(pr *httputil.ProxyRequest) { x.prepare(pr.In, pr.Out) }

// prepare changes what the instance gets. The Host header stays as the client
// sent it. out has no hop-by-hop headers any more.
func (x *exchange) prepare(in, out *http.Request) {
	out.URL.Scheme = "http"
	out.URL.Host = in.Host
	out.URL.RawQuery = in.URL.RawQuery // ReverseProxy drops queries with ";"
	if raw := in.URL.RawPath; raw != "" && raw != in.URL.EscapedPath() {
		out.URL.RawPath = encodeRest(raw)
	}
	out.Trailer = in.Trailer // the same map: the server fills it when the body has ended
	if x.aim.group != "" {
		copyForwarded(in, out) // as if there were nobody in between
	} else {
		x.edge.setForwarded(in, out)
		if x.audience != nil {
			proto := out.Header["X-Forwarded-Proto"]
			x.secure = len(proto) > 0 && strings.EqualFold(proto[0], "https")
		}
		if to := x.seat.instance; to != nil && to.relay && x.edge.opts.RelaySecret != "" {
			out.Header[relayHeader] = []string{x.edge.opts.RelaySecret}
		}
	}
}

// relayHeader holds the RelaySecret on the way from one edge to the next.
const relayHeader = "X-Forwarded-Relay"

// isRelayed says that another edge has set what apps learn of the client.
func (e *Edge) isRelayed(in *http.Request) bool {
	said := in.Header[relayHeader]
	return len(said) == 1 && e.opts.RelaySecret != "" &&
		subtle.ConstantTimeCompare([]byte(said[0]), []byte(e.opts.RelaySecret)) == 1
}

// setForwarded has everything by which an app learns who the client is come
// from us, except where a trusted proxy stands before us.
func (e *Edge) setForwarded(in, out *http.Request) {
	h := out.Header
	if e.isRelayed(in) {
		copyForwarded(in, out)
		delete(h, relayHeader)
		return
	}
	delete(h, mirroredHeader)
	delete(h, probeHeader)
	trusted := e.trusts(in.RemoteAddr)
	for name := range h {
		if isForwarding(name) && (!trusted || strings.Contains(name, "_") || name == relayHeader) {
			delete(h, name)
		}
	}
	client, _, err := net.SplitHostPort(in.RemoteAddr)
	if err != nil {
		client = in.RemoteAddr
	}
	proto := "http"
	if in.TLS != nil {
		proto = "https"
	}
	values := [...]string{client, in.Host, proto} // one allocation for three headers
	if trusted {
		copyForwarded(in, out)
		if before := in.Header["X-Forwarded-For"]; len(before) > 0 {
			values[0] = strings.Join(before, ", ") + ", " + client
		}
	}
	h["X-Forwarded-For"] = values[0:1:1]
	if h["X-Forwarded-Host"] == nil {
		h["X-Forwarded-Host"] = values[1:2:2]
	}
	if h["X-Forwarded-Proto"] == nil {
		h["X-Forwarded-Proto"] = values[2:3:3]
	}
}

// copyForwarded restores what ReverseProxy took off.
func copyForwarded(in, out *http.Request) {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"} {
		if values := in.Header[name]; values != nil {
			out.Header[name] = values
		}
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
