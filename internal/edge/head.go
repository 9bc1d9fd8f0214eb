package edge

import (
	"bufio"
	"net/http"
	"strings"
)

// writeHead writes a request without a body, and says whether it did: what is
// not plain is net/http's to write. It leaves out what http.Request.Write does
// for requests that a program made up: those here were read by net/http's
// server, which has checked the method, the Host header, and the names and
// values of the others. The order of headers is not kept there either.
func writeHead(bw *bufio.Writer, req *http.Request) (bool, error) {
	uri, ok := plainURI(req)
	if !ok {
		return false, nil
	}
	line := func(parts ...string) {
		for _, part := range parts {
			_, _ = bw.WriteString(part) // the error stays until the flush
		}
		_, _ = bw.WriteString("\r\n")
	}
	line(req.Method, " ", uri, " HTTP/1.1")
	line("Host: ", req.Host)
	for name, values := range req.Header {
		switch name {
		case "Host", "Content-Length", "Transfer-Encoding", "Trailer":
			continue
		case "User-Agent":
			if len(values) == 0 || values[0] == "" {
				continue
			}
			values = values[:1]
		}
		for _, value := range values {
			line(name, ": ", value)
		}
	}
	line()
	return true, bw.Flush()
}

// plainURI is the request's target, where the request can be written as it is.
func plainURI(req *http.Request) (string, bool) {
	if req.Body != nil && req.Body != http.NoBody || len(req.TransferEncoding) > 0 || len(req.Trailer) > 0 || req.Close {
		return "", false
	}
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodDelete: // without a body they need no Content-Length
	default:
		return "", false
	}
	if !isPlainHost(req.Host) || req.URL.Opaque != "" {
		return "", false
	}
	uri := req.URL.RequestURI()
	return uri, strings.IndexFunc(uri, isControl) < 0
}

// isPlainHost keeps names that net/http would rewrite (IDNA, zones) from us.
func isPlainHost(host string) bool {
	for i := range len(host) {
		if c := host[i]; !isAlphanumeric(c) && c != '-' && c != '.' && c != '_' && c != ':' {
			return false
		}
	}
	return host != ""
}

func isControl(r rune) bool { return r <= ' ' || r == 0x7f }
