// Package rooms keeps the map of the house true. It holds tests only.
//
// A room is a folder with one purpose; table_test.go says, for each of them, which other rooms it may import. Three
// things are compared with that table: what the code imports, the depguard rules in .golangci.yml (which show the
// same in an editor), and the list of rooms in ARCHITECTURE.md.
//
// A package belongs to the innermost room around it. Tests may also import the rooms that exist for tests.
//
// After a change of the table, `go test ./internal/rooms -update` rewrites the rules in .golangci.yml.
package rooms
