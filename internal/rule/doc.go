// Package rule reads what the matrix demands of a canary in its own words,
// such as
//
//	new.errorRate <= old.errorRate + 0.01 && new.routes["/api"].p95 < 300
//
// and says whether it is true of the figures of both sides. It is pure, knows
// no function but those of numbers (abs, ceil, floor, int, max, min, round),
// and is bounded as package expression says.
//
// A route is named by a text in quotes and nothing else, so that it is known
// of every rule which routes it needs figures of: a rule proves nothing by a
// route that nobody used.
package rule
