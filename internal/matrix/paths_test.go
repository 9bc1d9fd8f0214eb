package matrix

import (
	"fmt"
	"testing"
)

// Paths lists the path of every value in a text, for the tests of Set.
func Paths(tb testing.TB, src []byte) []string {
	tb.Helper()
	_, root, err := load(src, "m.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	return pathsOf(root)
}

func pathsOf(root *node) []string {
	var out []string
	var walk func(n *node, path string)
	walk = func(n *node, path string) {
		if path != "" {
			out = append(out, path)
		}
		for _, e := range n.entries {
			walk(e.value, join(path, e.key.text))
		}
		for i, item := range n.items {
			walk(item, fmt.Sprintf("%s[%d]", path, i))
		}
	}
	walk(root, "")
	return out
}
