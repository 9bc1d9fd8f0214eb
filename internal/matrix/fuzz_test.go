package matrix

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/token"

	"github.com/lockstep-dev/lockstep"
)

// seedFiles are what fuzzing starts from.
func seedFiles(f *testing.F) [][]byte {
	f.Helper()
	var paths []string
	for _, pattern := range []string{"testdata/right/*.yaml", "testdata/wrong/*.yaml", "testdata/plan/*.yaml", "testdata/seed.yaml", "../../examples/*/environment-matrix.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			f.Fatalf("%s: %v", pattern, err)
		}
		paths = append(paths, found...)
	}
	out := make([][]byte, len(paths))
	for i, path := range paths {
		var err error
		if out[i], err = os.ReadFile(path); err != nil {
			f.Fatal(err)
		}
	}
	return out
}

// FuzzParse: any bytes are a result that survives its round trips, or a coded
// error whose places are in the file.
func FuzzParse(f *testing.F) {
	for _, src := range seedFiles(f) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		m, err := Parse(src, "m.yaml")
		if err == nil {
			checkRoundTrips(t, m.Desired())
			return
		}
		var coded *lockstep.Error
		if !errors.As(err, &coded) || coded.Code != lockstep.CodeInvalid && coded.Code != lockstep.CodeTooLarge {
			t.Fatalf("%v", err)
		}
		read, _, _ := newSource(src)
		for _, p := range coded.Problems {
			if p.Line < 1 || p.Line > len(read.lines) || p.Column < 1 || p.Column > utf8.RuneCountInString(read.line(p.Line))+1 {
				t.Fatalf("outside of the file: %+v", p)
			}
			if p.Message == "" || strings.Count(p.Excerpt, "\n") != 1 || !strings.HasSuffix(p.Excerpt, "^") {
				t.Fatalf("%+v", p)
			}
		}
	})
}

// FuzzSet: a value set in any file reads back, and whatever cannot be done is
// refused. Set compares the rest by itself; here it is compared once more.
func FuzzSet(f *testing.F) {
	for i, src := range seedFiles(f) {
		f.Add(src, uint(i*7), "value", i%4)
	}
	f.Fuzz(func(t *testing.T, src []byte, which uint, text string, kind int) {
		_, root, err := load(src, "m.yaml")
		if err != nil {
			return
		}
		paths := append(pathsOf(root), "new", "new.below[0]")
		path := paths[which%uint(len(paths))]
		var value any
		switch kind % 4 {
		case 0:
			value = text
		case 1:
			value = []any{text, int64(len(text))}
		case 2:
			value = map[string]any{"k": text}
		}
		out, err := Set(src, path, value)
		if err != nil {
			if code := lockstep.CodeOf(err); code != lockstep.CodeUnsupported && code != lockstep.CodeInvalid {
				t.Fatalf("%v", err)
			}
			return
		}
		_, changed, err := load(out, "m.yaml")
		if err != nil {
			t.Fatalf("Set(%q, %s, %v) made %q: %v", src, path, value, out, err)
		}
		segments, err := parsePath(path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		shifts := value == nil && strings.ContainsRune(path, '[') // the next item is there now
		if got := valueAt(changed, segments); !shifts && !reflect.DeepEqual(normal(got), normal(value)) {
			t.Fatalf("Set(%q, %s, %v) made %q, where it is %v", src, path, value, out, got)
		}
		for _, other := range paths {
			otherSegments, err := parsePath(other)
			if err != nil || related(path, other) || shifts {
				continue
			}
			if before, after := valueAt(root, otherSegments), valueAt(changed, otherSegments); !reflect.DeepEqual(normal(before), normal(after)) {
				t.Fatalf("Set(%q, %s, %v) made %q, where %s changed from %v to %v", src, path, value, out, other, before, after)
			}
		}
		again, err := Set(out, path, value)
		if err == nil && !bytes.Equal(again, out) && value != nil {
			if twice, err := Set(again, path, value); err != nil || !bytes.Equal(twice, again) {
				t.Fatalf("setting the same again does not come to rest: %q, %q, %q (%v)", out, again, twice, err)
			}
		}
	})
}

// related paths contain one another.
func related(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }

func valueAt(n *node, segments []segment) any {
	for _, s := range segments {
		var next *node
		if s.index >= 0 && s.index < len(n.items) {
			next = n.items[s.index]
		}
		for _, e := range n.entries {
			if s.index < 0 && e.key.text == s.key {
				next = e.value
				break
			}
		}
		if next == nil {
			return nil
		}
		n = next
	}
	v, _ := n.plain()
	return v
}

// FuzzTree: what we take for YAML, goccy's own parser reads the same way.
func FuzzTree(f *testing.F) {
	for _, src := range seedFiles(f) {
		f.Add(string(src))
	}
	for _, src := range []string{
		"a: |\nb: c\n", "a: |\n  x\n\n  y\nb: c\n", "a: [b, {c: d}, \"e\\n\"]\n", "- a\n- - b\n  - c\n- d: e\n  f:\n  - g\n",
		"a: 'it''s'\nb: >-\n  x\n  y\n", "a:\n\n  b: c # d\n# e\nf: ~\n", "---\na: 1\n...\n", "a: b\n  c\nd: 1.5\n",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 || strings.ContainsAny(text, "&*!%<") {
			return // anchors, aliases and tags that nobody defined, directives: goccy reads them leniently
		}
		src, _, fault := newSource([]byte(text))
		if fault != "" {
			return
		}
		root, _, faults := build(src)
		if faults != nil || !plainKeys(root, src.text) {
			return
		}
		got, ok := root.plain()
		if !ok {
			return
		}
		var want any
		if err := yaml.Unmarshal([]byte(src.text), &want); err != nil {
			t.Fatalf("we read %q as %v; goccy: %v", text, got, err)
		}
		if !reflect.DeepEqual(comparable(got), comparable(want)) {
			t.Fatalf("%q\n  we read %#v\ngoccy has %#v", text, got, want)
		}
	})
}

// plainKeys says that all keys are texts and stand once, and that there is no
// [key: value] in brackets: goccy turns other keys into other texts, and does
// not know all forms of the latter.
func plainKeys(n *node, text string) bool {
	seen := map[string]bool{}
	for _, e := range n.entries {
		if e.key.scalar != token.StringType || e.key.text == "" || seen[e.key.text] || !plainKeys(e.value, text) {
			return false
		}
		seen[e.key.text] = true
	}
	for _, item := range n.items {
		if item.kind == mapping && n.flow && text[item.start] != '{' || !plainKeys(item, text) {
			return false
		}
	}
	return true
}

// comparable is a value with all numbers as float64.
func comparable(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := maps.Clone(v)
		for k, one := range v {
			out[k] = comparable(one)
		}
		return out
	case []any:
		out := slices.Clone(v)
		for i, one := range v {
			out[i] = comparable(one)
		}
		return out
	case uint64:
		return float64(v)
	case int64:
		return float64(v)
	case int:
		return float64(v)
	default:
		return v
	}
}
