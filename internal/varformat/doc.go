// Package varformat writes variables in the formats that other tools read,
// and reads them back.
//
// What is written is exact: who reads it gets the values that were given, byte
// for byte, or nothing is written and the error names each key that the format
// cannot carry and a format that can. What is read is exact, too: nothing is
// expanded, run or guessed. A reference ${KEY}, where the format has such a
// thing, stays one; a text that only looks like it is written as $${KEY}, as
// variables have it (see [Literal]).
//
// Errors give a line and a key, never a value.
//
// A new format is a row in the table in format.go, a pair of functions in a
// file of its own, and nothing else: the tests and the fuzzing go over the
// table.
package varformat
