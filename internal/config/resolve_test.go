package config_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

var production = config.Setting{Project: "sunday", Environment: "production", Type: lockstep.TypeProduction, Release: "2.1.0", Number: 7}

func services(names ...string) (out []lockstep.ServiceSpec) {
	for _, n := range names {
		out = append(out, lockstep.ServiceSpec{Name: n})
	}
	return out
}

// v is a global variable set by hand.
func v(level lockstep.VariableLevel, key, value string, change ...func(*lockstep.Variable)) lockstep.Variable {
	out := lockstep.Variable{
		Key: key, Value: value, Type: lockstep.VariableString, Scope: lockstep.ScopeGlobal, Source: lockstep.SourceManual,
		Level: level, Owner: string(level) + "-owner", ModifiedBy: "ada",
	}
	for _, c := range change {
		c(&out)
	}
	return out
}

func of(service string) func(*lockstep.Variable) {
	return func(v *lockstep.Variable) { v.Scope, v.Target = lockstep.ScopeService, service }
}

func feature(name string) func(*lockstep.Variable) {
	return func(v *lockstep.Variable) { v.Scope, v.Target = lockstep.ScopeFeature, name }
}

func kind(t lockstep.VariableType) func(*lockstep.Variable) {
	return func(v *lockstep.Variable) { v.Type = t }
}

func secret(version int64) func(*lockstep.Variable) {
	return func(v *lockstep.Variable) {
		v.Value, v.Sensitive, v.SecretID, v.SecretVersion = "", true, "id-"+v.Key, version
	}
}

func required(v *lockstep.Variable) { v.Required = true }

func holds(rule lockstep.VariableValidation) func(*lockstep.Variable) {
	return func(v *lockstep.Variable) { v.Validation = rule }
}

func document(variables ...lockstep.Variable) lockstep.ConfigDocument {
	return lockstep.ConfigDocument{Format: lockstep.ConfigFormat, Variables: variables}
}

func resolve(t *testing.T, doc lockstep.ConfigDocument, in config.Setting) map[string]string {
	t.Helper()
	got, problems := config.Resolve(doc, services("backend"), in)
	if len(problems) > 0 {
		t.Fatalf("problems: %+v", problems)
	}
	return got["backend"].Env
}

func TestWhatWins(t *testing.T) {
	t.Parallel()
	levels := []lockstep.VariableLevel{lockstep.LevelProject, lockstep.LevelType, lockstep.LevelParent, lockstep.LevelEnvironment}
	on := map[lockstep.ConfigSection]any{lockstep.SectionFeatures: map[string]any{"flags": map[string]any{"checkout": map[string]any{"enabled": true}}}}
	// In the order in which the later win: each is added to those before it.
	var order []lockstep.Variable
	for _, l := range levels {
		name := func(s string) string { return string(l) + " " + s }
		order = append(order, v(l, "A", name("global")), v(l, "A", name("feature"), feature("checkout")), v(l, "A", name("service"), of("backend")))
	}
	for i := range order {
		// Whatever the order in which they stand.
		doc := document()
		for j := i; j >= 0; j-- {
			doc.Variables = append(doc.Variables, order[j])
		}
		doc.Sections = on
		if got := resolve(t, doc, production)["A"]; got != order[i].Value {
			t.Errorf("%q wins where %q should", got, order[i].Value)
		}
	}
	given := production
	given.Variables = map[string]string{"A": "given"}
	if got := resolve(t, document(order...), given)["A"]; got != "given" {
		t.Errorf("%q wins over what was given with the deployment", got)
	}
	if got := resolve(t, document(order[2], v(lockstep.LevelProject, "A", "other", of("frontend"))), production)["A"]; got != "project service" {
		t.Errorf("backend has %q", got)
	}
	if got, has := resolve(t, document(v(lockstep.LevelProject, "A", "off", feature("checkout"))), production)["A"]; has {
		t.Errorf("a feature that is off gives %q", got)
	}
}

func TestMatrixAndHand(t *testing.T) {
	t.Parallel()
	doc := document()
	doc.Services = map[string]lockstep.ServiceConfig{"backend": {
		Defaults: map[string]string{"A": "matrix default", "B": "matrix default", "C": "matrix default", "D": "matrix default"},
		Env:      map[string]string{"B": "matrix env", "D": "matrix env"},
	}}
	doc.Variables = []lockstep.Variable{
		v(lockstep.LevelProject, "A", "hand", of("backend")),
		v(lockstep.LevelProject, "B", "hand", of("backend")),
		v(lockstep.LevelProject, "C", "hand"), // global: less than what is said for the service
		v(lockstep.LevelEnvironment, "D", "hand", of("backend")),
	}
	want := map[string]string{"A": "hand", "B": "matrix env", "C": "matrix default", "D": "hand"}
	if got := resolve(t, doc, production); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	p := lockstep.LevelProject
	for name, c := range map[string]struct {
		variables []lockstep.Variable
		want      string // of A
	}{
		"none":               {[]lockstep.Variable{v(p, "A", "$5 and $ and }")}, "$5 and $ and }"},
		"one":                {[]lockstep.Variable{v(p, "A", "http://${B}/x"), v(p, "B", "host")}, "http://host/x"},
		"of one":             {[]lockstep.Variable{v(p, "A", "${B}${B}"), v(p, "B", "<${C}>"), v(p, "C", "c")}, "<c><c>"},
		"of what wins":       {[]lockstep.Variable{v(p, "A", "${B}"), v(p, "B", "b"), v(lockstep.LevelEnvironment, "B", "b2")}, "b2"},
		"a literal":          {[]lockstep.Variable{v(p, "A", "$${B}-${B}"), v(p, "B", "b")}, "${B}-b"},
		"built in":           {[]lockstep.Variable{v(p, "A", "${LOCKSTEP_PROJECT}/${LOCKSTEP_ENVIRONMENT}/${LOCKSTEP_ENVIRONMENT_TYPE}/${LOCKSTEP_SERVICE}/${LOCKSTEP_VERSION}/${LOCKSTEP_CONFIG_VERSION}")}, "sunday/production/production/backend/2.1.0/7"},
		"of the runtime":     {[]lockstep.Variable{v(p, "A", "{{port}} {{version}}")}, "{{port}} 2.1.0"},
		"to what is empty":   {[]lockstep.Variable{v(p, "A", "[${B}]"), v(p, "B", "")}, "[]"},
		"to a default value": {[]lockstep.Variable{v(p, "A", "[${B}]"), v(p, "B", "", func(v *lockstep.Variable) { d := "d"; v.DefaultValue = &d })}, "[d]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := resolve(t, document(c.variables...), production)
			if got["A"] != c.want {
				t.Errorf("A is %q, want %q", got["A"], c.want)
			}
			for key := range got {
				if strings.HasPrefix(key, "LOCKSTEP_") {
					t.Errorf("%s is given to the service, and would make it new each time", key)
				}
			}
		})
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	doc := document(
		v(lockstep.LevelProject, "PASSWORD", "", secret(3)),
		v(lockstep.LevelProject, "TOKEN", "", secret(1), of("backend")),
		v(lockstep.LevelProject, "URL", "pg://app:${PASSWORD}@${HOST}/{{version}}"),
		v(lockstep.LevelProject, "HOST", "db"),
	)
	all, problems := config.Resolve(doc, services("backend", "frontend"), production)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got := all["backend"]
	if _, plain := got.Env["PASSWORD"]; plain || len(got.Env) != 1 {
		t.Errorf("plain: %v", got.Env)
	}
	url := got.SecretEnv["URL"]
	if len(url) != 3 || url[0].Text != "pg://app:" || url[1].Secret == nil || *url[1].Secret != (lockstep.SecretRef{ID: "id-PASSWORD", Key: "PASSWORD", Version: 3}) || url[2].Text != "@db/2.1.0" {
		t.Errorf("URL is %+v", url)
	}
	if want := map[string]int64{"PASSWORD": 3, "backend/TOKEN": 1}; !maps.Equal(got.Secrets, want) {
		t.Errorf("needs %v, want %v", got.Secrets, want)
	}
	if _, leaks := all["frontend"].SecretEnv["TOKEN"]; leaks {
		t.Error("frontend gets a secret of backend")
	}
}

func TestProblemsAllAtOnce(t *testing.T) {
	t.Parallel()
	ten := 10.0
	p, e := lockstep.LevelProject, lockstep.LevelEnvironment
	doc := document(
		v(p, "A", "${B}"), v(p, "B", "${C}"), v(p, "C", "x${A}"),
		v(p, "TYPO", "${DATABASE_ULR}"), v(p, "DATABASE_URL", "x"),
		v(p, "PORTED", "${PORT}"),
		v(p, "OPEN", "${X"), v(p, "SHELL", "${X:-1}"),
		v(p, "N", "many", kind(lockstep.VariableNumber)),
		v(p, "HIGH", "11", kind(lockstep.VariableNumber), holds(lockstep.VariableValidation{Max: &ten})),
		v(p, "B1", "yes", kind(lockstep.VariableBoolean)),
		v(p, "J", "{", kind(lockstep.VariableJSON)),
		v(p, "U", "nowhere", kind(lockstep.VariableURL)),
		v(p, "L", "", holds(lockstep.VariableValidation{Enum: []string{"debug", "info"}})), v(e, "L", "loud"),
		v(p, "NEEDED", "", required),
		v(p, "KEPT", "", secret(1)), v(e, "KEPT", "s3cret-plain"),
		v(p, "ONLY", "${NOT_HERE}", of("frontend")),
	)
	_, problems := config.Resolve(doc, services("backend", "frontend"), production)
	want := []string{
		"variables.A: it refers to itself: A → B → C → A",
		"variables.TYPO: it refers to DATABASE_ULR, which does not exist did you mean DATABASE_URL?",
		"variables.PORTED: it refers to PORT, which does not exist write {{port}}: the port is known when an instance starts",
		"variables.OPEN: a reference that starts with ${ does not end: close it with }, or write $${ for the text ${",
		"variables.SHELL: between ${ and } stands \"X:-1\", which is no variable's name: write $${ for the text ${",
		"variables.N: its value is not a number",
		"variables.HIGH: its value has to be at most 10",
		"variables.B1: its value is neither true nor false",
		"variables.J: its value is not JSON: it ends too early",
		"variables.U: its value is not a URL with a scheme, such as https://example.com",
		"variables.L: its value has to be one of debug, info (project project-owner says so)",
		"variables.NEEDED: it is required and has no value",
		"variables.KEPT: it is sensitive (project project-owner says so) and is set in plain here: set it as a secret",
		"variables.frontend.ONLY: it refers to NOT_HERE, which does not exist set it, or write $${NOT_HERE} for the text ${NOT_HERE}",
	}
	got := map[string]bool{}
	for _, p := range problems {
		text := strings.TrimSpace(p.Field + ": " + p.Message + " " + p.Suggestion)
		got[text] = true
		if strings.Contains(text, "s3cret") || strings.Contains(text, "loud") {
			t.Errorf("a value is shown: %s", text)
		}
	}
	for _, text := range want {
		if !got[text] {
			t.Errorf("missing: %s", text)
		}
		delete(got, text)
	}
	for text := range got {
		t.Errorf("unexpected: %s", text)
	}
	if _, err := config.Freeze(lockstep.Release{Version: "1", Services: services("backend")}, doc, production); lockstep.CodeOf(err) != lockstep.CodeInvalid {
		t.Errorf("it can be frozen: %v", err)
	}
}

func TestProblemOfOneServiceNamesIt(t *testing.T) {
	t.Parallel()
	doc := document(v(lockstep.LevelProject, "URL", "${HOST}"), v(lockstep.LevelProject, "HOST", "h", of("backend")))
	_, problems := config.Resolve(doc, services("backend", "frontend"), production)
	if len(problems) != 1 || problems[0].Message != "it refers to HOST, which does not exist (for frontend)" {
		t.Errorf("problems %+v", problems)
	}
}

func TestValuesThatDoubleEachOther(t *testing.T) {
	t.Parallel()
	doc := document(v(lockstep.LevelProject, "V00", strings.Repeat("x", 100)))
	for i := 1; i < 60; i++ {
		last := fmt.Sprintf("${V%02d}", i-1)
		doc.Variables = append(doc.Variables, v(lockstep.LevelProject, fmt.Sprintf("V%02d", i), last+last))
	}
	_, problems := config.Resolve(doc, services("backend"), production)
	if len(problems) == 0 || !strings.Contains(problems[0].Message, "more than 1048576 bytes") {
		t.Errorf("problems %.200v", problems)
	}
}

// What was frozen before there were variables has to keep its hash.
func TestFreezeKeepsOldHashes(t *testing.T) {
	t.Parallel()
	release := lockstep.Release{Version: "1.0.0", Services: []lockstep.ServiceSpec{{Name: "backend", Command: []string{"./b"}, Routes: []string{"/"}, Env: map[string]string{"R": "{{version}}"}}}}
	for name, doc := range map[string]lockstep.ConfigDocument{
		"from before":       {Services: map[string]lockstep.ServiceConfig{"backend": {Env: map[string]string{"A": "${HOME}/x", "V": "v{{version}}", "E": ""}}}},
		"nothing said":      {},
		"new, without more": {Format: 1, Services: map[string]lockstep.ServiceConfig{"backend": {Defaults: map[string]string{"A": "1"}, Env: map[string]string{"B": "2"}}}},
	} {
		in := production
		got, err := config.Freeze(release, doc, in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		a, _ := lockstep.Hash(got)
		b, _ := lockstep.Hash(lockstep.NewRevisionContent(release, in.Number, doc))
		if a != b {
			t.Errorf("%s: the hash is another: %+v", name, got)
		}
	}
}

func TestFreezeFilesAndFlags(t *testing.T) {
	t.Parallel()
	doc := document(v(lockstep.LevelProject, "CA", "pem", kind(lockstep.VariableFile)), v(lockstep.LevelProject, "KEY", "", secret(2), kind(lockstep.VariableFile)))
	doc.Sections = map[lockstep.ConfigSection]any{lockstep.SectionFeatures: map[string]any{"flags": map[string]any{"new": map[string]any{"enabled": true, "description": "d"}}}}
	got, err := config.Freeze(lockstep.Release{Version: "1", Services: services("backend")}, doc, production)
	if err != nil {
		t.Fatal(err)
	}
	if s := got.Services[0]; strings.Join(s.FileEnv, " ") != "CA KEY" || s.Env["CA"] != "pem" {
		t.Errorf("service %+v", s)
	}
	if got.Flags["new"] != `{"description":"d","enabled":true}` || got.Secrets["KEY"] != 2 {
		t.Errorf("content %+v", got)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	doc := document(
		v(lockstep.LevelProject, "LOG", "info"), v(lockstep.LevelType, "LOG", "warn"), v(lockstep.LevelEnvironment, "LOG", "${LEVEL}!", of("backend")),
		v(lockstep.LevelEnvironment, "LEVEL", "debug"), v(lockstep.LevelProject, "KEY", "", secret(1)),
	)
	got, err := config.Explain(doc, services("backend")[0], "LOG", production)
	if err != nil {
		t.Fatal(err)
	}
	if got.Value != "debug!" || len(got.Said) != 3 || !got.Said[0].Wins || got.Said[0].Level != lockstep.LevelEnvironment || got.Said[1].Why != "environment wins over type" || got.Said[2].Level != lockstep.LevelProject {
		t.Errorf("explained %+v", got)
	}
	if len(got.References) != 1 || got.References[0] != (config.Reference{Key: "LEVEL", Value: "debug", Level: lockstep.LevelEnvironment, Owner: "environment-owner"}) {
		t.Errorf("references %+v", got.References)
	}
	if got, _ = config.Explain(doc, services("backend")[0], "KEY", production); got.Value != lockstep.Redacted || got.Said[0].Value != lockstep.Redacted {
		t.Errorf("explained %+v", got)
	}
	if _, err = config.Explain(doc, services("backend")[0], "LOGG", production); lockstep.CodeOf(err) != lockstep.CodeNotFound || !strings.Contains(err.Error(), "did you mean LOG?") {
		t.Errorf("error %v", err)
	}
}
