// Package coverage keeps docs/coverage.md true. It holds tests only.
//
// The document says of everything in the two documents that we implement (A: environment management, B: deployment
// environment management system) where it lives here, or that it is not there yet. Each row is
//
//	| what | place | note |
//
// where the place is "not yet" or names in back quotes, each of which is looked up in the thing itself:
//
//	`GET /api/system/environments`     an operation of docs/openapi.yaml
//	`lockstep deploy --strategy`       a command, or a command and its flag, of the command line
//	`environments`, `environments.id`  a table or its column, as the migrations make it
//	`idx_environments_type`            an index
//	`matrix:services.<name>.port`      a key of the matrix, as the published schema has it
//	`lockstep.Environment.ID`          a type, a field, a function or a constant of the root package
//	`internal/edge/hold.go`            a file or a folder
//
// These rules are tested (faults_test.go):
//
//   - nothing of A and B is missing: facts_a_test.go and facts_b_test.go list it, and rows and lists are compared;
//   - every place exists;
//   - a place that has another name than A or B gave it says so in the note;
//   - nothing is said to be missing, or elsewhere only, that exists under its own name;
//   - nothing of ours is without a row: endpoints, commands, tables, keys of the matrix, and our columns in A's tables.
package coverage
