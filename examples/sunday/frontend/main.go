// Command frontend serves the page of the Sunday example. The page shows, live,
// which version of the backend answers; the server itself shows that calls
// between services stay in one revision (GET /server-check).
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/lockstep-dev/lockstep/examples/sunday/internal/service"
)

// version can be set when the binary is built: -ldflags "-X main.version=1.4.0".
var version string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run serves until ctx ends and returns the exit code: 0 stopped as asked,
// 1 failed, 2 wrong usage.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	var listen service.Listen
	flags := flag.NewFlagSet("frontend", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen.Flags(flags, getenv, "8080")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}

	id := service.Identify("frontend", version, getenv)
	log := service.NewLogger(stdout, getenv("LOG_LEVEL"), id)
	ln, err := listen.Open()
	if err != nil {
		log.Error("not started", "error", err.Error())
		return 1
	}
	handler := newHandler(id, getenv("BACKEND_URL"), log)
	if err := service.Serve(ctx, ln, handler, log); err != nil {
		log.Error("stopped", "error", err.Error())
		return 1
	}
	log.Info("stopped")
	return 0
}
