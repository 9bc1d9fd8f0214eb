package api

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// Options of the API. Control is required.
type Options struct {
	Control *control.Control
	Names   []string                            // hosts that requests may name, beside loopback ones; without ports
	Info    func(context.Context) (Info, error) // what the server knows of itself; Version and Counts are filled in
	Metrics http.Handler                        // answers GET /metrics
	// Dashboard answers GET for every path that is not of the API, to whoever
	// asks: it holds nothing of this server. None: there are no such paths.
	Dashboard http.Handler
	// Answered, where set, is told of each request when it is over: by which
	// route ("" where none took it), with which status (0: nobody waited for
	// it), and how long it took (0: a stream). It must not block.
	Answered func(method, route string, status int, took time.Duration)
	Version  string // of the server
	Logger   *slog.Logger
	Now      func() time.Time // for deadlines and the log; default time.Now
	Streams  StreamLimits

	UploadPause time.Duration // how long an upload may stand still; default 30s
	SignInPause time.Duration // between answers to attempts to sign in that fail; default 200ms
}

// StreamLimits of event streams. Zero fields mean the default.
type StreamLimits struct {
	Max       int           // open at once; default 512
	Heartbeat time.Duration // at most so long nothing is sent; default 15s
	Patience  time.Duration // for a reader to take what it is sent, before it is dropped; default 10s
	Waiting   int           // requests that wait for a configuration to change at once; default 10,000
}

func (l StreamLimits) orDefault() StreamLimits {
	return StreamLimits{cmp.Or(l.Max, 512), cmp.Or(l.Heartbeat, 15*time.Second), cmp.Or(l.Patience, 10*time.Second), cmp.Or(l.Waiting, 10_000)}
}

// Handler answers every request of the server.
type Handler struct {
	control *control.Control
	info    func(context.Context) (Info, error)
	told    func(method, route string, status int, took time.Duration)
	version string
	log     *slog.Logger
	now     func() time.Time
	huma    huma.API
	handler http.Handler

	pause   time.Duration
	limits  StreamLimits
	streams chan struct{} // one token for each open stream
	waiters chan struct{} // and for each request that waits for a configuration
	closing chan struct{}
	close   func()

	attempts *attempts
}

// New makes the API.
func New(opts Options) *Handler {
	limits := opts.Streams.orDefault()
	h := &Handler{
		control: opts.Control, info: opts.Info, told: opts.Answered, version: opts.Version, log: opts.Logger, now: opts.Now,
		pause: cmp.Or(opts.UploadPause, 30*time.Second), limits: limits, streams: make(chan struct{}, limits.Max), waiters: make(chan struct{}, limits.Waiting), closing: make(chan struct{}),
	}
	h.close = sync.OnceFunc(func() { close(h.closing) })
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	if h.now == nil {
		h.now = time.Now
	}
	if h.told == nil {
		h.told = func(string, string, int, time.Duration) {}
	}
	if h.info == nil {
		h.info = func(context.Context) (Info, error) { return Info{}, nil }
	}
	h.attempts = &attempts{now: h.now, next: map[netip.Prefix]time.Time{}, pause: cmp.Or(opts.SignInPause, 200*time.Millisecond)}
	mux := http.NewServeMux()
	h.huma = newHuma(mux)
	h.routes()
	listsAreLists(h.huma.OpenAPI())
	spec, docs := h.documents()
	mux.Handle("GET /api/openapi.json", h.readable(spec))
	if opts.Metrics != nil {
		mux.Handle("GET /metrics", h.readable(opts.Metrics))
	}
	g := guard{hosts: hosts(opts.Names), control: opts.Control, next: h.routed(mux), refuse: h.refuse}
	known := g.named(g.local(g.authenticated()))
	outer := http.NewServeMux()
	outer.Handle("GET /healthz", http.HandlerFunc(healthy))
	outer.Handle("GET /api/docs", g.named(docs))
	outer.Handle("POST "+sessionPath, g.named(g.local(g.next)))
	outer.Handle("/api/", known)
	outer.Handle("/metrics", known)
	outer.Handle("/", dashboard(g.named, opts.Dashboard, known))
	h.handler = h.access(outer)
	return h
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.handler.ServeHTTP(w, r) }

// Streams is how many event streams are open.
func (h *Handler) Streams() int { return len(h.streams) }

// Waiting is how many requests wait for a configuration to change.
func (h *Handler) Waiting() int { return len(h.waiters) }

// CloseStreams ends all event streams and refuses new ones.
func (h *Handler) CloseStreams() { h.close() }

func (h *Handler) routes() {
	h.sessionRoutes()
	h.tokenRoutes()
	h.systemRoutes()
	h.matrixRoutes()
	h.environmentRoutes()
	h.alertRoutes()
	h.secretRoutes()
	h.deploymentRoutes()
	h.operationRoutes()
	h.releaseRoutes()
	h.scheduleRoutes()
	h.templateRoutes()
	h.blobRoutes()
	h.streamRoutes()
	h.historyRoutes()
	h.overviewRoutes()
}

// dashboard is what a browser opens. Only its host is asked: a link from
// another site may lead there.
func dashboard(named func(http.Handler) http.Handler, pages, rest http.Handler) http.Handler {
	if pages == nil {
		return rest
	}
	pages = named(pages)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			rest.ServeHTTP(w, r)
			return
		}
		note(r.Context(), func(s *seen) { s.pattern = "GET /" })
		pages.ServeHTTP(w, r)
	})
}

// readable lets in who may read.
func (h *Handler) readable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := permit(r.Context(), lockstep.PermissionRead); err != nil {
			h.refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}
