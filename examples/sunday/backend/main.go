// Command backend is the API of the Sunday example: a small service that is
// deployed, rolled back and put under load to show what Lockstep does. It keeps
// everything in memory. With --fault it becomes one of the demo's bad releases.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/lockstep-dev/lockstep/examples/sunday/internal/service"
)

// Both can be set when the binary is built, so that an artifact is good or bad
// in itself: go build -ldflags "-X main.version=1.4.0 -X main.builtFault=broken-api".
var (
	version    string
	builtFault = "none"
)

const exitCrashed = 3

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run serves until ctx ends and returns the exit code: 0 stopped as asked,
// 1 failed, 2 wrong usage, 3 the crash that --fault asked for.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	var listen service.Listen
	flags := flag.NewFlagSet("backend", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen.Flags(flags, getenv, "3000")
	faultName := flags.String("fault", builtFault, "misbehave on purpose: "+faultNames)
	after := flags.Duration("fault-after", time.Minute, "when to crash, or how long slow-start waits")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	fault, err := parseFault(*faultName)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}

	id := service.Identify("backend", version, getenv)
	log := service.NewLogger(stdout, getenv("LOG_LEVEL"), id)

	var crash <-chan time.Time
	switch fault {
	case slowStart:
		log.Warn("starting slowly on purpose", "delay", after.String())
		select {
		case <-time.After(*after):
		case <-ctx.Done():
			return 0
		}
	case crashes:
		crash = time.After(*after)
	case none, neverHealthy, brokenAPI, slowAPI: // start as a good release does
	}

	ln, err := listen.Open()
	if err != nil {
		log.Error("not started", "error", err.Error())
		return 1
	}
	api := newServer(id, fault, getenv, ctx.Done())
	ended := make(chan error, 1)
	go func() { ended <- service.Serve(ctx, ln, api.handler(log), log) }()

	select {
	case <-crash:
		log.Error("crashing on purpose", "fault", string(fault))
		return exitCrashed
	case err := <-ended:
		if err != nil {
			log.Error("stopped", "error", err.Error())
			return 1
		}
	}
	api.sockets.Wait()
	log.Info("stopped")
	return 0
}
