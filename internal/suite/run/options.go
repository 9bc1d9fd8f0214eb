package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep/internal/suite"
)

// options are what the command line says.
type options struct {
	suite    string
	run      string
	race     bool
	timeout  time.Duration
	within   time.Duration
	packages []string
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.suite, "suite", "", "run only the tests of this `suite` (one of "+names()+")")
	flags.StringVar(&o.run, "run", "", "run only the tests whose name matches this `pattern`")
	flags.BoolVar(&o.race, "race", true, "with the race detector")
	flags.DurationVar(&o.timeout, "timeout", 5*time.Minute, "how long the tests of one package may take")
	flags.DurationVar(&o.within, "within", 10*time.Minute, "how long all of it may take")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.packages = flags.Args()
	if len(o.packages) == 0 {
		o.packages = []string{"./..."}
	}
	if o.suite == "" {
		return o, nil
	}
	if !slices.Contains(suite.All(), suite.Suite(o.suite)) {
		return o, fmt.Errorf("there is no suite %q; choose one of %s", o.suite, names())
	}
	if o.run != "" {
		return o, errors.New("-suite and -run exclude each other: a suite is chosen by the names of its tests")
	}
	o.run = "^" + suite.Suite(o.suite).Prefix()
	return o, nil
}

func names() string {
	var all []string
	for _, s := range suite.All() {
		all = append(all, string(s))
	}
	return strings.Join(all, ", ")
}

// passes are the calls of `go test`: one, or on a build server, where every suite runs, first all other tests and
// then the suites one package after the other. A suite plays users and deaths in real time, and what it finds should
// not be that the machine was busy with something else.
func (o options) passes(ci bool) [][]string {
	if !ci || o.run != "" {
		return [][]string{o.arguments()}
	}
	var prefixes []string
	for _, s := range suite.All() {
		prefixes = append(prefixes, s.Prefix())
	}
	suites := "^(" + strings.Join(prefixes, "|") + ")"
	return [][]string{o.arguments("-skip=" + suites), o.arguments("-p=1", "-run="+suites)}
}

// arguments asks for a fresh run: a cached result says nothing about the programs that are installed here now.
func (o options) arguments(more ...string) []string {
	args := append([]string{"test", "-json", "-count=1", "-timeout=" + o.timeout.String()}, more...)
	if o.race {
		args = append(args, "-race")
	}
	if o.run != "" {
		args = append(args, "-run="+o.run)
	}
	return append(args, o.packages...)
}

// environment is what `go test` needs beyond what is there.
func (o options) environment() []string {
	var env []string
	if o.race {
		env = append(env, "CGO_ENABLED=1") // the race detector's runtime is linked by the C toolchain
	}
	if o.suite != "" {
		env = append(env, suite.EnvSuites+"="+o.suite)
	}
	return env
}
