package template

import (
	"crypto/rand"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// marks stand for the sensitive values while a template is rendered.
type marks map[string]string // key → mark

func newMarks(secrets map[string]*string) marks {
	m := marks{}
	for key := range secrets {
		m[key] = "secret" + strings.ToLower(rand.Text())
	}
	return m
}

// The mark of a key in what was rendered, once the random ones are taken out.
const (
	markOpen  = "\uE000"
	markClose = "\uE001"
)

// settle replaces random marks by those that name their keys.
func (m marks) settle(v any) any {
	switch v := v.(type) {
	case string:
		for key, mark := range m {
			v = strings.ReplaceAll(v, mark, markOpen+key+markClose)
		}
		return v
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, inner := range v {
			settled, _ := m.settle(k).(string)
			out[settled] = m.settle(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = m.settle(inner)
		}
		return out
	}
	return v
}

// computed are the texts whose results differ after their marks are taken
// out: they were computed from a secret.
func computed(texts []Text, one, other []any) (problems []lockstep.Problem) {
	for i, text := range texts {
		if !reflect.DeepEqual(one[i], other[i]) {
			problems = append(problems, lockstep.Problem{
				Field:      text.Name,
				Message:    "it computes something from a sensitive value",
				Suggestion: "a sensitive value can be put in as it is, {{.KEY}}, and nothing else: give what it would compute as a variable of its own",
			})
		}
	}
	return problems
}

// marked is a key whose mark stands somewhere in a value, "" for none.
func marked(v any) string {
	switch v := v.(type) {
	case string:
		_, after, found := strings.Cut(v, markOpen)
		if key, _, closed := strings.Cut(after, markClose); found && closed {
			return key
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if key := marked(k); key != "" {
				return key
			}
			if key := marked(v[k]); key != "" {
				return key
			}
		}
	case []any:
		for _, inner := range v {
			if key := marked(inner); key != "" {
				return key
			}
		}
	}
	return ""
}

// misplaced says that a secret would stand where everybody reads it.
func misplaced(field string, v any) []lockstep.Problem {
	key := marked(v)
	if key == "" {
		return nil
	}
	return []lockstep.Problem{{
		Field: field, Message: "the sensitive value " + key + " would stand there for everybody to read",
		Suggestion: "use it in the value of a variable with sensitive: true only",
	}}
}

// reveal puts the values where their marks are; nil where one of them is to
// stay as it is.
func reveal(text string, secrets map[string]*string) *string {
	for key, value := range secrets {
		mark := markOpen + key + markClose
		if !strings.Contains(text, mark) {
			continue
		}
		if value == nil {
			return nil
		}
		text = strings.ReplaceAll(text, mark, *value)
	}
	return &text
}
