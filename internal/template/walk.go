package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// sheaf is the texts of a template, and where their results go.
type sheaf struct {
	texts []Text
}

// add gives a text to be rendered; -1 where it has nothing to fill.
func (s *sheaf) add(name string, kind Kind, source string) int {
	if kind != AsDocument && kind != AsTruth && !strings.Contains(source, "{{") {
		return -1
	}
	s.texts = append(s.texts, Text{Name: name, Kind: kind, Source: source})
	return len(s.texts) - 1
}

// plan says how a value is made once the texts are rendered.
type plan func(rendered []any) any

// value plans a tree: every text in it may have placeholders.
func (s *sheaf) value(name string, v any) plan {
	switch v := v.(type) {
	case string:
		i := s.add(name, AsValue, v)
		if i < 0 {
			return func([]any) any { return v }
		}
		return func(rendered []any) any { return rendered[i] }
	case map[string]any:
		plans := map[string]plan{}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			plans[k] = s.value(name+"."+k, v[k])
		}
		return func(rendered []any) any {
			out := make(map[string]any, len(plans))
			for k, p := range plans {
				out[k] = p(rendered)
			}
			return out
		}
	case []any:
		plans := make([]plan, len(v))
		for i, inner := range v {
			plans[i] = s.value(fmt.Sprintf("%s[%d]", name, i), inner)
		}
		return func(rendered []any) any {
			out := make([]any, len(plans))
			for i, p := range plans {
				out[i] = p(rendered)
			}
			return out
		}
	}
	return func([]any) any { return v }
}

// part plans sections or variables, which may be one text each.
func (s *sheaf) part(name string, v any) plan {
	if text, ok := v.(string); ok {
		i := s.add(name, AsDocument, text)
		return func(rendered []any) any { return rendered[i] }
	}
	return s.value(name, v)
}

// plans of a whole template.
type plans struct {
	sections, variables plan
	files               map[string]plan
	rules               []int
}

// gather is every text of a template, and the plans for what comes of them.
func gather(t lockstep.TemplateContent, validation lockstep.TemplateValidation) ([]Text, plans) {
	var s sheaf
	p := plans{
		sections:  s.part("template.sections", t.Sections),
		variables: s.part("template.variables", t.Variables),
		files:     map[string]plan{},
	}
	for _, path := range slices.Sorted(maps.Keys(t.Files)) {
		source := t.Files[path]
		i := s.add("template.files."+path, AsText, source)
		p.files[path] = func(rendered []any) any {
			if i < 0 {
				return source
			}
			return rendered[i]
		}
	}
	for i, rule := range validation.Rules {
		p.rules = append(p.rules, s.add(fmt.Sprintf("validation.rules[%d].assert", i), AsTruth, rule.Assert))
	}
	return s.texts, p
}
