package api

import (
	"log/slog"
	"net/http"
	"time"
)

// NewServer is an http.Server with the limits that h relies on. It has no
// overall deadlines for reading and writing, which would end streams and
// uploads: h sets them for each request. Shutdown ends h's streams first.
func NewServer(h *Handler, log *slog.Logger) *http.Server {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 30 * time.Second, // a machine out of breath takes long to read what has arrived
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	s.RegisterOnShutdown(h.CloseStreams)
	return s
}
