// Command system measures a whole Lockstep: the real binary in a sandbox, with
// the Sunday example in it, under package load's definition of a load.
//
//	make bench BENCH=system
//
// What it prints, and how each figure is defined:
//
//   - failed requests over N deployments of each strategy, under load; and the
//     same while the server is killed (SIGKILL) and restarted every few
//     seconds. A control that kills an instance without draining has to count
//     more than 0, or the other figures say nothing.
//   - overhead: how long a deployment takes beyond the app's own start and the
//     validation windows it was asked for. The app's own start is measured in
//     the same run, without Lockstep: from exec to the first 200 of /health.
//   - rollback: from the request until all traffic goes to the warm side, as
//     the journal says, and as a client sees that asks all the time.
//   - start: from exec to the first answer of the API; memory (resident) of
//     server and agent after a rest; size of the binary.
package main
