// Command run runs the suites: it starts `go test -json`, prints a compact report while the tests run, and ends
// with what could not run here and why. The Makefile is its user; `make test` is this command.
package main
