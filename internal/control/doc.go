// Package control is the use cases: what a caller asks for becomes facts read
// in one transaction, a question to the gate (package policy), and rows
// written in that transaction — deployment, revision, operation, event — or
// nothing at all. It carries nothing out: the engine does, later, and is told
// through Options.Wake.
//
// One use case a file: apply.go, release.go, deploy.go, promote.go, rollback.go,
// approve.go, cancel.go, destroy.go, status.go. Invariants that hold in all
// of them:
//
//   - A dry run is the real thing up to its commit (change.go); where more is
//     shown than the change itself — a plan, the gate's answer — it is the
//     same draft (draft.go), read and not written.
//   - A change that came with an Idempotency-Key stores its answer in its own
//     transaction; the same request with the same key gets that answer and
//     changes nothing (change.go).
//   - A transaction's function may run again, so it keeps its results in
//     variables that it sets anew.
//   - Who asks is known by a token or a session, looked up each time
//     (access.go); what their role may do was asked before (package api).
//   - Reading what runs (Observer) happens outside transactions, under a
//     deadline, and its failure is reported, not returned.
package control
