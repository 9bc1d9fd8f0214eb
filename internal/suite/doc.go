// Package suite keeps the promise that nothing is skipped in silence.
//
// A test that needs something from outside the module says so with [Need]; a test that takes long says with
// [Belong] which suite it is part of. Where the need is not met, or the suite was not asked for, the test is
// skipped with a reason in a fixed form, and the runner (internal/suite/run) ends its report with all of them:
// what did not run here, why, and how to have it run. Nobody else calls t.Skip.
//
// On a build server (CI=true) every suite is asked for and an unmet need is a failure.
//
// The folders below: report turns the stream of "go test -json" into that report, run is the command around
// it, postgres starts a private PostgreSQL server for tests.
package suite
