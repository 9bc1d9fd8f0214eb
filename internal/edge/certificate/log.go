package certificate

import (
	"context"
	"log/slog"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// quiet is a logger for certmagic. What a person has to know is logged by this
// package; what certmagic says besides is for whoever looks closely, and only
// in fields that are known to hold nothing secret.
func quiet(log *slog.Logger) *zap.Logger { return zap.New(core{log: log}) }

type core struct {
	log    *slog.Logger
	fields []zapcore.Field
}

// Enabled implements zapcore.Core.
func (c core) Enabled(level zapcore.Level) bool {
	return level >= zapcore.InfoLevel && c.log.Enabled(context.Background(), slog.LevelDebug)
}

// With implements zapcore.Core.
func (c core) With(fields []zapcore.Field) zapcore.Core {
	return core{log: c.log, fields: append(c.fields[:len(c.fields):len(c.fields)], fields...)}
}

// Check implements zapcore.Core.
func (c core) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(entry.Level) {
		return checked.AddCore(entry, c)
	}
	return checked
}

// Write implements zapcore.Core.
func (c core) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	known := zapcore.NewMapObjectEncoder()
	for _, f := range append(c.fields[:len(c.fields):len(c.fields)], fields...) {
		switch f.Key {
		case "identifier", "identifiers", "challenge", "challenge_type", "remaining", "attempt", "error":
			f.AddTo(known)
		}
	}
	attrs := []any{"level", entry.Level.String()}
	for key, value := range known.Fields {
		attrs = append(attrs, key, value)
	}
	c.log.Debug("certmagic: "+entry.Message, attrs...) //nolint:sloglint // the message is certmagic's
	return nil
}

// Sync implements zapcore.Core.
func (c core) Sync() error { return nil }
