// Package alert decides whether something is wrong with an environment: rules
// are expressions over its health, with hysteresis. It is pure.
//
//	ok ──when──► pending ──for──► firing ──clear──► resolved ──when──► pending …
//	  ◄──not when──┘
//
// An expression sees Facts only. It is checked against their types when the
// matrix is read; package expression says how it is bounded.
package alert
