package coverage

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// schema is what we read of a JSON Schema.
type schema struct {
	Ref        string            `json:"$ref"`
	Properties map[string]schema `json:"properties"`
	Additional json.RawMessage   `json:"additionalProperties"` // false, true or a schema
	Patterns   map[string]schema `json:"patternProperties"`
	Items      *schema           `json:"items"`
	OneOf      []schema          `json:"oneOf"`
	AnyOf      []schema          `json:"anyOf"`
	AllOf      []schema          `json:"allOf"`
	Defs       map[string]schema `json:"$defs"`
}

// readMatrixKeys lists the keys that a matrix may have: "<name>" stands for any key, "[]" for the items of a list.
func readMatrixKeys(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(top + "/docs/environment-matrix.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var root schema
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	w := keyWalk{defs: root.Defs, found: map[string]bool{}}
	w.walk(root, "", 0)
	if len(w.found) == 0 {
		t.Fatal("the schema of the matrix has no keys")
	}
	return slices.Sorted(maps.Keys(w.found))
}

type keyWalk struct {
	defs  map[string]schema
	found map[string]bool
}

func (w keyWalk) walk(s schema, at string, depth int) {
	if depth > 40 {
		return // a definition that contains itself
	}
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		w.walk(w.defs[name], at, depth+1)
	}
	for name, property := range s.Properties {
		w.key(property, strings.TrimPrefix(at+"."+name, "."), depth)
	}
	var any schema
	if json.Unmarshal(s.Additional, &any) == nil {
		w.key(any, strings.TrimPrefix(at+".<name>", "."), depth)
	}
	for pattern, property := range s.Patterns {
		w.key(property, strings.TrimPrefix(at+"."+strings.TrimPrefix(pattern, "^")+"<name>", "."), depth)
	}
	if s.Items != nil {
		w.walk(*s.Items, at+"[]", depth+1)
	}
	for _, alternative := range slices.Concat(s.OneOf, s.AnyOf, s.AllOf) {
		w.walk(alternative, at, depth+1)
	}
}

func (w keyWalk) key(s schema, at string, depth int) {
	w.found[at] = true
	w.walk(s, at, depth+1)
}
