// Package runtimetest is the conformance suite of the contract
// runtime.Runtime. An implementation calls Run from a test of its own, with a
// function that makes a fresh Subject; each rule of the contract is a subtest.
//
// The suite reads what the contract lets everyone read (Instances), and the
// few things that only the implementation can tell: how to make a service
// behave in a certain way, how to let whatever carries out the effects die,
// and how often it launched something for a Start.
package runtimetest
