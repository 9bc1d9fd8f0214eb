package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/lockstep-dev/lockstep/internal/suite"
	"github.com/lockstep-dev/lockstep/internal/suite/report"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	c := command{env: os.Environ(), stdout: os.Stdout, stderr: os.Stderr}
	code := c.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// command is where the command runs.
type command struct {
	dir            string // the module's folder; empty: the working directory
	env            []string
	stdout, stderr io.Writer
}

// run returns the exit code: 0 where all is well, 1 where something failed (or was skipped on a build server), 2
// where the arguments make no sense.
func (c command) run(ctx context.Context, args []string) int {
	o, err := parse(args, c.stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(c.stderr, err)
		return 2
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.within, fmt.Errorf("all tests together took more than %s", o.within))
	defer cancel()

	r := report.New(c.stdout, module())
	if o.race {
		if _, err := suite.CCompiler.Find(); err != nil {
			o.race = false
			r.Missed("the race detector", suite.CCompiler.Missing(err))
		}
	}
	for _, arguments := range o.passes(suite.CI(c.getenv)) {
		c.goTest(ctx, o, arguments, r)
	}
	if !r.Close(suite.CI(c.getenv)) {
		return 1
	}
	return 0
}

// goTest runs `go test` and feeds its output to the report.
func (c command) goTest(ctx context.Context, o options, arguments []string, r *report.Report) {
	lines := &lineWriter{line: r.Line}
	cmd := exec.CommandContext(ctx, "go", arguments...)
	cmd.Dir = c.dir
	cmd.Env = slices.Concat(c.env, o.environment())
	cmd.Stdout = lines
	cmd.Stderr = c.stderr
	killRest := inGroup(cmd)
	err := cmd.Run()
	killRest()
	lines.flush()
	if ctx.Err() != nil {
		r.Failed("Stopped before the end: " + context.Cause(ctx).Error())
		return
	}
	if err != nil && r.Failures() == 0 {
		r.Failed("go test ended with: " + err.Error())
	}
}

func (c command) getenv(name string) string {
	value := ""
	for _, pair := range c.env {
		if v, found := strings.CutPrefix(pair, name+"="); found {
			value = v // the last one wins, as it does for a child process
		}
	}
	return value
}

// module is the path of the module that this command was built from, which is the one that it tests.
func module() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Path
	}
	return ""
}
