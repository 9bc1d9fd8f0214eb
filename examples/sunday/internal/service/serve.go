package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Grace is how long requests in flight may take after the signal to stop. It
// is longer than the longest answer of any Sunday service (10 s).
const Grace = 15 * time.Second

// Serve answers on ln until ctx ends; then it takes no new connections, lets
// the requests in flight finish, and returns nil. Requests do not inherit ctx,
// or the signal to stop would cut the very requests that it must spare.
// Hijacked connections (WebSockets) are the handler's to close.
func Serve(ctx context.Context, ln net.Listener, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		// Longer than a proxy in front keeps idle connections (commonly 60 or
		// 90 s): whoever closes first must be the proxy, or it may send a
		// request into a connection that is just being closed.
		IdleTimeout: 2 * time.Minute,
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	log.Info("listening", "address", ln.Addr().String())

	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	log.Info("stopping: finishing the requests in flight")
	graceful, cancel := context.WithTimeout(context.WithoutCancel(ctx), Grace)
	defer cancel()
	if err := server.Shutdown(graceful); err != nil {
		return fmt.Errorf("requests were still running %s after the signal to stop: %w", Grace, errors.Join(err, server.Close()))
	}
	return nil
}
