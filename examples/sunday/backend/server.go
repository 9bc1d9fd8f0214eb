package main

import (
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep/examples/sunday/internal/service"
)

const (
	defaultSlow = 3 * time.Second
	longestSlow = 10 * time.Second
)

type server struct {
	id       service.Identity
	fault    fault
	getenv   func(string) string
	orders   orders
	stopping <-chan struct{} // closed when the process was told to stop
	sockets  sync.WaitGroup  // open WebSockets, which http.Server does not wait for
}

func newServer(id service.Identity, f fault, getenv func(string) string, stopping <-chan struct{}) *server {
	return &server{id: id, fault: f, getenv: getenv, stopping: stopping}
}

func (s *server) handler(log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", s.health)
	mux.HandleFunc("GET /version", s.version)
	mux.HandleFunc("GET /api/version", s.unlessSlow(s.version))
	mux.HandleFunc("GET /api/slow", s.slow)
	mux.HandleFunc("GET /api/orders", s.unlessSlow(s.unlessBroken(s.listOrders)))
	mux.HandleFunc("POST /api/orders", s.unlessSlow(s.unlessBroken(s.createOrder)))
	mux.HandleFunc("GET /api/ws", s.echo)
	mux.HandleFunc("GET /api/events", s.events)
	mux.HandleFunc("GET /api/settings", s.settings)
	return service.Access(s.id, log, mux)
}

func (s *server) version(w http.ResponseWriter, _ *http.Request) {
	service.Answer(w, http.StatusOK, s.id)
}

// slow answers after ?ms= milliseconds: the request that a careless shutdown
// cuts. It waits out a stop, and gives up only when its client has.
func (s *server) slow(w http.ResponseWriter, r *http.Request) {
	wait := defaultSlow
	if text := r.FormValue("ms"); text != "" {
		ms, err := strconv.Atoi(text)
		if err != nil || ms < 0 {
			service.Answer(w, http.StatusBadRequest, service.Problem{Field: "ms", Error: "ms must be a whole number of milliseconds, 0 or more"})
			return
		}
		wait = time.Duration(min(ms, int(longestSlow.Milliseconds()))) * time.Millisecond
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		service.Answer(w, http.StatusOK, map[string]any{"version": s.id.Version, "waitedMs": wait.Milliseconds()})
	case <-r.Context().Done():
	}
}
