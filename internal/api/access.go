package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const (
	maxBody       = 1 << 20          // of every request but an artifact's
	answerTimeout = 30 * time.Second // to write an answer; a stream and an upload set their own
	bodyTimeout   = 30 * time.Second // to read a body; an upload sets its own
)

// seen is what a request's log line and figures are made of.
type seen struct {
	http.ResponseWriter
	status  int
	bytes   int64
	actor   string
	pattern string // of the route that took it
	stream  bool   // it lasts as long as its reader wants
}

func (s *seen) WriteHeader(status int) {
	if s.status == 0 && status >= 200 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *seen) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	n, err := s.ResponseWriter.Write(b)
	s.bytes += int64(n)
	return n, err
}

// Unwrap leads http.ResponseController to what it controls.
func (s *seen) Unwrap() http.ResponseWriter { return s.ResponseWriter }

type seenKey struct{}

// note adds to what is known of a request.
func note(ctx context.Context, add func(*seen)) {
	if s, ok := ctx.Value(seenKey{}).(*seen); ok {
		add(s)
	}
}

// route is the method and the path of the pattern that took the request.
func (s *seen) route() (method, path string) {
	method, path, _ = strings.Cut(s.pattern, " ")
	return method, path
}

// access is outermost: limits, headers, the log, and what a panic becomes.
func (h *Handler) access(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := h.now()
		s := &seen{ResponseWriter: w}
		r = r.WithContext(context.WithValue(r.Context(), seenKey{}, s))
		control := http.NewResponseController(w)
		if err := errors.Join(control.SetReadDeadline(began.Add(bodyTimeout)), control.SetWriteDeadline(began.Add(answerTimeout))); err != nil && !errors.Is(err, http.ErrNotSupported) {
			h.log.DebugContext(r.Context(), "no deadlines", "error", err)
		}
		if !strings.HasPrefix(r.URL.Path, blobPath) {
			// One byte more than huma takes, so that it is huma that says no.
			r.Body = http.MaxBytesReader(s, r.Body, bodyLimit(r.URL.Path)+1)
		}
		s.Header().Set("X-Content-Type-Options", "nosniff")
		s.Header().Set("Referrer-Policy", "no-referrer")
		s.Header().Set("Cache-Control", "no-store")
		defer func() { h.conclude(s, r, began, recover()) }()
		next.ServeHTTP(s, r)
	})
}

// bodyLimit is how much a request to a path may bring.
func bodyLimit(path string) int64 {
	if strings.HasSuffix(path, "/variables") || strings.HasSuffix(path, "/config") {
		return maxConfigBody
	}
	return maxBody
}

// conclude writes the log line. broken is what a handler panicked with.
func (h *Handler) conclude(s *seen, r *http.Request, began time.Time, broken any) {
	aborted := broken == http.ErrAbortHandler //nolint:errorlint // as net/http compares it
	if broken != nil && !aborted {
		h.recovered(s, r, broken)
	}
	took := h.now().Sub(began)
	h.log.InfoContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "status", s.status,
		"bytes", s.bytes, "took", took.Round(time.Microsecond), "actor", s.actor, "remote", r.RemoteAddr)
	if s.stream {
		took = 0
	}
	method, route := s.route()
	h.told(method, route, s.status, took)
	if aborted {
		panic(http.ErrAbortHandler)
	}
}

// recovered answers for a handler that broke down, where it still can.
func (h *Handler) recovered(s *seen, r *http.Request, cause any) {
	err := fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
	switch {
	case r.Context().Err() != nil:
		// huma panics where it cannot write an answer. Nobody is left to read it.
		h.log.WarnContext(r.Context(), "the client left before its answer", "error", err)
		return
	case s.status != 0:
		h.log.ErrorContext(r.Context(), "an answer broke off", "error", err)
		return
	}
	h.refuse(s, r, err)
}

// routed turns the mux's own refusals into problems.
func (h *Handler) routed(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler, pattern := mux.Handler(r)
		if pattern != "" {
			note(r.Context(), func(s *seen) { s.pattern = pattern })
			mux.ServeHTTP(w, r)
			return
		}
		probe := &refusal{header: http.Header{}}
		handler.ServeHTTP(probe, r)
		if probe.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", probe.header.Get("Allow"))
			p := problem(lockstep.Errorf(lockstep.CodeNotFound, "%s does nothing here; there is %s", r.Method, probe.header.Get("Allow")))
			p.Status, p.Title = probe.status, http.StatusText(probe.status)
			p.write(w)
			return
		}
		h.refuse(w, r, lockstep.Errorf(lockstep.CodeNotFound, "there is nothing at this path: /api/docs lists what there is"))
	})
}

// refusal catches what the mux would answer.
type refusal struct {
	header http.Header
	status int
}

func (w *refusal) Header() http.Header         { return w.header }
func (w *refusal) Write(b []byte) (int, error) { return len(b), nil }
func (w *refusal) WriteHeader(status int)      { w.status = status }
