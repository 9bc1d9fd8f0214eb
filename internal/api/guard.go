package api

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// guard lets in who has come to the right address with a token or a session.
type guard struct {
	hosts   map[string]bool
	control *control.Control
	next    http.Handler
	refuse  func(http.ResponseWriter, *http.Request, error)
}

func hosts(names []string) map[string]bool {
	out := map[string]bool{"localhost": true}
	for _, name := range names {
		out[strings.ToLower(strings.TrimSuffix(name, "."))] = true
	}
	return out
}

// named refuses a Host that is not ours. A browser sends it truthfully,
// whatever name an attacker's DNS resolves to this machine.
func (g guard) named(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.ours(r.Host) {
			g.refuse(w, r, lockstep.Errorf(lockstep.CodeForbidden, "this server does not answer to that host name: use 127.0.0.1 or localhost, or start it with the name it is called by"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// local refuses an Origin that is not our own, and what a browser says
// another site began: one on another port of this host, too.
func (g guard) local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origins, sites := r.Header.Values("Origin"), r.Header.Values("Sec-Fetch-Site")
		foreign := len(origins) > 1 || len(origins) == 1 && !sameOrigin(origins[0], r.Host)
		for _, site := range sites {
			foreign = foreign || site != "same-origin" && site != "none" // none: typed in by somebody
		}
		if foreign {
			g.refuse(w, r, lockstep.Errorf(lockstep.CodeForbidden, "requests from other web sites are not answered"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ours holds for loopback addresses and for the names we know.
func (g guard) ours(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if ip, err := netip.ParseAddr(host); err == nil && ip.Unmap().IsLoopback() {
		return true
	}
	return g.hosts[host]
}

func sameOrigin(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && strings.EqualFold(u.Host, host)
}

// authenticated refuses whom we do not know.
func (g guard) authenticated() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := g.identify(r)
		if err != nil {
			if lockstep.CodeOf(err) == lockstep.CodeUnauthenticated {
				w.Header().Set("WWW-Authenticate", "Bearer")
			}
			g.refuse(w, r, err)
			return
		}
		note(r.Context(), func(s *seen) { s.actor = who.Name })
		g.next.ServeHTTP(w, r.WithContext(withIdentity(r.Context(), who)))
	})
}
