package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// The bounds of a schema that somebody wrote. References let a small schema
// take very long, each doubling the work of the one before.
const (
	maxSchema     = 64 << 10
	maxSchemaRefs = 12
)

// own is the address of a schema that has no other.
const own = "schema.json"

// noLoader refuses what a schema would have to be fetched for.
type noLoader struct{}

func (noLoader) Load(string) (any, error) {
	return nil, errors.New("a $ref leads out of the schema, and nothing is fetched: write what it leads to into $defs")
}

// compile makes a schema of a JSON value.
func compile(schema any) (*jsonschema.Schema, error) {
	raw, err := json.Marshal(schema)
	if err != nil {
		return nil, errors.New("it is no JSON")
	}
	if len(raw) > maxSchema {
		return nil, fmt.Errorf("it has %d bytes, more than %d", len(raw), maxSchema)
	}
	if n := bytes.Count(raw, []byte(`"$ref"`)) + bytes.Count(raw, []byte(`"$dynamicRef"`)); n > maxSchemaRefs {
		return nil, fmt.Errorf("it has %d references, more than %d", n, maxSchemaRefs)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, errors.New("it is no JSON")
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource(own, value); err != nil {
		return nil, plainly(err)
	}
	out, err := c.Compile(own)
	if err != nil {
		return nil, plainly(err)
	}
	return out, nil
}

// plainly is an error of the compiler without the address that we gave.
func plainly(err error) error {
	var invalid *jsonschema.SchemaValidationError
	if errors.As(err, &invalid) {
		var details *jsonschema.ValidationError
		if errors.As(invalid.Err, &details) {
			if found := leaves(details, nil); len(found) > 0 {
				return errors.New(strings.TrimPrefix(strings.Join(found[0].path, ".")+": ", ": ") + found[0].text)
			}
		}
	}
	var load *jsonschema.LoadURLError
	if errors.As(err, &load) {
		return load.Err
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return errors.New(text)
}

func checkSchema(schema any, value string) []string {
	compiled, err := compile(schema)
	if err != nil {
		return []string{"its schema cannot be used: " + err.Error()}
	}
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(value))
	if err != nil {
		return nil // not JSON, which its type says
	}
	var wrong []string
	for _, f := range against(compiled, parsed) {
		at := ""
		if len(f.path) > 0 {
			at = " at " + strings.Join(f.path, ".")
		}
		wrong = append(wrong, "its value"+at+" does not fit its schema: "+f.text)
	}
	return wrong
}

// finding is something that does not fit a schema.
type finding struct {
	path []string
	text string
}

func against(schema *jsonschema.Schema, value any) []finding {
	err := schema.Validate(value)
	var details *jsonschema.ValidationError
	if errors.As(err, &details) {
		return leaves(details, nil)
	}
	if err != nil {
		return []finding{{nil, "it cannot be checked"}}
	}
	return nil
}

// maxFindings bounds what is told of one value.
const maxFindings = 50

// leaves are the plain findings below an error, without what only says that
// there are some.
func leaves(e *jsonschema.ValidationError, out []finding) []finding {
	if len(out) >= maxFindings {
		return out
	}
	if len(e.Causes) == 0 {
		return append(out, finding{e.InstanceLocation, inWords(e.ErrorKind)})
	}
	for _, c := range e.Causes {
		out = leaves(c, out)
	}
	return out
}

// inWords says what is wrong and never the value that is.
func inWords(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Pattern:
		return "it does not match " + k.Want
	case *kind.Format:
		return "it is no valid " + k.Want
	case *kind.Const:
		return fmt.Sprintf("it has to be %v", k.Want)
	case *kind.Enum:
		words := make([]string, len(k.Want))
		for i, w := range k.Want {
			words[i] = fmt.Sprint(w)
		}
		return "it has to be one of " + strings.Join(words, ", ")
	case *kind.Type:
		return "it has to be " + strings.Join(k.Want, " or ") + ", and is " + k.Got
	case *kind.Required:
		return "it lacks " + strings.Join(k.Missing, ", ")
	case *kind.AdditionalProperties:
		return "there is no such key: " + strings.Join(k.Properties, ", ")
	case *kind.MultipleOf:
		return "it has to be a multiple of " + k.Want.RatString()
	case *kind.Minimum:
		return "it has to be at least " + k.Want.RatString()
	case *kind.Maximum:
		return "it has to be at most " + k.Want.RatString()
	case *kind.ExclusiveMinimum:
		return "it has to be more than " + k.Want.RatString()
	case *kind.ExclusiveMaximum:
		return "it has to be less than " + k.Want.RatString()
	case *kind.MinLength:
		return fmt.Sprintf("it needs at least %d characters", k.Want)
	case *kind.MaxLength:
		return fmt.Sprintf("it may have at most %d characters", k.Want)
	case *kind.MinItems:
		return fmt.Sprintf("it needs at least %d items", k.Want)
	case *kind.MaxItems:
		return fmt.Sprintf("it may have at most %d items", k.Want)
	case *kind.MinProperties:
		return fmt.Sprintf("it needs at least %d keys", k.Want)
	case *kind.MaxProperties:
		return fmt.Sprintf("it may have at most %d keys", k.Want)
	case *kind.UniqueItems:
		return "two of its items are the same"
	case *kind.FalseSchema:
		return "nothing may stand here"
	}
	return "it does not fit"
}
