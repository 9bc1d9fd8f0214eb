package template

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func known() map[string]any {
	return map[string]any{
		KeyEnvironment: "production", KeyType: "production", KeyProject: "shop", KeyTimestamp: "2026-11-22T15:00:00+00:00",
		KeyCreator: "ada", KeyVersion: "2.1.0",
	}
}

func values(t *testing.T, tmpl lockstep.ConfigTemplate, set map[string]any) Values {
	t.Helper()
	v, problems := Fill(tmpl.Variables, known(), set, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return v
}

func TestMake(t *testing.T) {
	t.Parallel()
	tmpl := lockstep.ConfigTemplate{
		Name: "shop", Type: lockstep.TemplateEnvironment,
		Variables: []lockstep.TemplateVariable{
			{Key: "poolMax", Type: lockstep.VariableNumber, DefaultValue: 20},
			{Key: "origins", Type: lockstep.VariableJSON, DefaultValue: []any{"https://sunday.com"}},
			{Key: "DB_PASSWORD", Type: lockstep.VariableSecret, Required: true},
		},
		Template: lockstep.TemplateContent{
			Sections: map[string]any{
				"performance": map[string]any{"pool": "{{.poolMax}}", "label": "{{.poolMax}} at most", "big": "{{mul .poolMax 1000000}}"},
				"integrations": map[string]any{
					"cors": "{{.origins}}", "fixed": []any{true, nil, "{{ENVIRONMENT_NAME}}"},
				},
			},
			Variables: []any{
				map[string]any{"key": "POOL", "value": "{{.poolMax}}", "type": "number"},
				map[string]any{"key": "DATABASE_URL", "value": "postgres://app:{{.DB_PASSWORD}}@db.{{ENVIRONMENT_NAME}}", "sensitive": true},
				map[string]any{"key": "SETTINGS", "value": map[string]any{"a": "{{PROJECT}}"}, "type": "json", "scope": "service", "target": "web"},
			},
			Files: map[string]string{"lockstep": "{{port}} {{version}} ${OTHER} {{\"{{\"}}", "config/app.conf": "env={{ENVIRONMENT_NAME}} v={{VERSION}} at={{TIMESTAMP}} by={{CREATOR}}\n", "plain": "as it is"},
		},
		Validation: lockstep.TemplateValidation{Rules: []lockstep.TemplateRule{{Assert: "le .poolMax 100", Message: "at most a hundred"}}},
	}
	checked, err := Check(t.Context(), ownRenderer(Limits{}), tmpl)
	if err != nil {
		t.Fatal(err)
	}
	made, err := Make(t.Context(), ownRenderer(Limits{}), checked, values(t, checked, map[string]any{"DB_PASSWORD": "hunter2"}))
	if err != nil {
		t.Fatal(err)
	}
	performance, _ := made.Sections[lockstep.SectionPerformance].(map[string]any)
	if performance["pool"] != 20.0 || performance["label"] != "20 at most" || performance["big"] != 20000000.0 {
		t.Errorf("performance is %#v", performance)
	}
	integrations, _ := made.Sections[lockstep.SectionIntegrations].(map[string]any)
	if !reflect.DeepEqual(integrations["cors"], []any{"https://sunday.com"}) || !reflect.DeepEqual(integrations["fixed"], []any{true, nil, "production"}) {
		t.Errorf("integrations are %#v", integrations)
	}
	if *made.Update[0].Value != "20" || *made.Update[1].Value != "postgres://app:hunter2@db.production" || *made.Update[2].Value != `{"a":"shop"}` {
		t.Errorf("the variables are %q %q %q", *made.Update[0].Value, *made.Update[1].Value, *made.Update[2].Value)
	}
	if shown := fmt.Sprintf("%+v %s", made.RenderedTemplate, *made.Variables[1].Value); strings.Contains(shown, "hunter2") || *made.Variables[1].Value != lockstep.Redacted {
		t.Errorf("what is shown has the secret: %s", shown)
	}
	if want := "env=production v=2.1.0 at=2026-11-22T15:00:00+00:00 by=ada\n"; made.Files["config/app.conf"] != want || made.Files["plain"] != "as it is" || made.Files["lockstep"] != "{{port}} {{version}} ${OTHER} {{" {
		t.Errorf("the files are %q", made.Files)
	}
	_, err = Make(t.Context(), ownRenderer(Limits{}), checked, values(t, checked, map[string]any{"DB_PASSWORD": "x", "poolMax": "101"}))
	if !strings.Contains(fmt.Sprint(err), "at most a hundred") {
		t.Errorf("a rule that does not hold: %v", err)
	}
}

// TestSecretsStayWhereTheyBelong: they are neither shown nor computed with.
func TestSecretsStayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content lockstep.TemplateContent
		message string
	}{
		"in a section":        {lockstep.TemplateContent{Sections: map[string]any{"general": map[string]any{"a": []any{"x {{.key}}"}}}}, "for everybody to read"},
		"as a name":           {lockstep.TemplateContent{Sections: "general: {\"{{.key}}\": 1}"}, "for everybody to read"},
		"in a file":           {lockstep.TemplateContent{Files: map[string]string{"a": "{{.key}}"}}, "for everybody to read"},
		"in a plain variable": {lockstep.TemplateContent{Variables: []any{map[string]any{"key": "A", "value": "{{.key}}"}}}, "for everybody to read"},
		"in a description":    {lockstep.TemplateContent{Variables: []any{map[string]any{"key": "A", "value": "{{.key}}", "sensitive": true, "description": "{{.key}}"}}}, "for everybody to read"},
		"encoded":             {lockstep.TemplateContent{Files: map[string]string{"a": "{{.key | b64enc}}"}}, "computes something"},
		"in upper case":       {lockstep.TemplateContent{Variables: []any{map[string]any{"key": "A", "value": "{{.key | upper}}", "sensitive": true}}}, "computes something"},
		"a part of it":        {lockstep.TemplateContent{Files: map[string]string{"a": "{{substr 7 9 .key}}"}}, "computes something"},
		"a hash of it":        {lockstep.TemplateContent{Files: map[string]string{"a": "{{sha256sum .key}}"}}, "computes something"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tmpl := lockstep.ConfigTemplate{
				Name: "leak", Type: lockstep.TemplateCustom, Template: c.content,
				Variables: []lockstep.TemplateVariable{{Key: "key", Type: lockstep.VariableSecret}},
			}
			secret := "hunter2-and-more-to-be-long"
			_, err := Make(t.Context(), ownRenderer(Limits{}), tmpl, Values{Plain: known(), Secret: map[string]*string{"key": &secret}})
			if lockstep.CodeOf(err) != lockstep.CodeInvalid || !strings.Contains(err.Error(), c.message) || strings.Contains(fmt.Sprintf("%+v", err), "hunter2") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	low := 1.0
	declared := []lockstep.TemplateVariable{
		{Key: "replicas", Type: lockstep.VariableNumber, Validation: lockstep.VariableValidation{Min: &low}},
		{Key: "region", Required: true, Description: "where it runs"},
		{Key: "level", DefaultValue: "warn", Validation: lockstep.VariableValidation{Enum: []string{"info", "warn"}}},
		{Key: "TOKEN", Sensitive: true},
	}
	for name, c := range map[string]struct {
		set  map[string]any
		want string // the first problem
	}{
		"all is well":        {map[string]any{"region": "eu", "replicas": "3", KeyCreator: "bob"}, ""},
		"required":           {map[string]any{}, "variables.region it is required: where it runs"},
		"unknown":            {map[string]any{"region": "eu", "lebel": "warn"}, "variables.lebel the template has no such variable"},
		"not a number":       {map[string]any{"region": "eu", "replicas": "many"}, "variables.replicas it is not a number"},
		"too small":          {map[string]any{"region": "eu", "replicas": 0}, "variables.replicas its value has to be at least 1"},
		"not one of them":    {map[string]any{"region": "eu", "level": "loud"}, "variables.level its value has to be one of info, warn"},
		"an object for text": {map[string]any{"region": map[string]any{}}, "variables.region it is a list or an object, and should be a text"},
		"the redacted word":  {map[string]any{"region": "eu", "TOKEN": "[REDACTED]"}, "variables.TOKEN [REDACTED] is what is shown instead of a value, and no value"},
	} {
		v, problems := Fill(declared, known(), c.set, nil)
		got := ""
		if len(problems) > 0 {
			got = problems[0].Field + " " + problems[0].Message
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if c.want == "" && (v.Plain["replicas"] != int64(3) || v.Plain["level"] != "warn" || v.Given["level"] != nil || v.Given["region"] != "eu" || v.Plain[KeyCreator] != "bob" || v.Secret["TOKEN"] == nil) {
			t.Errorf("%s: got %+v", name, v)
		}
	}
	kept, _ := Fill(declared, known(), map[string]any{"region": "eu"}, []string{"TOKEN"})
	if value, there := kept.Secret["TOKEN"]; !there || value != nil {
		t.Errorf("a kept secret is %v, %v", value, there)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	base := func() lockstep.ConfigTemplate {
		return lockstep.ConfigTemplate{Name: "shop-base", Type: lockstep.TemplateCustom, Template: lockstep.TemplateContent{Files: map[string]string{"a": "x"}}}
	}
	for name, c := range map[string]struct {
		change func(*lockstep.ConfigTemplate)
		field  string
	}{
		"name":            {func(t *lockstep.ConfigTemplate) { t.Name = "Shop" }, "name"},
		"the matrix's":    {func(t *lockstep.ConfigTemplate) { t.Name = "production" }, "name"},
		"type":            {func(t *lockstep.ConfigTemplate) { t.Type = "all" }, "type"},
		"environment":     {func(t *lockstep.ConfigTemplate) { t.EnvironmentTypes = []lockstep.EnvironmentType{"prod"} }, "environmentTypes[0]"},
		"nothing in it":   {func(t *lockstep.ConfigTemplate) { t.Template = lockstep.TemplateContent{} }, "template"},
		"a section":       {func(t *lockstep.ConfigTemplate) { t.Template.Sections = map[string]any{"genral": 1} }, "template.sections.genral"},
		"out of folder":   {func(t *lockstep.ConfigTemplate) { t.Template.Files["../etc/passwd"] = "x" }, "template.files.../etc/passwd"},
		"an absolute one": {func(t *lockstep.ConfigTemplate) { t.Template.Files["/etc/passwd"] = "x" }, "template.files./etc/passwd"},
		"a file":          {func(t *lockstep.ConfigTemplate) { t.Template.Files["a"] = "{{if}}" }, "template.files.a"},
		"a secret's default": {func(t *lockstep.ConfigTemplate) {
			t.Variables = []lockstep.TemplateVariable{{Key: "K", Sensitive: true, DefaultValue: "x"}}
		}, "variables[0].defaultValue"},
		"a builtin's name": {func(t *lockstep.ConfigTemplate) {
			t.Variables = []lockstep.TemplateVariable{{Key: "TIMESTAMP"}}
		}, "variables[0].key"},
		"twice": {func(t *lockstep.ConfigTemplate) {
			t.Variables = []lockstep.TemplateVariable{{Key: "a"}, {Key: "a"}}
		}, "variables[1].key"},
		"a pattern": {func(t *lockstep.ConfigTemplate) {
			t.Variables = []lockstep.TemplateVariable{{Key: "a", Validation: lockstep.VariableValidation{Pattern: "("}}}
		}, "variables[0].validation"},
		"a field": {func(t *lockstep.ConfigTemplate) {
			t.Template.Files["a"] = "{{range until 2}}{{.anything}}{{if $.PROJECT}}{{$.regoin}}{{end}}{{end}}"
		}, "template.files.a"},
		"a field of the dot": {func(t *lockstep.ConfigTemplate) { t.Template.Files["a"] = "{{if eq 1 (len .regoin)}}{{end}}" }, "template.files.a"},
		"mistyped":           {func(t *lockstep.ConfigTemplate) { t.Template.Files["a"] = "{{ENVIRONMNT_NAME}}" }, "template.files.a"},
		"a rule": {func(t *lockstep.ConfigTemplate) {
			t.Validation.Rules = []lockstep.TemplateRule{{Assert: "le 1 2"}, {Assert: "}}"}}
		}, "validation.rules[1].assert"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tmpl := base()
			c.change(&tmpl)
			_, err := Check(t.Context(), ownRenderer(Limits{}), tmpl)
			var coded *lockstep.Error
			if !errors.As(err, &coded) || len(coded.Problems) == 0 || coded.Problems[0].Field != c.field {
				t.Errorf("got %v", err)
			}
		})
	}
	tmpl := base()
	tmpl.Template.Files["a"] = "{{ENVIRONMENT_NAME}} {{SENTRY_DSN}} {{ANALYTICS_ID | quote}}"
	checked, err := Check(t.Context(), ownRenderer(Limits{}), tmpl)
	if err != nil || len(checked.Variables) != 2 || checked.Variables[1].Key != "SENTRY_DSN" || !checked.Variables[0].Required {
		t.Errorf("undeclared placeholders: %+v, %v", checked.Variables, err)
	}
}
