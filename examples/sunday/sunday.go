// Package sunday is the example product: its matrix, and below it the app.
package sunday

import _ "embed"

// Matrix is environment-matrix.yaml.
//
//go:embed environment-matrix.yaml
var Matrix []byte
