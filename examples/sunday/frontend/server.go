package main

import (
	"embed"
	"io/fs"
	"log/slog"
	"net/http"

	"github.com/lockstep-dev/lockstep/examples/sunday/internal/service"
)

//go:embed page
var embedded embed.FS

// contentPolicy lets the page load nothing from elsewhere. ws: and wss: are
// there for browsers in which 'self' does not cover WebSockets.
const contentPolicy = "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'"

func newHandler(id service.Identity, backendURL string, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		service.Answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) {
		service.Answer(w, http.StatusOK, id)
	})
	mux.HandleFunc("GET /server-check", newCheck(id, backendURL).answer)
	mux.Handle("GET /", page())
	return service.Access(id, log, mux)
}

func page() http.Handler {
	root, err := fs.Sub(embedded, "page")
	if err != nil {
		// Only a misspelled constant gets here, and the first test run shows it.
		return http.NotFoundHandler()
	}
	files := http.FileServerFS(root)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Two versions of the page live at one address: a browser asks each time.
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("Content-Security-Policy", contentPolicy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		files.ServeHTTP(w, r)
	})
}
