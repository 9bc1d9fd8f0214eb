package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/edge"
)

// The program starts itself again for what has to be a process of its own.
const (
	roleVariable    = "LOCKSTEP_BENCH_ROLE"
	backendVariable = "LOCKSTEP_BENCH_BACKEND"

	roleBackend = "direct"
	roleEdge    = "edge"

	edgeHost = "production.bench.localhost"
)

// play serves until it is killed, and prints where.
func play(ctx context.Context, role string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen as %s: %w", role, err)
	}
	fmt.Println(listener.Addr())
	server := &http.Server{Handler: http.HandlerFunc(answer)} //nolint:gosec // on the loopback, for a minute
	if role == roleEdge {
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(400) // as the agent has it
		}
		server = edge.NewServer(edgeRouter(os.Getenv(backendVariable)))
	}
	return server.Serve(listener)
}

// answer serves /api/<bytes>.
func answer(w http.ResponseWriter, r *http.Request) {
	size, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/api/"))
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "text/plain")
	w.Header().Set("Content-Length", strconv.Itoa(size))
	_, _ = w.Write(filler[:min(size, len(filler))])
}

var filler = bytes.Repeat([]byte("x"), 64<<10)

func edgeRouter(backend string) http.Handler {
	const id = "environment"
	e := edge.New(edge.Options{})
	for _, group := range []string{"frontend", "api", "api-old"} {
		e.SetPool(id, group, []edge.Backend{{Instance: group + "-0", Address: backend}, {Instance: group + "-1", Address: backend}})
	}
	services := func(api string) []lockstep.ServiceRoute {
		return []lockstep.ServiceRoute{
			{Service: "frontend", Group: "frontend", Prefixes: []string{"/"}},
			{Service: "api", Group: api, Prefixes: []string{"/api"}},
		}
	}
	e.SetRouting(id, lockstep.Routing{
		Project: "bench", Environment: "production",
		Revisions: []lockstep.RevisionRoutes{
			{Revision: "new", Hash: "n", Release: "2", Services: services("api")},
			{Revision: "old", Hash: "o", Release: "1", Services: services("api-old")},
		},
		Splits: []lockstep.Split{{Revision: "new", Weight: 100}, {Revision: "old", Weight: 0}},
	})
	return e.Handler()
}
