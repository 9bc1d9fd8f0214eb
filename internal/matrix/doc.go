// Package matrix reads environment-matrix.yaml: text in, desired environments
// or every mistake out. It does no I/O and knows no clock.
//
// The way of a file:
//
//	source.go   bytes to text: UTF-8, byte order mark, line ends; lines for excerpts
//	token.go    text to tokens, by goccy's scanner, each with its exact place
//	build.go    tokens to a tree of nodes; block.go lines, flow.go brackets; merge.go and aliases followed
//	value.go    a node under its path, and what can be read from it; number.go, duration.go, address.go, …
//	keys.go     tables of keys: names and readers, of which decoding, suggestions and the schema test live
//	document.go the top level; service.go, environment.go, strategy.go, rules.go, recipe.go, dependency.go, hook.go what is below
//	check.go    what must hold between keys; check*.go beside it
//	desired.go  defaults and precedence: the result
//
// and from there
//
//	diff.go     two results to a plan; render.go prints it
//	export.go   a result to a file that reads back as it
//	set.go      one value changed in a text, the rest left as it is
//
// Invariants:
//
//   - A file with a mistake yields no result, and all its mistakes, each with
//     line, column and excerpt. Mistakes in the YAML itself come first and
//     alone: what follows from a misread line would only confuse.
//   - Time and memory are bounded by the limits in limits.go, whatever the bytes.
//   - Diff(x, Parse(Export(x))) is empty, also where x went through JSON.
//   - Set changes what it was asked to change: its result is read back and
//     compared before it is returned.
//
// Adding a key: put it into the table of its mapping, into
// environment-matrix.schema.json, into testdata/right/everything.yaml and into
// docs/matrix.md; TestSchemaKnowsEveryKey fails until the first two agree.
package matrix
