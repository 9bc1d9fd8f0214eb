package edge

import (
	"net/http"
	"strings"
)

// guard refuses what no app should have to see and net/http lets through. It
// reports whether the request may go on. What net/http itself does: it
// refuses several Host or differing Content-Length headers and malformed
// chunks, and reads a body by its Transfer-Encoding where both lengths are
// given; instances get every body framed anew.
func (e *Edge) guard(w http.ResponseWriter, r *http.Request, anyHost bool) bool {
	if r.ProtoMajor == 1 && r.ProtoMinor == 0 {
		// HTTP/1.0 knows no Transfer-Encoding, and net/http ignores one there:
		// what follows the header could be read as a second request.
		w.Header().Set("Connection", "close")
	}
	switch {
	case r.Method == http.MethodConnect, r.Method == http.MethodTrace:
		w.Header().Set("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
		e.lost.refuse(w, r, notAllowed)
	case r.URL.Opaque != "", r.URL.Path != "" && r.URL.Path[0] != '/':
		e.lost.refuse(w, r, badRequest)
	case r.URL.Host != "" && anyHost, r.URL.Scheme != "" && r.URL.Scheme != "http" && r.URL.Scheme != "https":
		// "GET http://host/": where hosts are looked up, that of the target
		// counts; elsewhere nobody has a reason to name one.
		e.lost.refuse(w, r, misdirected)
	default:
		return true
	}
	return false
}

// isForwarding says whether apps learn of the client by this header. Apps that
// know headers as CGI variables cannot tell "_" from "-" in their names.
func isForwarding(name string) bool {
	name = strings.ReplaceAll(name, "_", "-")
	return strings.EqualFold(name, "Forwarded") ||
		strings.EqualFold(name, "X-Real-Ip") ||
		len(name) > len(forwardedPrefix) && strings.EqualFold(name[:len(forwardedPrefix)], forwardedPrefix)
}

const forwardedPrefix = "X-Forwarded-"
