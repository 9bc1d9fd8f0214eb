//go:build race

package engine_test

// converging is how many environments come and go in
// TestManyEnvironmentsConvergeToNothing: the race detector makes each of them
// twenty times as long.
const converging = 30
