package matrix

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lockstep-dev/lockstep"
)

// DecoderKeys are the tables of the decoder by the mappings that they read:
// "<name>" is any key, "[]" the items of a list.
func DecoderKeys() map[string][]string {
	out := map[string][]string{
		"":                                      documentKeys.names(),
		"services.<name>":                       serviceKeys.names(),
		"environments.<name>":                   environmentKeys.names(),
		"environments.<name>.strategy":          strategyKeys.names(),
		"environments.<name>.strategy.analysis": analysisKeys.names(),
		"environments.<name>.strategy.analysis.probes":  probeKeys.names(),
		"environments.<name>.strategy.sticky":           stickyKeys.names(),
		"environments.<name>.strategy.testers":          testerKeys.names(),
		"environments.<name>.approvals":                 approvalKeys.names(),
		"environments.<name>.hooks[]":                   hookKeys.names(),
		"environments.<name>.prerequisites":             prerequisiteKeys.names(),
		"environments.<name>.automation":                automationKeys.names(),
		"environments.<name>.notifications":             notificationKeys.names(),
		"environments.<name>.alerts[]":                  alertKeys.names(),
		"environments.<name>.services.<name>":           environmentServiceKeys.names(),
		"environments.<name>.dependencies.<name>":       dependencyKeys.names(),
		"deployment_strategies.<name>":                  strategiesKeys.names(),
		"environments.<name>.strategy.analysis.rules[]": ruleKeys.names(),
		"recipes.<name>":                                recipeKeys.names(),
		"recipes.<name>.steps[]":                        recipeStepKeys.names(),
		"recipes.<name>.steps[].analyze":                recipeAnalyzeKeys.names(),
		"recipes.<name>.steps[].approve":                recipeApproveKeys.names(),
		"recipes.<name>.steps[].hook":                   recipeHookKeys.names(),
	}
	for _, hook := range []string{"environments.<name>.hooks[]", "recipes.<name>.steps[].hook"} {
		out[hook+".http"] = httpHookKeys.names()
		out[hook+".http.headersFrom.<name>"] = headerSourceKeys.names()
	}
	for _, service := range []string{"services.<name>", "environments.<name>.services.<name>"} {
		out[service+".health"] = healthKeys.names()
		out[service+".resources"] = resourceKeys.names()
	}
	for _, of := range []string{"databases.<name>", "databases.primary", "databases.cache", "storage", "dependencies.<name>"} {
		out["environments.<name>."+of+".check"] = checkKeys.names()
		out["environments.<name>."+of+".check.warn"] = limitKeys.names()
	}
	for _, names := range out {
		slices.Sort(names)
	}
	return out
}

// schemaNode is what the tests read of a JSON Schema.
type schemaNode struct {
	Ref        string                `json:"$ref"`
	Properties map[string]schemaNode `json:"properties"`
	Additional json.RawMessage       `json:"additionalProperties"`
	Items      *schemaNode           `json:"items"`
	Defs       map[string]schemaNode `json:"$defs"`
}

func readSchema(t *testing.T) schemaNode {
	t.Helper()
	var root schemaNode
	if err := json.Unmarshal(SchemaJSON(), &root); err != nil {
		t.Fatal(err)
	}
	return root
}

// closed collects the keys of each mapping that allows no others.
func (s schemaNode) closed(path string, defs map[string]schemaNode, out map[string][]string) {
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		defs[name].closed(path, defs, out)
	}
	if string(s.Additional) == "false" {
		out[path] = slices.Sorted(maps.Keys(s.Properties))
	}
	for name, child := range s.Properties {
		child.closed(strings.TrimPrefix(path+"."+name, "."), defs, out)
	}
	var additional schemaNode
	if json.Unmarshal(s.Additional, &additional) == nil {
		additional.closed(path+".<name>", defs, out)
	}
	if s.Items != nil {
		s.Items.closed(path+"[]", defs, out)
	}
}

// TestSchemaKnowsEveryKey: the decoder and the schema accept the same keys.
func TestSchemaKnowsEveryKey(t *testing.T) {
	t.Parallel()
	root := readSchema(t)
	published := map[string][]string{}
	root.closed("", root.Defs, published)
	decoded := DecoderKeys()
	for _, path := range unionKeys(published, decoded) {
		if !reflect.DeepEqual(published[path], decoded[path]) {
			t.Errorf("%q\nschema  %v\ndecoder %v", path, published[path], decoded[path])
		}
	}
}

// TestDecoderReadsEveryKey: a wrong value under each key is found there, so
// each key of the tables is read, and where the schema has it.
func TestDecoderReadsEveryKey(t *testing.T) {
	t.Parallel()
	for path, names := range DecoderKeys() {
		for _, name := range names {
			full := strings.TrimPrefix(path+"."+name, ".")
			field := strings.NewReplacer("environments.<name>", "environments.live", "deployment_strategies.<name>", "deployment_strategies.live",
				"services.<name>", "services.backend", "dependencies.<name>", "dependencies.queue", "databases.<name>", "databases.other", "headersFrom.<name>", "headersFrom.Cookie", "recipes.<name>", "recipes.careful", "[]", "[0]").Replace(full)
			found := false
			for _, wrong := range []any{[]any{[]any{}}, "so wrong!"} {
				_, err := Parse([]byte(wrongAt(t, field, wrong)), "m.yaml")
				found = found || slices.ContainsFunc(problemsOf(err), func(p lockstep.Problem) bool {
					return strings.HasPrefix(p.Field, field) && !strings.HasPrefix(p.Message, "unknown key")
				})
			}
			if !found {
				t.Errorf("nobody reads %s", full)
			}
		}
	}
}

// wrongAt is a matrix with one value.
func wrongAt(t *testing.T, field string, value any) string {
	t.Helper()
	segments, err := parsePath(field)
	if err != nil {
		t.Fatal(err)
	}
	nested := nest(segments, value).(map[string]any)
	base := map[string]any{"services": map[string]any{"backend": map[string]any{"command": []any{"./b"}}}, "environments": map[string]any{"live": nil}}
	merged := merged(base, nested).(map[string]any)
	var b strings.Builder
	writeBlock(&b, sorted(merged), 0)
	return b.String()
}

func merged(base, over any) any {
	b, ok := base.(map[string]any)
	o, ok2 := over.(map[string]any)
	if !ok || !ok2 {
		return over
	}
	out := maps.Clone(b)
	for k, v := range o {
		if have, ok := out[k]; ok {
			v = merged(have, v)
		}
		out[k] = v
	}
	return out
}

func problemsOf(err error) []lockstep.Problem {
	var coded *lockstep.Error
	if errors.As(err, &coded) {
		return coded.Problems
	}
	return nil
}

// TestEverythingHasEveryKey keeps the file of all keys complete.
func TestEverythingHasEveryKey(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/right/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, root, err := load(src, "everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	var walk func(n *node, path string)
	walk = func(n *node, path string) {
		for _, e := range n.entries {
			at := strings.TrimPrefix(path+"."+e.key.text, ".")
			have[at] = true
			if _, named := map[string]bool{"services": true, "environments": true, "deployment_strategies": true, "recipes": true, "environments.<name>.services": true, "environments.<name>.dependencies": true, "environments.<name>.hooks[].http.headersFrom": true, "recipes.<name>.steps[].hook.http.headersFrom": true, "environments.<name>.databases": true}[path]; named {
				if path == "environments.<name>.databases" {
					walk(e.value, at) // primary and cache have a schema of their own
				}
				at = path + ".<name>"
			}
			walk(e.value, at)
		}
		for _, item := range n.items {
			walk(item, path+"[]")
		}
	}
	walk(root, "")
	for path, names := range DecoderKeys() {
		for _, name := range names {
			if at := strings.TrimPrefix(path+"."+name, "."); !have[at] {
				t.Errorf("everything.yaml has no %s", at)
			}
		}
	}
}

func TestSchemaIsPublished(t *testing.T) {
	t.Parallel()
	const path = "../../docs/environment-matrix.schema.json"
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, SchemaJSON(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	published, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(published, SchemaJSON()) {
		t.Errorf("docs/ has another schema (%v): run go test -update", err)
	}
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(SchemaJSON()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// asJSON is a YAML file as a validator of JSON Schema gets it from an editor.
func asJSON(t *testing.T, path string) any {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, root, err := load(src, path)
	if err != nil {
		t.Fatal(err)
	}
	plain, ok := root.plain()
	if !ok {
		t.Fatal("JSON has no number for what it holds")
	}
	raw, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSchemaAcceptsRightFiles(t *testing.T) {
	t.Parallel()
	compiled := compileSchema(t)
	paths, _ := filepath.Glob("testdata/right/*.yaml")
	examples, _ := filepath.Glob("../../examples/*/environment-matrix.yaml")
	paths = append(append(paths, "testdata/seed.yaml"), examples...)
	if len(paths) < 5 {
		t.Fatalf("only %v", paths)
	}
	for _, path := range paths {
		if err := compiled.Validate(asJSON(t, path)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestSchemaRefusesWrongFiles: an editor that knows the schema marks the
// mistakes that lie in one key.
func TestSchemaRefusesWrongFiles(t *testing.T) {
	t.Parallel()
	compiled := compileSchema(t)
	for name, least := range map[string]int{
		"unknown-keys": 10, "types": 12, "names": 5, "durations": 6, "numbers": 6, "strategies": 5, "routes": 5,
		"variables": 4, "hooks": 6, "no-environments": 1, "a-list": 1, "windows": 2, "domains": 4, "commands": 1, "prerequisites": 6,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := compiled.Validate(asJSON(t, "testdata/wrong/"+name+".yaml"))
			if err == nil {
				t.Fatal("the schema accepts it")
			}
			if leaves := strings.Count(fmt.Sprintf("%#v", err), "- at '"); leaves < least {
				t.Errorf("the schema finds %d mistakes, want %d:\n%v", leaves, least, err)
			}
		})
	}
}
