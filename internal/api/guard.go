package api

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// guard lets in who has come to the right address with a token.
type guard struct {
	hosts  map[string]bool
	tokens Tokens
	next   http.Handler
	refuse func(http.ResponseWriter, *http.Request, error)
}

func hosts(names []string) map[string]bool {
	out := map[string]bool{"localhost": true}
	for _, name := range names {
		out[strings.ToLower(strings.TrimSuffix(name, "."))] = true
	}
	return out
}

// local refuses a Host that is not ours and an Origin that is not our own. A
// browser sends both truthfully, whatever name an attacker's DNS resolves to
// this machine.
func (g guard) local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.ours(r.Host) {
			g.refuse(w, r, lockstep.Errorf(lockstep.CodeForbidden, "this server does not answer to that host name: use 127.0.0.1 or localhost, or start it with the name it is called by"))
			return
		}
		if origins := r.Header.Values("Origin"); len(origins) > 0 && (len(origins) > 1 || !sameOrigin(origins[0], r.Host)) {
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

// authenticated refuses who sends no token that we know.
func (g guard) authenticated() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		token = strings.TrimSpace(token)
		name, ok := "", false
		if strings.EqualFold(scheme, "Bearer") && token != "" {
			name, ok = g.tokens(token)
		}
		if !ok || name == "" {
			w.Header().Set("WWW-Authenticate", "Bearer")
			g.refuse(w, r, lockstep.Errorf(lockstep.CodeUnauthenticated, "send a token that this server knows, as `Authorization: Bearer TOKEN` (LOCKSTEP_TOKEN for the command line)"))
			return
		}
		note(r.Context(), func(s *seen) { s.actor = name })
		g.next.ServeHTTP(w, r.WithContext(withActor(r.Context(), name)))
	})
}
