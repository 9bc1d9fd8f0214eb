package matrix

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"
)

// value is a node under its name: what the decoder reads from. Its methods
// return what they read and whether it was right; what is wrong they report.
type value struct {
	d     *decoder
	n     *node
	field string
}

// place is where something stands in the file.
type place struct {
	field  string
	offset int
}

// word is a text and where it stands.
type word struct {
	text string
	at   place
}

func (v value) at() place { return place{v.field, v.n.start} }

func (v value) wrong(suggestion, format string, args ...any) {
	v.d.problems.add(v.n.start, v.field, suggestion, format, args...)
}

// field is one entry of a mapping.
type field struct {
	name string
	key  place
	value
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func join(parent, name string) string {
	if !plainName.MatchString(name) {
		name = strconv.Quote(clip(name))
	}
	if parent == "" {
		return name
	}
	return parent + "." + name
}

// fields are the entries of a mapping in the order of the file, each name
// once. Nothing at all is an empty mapping: "preview:" names an environment.
func (v value) fields() ([]field, bool) {
	if v.n.kind == null {
		return nil, true
	}
	if v.n.kind != mapping {
		v.wrong(v.mappingHint(), "expected a mapping (key: value), not %s", v.n.kind)
		return nil, false
	}
	out := make([]field, 0, len(v.n.entries))
	seen := make(map[string]*node, len(v.n.entries))
	for _, e := range v.n.entries {
		name := e.key.text
		if first, twice := seen[name]; twice {
			line, _ := v.d.src.position(first.start)
			v.d.problems.add(e.key.start, join(v.field, name), "remove one", "%s appears twice; the first is on line %d", clip(name), line)
			continue
		}
		seen[name] = e.key
		path := join(v.field, name)
		if fault := badText(name); fault != "" {
			v.d.problems.add(e.key.start, path, "", "the name %s", fault)
			continue
		}
		out = append(out, field{name: name, key: place{path, e.key.start}, value: value{v.d, e.value, path}})
	}
	return out, true
}

func (v value) mappingHint() string {
	if v.n.kind == text && v.n.scalar == token.StringType {
		if before, _, colon := strings.Cut(v.n.text, ":"); colon && !strings.ContainsAny(before, " /") {
			return "put a space after the colon"
		}
	}
	return ""
}

// list are the items of a list.
func (v value) list() ([]value, bool) {
	switch v.n.kind {
	case list:
	case null:
		v.wrong("write [] for an empty list, or remove the key", "has no value")
		return nil, false
	case text:
		v.wrong("write "+flowWords(strings.Fields(v.n.text)), "expected a list, not a text")
		return nil, false
	default:
		v.wrong("write [a, b], or one \"- item\" on each line", "expected a list, not %s", v.n.kind)
		return nil, false
	}
	out := make([]value, len(v.n.items))
	for i, item := range v.n.items {
		out[i] = value{v.d, item, fmt.Sprintf("%s[%d]", v.field, i)}
	}
	return out, true
}

// flowWords writes words as a list in brackets, quoted where they must be.
func flowWords(words []string) string {
	const most = 12
	parts := make([]string, 0, most)
	for i, w := range words {
		if i == most {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, scalarText(clip(strings.Trim(w, `"'`))))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// text is a text as it was written: 1.10 stays "1.10".
func (v value) text() (string, bool) {
	switch v.n.kind {
	case text:
		if fault := badText(v.n.text); fault != "" {
			v.wrong("", "%s", fault)
			return "", false
		}
		return v.n.text, true
	case null:
		v.wrong(`write "" for an empty text, or remove the key`, "has no value")
	default:
		v.wrong(v.quoteHint(), "expected a text, not %s", v.n.kind)
	}
	return "", false
}

// quoteHint is for a text that YAML took apart: [--name: x], {{port}}.
func (v value) quoteHint() string {
	if v.n.kind == mapping && v.n.flow && len(v.n.entries) == 1 {
		return "put the text in quotes"
	}
	return ""
}

func badText(s string) string {
	switch {
	case strings.IndexByte(s, 0) >= 0:
		return "holds a NUL character, which no program can be given"
	case !utf8.ValidString(s):
		return "holds an escape that is no character"
	default:
		return ""
	}
}

// filled is text that is not empty.
func (v value) filled() (string, bool) {
	s, ok := v.text()
	if ok && strings.TrimSpace(s) == "" {
		v.wrong("", "must not be empty")
		return "", false
	}
	return s, ok
}

// words are the texts of a list that pass a check. What does not pass is
// reported and left out, so that the checks to come judge the rest; nil is
// no list.
func (v value) words(check func(value) (string, bool)) []word {
	items, ok := v.list()
	if !ok {
		return nil
	}
	out := make([]word, 0, len(items))
	for _, item := range items {
		if s, ok := check(item); ok {
			out = append(out, word{s, item.at()})
		}
	}
	return out
}

func texts(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.text
	}
	return out
}

// set is words that stand once each.
func (v value) set(check func(value) (string, bool)) []word {
	words := v.words(check)
	v.once(words)
	return words
}

func (v value) once(words []word) {
	seen := make(map[string]bool, len(words))
	for _, w := range words {
		if seen[w.text] {
			v.d.report(w.at, "remove one", "%s is listed twice", clip(w.text))
		}
		seen[w.text] = true
	}
}
