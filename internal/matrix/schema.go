package matrix

import (
	_ "embed"
	"slices"
)

//go:embed environment-matrix.schema.json
var schema []byte

// SchemaJSON is the published JSON Schema of a matrix, for editors and other
// tools; docs/environment-matrix.schema.json is the same bytes. It knows the
// shape of a file; Parse also knows what must hold between its parts.
func SchemaJSON() []byte { return slices.Clone(schema) }
