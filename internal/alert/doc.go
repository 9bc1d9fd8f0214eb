// Package alert decides whether something is wrong with an environment: rules
// are expressions over its health, with hysteresis. It is pure.
//
//	ok ──when──► pending ──for──► firing ──clear──► resolved ──when──► pending …
//	  ◄──not when──┘
//
// An expression sees Facts only. It is checked against their types when the
// matrix is read, is bounded in size then and in memory when it runs, and has
// no loop that is not over a list of its own.
package alert
