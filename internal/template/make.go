package template

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Made is what a template made.
type Made struct {
	lockstep.RenderedTemplate                           // to keep and to show: sensitive values are Redacted
	Update                    []lockstep.VariableChange // Variables with their values
}

// Runner renders texts; Renderer is the one for strangers' templates.
type Runner interface {
	Run(ctx context.Context, job Job) (Result, error)
}

// Make fills a template. What is wrong is one CodeInvalid error with its
// places.
func Make(ctx context.Context, r Runner, t lockstep.ConfigTemplate, v Values) (Made, error) {
	texts, plans := gather(t.Template, t.Validation)
	one, other := newMarks(v.Secret), newMarks(v.Secret)
	job := Job{Template: t.Name, Texts: texts, Declared: keysOf(t.Variables), Given: []map[string]any{with(v.Plain, one)}}
	if len(v.Secret) > 0 {
		job.Given = append(job.Given, with(v.Plain, other))
	}
	result, err := r.Run(ctx, job)
	if err != nil {
		return Made{}, err
	}
	if len(result.Problems) > 0 {
		return Made{}, wrong(t.Name, result.Problems)
	}
	rendered, _ := one.settle(result.Rendered[0]).([]any)
	if len(v.Secret) > 0 {
		again, _ := other.settle(result.Rendered[1]).([]any)
		if problems := computed(texts, rendered, again); len(problems) > 0 {
			return Made{}, wrong(t.Name, problems)
		}
	}
	if problems := broken(t, plans, texts, rendered); len(problems) > 0 {
		return Made{}, wrong(t.Name, problems)
	}
	made, problems := assemble(t, plans, rendered, v.Secret)
	if len(problems) > 0 {
		return Made{}, wrong(t.Name, problems)
	}
	return made, nil
}

func with(plain map[string]any, m marks) map[string]any {
	out := maps.Clone(plain)
	for key, mark := range m {
		out[key] = mark
	}
	return out
}

func keysOf(variables []lockstep.TemplateVariable) []string {
	keys := make([]string, len(variables))
	for i, v := range variables {
		keys[i] = v.Key
	}
	return keys
}

// wrong is everything that is wrong with a template as one error.
func wrong(name string, problems []lockstep.Problem) error {
	slices.SortStableFunc(problems, func(a, b lockstep.Problem) int { return strings.Compare(a.Field, b.Field) })
	if len(problems) == 1 {
		p := problems[0]
		return &lockstep.Error{Code: lockstep.CodeInvalid, Field: p.Field, Message: "template " + name + " cannot be used", Problems: problems}
	}
	return &lockstep.Error{Code: lockstep.CodeInvalid, Message: fmt.Sprintf("template %s cannot be used: %d things are wrong", name, len(problems)), Problems: problems}
}

// broken are the rules that do not hold.
func broken(t lockstep.ConfigTemplate, p plans, texts []Text, rendered []any) (problems []lockstep.Problem) {
	for i, at := range p.rules {
		if holds, _ := rendered[at].(bool); !holds {
			rule := t.Validation.Rules[i]
			problems = append(problems, lockstep.Problem{Field: texts[at].Name, Message: first(rule.Message, "it does not hold"), Excerpt: rule.Assert})
		}
	}
	return problems
}

// assemble puts what was rendered back where it came from.
func assemble(t lockstep.ConfigTemplate, p plans, rendered []any, secrets map[string]*string) (Made, []lockstep.Problem) {
	var made Made
	var problems []lockstep.Problem
	made.Sections, problems = sectionsOf(p.sections(rendered))
	changes, more := variablesOf(p.variables(rendered))
	problems = append(problems, more...)
	for i, c := range changes {
		field := fmt.Sprintf("template.variables[%d]", i)
		shown := c
		text := ""
		if c.Value != nil {
			text = *c.Value
		}
		if c.Sensitive != nil && *c.Sensitive && c.Value != nil {
			redacted := lockstep.Redacted
			shown.Value, c.Value = &redacted, reveal(text, secrets)
			text = ""
		}
		problems = append(problems, misplaced(field, []any{c.Key, c.Target, text, deref(c.Description), deref(c.DefaultValue)})...)
		made.Variables, made.Update = append(made.Variables, shown), append(made.Update, c)
	}
	for _, name := range slices.Sorted(maps.Keys(made.Sections)) {
		problems = append(problems, misplaced("template.sections."+string(name), made.Sections[name])...)
	}
	for file, planned := range p.files {
		text, _ := planned(rendered).(string)
		problems = append(problems, misplaced("template.files."+file, text)...)
		if made.Files == nil {
			made.Files = map[string]string{}
		}
		made.Files[file] = text
	}
	return made, append(problems, fitting(t.Type, made)...)
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// sectionsOf reads sections, of a known name each.
func sectionsOf(v any) (map[lockstep.ConfigSection]any, []lockstep.Problem) {
	if v == nil {
		return nil, nil
	}
	all, ok := v.(map[string]any)
	if !ok {
		return nil, []lockstep.Problem{{Field: "template.sections", Message: "it is no object with a section below each name"}}
	}
	known := make([]string, 0, 9)
	for _, s := range lockstep.ConfigSections() {
		known = append(known, string(s))
	}
	out := map[lockstep.ConfigSection]any{}
	var problems []lockstep.Problem
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains(known, name) {
			p := lockstep.Problem{Field: "template.sections." + shorten(name), Message: "there is no such section", Suggestion: "there are " + strings.Join(known, ", ")}
			if near := nearestName(name, known); near != "" {
				p.Suggestion = "did you mean " + near + "?"
			}
			problems = append(problems, p)
			continue
		}
		out[lockstep.ConfigSection(name)] = all[name]
	}
	return out, problems
}

// entry is a variable as a template writes it: values may be of any type.
type entry struct {
	lockstep.VariableChange
	Value        any `json:"value"`
	DefaultValue any `json:"defaultValue"`
}

// variablesOf reads what a template says of variables.
func variablesOf(v any) ([]lockstep.VariableChange, []lockstep.Problem) {
	if v == nil {
		return nil, nil
	}
	list, ok := v.([]any)
	if !ok {
		return nil, []lockstep.Problem{{Field: "template.variables", Message: "it is no list of variables"}}
	}
	var out []lockstep.VariableChange
	var problems []lockstep.Problem
	slots := map[string]int{}
	for i, item := range list {
		field := fmt.Sprintf("template.variables[%d]", i)
		raw, err := json.Marshal(item)
		var e entry
		if err == nil {
			dec := json.NewDecoder(bytes.NewReader(raw))
			dec.DisallowUnknownFields()
			dec.UseNumber()
			err = dec.Decode(&e)
		}
		if err != nil {
			problems = append(problems, lockstep.Problem{Field: field, Message: "it cannot be read: " + strings.TrimPrefix(err.Error(), "json: ")})
			continue
		}
		c := e.VariableChange
		c.Source = lockstep.SourceGenerated
		c.Value, c.DefaultValue = textOf(e.Value), textOf(e.DefaultValue)
		if c.Type != nil && *c.Type == lockstep.VariableSecret && c.Sensitive == nil {
			yes := true
			c.Sensitive = &yes
		}
		if c.Remove || c.Copy != nil {
			problems = append(problems, lockstep.Problem{Field: field, Message: "a template neither removes nor copies variables"})
		}
		if before, twice := slots[c.Slot()]; twice {
			problems = append(problems, lockstep.Problem{Field: field, Message: fmt.Sprintf("%s stands in template.variables[%d] already", c.Key, before)})
		}
		slots[c.Slot()] = i
		out = append(out, c)
	}
	return out, problems
}

// textOf is a value as variables have it.
func textOf(v any) *string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return &v
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	text := string(raw)
	return &text
}

// fitting holds what was made to the template's type.
func fitting(kind lockstep.TemplateType, made Made) (problems []lockstep.Problem) {
	say := func(field, message string) {
		problems = append(problems, lockstep.Problem{Field: field, Message: fmt.Sprintf("a template of type %s %s", kind, message)})
	}
	switch kind {
	case lockstep.TemplateEnvironment:
		if len(made.Sections) == 0 {
			say("template.sections", "has sections, and this has none")
		}
	case lockstep.TemplateService:
		if len(made.Sections) > 0 {
			say("template.sections", "has no sections: make it full_environment or custom")
		}
		for i, v := range made.Variables {
			if v.Scope != lockstep.ScopeService || v.Target == "" {
				say(fmt.Sprintf("template.variables[%d]", i), "has variables of scope service with a target only")
			}
		}
	case lockstep.TemplateVariables:
		if len(made.Sections) > 0 {
			say("template.sections", "has nothing but variables")
		}
		if len(made.Files) > 0 {
			say("template.files", "has nothing but variables")
		}
	case lockstep.TemplateInfrastructure:
		for name := range made.Sections {
			if name != lockstep.SectionInfrastructure {
				say("template.sections."+string(name), "has no other section than infrastructure")
			}
		}
		if len(made.Variables) > 0 {
			say("template.variables", "has no variables")
		}
	case lockstep.TemplateCustom:
	}
	return problems
}

// pathProblem says what is wrong with a file's path, "" for nothing. It stays
// below the folder that it is written to.
func pathProblem(p string) string {
	switch {
	case p == "" || len(p) > 200:
		return "it has no path, or one of more than 200 bytes"
	case path.IsAbs(p) || path.Clean(p) != p || p == "." || p == ".." || strings.HasPrefix(p, "../") || strings.ContainsAny(p, "\\\x00:\n\r"):
		return "its path has to stay below the folder: kubernetes/config.yaml"
	}
	return ""
}
