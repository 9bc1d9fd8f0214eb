package coverage

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// readEndpoints reads the operations of the OpenAPI document, which is generated from the routes.
func readEndpoints(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(top + "/docs/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]any `yaml:"paths"`
	}
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	var all []string
	for path, item := range document.Paths {
		for method := range item {
			if place := strings.ToUpper(method) + " " + path; endpointShape.MatchString(place) {
				all = append(all, place)
			}
		}
	}
	if len(all) == 0 {
		t.Fatal("docs/openapi.yaml has no operations")
	}
	slices.Sort(all)
	return all
}
