package suite

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// A Suite is a set of tests that takes too long to run after each change. Everything else is the fast suite,
// which has no name.
type Suite string

// The suites. `make suite-NAME` runs one of them alone; CI=true runs them all.
const (
	Crash Suite = "crash" // kills the server and its workers at every step, again and again
	Demo  Suite = "demo"  // plays the whole demo, as a person would
	Load  Suite = "load"  // a hundred deployments of each strategy under load
)

// All lists every suite.
func All() []Suite { return []Suite{Crash, Demo, Load} }

// Environment variables that choose the suites: CI=true asks for all of them, LOCKSTEP_SUITES=crash,demo for those.
const (
	EnvCI     = "CI"
	EnvSuites = "LOCKSTEP_SUITES"
)

// Prefix is what the names of the tests of a suite begin with, which is how `go test -run` finds them.
func (s Suite) Prefix() string {
	return "Test" + strings.ToUpper(string(s[:1])) + string(s[1:])
}

// Belong makes the test part of a suite: it runs where the suite was asked for, and is reported as not run
// everywhere else. The test's name has to begin with the suite's [Suite.Prefix].
func Belong(tb testing.TB, s Suite) {
	tb.Helper()
	belong(tb, s, fromEnvironment())
}

func belong(tb testing.TB, s Suite, c conditions) {
	tb.Helper()
	if !strings.HasPrefix(tb.Name(), s.Prefix()) {
		tb.Fatalf("%s belongs to the suite %q: its name has to begin with %s, or `make suite-%s` does not find it",
			tb.Name(), s, s.Prefix(), s)
	}
	if !c.ci && !slices.Contains(c.suites, string(s)) {
		notRun(tb, fmt.Sprintf("belongs to the suite %q; to run it: make suite-%s", s, s), c)
	}
}

// conditions are what decides whether a test runs.
type conditions struct {
	ci     bool
	suites []string
}

func fromEnvironment() conditions {
	return conditions{ci: CI(os.Getenv), suites: strings.Split(os.Getenv(EnvSuites), ",")}
}

// CI reports whether this is a build server, where everything has to run.
func CI(getenv func(string) string) bool {
	return getenv(EnvCI) == "true" || getenv(EnvCI) == "1"
}
