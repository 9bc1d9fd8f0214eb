// Package monitor sees whether what environments consist of is well.
//
// A target is what one probe asks: a dependency, by its check, or the app
// services of an environment at once, by the readiness of their instances.
// The Monitor has a target for each that the store knows, and follows it
// there; it writes back states, changes and rollups. What events concern is
// read again each second, and everything now and then: what was missed, such
// as a change without an event, is seen within a minute.
//
//	store ──► targets ──► schedule ──► probe ──► track ──► journal ──► store
//	                      (when)       (asks)    (judges)  (collects)
//
// What holds:
//
//   - A target is probed by one goroutine at a time, and its next probe is due
//     an interval after the last one began, or as soon as that ended.
//   - A host that does not answer costs a slot for its timeout. Targets that
//     timed out share a quarter of the slots, so that the others have the rest.
//   - Time is what passes between ticks, and a second at most for each: a clock
//     that jumps, or a machine that slept, neither floods nor stops the probes.
//   - A state changes after so many probes in a row that say so. Meanwhile they
//     come four times as often.
//   - Time counts as observed from one probe to the next, in the state that was
//     true in between, unless the next came far too late.
//   - Of several servers on one database one probes the dependencies: it holds
//     a duty that it prolongs and that ends with it. Each server sees the app
//     services of its own machine.
//
// What fails: a store that is away costs nothing but time; what was seen is
// kept and written later, in bounds. A server that dies loses the rollups of
// its last minute, which then are not observed.
package monitor
