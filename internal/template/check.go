package template

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// Check completes what a person wrote as a template, or says all that is
// wrong with it. Upper-case placeholders that nobody declared become required
// variables, as a folder of files has no other way to declare them.
func Check(ctx context.Context, r Runner, t lockstep.ConfigTemplate) (lockstep.ConfigTemplate, error) {
	if t.Type == "" {
		t.Type = lockstep.TemplateCustom
	}
	if len(t.EnvironmentTypes) == 0 {
		t.EnvironmentTypes = lockstep.EnvironmentTypes()
	}
	problems := slices.Concat(head(t), declarations(t.Variables), contents(t.Template))
	if len(problems) > 0 {
		return t, wrong(t.Name, problems)
	}
	texts, _ := gather(t.Template, t.Validation)
	result, err := r.Run(ctx, Job{Template: t.Name, Texts: texts, Declared: keysOf(t.Variables)})
	if err != nil {
		return t, err
	}
	problems = result.Problems
	declared := keysOf(t.Variables)
	t.Variables = slices.Clone(t.Variables)
	for _, name := range result.Uses {
		if near := nearestName(name, slices.Concat(declared, builtinKeys)); near != "" && lockstep.EditDistance(name, near) <= 2 {
			problems = append(problems, lockstep.Problem{
				Field: placeOfUse(texts, name), Message: "nobody declares {{" + name + "}}",
				Suggestion: "did you mean " + near + "? If not, declare " + name + " in variables",
			})
			continue
		}
		t.Variables = append(t.Variables, lockstep.TemplateVariable{Key: name, Type: lockstep.VariableString, Required: true})
	}
	if len(problems) > 0 {
		return t, wrong(t.Name, problems)
	}
	return t, nil
}

func placeOfUse(texts []Text, name string) string {
	for _, text := range texts {
		if strings.Contains(text.Source, name) {
			return text.Name
		}
	}
	return "template"
}

func head(t lockstep.ConfigTemplate) (problems []lockstep.Problem) {
	say := func(field, hint, format string, args ...any) {
		problems = append(problems, lockstep.Problem{Field: field, Message: fmt.Sprintf(format, args...), Suggestion: hint})
	}
	if err := lockstep.ValidateTemplateName(t.Name); err != nil {
		say("name", "", "%v", err)
	}
	if !slices.Contains(lockstep.TemplateTypes(), t.Type) {
		say("type", "use one of "+listed(lockstep.TemplateTypes()), "there is no such type of template")
	}
	for i, kind := range t.EnvironmentTypes {
		if !slices.Contains(lockstep.EnvironmentTypes(), kind) {
			say(fmt.Sprintf("environmentTypes[%d]", i), "use one of "+listed(lockstep.EnvironmentTypes()), "there is no such type of environment")
		}
	}
	if len(t.Description) > 4000 {
		say("description", "", "it is longer than 4000 bytes")
	}
	if len(t.Validation.Rules) > 100 {
		say("validation.rules", "", "there are more than 100")
	}
	return problems
}

func declarations(variables []lockstep.TemplateVariable) (problems []lockstep.Problem) {
	say := func(i int, field, hint, format string, args ...any) {
		problems = append(problems, lockstep.Problem{Field: fmt.Sprintf("variables[%d]%s", i, field), Message: fmt.Sprintf(format, args...), Suggestion: hint})
	}
	if len(variables) > lockstep.MaxTemplateVariables {
		say(len(variables)-1, "", "", "there are more than %d", lockstep.MaxTemplateVariables)
		return problems
	}
	known := map[string]bool{}
	funcs := callable(functions())
	for i, v := range variables {
		switch {
		case !lockstep.ValidTemplateVariable(v.Key):
			say(i, ".key", "logLevel, SENTRY_DSN", "%q is no name: letters, digits and underscores, not starting with a digit", shorten(v.Key))
		case slices.Contains(builtinKeys, v.Key):
			say(i, ".key", "", "%s is there without being declared", v.Key)
		case known[v.Key]:
			say(i, ".key", "", "%s is declared twice", v.Key)
		case upperShape.MatchString(v.Key) && funcs[v.Key] != nil:
			say(i, ".key", "", "%s is the name of a function", v.Key)
		}
		known[v.Key] = true
		if v.Type != "" && !slices.Contains(lockstep.VariableTypes(), v.Type) {
			say(i, ".type", "use one of "+listed(lockstep.VariableTypes()), "there is no such type")
			continue
		}
		for _, message := range config.FitRules(v.Type, v.Validation) {
			say(i, ".validation", "", "%s", message)
		}
		if v.DefaultValue == nil {
			continue
		}
		if Sensitive(v) {
			say(i, ".defaultValue", "give it when the template is applied", "a template is no place for a secret")
			continue
		}
		_, text, err := readAs(v.Type, v.DefaultValue)
		if err != nil {
			say(i, ".defaultValue", "", "%v", err)
			continue
		}
		for _, message := range config.Fit(v.Type, v.Validation, text) {
			say(i, ".defaultValue", "", "%s", message)
		}
	}
	return problems
}

func contents(t lockstep.TemplateContent) (problems []lockstep.Problem) {
	say := func(field, format string, args ...any) {
		problems = append(problems, lockstep.Problem{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	if t.Sections == nil && t.Variables == nil && len(t.Files) == 0 {
		say("template", "it makes nothing: give it sections, variables or files")
	}
	if len(t.Files) > lockstep.MaxTemplateFiles {
		say("template.files", "there are more than %d", lockstep.MaxTemplateFiles)
	}
	size := 0
	for _, p := range slices.Sorted(maps.Keys(t.Files)) {
		size += len(t.Files[p])
		if message := pathProblem(p); message != "" {
			say("template.files."+shorten(p), "%s", message)
		}
	}
	if size > lockstep.MaxTemplateSize {
		say("template.files", "they have %d bytes together, more than %d", size, lockstep.MaxTemplateSize)
	}
	// What stands there without a placeholder can be judged at once.
	if sections, ok := t.Sections.(map[string]any); ok {
		_, more := sectionsOf(sections)
		problems = append(problems, more...)
	} else if _, text := t.Sections.(string); t.Sections != nil && !text {
		say("template.sections", "it is neither an object with a section below each name nor a text")
	}
	if _, list := t.Variables.([]any); t.Variables != nil && !list {
		if _, text := t.Variables.(string); !text {
			say("template.variables", "it is neither a list of variables nor a text")
		}
	}
	return problems
}

// listed are names as a sentence has them.
func listed[S ~string](names []S) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = string(n)
	}
	return strings.Join(texts, ", ")
}
