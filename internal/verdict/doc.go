// Package verdict judges a canary: is the new revision worse for its users
// than the one beside it? It is a pure function of the router's figures of
// both, over the same window, and may be asked again and again while they
// grow.
//
// Each check is a sequential probability ratio test (Wald, 1945) between two
// answers to one question: does a share of the canary's requests match the
// baseline's, or is it higher by a margin that matters?
//
//   - errors: the share of requests that failed. It matters when it is
//     ErrorMargin higher, or by half where the baseline fails much itself.
//   - latency: the share of requests that are slower than nearly all of the
//     baseline's (its 95th percentile and LatencyMargin), and of those that are
//     slower than its median. It matters when a tenth of the requests more is.
//
// A share between the two answers is taken for the one that it is more like.
// The test goes on until one answer is likely enough: at most alpha of equal
// revisions are called worse, at most beta of worse ones equal. So a canary
// without traffic, or with little, never passes: the verdict is insufficient.
// Where a revision has several routes each is tested too, with its part of
// alpha; a route can fail a canary, and needs no evidence of its own to let it
// pass.
//
// Rules that the matrix brings (package rule) are asked beside these tests,
// once both sides have the smallest sample: in all, and of each route that the
// rule names. One that is false fails the canary; one that cannot be asked is
// no evidence.
package verdict
