package api_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/api"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
)

// fleet is a server with a project of so many environments, the first hundred
// of which run something.
func fleet(b *testing.B, options store.Options, size int) *world {
	b.Helper()
	w := newWorldIn(b, options, func(o *api.Options) { o.Logger = slog.New(slog.DiscardHandler) })
	var text strings.Builder
	text.WriteString("project: sunday\nservices:\n  web: {command: [./web]}\nenvironments:\n")
	for i := range size {
		fmt.Fprintf(&text, "  env-%04d: {}\n", i)
	}
	w.do(http.MethodPut, "/api/system/matrix", text.String(), head{"If-Match": "*"}).is(200)
	w.do(http.MethodPost, "/api/system/releases", `{"version":"1.0.0"}`).is(201)
	for i := range min(size, 100) {
		w.deploy(fmt.Sprintf("env-%04d", i), `{"version":"1.0.0"}`)
		w.work()
	}
	return w
}

// BenchmarkOverview asks for what the first page of the dashboard shows of a
// project of 1,000 environments.
func BenchmarkOverview(b *testing.B) {
	const size = 1000
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			options := store.Options{DataDir: b.TempDir()}
			if name == "postgres" {
				options = store.Options{DatabaseURL: postgres.Database(b)}
			}
			w := fleet(b, options, size)
			for _, path := range []string{"overview", "history?limit=20", "approvals", "schedules/deployments"} {
				b.Run(strings.Split(path, "?")[0], func(b *testing.B) {
					ask(b, w.client, w.request(http.MethodGet, "/api/system/"+path, ""), http.StatusOK)
				})
			}
		})
	}
}
