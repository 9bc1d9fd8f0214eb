package agent

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// peers accepts only who may speak to the agent: see wire.CheckPeer.
type peers struct {
	*net.UnixListener
	log *slog.Logger
}

func (p peers) Accept() (net.Conn, error) {
	for {
		conn, err := p.AcceptUnix()
		if err != nil {
			return nil, err
		}
		if err := wire.CheckPeer(conn); err == nil {
			return conn, nil
		} else {
			p.log.Warn("refused a caller", "error", err)
			_ = conn.Close() // it has no say
		}
	}
}

// serveAPI answers on the agent's socket.
func (a *agent) serveAPI(l *net.UnixListener) {
	a.hosts.add(hostAPI, peers{l, a.log}, &http.Server{
		Handler:           a.api(),
		ReadHeaderTimeout: 30 * time.Second, // as the API does
		IdleTimeout:       time.Minute,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	})
}

func (a *agent) api() http.Handler {
	mux := http.NewServeMux()
	v1 := func(pattern string, h http.HandlerFunc) {
		method, path, _ := cut(pattern)
		mux.HandleFunc(method+" /v1"+path, h)
	}
	v1("POST /prepare", effect(a, a.prepare))
	v1("PUT /artifacts/{digest}", a.putArtifact)
	v1("POST /start", effect(a, a.start))
	v1("POST /stop", effect(a, a.stop))
	v1("POST /remove", effect(a, a.remove))
	v1("POST /jobs", result(a, a.runJob))
	v1("PUT /routing", effect(a, a.setRouting))
	v1("POST /drain", result(a, a.drain))
	v1("POST /probe", result(a, func(ctx context.Context, req wire.ProbeRequest) (wire.ProbeResult, error) {
		return a.probe(ctx, req), nil
	}))
	v1("POST /sample", effect(a, a.sample))
	v1("GET /instances", a.read(func(r *http.Request) (any, error) { return a.list(r.FormValue("environment")), nil }))
	v1("GET /tail", a.read(func(r *http.Request) (any, error) {
		lines, err := strconv.Atoi(r.FormValue("lines"))
		if err != nil {
			return nil, lockstep.Invalid("lines", "lines is not a number")
		}
		return a.tail(r.FormValue("environment"), r.FormValue("instance"), lines)
	}))
	v1("GET /jobs/output", a.read(func(r *http.Request) (any, error) {
		return a.jobOutput(r.FormValue("environment"), r.FormValue("key"))
	}))
	v1("GET /ledger", a.read(func(r *http.Request) (any, error) { return a.ledger(r.FormValue("environment")) }))
	v1("GET /routing", a.read(func(r *http.Request) (any, error) {
		if routing := a.store.view().environment(r.FormValue("environment")).Routing; routing != nil {
			return *routing, nil
		}
		return lockstep.Routing{}, nil
	}))
	v1("GET /stats", a.read(func(r *http.Request) (any, error) {
		stats := a.edge.Stats(r.FormValue("environment"))
		if stats == nil {
			stats = map[string]lockstep.RevisionStats{}
		}
		return stats, nil
	}))
	v1("GET /held", a.read(func(r *http.Request) (any, error) {
		held, shed := a.edge.HoldStats(r.FormValue("environment"))
		return lockstep.EdgeStats{Held: held, Shed: shed}, nil
	}))
	v1("GET /figures", a.read(func(r *http.Request) (any, error) {
		after, err := strconv.ParseInt(r.FormValue("after"), 10, 64)
		if err != nil {
			return nil, lockstep.Invalid("after", "after is not a number")
		}
		return a.book.after(after)
	}))
	v1("GET /usage", a.read(func(r *http.Request) (any, error) { return a.book.usageOf(r.FormValue("environment")), nil }))
	v1("POST /logs", result(a, a.readLogs))
	v1("GET /info", a.read(func(*http.Request) (any, error) { return a.info(), nil }))
	v1("GET /metrics", promhttp.HandlerFor(a.registry, promhttp.HandlerOpts{}).ServeHTTP)
	v1("POST /handover", a.handOver)
	v1("POST /shutdown", effect(a, func(_ context.Context, req wire.ShutdownRequest) error { return a.shutdown(req) }))
	return mux
}

func cut(pattern string) (method, path string, ok bool) {
	for i, c := range pattern {
		if c == ' ' {
			return pattern[:i], pattern[i+1:], true
		}
	}
	return "", pattern, false
}

// effect is a handler that answers 204 when do has returned.
func effect[Req any](a *agent, do func(context.Context, Req) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req Req
		err := decode(w, r, &req)
		if err == nil {
			err = do(r.Context(), req)
		}
		if err != nil {
			a.fail(w, r, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// result is a handler that answers with what do returns.
func result[Req, Res any](a *agent, do func(context.Context, Req) (Res, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req Req
		if err := decode(w, r, &req); err != nil {
			a.fail(w, r, err)
			return
		}
		res, err := do(r.Context(), req)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		a.answer(w, http.StatusOK, res)
	}
}

func (a *agent) read(get func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		res, err := get(r)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		a.answer(w, http.StatusOK, res)
	}
}

func (a *agent) putArtifact(w http.ResponseWriter, r *http.Request) {
	err := a.artifacts.receive(r.Context(), r.PathValue("digest"), r.Body)
	// What is left of the body is read, so that the answer arrives.
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxArtifact))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func decode(w http.ResponseWriter, r *http.Request, into any) error {
	body := http.MaxBytesReader(w, r.Body, maxBody)
	err := json.NewDecoder(body).Decode(into)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return lockstep.Errorf(lockstep.CodeTooLarge, "the request has more than %d bytes", maxBody)
	case err != nil:
		return lockstep.Errorf(lockstep.CodeInvalid, "the request cannot be read: %w", err)
	}
	return nil
}

func (a *agent) answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		a.log.Debug("an answer was not read", "error", err)
	}
}

// fail answers with a Fault. An error without a code is ours: the caller
// tries again, and the log has it.
func (a *agent) fail(w http.ResponseWriter, r *http.Request, err error) {
	var missing *wire.MissingError
	if errors.As(err, &missing) {
		a.answer(w, wire.StatusMissing, wire.Missing{Digests: missing.Digests})
		return
	}
	code := lockstep.CodeOf(err)
	message := err.Error()
	switch {
	case r.Context().Err() != nil:
		code, message = lockstep.CodeUnavailable, "the call was given up"
	case code == lockstep.CodeInternal:
		a.log.Error("a call failed", "path", r.URL.Path, "error", err)
	}
	a.answer(w, code.HTTPStatus(), wire.Fault{Code: code, Message: message})
}
