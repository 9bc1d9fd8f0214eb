package matrix_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

// hostile are texts that cost some YAML readers minutes or their stack,
// filled up to size bytes.
func hostile(size int) map[string]string {
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	numbered := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < size-60; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	bomb := "x-0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 12; i++ {
		bomb += fmt.Sprintf("x-%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1, i-1, i-1, i-1, i-1, i-1, i-1)
	}
	mergeBomb := "x-m: &m {" + fill("a: b, ")[:size/4] + "}\n"
	return map[string]string{
		"one key again and again":   fill("a1: b\n"),
		"many keys without values":  numbered("k%d:\n"),
		"many environments":         "environments:\n" + numbered("  e-%d:\n"),
		"many unknown keys":         numbered("k%d: v\n"),
		"many unknown stages":       "pipeline: [" + numbered("stage-%d, ") + "]\n" + "environments: {production: }\n",
		"near misses":               "environments: {" + numbered("e-%d: {}, ")[:size/4] + "}\npipeline: [" + numbered("f-%d, ")[:size/2] + "]\n",
		"many services":             "environments: {a-b: }\nservices:\n" + numbered("  s%d: {command: [a]}\n"),
		"many variables":            "environments: {a-b: }\nservices: {s: {command: [a], env: {" + numbered("V%d: x, ") + "}}}\n",
		"many domains":              "environments: {a-b: {domains: [" + numbered("d%d.example.com, ") + "]}}\n",
		"a chain of services":       "environments: {a-b: }\nservices:\n" + numbered("  s%[1]d: {dependsOn: [s%[1]d]}\n"),
		"deep brackets":             fill("["),
		"deep braces":               fill("{a: "),
		"deep placeholders":         fill("{{"),
		"deep dashes":               fill("- "),
		"deep lines":                deepLines(size),
		"question marks":            fill("? "),
		"anchors":                   fill("&a "),
		"anchored keys":             numbered("k%[1]d: &a%[1]d x\n"),
		"unknown aliases":           numbered("k%[1]d: *a%[1]d\n"),
		"tags":                      fill("!a "),
		"colons":                    fill("a: "),
		"quotes":                    fill("'"),
		"double quotes":             fill("\""),
		"backslashes":               "a: \"" + fill("\\\\") + "\"",
		"bars":                      fill("|"),
		"empty lines":               fill("\n"),
		"empty lines in block text": "a: |\n" + fill("\n"),
		"lines of spaces":           "a: |\n" + fill("   \n"),
		"block text":                "a: |\n" + fill("  x\n"),
		"sparse block text":         "a: |\n" + fill("  x\n"+strings.Repeat("\n", 90)),
		"folded text":               "a: >\n" + fill("  x\n\n"),
		"plain text over lines":     "a: x\n" + fill("  x\n"),
		"one long line":             "a: " + fill("x"),
		"one long key":              fill("x") + ": a",
		"a wide list":               "a: [" + fill("b, ") + "]",
		"a wide mapping":            "environments: {" + numbered("e-%d: {}, ") + "}",
		"comments":                  fill("# x\n"),
		"documents":                 fill("---\n"),
		"directives":                fill("%A\n"),
		"carriage returns":          fill("\r"),
		"tabs":                      fill("\t"),
		"closing brackets":          fill("]"),
		"zeroes":                    fill("\x00"),
		"no UTF-8":                  fill("\xff"),
		"alias bomb":                bomb + "environments: {a-b: {networking: {x: *a11}}}\n",
		"merge bomb":                mergeBomb + numbered("x-%d: {<<: *m}\n")[:size/2],
		"variables by alias":        "services: {s: {command: [a], env: &e {" + numbered("V%d: x, ")[:10000] + "}}}\nenvironments:\n" + numbered("  e-%d: {services: {s: {env: *e}}}\n")[:size/2] + "\n",
	}
}

func deepLines(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size-2000; i++ {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// TestHostileFiles: whatever the bytes, the answer comes soon and is either a
// result or a coded error. The deadline is far above what any of them takes.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	// A quarter of the limit: what takes quadratic time takes minutes here too.
	texts := hostile(matrix.MaxSize / 4)
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		src := []byte(texts[name])
		if len(src) > matrix.MaxSize {
			src = src[:matrix.MaxSize]
		}
		t.Run(name, func(t *testing.T) {
			done := make(chan error, 1)
			start := time.Now()
			go func() {
				_, err := matrix.Parse(src, "m.yaml")
				done <- err
			}()
			select {
			case err := <-done:
				if err != nil {
					checkCoded(t, src, err)
				}
				t.Logf("%v", time.Since(start))
			case <-time.After(time.Minute):
				t.Fatal("no answer within a minute")
			}
		})
	}
}

func TestSizeLimit(t *testing.T) {
	t.Parallel()
	_, err := matrix.Parse(make([]byte, matrix.MaxSize+1), "m.yaml")
	if lockstep.CodeOf(err) != lockstep.CodeTooLarge {
		t.Errorf("got %v", err)
	}
}
