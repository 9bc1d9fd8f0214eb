// Package storetest is the conformance suite of the store: every rule of its
// contracts (engine.Store, control.Store, lockstep.Record), run on each
// database. A rule that only one database keeps is no rule.
package storetest
