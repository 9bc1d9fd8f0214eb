package template

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// soon is a watch that ends a run after so many actions.
type soon struct{ left int }

func (s *soon) at(int, int) { s.left-- }
func (s *soon) over() (string, bool) {
	return "it is over", s.left < 0
}

// FuzzRender: no text makes the renderer fall over; equal values make equal
// results; and every fault lies within the text.
func FuzzRender(f *testing.F) {
	for _, seed := range []string{
		"", "a", "{{ENVIRONMENT_NAME}}", "{{.name}}", "{{range until 3}}{{.}}{{end}}", "{{define \"a\"}}{{template \"a\"}}{{end}}{{template \"a\"}}",
		"{{if .name}}{{else if .x}}{{end}}", "{{- /* c */ -}}", "{{$x := dict \"a\" 1}}{{keys $x}}", "{{with .name}}{{.}}{{else}}{{end}}",
		"{{range $i, $c := .name}}{{break}}{{end}}", "{{printf \"%1000000d\" 1}}", "{{\"}}", "{{ ü }}", "{{(index .list 0).x}}", "a: {{.name}}", "{{.name | b64enc | quote}}",
		"{{block \"b\" .}}{{end}}", "{{call .name}}", "{{lowr}}", "{{port}}", "{{semver \"1.2.3\"}}", "{{index . \"name\"}}",
	} {
		for _, kind := range []Kind{AsText, AsValue, AsDocument, AsTruth} {
			f.Add(seed, string(kind))
		}
	}
	f.Fuzz(func(t *testing.T, source, kind string) {
		if len(source) > 4<<10 || !utf8.ValidString(source) || strings.Contains(source, "repeat") || strings.Contains(source, "%") {
			return // memory is the kernel's matter, in another process
		}
		job := Job{
			Texts: []Text{{Name: "x", Source: source, Kind: Kind(kind)}}, Limits: Limits{Time: time.Second, Output: 64 << 10},
			Given: []map[string]any{{"name": "n", "list": []any{map[string]any{"x": 1}}, KeyEnvironment: "e"}},
		}
		result := run(job, &soon{left: 2000})
		lines := strings.Split(source, "\n")
		for _, p := range result.Problems {
			if p.Line < 0 || p.Line > len(lines) || p.Line > 0 && (p.Column < 1 || p.Column > utf8.RuneCountInString(lines[p.Line-1])+1) {
				t.Fatalf("%q: a fault at %d:%d: %s", source, p.Line, p.Column, p.Message)
			}
			if strings.Contains(p.Message, atName) && !strings.Contains(source, atName) || strings.Contains(p.Message, keepName) && !strings.Contains(source, keepName) {
				t.Fatalf("%q: it shows our own words: %s", source, p.Message)
			}
		}
		again := run(job, &soon{left: 2000})
		one, err := json.Marshal(result.Rendered)
		two, _ := json.Marshal(again.Rendered)
		if err == nil && string(one) != string(two) && !slices.ContainsFunc([]string{"0x", "map["}, func(s string) bool { return strings.Contains(string(one), s) }) {
			t.Fatalf("%q: %s and %s", source, one, two)
		}
	})
}
