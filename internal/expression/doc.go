// Package expression compiles and evaluates the conditions that people write
// into the matrix. It is pure, and the one place that knows the library.
//
// A Language says what its expressions are over and what they may call; the
// rooms that have one look at the rest of what an expression means. Whatever
// the text, it is bounded:
//
//   - in size, when it is read: in bytes and in nodes;
//   - in memory, when it runs: in elements that it makes;
//   - in time, by what follows from these. The library counts neither turns
//     nor the length of texts. So a loop is never in another one, no function
//     makes a text, and a variable is a number or a condition.
//
// A Mistake has its place in bytes of the text, like all places in a matrix.
// The library counts characters.
package expression
