// Package traffictest is the conformance suite of the contract
// traffic.Router. An implementation calls Run from a test of its own, with a
// function that makes a fresh Subject; each rule of the contract is a subtest.
//
// A Subject without Serve has no requests of its own (a fake): the rules about
// what a request meets are then not part of its run.
package traffictest
