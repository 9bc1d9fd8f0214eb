// Package config says what a configuration means. It is pure: documents and
// changes go in, values, problems and new documents come out.
//
// # What wins
//
// A document holds every variable that an environment has, of all levels. For
// one service, a key's value is the one that stands highest: first by level
// (project, type, parent, environment, deployment), then, within one level, by
// scope (global, feature, service). Where two say the same slot of one level,
// what was set by hand wins over what the matrix says. What any of them
// demands (a type, a pattern, that there be a value) is demanded of the value
// that wins, so that a project can declare what its environments fill in.
//
// # References
//
// A value may say ${OTHER}: what OTHER comes to for the same service. $${ is
// the text ${. The values of secrets are taken as they are: nobody reads them
// here, and so nothing in them is a reference. A value with a reference to a
// secret is a secret text itself.
//
// # What is wrong
//
// Resolve finds everything that is wrong at once and never says a value. A
// document with problems can be stored (a declared variable may be filled in
// later), and cannot be deployed.
package config
