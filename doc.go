// Package lockstep is the vocabulary of the environment management system:
// its nouns, their states, what makes them valid, and how they are named on
// the wire. It does no I/O and imports no other room.
//
// One noun a file:
//
//	project.go      a product whose environments are managed
//	environment.go  where a release runs; environmentspec.go what the matrix says of it
//	service.go      what an environment runs or depends on
//	release.go      a version of the project: artifacts and service specs
//	config.go       a numbered, immutable snapshot of an environment's configuration
//	revision.go     the hashed bundle of everything that runs
//	deployment.go   the operation that brings a revision into an environment
//	operation.go    anything that takes time; step.go one of its steps
//	journal.go      what a worker writes of an operation, and the lease under which it may
//	event.go        what happened, in one global order
//	listing.go      parts of lists: pages, filters, counts
//	answer.go       what a change was answered, for whoever asks twice
//	state.go        the transition tables of all of them, as data
//	errors.go       the closed set of error codes
package lockstep
