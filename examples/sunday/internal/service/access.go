package service

import (
	"log/slog"
	"net/http"
	"time"
)

// ReleaseHeader names the version that answered, on every answer.
const ReleaseHeader = "X-Sunday-Release"

// Access stamps every answer with the release and writes one line for each
// request when it has ended. Probes of /health are logged at debug level: once
// a second from each prober, they would drown everything else.
func Access(id Identity, log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		w.Header().Set(ReleaseHeader, id.Version)
		seen := &statusWriter{ResponseWriter: w}
		next.ServeHTTP(seen, r)

		level := slog.LevelInfo
		if r.URL.Path == "/health" {
			level = slog.LevelDebug
		}
		log.LogAttrs(r.Context(), level, "request",
			slog.String("method", r.Method),
			slog.String("path", r.URL.Path),
			slog.Int("status", seen.code()),
			slog.Float64("ms", float64(time.Since(started).Microseconds())/1000))
	})
}

// statusWriter remembers the status. Unwrap keeps flushing and hijacking
// possible through http.ResponseController.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
