package edge

import (
	"net/http"
	"time"
)

// Handler routes by host: <environment>.<project>.localhost, <project>.localhost
// (the live environment) and each routing's domains.
func (e *Edge) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !e.guard(w, r, false) {
			return
		}
		host, ok := hostName(r.Host)
		if !ok {
			e.lost.refuse(w, r, badRequest)
			return
		}
		env, ok := e.table.Load().hosts[host]
		if !ok {
			e.lost.refuse(w, r, unknownHost)
			return
		}
		e.serve(w, r, env, aim{path: pathOf(r)})
	})
}

// EnvironmentHandler routes every request to one environment, whatever its host.
func (e *Edge) EnvironmentHandler(environment string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.serveByID(w, r, environment, aim{path: pathOf(r)})
	})
}

// GroupHandler leads every request to one group: the internal address behind
// <SERVICE>_URL. It stands for the instance itself: requests are not held,
// not counted in Stats, and keep their X-Forwarded headers.
func (e *Edge) GroupHandler(environment, group string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.serveByID(w, r, environment, aim{group: group})
	})
}

func (e *Edge) serveByID(w http.ResponseWriter, r *http.Request, environment string, a aim) {
	if !e.guard(w, r, true) {
		return
	}
	env, ok := e.table.Load().environments[environment]
	switch {
	case ok:
		e.serve(w, r, env, a)
	case a.group != "": // nothing was ever ready here
		e.lost.refuse(w, r, notReady)
	default:
		e.lost.refuse(w, r, notServed)
	}
}

func pathOf(r *http.Request) string {
	if r.URL.Path == "" {
		return "/"
	}
	return r.URL.Path
}

// serve takes a request of env from beginning to end.
func (e *Edge) serve(w http.ResponseWriter, r *http.Request, env *environment, a aim) {
	x := exchanges.Get().(*exchange)
	x.edge, x.env, x.aim = e, env, a
	if asked := env.now.Load().audience; asked != nil && a.group == "" {
		x.audience, x.aim.who = asked, asked.recognise(r)
	}
	defer x.recycle()
	defer x.end()
	switch found := x.admit(r.Context()); found {
	case seated:
		if x.audience != nil {
			x.reflect(r)
		}
		x.meet(r)
		if isWebSocket(r) {
			x.proxy.ServeHTTP(w, r)
		} else {
			x.forward(w, r)
		}
	case noService:
		e.lost.refuse(w, r, notThere.of(env))
	case switchedOff:
		e.lost.refuse(w, r, disabled.of(env))
	case nothingServed, unknownEnvironment:
		e.lost.refuse(w, r, notServed.of(env))
	case closed:
		e.lost.refuse(w, r, closedPage(env.now.Load().closed, time.Now()).of(env))
	case shed:
		maintenance.of(env).write(w, r)
	case gone:
		panic(http.ErrAbortHandler) // nobody reads it; nothing must look like an answer
	default: // noInstance; the others are found out by probes only
		if x.blame != nil {
			x.blame.Add(1)
		}
		notReady.of(env).write(w, r)
	}
}
