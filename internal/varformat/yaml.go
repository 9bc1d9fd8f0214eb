package varformat

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

func writeYAML(out *bytes.Buffer, variables []Variable, _ Options) error {
	if len(variables) == 0 {
		out.WriteString("{}\n")
		return nil
	}
	return writeMapping(out, "", variables)
}

// writeMapping writes every value as a JSON string, which YAML takes for the
// same text in every version of it.
func writeMapping(out *bytes.Buffer, indent string, variables []Variable) error {
	for _, v := range variables {
		out.WriteString(indent + yamlKey(v.Key) + ": ")
		var quoted bytes.Buffer
		if err := quoteJSON(&quoted, v.Value); err != nil {
			return err
		}
		for _, r := range quoted.String() {
			if unprintable(r) {
				fmt.Fprintf(out, `\u%04x`, r)
			} else {
				out.WriteRune(r)
			}
		}
		out.WriteByte('\n')
	}
	return nil
}

// unprintable says that YAML wants a character escaped that JSON does not.
func unprintable(r rune) bool {
	return r >= 0x7f && r < 0xa0 || r == 0xfeff || r == 0xfffe || r == 0xffff
}

// yamlKey quotes what YAML would take for something else than a text: NO, Y, _1.
func yamlKey(key string) string {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(key), &n); err == nil && n.Content[0].ShortTag() == "!!str" && len(key) > 3 {
		return key // YAML 1.1 takes y, no and off for booleans
	}
	return strconv.Quote(key)
}

func readYAML(src []byte) ([]Variable, error) {
	root, err := yamlDocument(src)
	if err != nil {
		return nil, err
	}
	return yamlVariables(root)
}

// yamlDocument is the one document of a file.
func yamlDocument(src []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return nil, mistake(yamlLine(err), "it is not YAML, or there is nothing in it")
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, mistake(max(more.Line, doc.Line), "it has more than one document")
	}
	return doc.Content[0], nil
}

var yamlPlace = regexp.MustCompile(`line (\d+)`)

// yamlLine takes the line, and nothing else, from an error that quotes the text.
func yamlLine(err error) int {
	if m := yamlPlace.FindStringSubmatch(err.Error()); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n
		}
	}
	return 1
}

func yamlVariables(mapping *yaml.Node) ([]Variable, error) {
	return eachEntry(mapping, func(key string, value *yaml.Node) (string, error) {
		if value.Kind != yaml.ScalarNode || value.Tag == "!!null" || value.Tag == "!!binary" {
			return "", mistake(value.Line, "the value of %s is no text, number or boolean; write JSON in quotes for more than that", short(key))
		}
		return value.Value, nil // as it is written: 007 stays 007
	})
}

// eachEntry is the variables of a mapping; nil has none.
func eachEntry(mapping *yaml.Node, text func(string, *yaml.Node) (string, error)) ([]Variable, error) {
	if mapping == nil {
		return nil, nil
	}
	if mapping.Kind != yaml.MappingNode {
		return nil, mistake(mapping.Line, "it is no mapping: write KEY: value")
	}
	var out []Variable
	var wrong mistakes
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key := mapping.Content[i]
		value, err := "", mistake(key.Line, "a key that is no text")
		if key.Kind == yaml.ScalarNode {
			value, err = text(key.Value, mapping.Content[i+1])
		}
		if err == nil {
			out = append(out, Variable{key.Value, Literal(value)})
		} else if !wrong.add(err) {
			return nil, wrong.err(err)
		}
	}
	return out, wrong.err(nil)
}
