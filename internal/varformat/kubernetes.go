package varformat

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/lockstep-dev/lockstep"
)

func writeConfigMap(out *bytes.Buffer, variables []Variable, o Options) error {
	manifest(out, "ConfigMap", o)
	out.WriteString("data:")
	if len(variables) == 0 {
		out.WriteString(" {}\n")
		return nil
	}
	out.WriteByte('\n')
	return writeMapping(out, "  ", variables)
}

func writeSecret(out *bytes.Buffer, variables []Variable, o Options) error {
	manifest(out, "Secret", o)
	out.WriteString("type: Opaque\ndata:")
	if len(variables) == 0 {
		out.WriteString(" {}\n")
		return nil
	}
	out.WriteByte('\n')
	for _, v := range variables {
		out.WriteString("  " + yamlKey(v.Key) + ": " + strconv.Quote(base64.StdEncoding.EncodeToString([]byte(v.Value))) + "\n")
	}
	return nil
}

func manifest(out *bytes.Buffer, kind string, o Options) {
	fmt.Fprintf(out, "apiVersion: v1\nkind: %s\nmetadata:\n  name: %s\n", kind, strconv.Quote(o.Name))
	if o.Namespace != "" {
		fmt.Fprintf(out, "  namespace: %s\n", strconv.Quote(o.Namespace))
	}
}

func readConfigMap(src []byte) ([]Variable, error) {
	blocks, err := kubernetesBlocks(src, "ConfigMap", "data", "binaryData")
	if err != nil {
		return nil, err
	}
	plain, err := yamlVariables(blocks["data"])
	if err != nil {
		return nil, err
	}
	binary, err := decoded(blocks["binaryData"])
	return append(plain, binary...), err
}

// readSecret reads data, and stringData, which wins as in Kubernetes.
func readSecret(src []byte) ([]Variable, error) {
	blocks, err := kubernetesBlocks(src, "Secret", "data", "stringData")
	if err != nil {
		return nil, err
	}
	out, err := yamlVariables(blocks["stringData"])
	if err != nil {
		return nil, err
	}
	said := make(map[string]bool, len(out))
	for _, v := range out {
		said[v.Key] = true
	}
	encoded, err := decoded(blocks["data"])
	for _, v := range encoded {
		if !said[v.Key] {
			out = append(out, v)
		}
	}
	return out, err
}

func decoded(mapping *yaml.Node) ([]Variable, error) {
	return eachEntry(mapping, func(key string, value *yaml.Node) (string, error) {
		raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value.Value), ""))
		if err != nil || value.Kind != yaml.ScalarNode {
			return "", mistake(value.Line, "the value of %s is not base64", short(key))
		}
		return string(raw), nil
	})
}

// kubernetesBlocks are the named mappings of one object.
func kubernetesBlocks(src []byte, kind string, names ...string) (map[string]*yaml.Node, error) {
	root, err := yamlDocument(src)
	if err != nil {
		return nil, err
	}
	if root.Kind != yaml.MappingNode {
		return nil, mistake(root.Line, "it is no mapping")
	}
	blocks := map[string]*yaml.Node{}
	is := ""
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i].Value, root.Content[i+1]
		if key == "kind" {
			is = value.Value
		}
		if slices.Contains(names, key) && value.Tag != "!!null" {
			blocks[key] = value
		}
	}
	if is != kind {
		return nil, lockstep.Invalid("kind", "it is no Kubernetes %s: its kind is %q", kind, short(is))
	}
	return blocks, nil
}
