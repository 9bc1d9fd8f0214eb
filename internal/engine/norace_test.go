//go:build !race

package engine_test

// converging is how many environments come and go in
// TestManyEnvironmentsConvergeToNothing.
const converging = 200
