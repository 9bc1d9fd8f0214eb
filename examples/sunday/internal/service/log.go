package service

import (
	"io"
	"log/slog"
)

// NewLogger logs JSON lines at the level that LOG_LEVEL names (debug, info,
// warn, error). A level it does not know is reported and read as info: a typo
// in a setting must not keep a service from starting.
func NewLogger(w io.Writer, level string, id Identity) *slog.Logger {
	var parsed slog.Level
	err := parsed.UnmarshalText([]byte(or(level, "info")))
	log := slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: parsed})).With(
		"service", id.Service, "release", id.Version, "instance", id.Instance)
	if err != nil {
		log.Warn("LOG_LEVEL is none of debug, info, warn, error; using info", "LOG_LEVEL", level)
	}
	return log
}
