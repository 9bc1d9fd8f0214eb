package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
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
	var open sync.WaitGroup // connections, until they are closed or hijacked
	server := &http.Server{
		Handler: handler,
		// Also how long a connection that never asks anything may delay the end.
		ReadHeaderTimeout: 2 * time.Second,
		// Longer than a proxy in front keeps idle connections (commonly 60 or
		// 90 s): whoever closes first must be the proxy, or it may send a
		// request into a connection that is just being closed.
		IdleTimeout: 2 * time.Minute,
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				open.Add(1)
			case http.StateClosed, http.StateHijacked:
				open.Done()
			case http.StateActive, http.StateIdle:
			}
		},
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ln) }()
	log.Info("listening", "address", ln.Addr().String())

	select {
	case err := <-ended:
		return fmt.Errorf("serve on %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	log.Info("stopping: finishing the requests in flight")
	// Not http.Server.Shutdown: it hangs up on a connection that was accepted
	// and whose first request it has not read yet.
	server.SetKeepAlivesEnabled(false)
	if err := ln.Close(); err != nil {
		return fmt.Errorf("stop listening on %s: %w", ln.Addr(), err)
	}
	// When Serve has returned, nothing adds to open any more.
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("serve on %s: %w", ln.Addr(), err)
	}
	finished := make(chan struct{})
	go func() {
		open.Wait()
		close(finished)
	}()
	select {
	case <-finished:
		return nil
	case <-time.After(Grace):
		return errors.Join(fmt.Errorf("requests were still running %s after the signal to stop", Grace), server.Close())
	}
}
