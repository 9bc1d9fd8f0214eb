// Package demo plays a working day with Lockstep: the Sunday example goes
// through development, staging and production under load, good releases and
// bad ones, while the control plane is killed in the middle of it. It drives
// the real binary in a sandbox through the public client, and prints what
// happened as a report.
//
// A request counts as package load defines it: anything but a 2xx, or an
// early close, has failed. The last act is a control: it kills an instance
// without draining, and the day counts as played only if that was noticed.
package demo
