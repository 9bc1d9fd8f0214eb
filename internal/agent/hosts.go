package agent

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lockstep-dev/lockstep/internal/edge"
)

// The names of listeners, by which one agent hands them to the next.
const (
	hostAPI     = "api"
	hostEdge    = "edge"
	hostEdgeTLS = "edge tls"
)

func hostEnvironment(env string) string  { return "environment " + env }
func hostGroup(env, group string) string { return "group " + env + " " + group }

const (
	closePatience = 10 * time.Second // for requests on a listener that closes
	rebindPause   = time.Second
)

// hosts are the agent's listeners and what serves them.
type hosts struct {
	log *slog.Logger

	mu        sync.Mutex
	open      map[string]*host
	inherited map[string]net.Listener // of the agent before, not yet asked for
	awaited   map[string]bool         // names whose port a stranger has
	leaving   atomic.Bool             // another agent accepts now
	conns     atomic.Int64            // open ones, except those that were taken over (WebSockets)
}

type host struct {
	listener net.Listener
	server   *http.Server
	ended    chan struct{}
}

func newHosts(log *slog.Logger, inherited map[string]net.Listener) *hosts {
	if inherited == nil {
		inherited = map[string]net.Listener{}
	}
	return &hosts{log: log, open: map[string]*host{}, inherited: inherited, awaited: map[string]bool{}}
}

// inherit gives the listener that the agent before left under a name.
func (h *hosts) inherit(name string) (net.Listener, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	l, ok := h.inherited[name]
	delete(h.inherited, name)
	return l, ok
}

// duplicates are new descriptors of the open listeners, for another life.
func (h *hosts) duplicates() (map[string]net.Listener, error) {
	out := map[string]net.Listener{}
	for name, l := range h.all() {
		d, err := duplicate(l)
		if err != nil {
			return out, fmt.Errorf("listener %s: %w", name, err)
		}
		out[name] = d
	}
	return out, nil
}

func duplicate(l net.Listener) (net.Listener, error) {
	c, ok := l.(syscall.Conn)
	if !ok {
		return nil, fmt.Errorf("%T has no descriptor", l)
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	var fd int
	var failed error
	err = raw.Control(func(number uintptr) { fd, failed = unix.FcntlInt(number, unix.F_DUPFD_CLOEXEC, 0) })
	if err := errors.Join(err, failed); err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "listener")
	defer f.Close() //nolint:errcheck // the listener has one of its own
	return net.FileListener(f)
}

// release closes what was inherited and is not wanted any more.
func (h *hosts) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, l := range h.inherited {
		h.log.Warn("a listener of the agent before is not wanted any more", "listener", name)
		_ = l.Close() // it accepted nothing here
	}
	clear(h.inherited)
}

// reopen serves a name on the loopback port it had before. A port that a
// stranger took meanwhile is tried until it is free: others have its number.
func (h *hosts) reopen(name string, port int, handler http.Handler, give <-chan struct{}) {
	l, ok := h.inherit(name)
	if !ok {
		var err error
		if l, err = listenTCP(loopback(port)); err != nil {
			h.log.Error("a port of ours is taken: it is tried again until it is free", "listener", name, "port", port, "error", err)
			h.mu.Lock()
			h.awaited[name] = true
			h.mu.Unlock()
			go h.insist(name, port, handler, give)
			return
		}
	}
	h.serve(name, l, handler)
}

func (h *hosts) insist(name string, port int, handler http.Handler, give <-chan struct{}) {
	tick := time.NewTicker(rebindPause)
	defer tick.Stop()
	for {
		select {
		case <-give:
			return
		case <-tick.C:
		}
		h.mu.Lock()
		awaited := h.awaited[name]
		h.mu.Unlock()
		if !awaited {
			return // closed before it was ever open
		}
		if l, err := listenTCP(loopback(port)); err == nil {
			h.log.Info("a port of ours is free again", "listener", name, "port", port)
			h.serve(name, l, handler)
			return
		}
	}
}

// serve leads a listener's requests to a handler.
func (h *hosts) serve(name string, l net.Listener, handler http.Handler) {
	h.serveTLS(name, l, handler, nil)
}

// serveTLS is serve over TLS, where there is a configuration. What is handed
// over is the listener below it.
func (h *hosts) serveTLS(name string, l net.Listener, handler http.Handler, config *tls.Config) {
	server := edge.NewServer(h.farewell(handler))
	server.ConnState = h.count
	if config != nil {
		server.TLSConfig = config
		server.ErrorLog = log.New(complaints{h.log}, "", 0)
	}
	h.add(name, l, server)
}

// complaints are a TLS server's. Every scanner's failed handshake is one.
type complaints struct{ log *slog.Logger }

func (c complaints) Write(line []byte) (int, error) {
	level := slog.LevelWarn
	if bytes.HasPrefix(line, []byte("http: TLS handshake error")) {
		level = slog.LevelDebug
	}
	c.log.Log(context.Background(), level, "the HTTPS server complains", "of", string(bytes.TrimSpace(line)))
	return len(line), nil
}

func (h *hosts) add(name string, l net.Listener, server *http.Server) {
	one := &host{listener: l, server: server, ended: make(chan struct{})}
	h.mu.Lock()
	h.open[name] = one
	h.mu.Unlock()
	go func() {
		defer close(one.ended)
		serve := server.Serve
		if server.TLSConfig != nil {
			serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
		}
		if err := serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) && !h.leaving.Load() {
			h.log.Error("a listener ended", "listener", name, "error", err)
		}
	}()
}

func (h *hosts) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		h.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		h.conns.Add(-1)
	default:
	}
}

// farewell asks clients to come back on a new connection once another agent
// accepts those. Closing idle connections instead would meet requests that
// are just being sent.
func (h *hosts) farewell(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.leaving.Load() && r.Header.Get("Upgrade") == "" {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// close ends one listener; its requests get closePatience to finish.
func (h *hosts) close(name string) {
	h.mu.Lock()
	one := h.open[name]
	delete(h.open, name)
	delete(h.awaited, name)
	h.mu.Unlock()
	if one == nil {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), closePatience)
		defer cancel()
		if one.server.Shutdown(ctx) != nil {
			_ = one.server.Close() // whoever is left was warned
		}
	}()
}

// all is every open listener by name.
func (h *hosts) all() map[string]net.Listener {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make(map[string]net.Listener, len(h.open))
	for name, one := range h.open {
		out[name] = one.listener
	}
	return out
}

// leave stops accepting without ending a connection to the edge: another agent
// accepts. Callers of the API are sent to it at once.
func (h *hosts) leave() {
	h.leaving.Store(true)
	h.mu.Lock()
	if api, ok := h.open[hostAPI]; ok {
		api.server.SetKeepAlivesEnabled(false)
	}
	h.mu.Unlock()
	for name, l := range h.all() {
		if err := l.Close(); err != nil {
			h.log.Error("cannot close a listener that was handed over", "listener", name, "error", err)
		}
	}
}

// shutdown stops accepting and gives requests until ctx ends.
func (h *hosts) shutdown(ctx context.Context) {
	h.mu.Lock()
	open := h.open
	h.open = map[string]*host{}
	h.mu.Unlock()
	var wg sync.WaitGroup
	for _, one := range open {
		wg.Go(func() {
			if one.server.Shutdown(ctx) != nil {
				_ = one.server.Close() // their time was up
			}
			<-one.ended
		})
	}
	wg.Wait()
}

// where is the address of an open listener, "" of any other.
func (h *hosts) where(name string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if one, ok := h.open[name]; ok {
		return fmt.Sprint(one.listener.Addr())
	}
	return ""
}
