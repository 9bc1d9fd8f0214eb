package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// What a session is sent by. A browser gives a cookie to every port of its
// host, so that what listens at another one could use it: the header's value
// is only known to pages of ours. Over TLS the cookie's name keeps others
// from setting it.
const (
	sessionHeader = "X-Lockstep-Session"
	plainCookie   = "lockstep"
	secureCookie  = "__Host-lockstep"
)

// identify says whom a request comes from: by its token, or else by its
// session.
func (g guard) identify(r *http.Request) (control.Identity, error) {
	if sent := r.Header.Get("Authorization"); sent != "" {
		scheme, token, _ := strings.Cut(sent, " ")
		if token = strings.TrimSpace(token); strings.EqualFold(scheme, "Bearer") && token != "" {
			return g.control.Identify(r.Context(), token)
		}
		return control.Identity{}, anonymous()
	}
	cookie, key := sessionCookie(r), r.Header.Get(sessionHeader)
	if cookie == "" || key == "" {
		return control.Identity{}, anonymous()
	}
	return g.control.IdentifySession(r.Context(), cookie, key)
}

func anonymous() error {
	return lockstep.Errorf(lockstep.CodeUnauthenticated, "send a token that this server knows, as `Authorization: Bearer TOKEN` (LOCKSTEP_TOKEN for the command line)")
}

func sessionCookie(r *http.Request) string {
	for _, name := range []string{secureCookie, plainCookie} {
		if c, err := r.Cookie(name); err == nil {
			return c.Value
		}
	}
	return ""
}

// setCookie is what gives a browser its session, or with "" takes it.
func setCookie(r *http.Request, value string) string {
	c := http.Cookie{Name: plainCookie, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: int(control.SessionLife.Seconds())}
	if overTLS(r) {
		c.Name, c.Secure = secureCookie, true
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c.String()
}

// overTLS holds where the browser speaks TLS, be it to a proxy before us: it
// says so itself, in the Origin of everything that changes something. Who
// says it and does not is given a cookie that no browser sends back.
func overTLS(r *http.Request) bool {
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		return true
	}
	origin, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && origin.Scheme == "https"
}

type identityKey struct{}

func withIdentity(ctx context.Context, who control.Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, who)
}

// identity is whom a request comes from; without a name: nobody we know.
func identity(ctx context.Context) control.Identity {
	who, _ := ctx.Value(identityKey{}).(control.Identity)
	return who
}

// by is who asks for a change, and how.
func by(ctx context.Context, c Change) control.By {
	return control.By{Actor: identity(ctx).Name, Key: c.Key, DryRun: c.DryRun}
}
