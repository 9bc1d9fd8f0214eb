// Package report turns the stream of `go test -json` into what a person wants to read.
//
// It prints while it reads: compiler errors as they come, the whole output of a test when that test fails, one
// line for a package when it ends. What it keeps is small: the output of tests that still run, and the reasons
// of those that did not. [Report.Close] ends with those reasons and the line "N passed, N failed, N skipped",
// which stands alone because machines read it.
//
// What counts: a test with subtests counts through its subtests, unless it fails on its own. A package that
// fails without a failed test (it did not compile, TestMain gave up) counts as one failure; so does each test
// that was running or waiting when its package died.
package report
