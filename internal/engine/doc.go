// Package engine carries operations out: it claims one, plans it, and takes
// it step by step to its end, under a lease that another worker takes over
// when this one dies (ADR 4).
//
//	claim ─► gate ─► snapshot ─► plan frozen ─► step … step ─► outcome
//	                                   ▲             │ failed, or cancel was asked for
//	                                   │             ▼
//	                        takeover ──┘      undo planned ─► step … step ─► outcome
//
// Invariants:
//
//   - What is done is what is journaled. "Started" is committed before an
//     effect, its outcome after it; both under the fence of the lease.
//   - Whoever continues an operation needs nothing but the journal. The plan
//     of a phase is made once; a worker that takes over goes on at the first
//     step that has not ended, under that step's key.
//   - A step's runner never sees the store. It acts through runtime and router,
//     both of which refuse a fence lower than the highest they saw.
//   - Routings are built in one place (routing.go).
//
// What happens when things fail:
//
//   - A call fails without a code: it is tried again, with back-off, until the
//     step's deadline. With a code: the step has failed.
//   - A step fails: a deployment that wants it, a stop, a start, a scale, and
//     what enables or disables a service are taken back (phase undo, cause
//     failure) and end rolled_back; any other operation ends failed, after what
//     it left for its own time only, a hold or testers, has ended.
//   - A cancel is asked for: before the next step, or in the middle of one that
//     only waits and looks. Then the same undo runs, and the end is cancelled.
//     During undo it changes nothing.
//   - A pause is asked for: the deployment holds before the next step that has
//     not begun and before which users are served. During undo it changes nothing.
//   - Another operation moves the live address that a deployment comes to: it
//     waits before that step, with all it has prepared.
//   - The undo fails: steps marked Always still run, and the end is failed.
//   - A runner panics: its step has failed, the worker goes on.
//   - The store cannot be reached: a record is tried again until the lease is
//     over; then the operation's context ends, and whoever gets there next
//     claims it.
//   - The worker is killed: the lease expires, and another one claims it.
//   - The worker is stopped: a step that waits is left as it is, any other one
//     may finish for a while; then the lease is given up, so that another
//     worker continues at once.
package engine
