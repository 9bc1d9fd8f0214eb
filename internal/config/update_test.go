package config_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func edit() config.Edit {
	n := int64(0)
	return config.Edit{
		Level: lockstep.LevelEnvironment, Owner: "production", Actor: "ada", At: noon, Services: []string{"backend", "frontend"},
		Seal: func(v lockstep.Variable, _ *string, _ *lockstep.SecretRef) (lockstep.SecretRef, error) {
			n++
			return lockstep.SecretRef{ID: "secret-" + v.Slot(), Key: v.Key, Version: n}, nil
		},
	}
}

func to[T any](x T) *T { return &x }

func setTo(key, value string) lockstep.VariableChange {
	return lockstep.VariableChange{Key: key, Value: &value}
}

func TestApplyUpdate(t *testing.T) {
	t.Parallel()
	doc := document(v(lockstep.LevelProject, "A", "project"), v(lockstep.LevelEnvironment, "B", "old"), v(lockstep.LevelEnvironment, "GONE", "x"))
	up := lockstep.ConfigUpdate{
		Sections: map[lockstep.ConfigSection]any{lockstep.SectionLogging: map[string]any{"level": "debug"}},
		Variables: []lockstep.VariableChange{
			setTo("A", "mine"), setTo("B", "new"),
			{Key: "GONE", Remove: true},
			{Key: "PASSWORD", Value: to("hunter2"), Sensitive: to(true)},
		},
	}
	after, changes, err := config.ApplyUpdate(doc, up, edit())
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"type":"modify","path":"variables.A","oldValue":"project","newValue":"mine"},` +
		`{"type":"modify","path":"variables.B","oldValue":"old","newValue":"new"},` +
		`{"type":"remove","path":"variables.GONE","oldValue":"x"},` +
		`{"type":"add","path":"variables.PASSWORD","newValue":"[REDACTED]"},` +
		`{"type":"add","path":"logging.level","newValue":"debug"}]`
	if got, _ := json.Marshal(changes); string(got) != want {
		t.Errorf("changes\n%s\nwant\n%s", got, want)
	}
	if raw, _ := json.Marshal(after); strings.Contains(string(raw), "hunter2") {
		t.Errorf("a secret is in the document: %s", raw)
	}
	if doc.Variables[1].Value != "old" || doc.Sections != nil {
		t.Error("the document before was changed")
	}
	again, changes, err := config.ApplyUpdate(after, lockstep.ConfigUpdate{Variables: []lockstep.VariableChange{setTo("B", "new")}}, config.Edit{Level: lockstep.LevelEnvironment, Owner: "production", Actor: "bob", At: noon.Add(time.Hour), Seal: edit().Seal})
	a, _ := lockstep.Hash(after)
	b, _ := lockstep.Hash(again)
	if err != nil || len(changes) != 0 || a != b {
		t.Errorf("what changes nothing makes another document: %v %v", changes, err)
	}
}

func TestNullRemovesInSections(t *testing.T) {
	t.Parallel()
	doc := document()
	doc.Sections = map[lockstep.ConfigSection]any{lockstep.SectionGeneral: map[string]any{"region": "eu", "debugMode": true}}
	after, _, err := config.ApplyUpdate(doc, lockstep.ConfigUpdate{Sections: map[lockstep.ConfigSection]any{lockstep.SectionGeneral: map[string]any{"debugMode": nil}}}, edit())
	if got, _ := json.Marshal(after.Sections); err != nil || string(got) != `{"general":{"region":"eu"}}` {
		t.Errorf("sections %s, %v", got, err)
	}
	after, _, err = config.ApplyUpdate(after, lockstep.ConfigUpdate{Sections: map[lockstep.ConfigSection]any{lockstep.SectionGeneral: nil}}, edit())
	if err != nil || after.Sections != nil {
		t.Errorf("sections %v, %v", after.Sections, err)
	}
}

// Bad input: an error each, all of them at once, and nothing changed.
func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	two, one := 2.0, 1.0
	for name, c := range map[string]struct {
		change lockstep.VariableChange
		want   string
	}{
		"no name":              {setTo("", "x"), "variables.: it has no name"},
		"a name with a dash":   {setTo("LOG-LEVEL", "x"), "variables.LOG-LEVEL: use letters, digits and underscores, not starting with a digit; did you mean LOG_LEVEL?"},
		"a digit first":        {setTo("1A", "x"), "not starting with a digit"},
		"an endless name":      {setTo(strings.Repeat("A", 300), "x"), "its name is longer than 255 bytes"},
		"ours":                 {setTo("LOCKSTEP_X", "x"), "names that start with LOCKSTEP_ are set by Lockstep"},
		"the port":             {setTo("PORT", "1"), "PORT is set by Lockstep"},
		"ten mebibytes":        {setTo("A", strings.Repeat("x", 10<<20)), "its value has 10485760 bytes, more than the 1048576 that a variable may have"},
		"a control character":  {setTo("A", "a\x1b[31mb"), "a control character (U+001B) at byte 1"},
		"a NUL":                {setTo("A", "\x00"), "a control character (U+0000) at byte 0"},
		"no UTF-8":             {setTo("A", "\xff"), "its value is not UTF-8"},
		"what hides a secret":  {setTo("A", lockstep.Redacted), "leave the value out to keep it"},
		"an unknown type":      {lockstep.VariableChange{Key: "A", Value: to("x"), Type: to(lockstep.VariableType("int"))}, `there is no type "int": use one of`},
		"an unknown scope":     {lockstep.VariableChange{Key: "A", Value: to("x"), Scope: "team"}, `there is no scope "team"`},
		"of a deployment":      {lockstep.VariableChange{Key: "A", Value: to("x"), Scope: lockstep.ScopeDeployment}, "lockstep deploy --set A=VALUE"},
		"an unknown service":   {lockstep.VariableChange{Key: "A", Value: to("x"), Scope: lockstep.ScopeService, Target: "backned"}, `there is no service "backned": did you mean backend?`},
		"no service":           {lockstep.VariableChange{Key: "A", Value: to("x"), Scope: lockstep.ScopeService}, "name the service that gets it"},
		"no number":            {lockstep.VariableChange{Key: "A", Value: to("0x10"), Type: to(lockstep.VariableNumber)}, "its value is not a number"},
		"invalid JSON":         {lockstep.VariableChange{Key: "A", Value: to(`{"a": }`), Type: to(lockstep.VariableJSON)}, "its value is not JSON: it cannot be read at byte"},
		"two JSON values":      {lockstep.VariableChange{Key: "A", Value: to(`{} {}`), Type: to(lockstep.VariableJSON)}, "something follows it at byte"},
		"a bad pattern":        {lockstep.VariableChange{Key: "A", Value: to("x"), Validation: &lockstep.VariableValidation{Pattern: "("}}, "its pattern is no regular expression"},
		"half a match":         {lockstep.VariableChange{Key: "A", Value: to("xab"), Validation: &lockstep.VariableValidation{Pattern: "x|a"}}, "does not match the pattern x|a"},
		"an empty range":       {lockstep.VariableChange{Key: "A", Value: to("1"), Type: to(lockstep.VariableNumber), Validation: &lockstep.VariableValidation{Min: &two, Max: &one}}, "its least value 2 is above its greatest 1"},
		"a range of text":      {lockstep.VariableChange{Key: "A", Value: to("x"), Validation: &lockstep.VariableValidation{Min: &two}}, "a range is for variables of type number"},
		"too short":            {lockstep.VariableChange{Key: "A", Value: to("äö"), Validation: &lockstep.VariableValidation{MinLength: 3}}, "its value has 2 characters, fewer than 3"},
		"against its schema":   {lockstep.VariableChange{Key: "A", Value: to(`{"n":"x"}`), Type: to(lockstep.VariableJSON), Validation: &lockstep.VariableValidation{Schema: map[string]any{"properties": map[string]any{"n": map[string]any{"type": "integer"}}}}}, "its value at n does not fit its schema: it has to be integer, and is string"},
		"a remote schema":      {lockstep.VariableChange{Key: "A", Value: to(`{}`), Type: to(lockstep.VariableJSON), Validation: &lockstep.VariableValidation{Schema: map[string]any{"$ref": "http://127.0.0.1:1/x.json"}}}, "nothing is fetched"},
		"a schema of a file":   {lockstep.VariableChange{Key: "A", Value: to(`{}`), Type: to(lockstep.VariableJSON), Validation: &lockstep.VariableValidation{Schema: map[string]any{"$ref": "file:///etc/passwd"}}}, "nothing is fetched"},
		"a schema that is not": {lockstep.VariableChange{Key: "A", Value: to(`{}`), Type: to(lockstep.VariableJSON), Validation: &lockstep.VariableValidation{Schema: map[string]any{"type": "nonsense"}}}, "its schema cannot be used: type: it has to be one of"},
		"a secret that fails":  {lockstep.VariableChange{Key: "A", Value: to("hunter2"), Sensitive: to(true), Validation: &lockstep.VariableValidation{MinLength: 20}}, "fewer than 20"},
		"a secret by default":  {lockstep.VariableChange{Key: "A", Sensitive: to(true), DefaultValue: to("x")}, "a sensitive variable has no default value"},
		"what is not there":    {lockstep.VariableChange{Key: "EXISTSS", Remove: true}, "environment production does not set it: did you mean EXISTS?"},
		"an open reference":    {setTo("A", "${B"), "close it with }"},
		"nothing":              {lockstep.VariableChange{Key: "A"}, "it has no value"},
		"twice":                {setTo("OK", "other"), "it is changed twice in one request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := document(v(lockstep.LevelEnvironment, "EXISTS", "x"))
			after, _, err := config.ApplyUpdate(doc, lockstep.ConfigUpdate{Variables: []lockstep.VariableChange{setTo("OK", "x"), c.change, setTo("ALSO-BAD", "x")}}, edit())
			if lockstep.CodeOf(err) != lockstep.CodeInvalid || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "ALSO-BAD") {
				t.Errorf("error %.500v", err)
			}
			if strings.Contains(fmt.Sprint(err), "hunter2") || len(fmt.Sprint(err)) > 5000 {
				t.Errorf("the error shows the value: %.500v", err)
			}
			if len(after.Variables) != 1 {
				t.Errorf("something was changed: %+v", after)
			}
		})
	}
}

func TestTooManyVariables(t *testing.T) {
	t.Parallel()
	changes := make([]lockstep.VariableChange, 100_000)
	for i := range changes {
		changes[i] = setTo(fmt.Sprintf("V%d", i), "x")
	}
	_, _, err := config.ApplyUpdate(document(), lockstep.ConfigUpdate{Variables: changes}, edit())
	if err == nil || !strings.Contains(err.Error(), "it would have 100000 variables, more than the 10000") {
		t.Errorf("error %.300v", err)
	}
	for i := range changes {
		changes[i].Key = fmt.Sprintf("%d", i)
	}
	_, _, err = config.ApplyUpdate(document(), lockstep.ConfigUpdate{Variables: changes}, edit())
	if err == nil || len(err.Error()) > 20_000 || !strings.Contains(err.Error(), "and 99900 more") {
		t.Errorf("the error has %d bytes", len(fmt.Sprint(err)))
	}
}

func TestSensitiveStaysSensitive(t *testing.T) {
	t.Parallel()
	e := edit()
	doc := document(v(lockstep.LevelProject, "KEY", "", secret(1)))
	after, _, err := config.ApplyUpdate(doc, lockstep.ConfigUpdate{Variables: []lockstep.VariableChange{setTo("KEY", "mine")}}, e)
	if err != nil || !after.Variables[1].Sensitive || after.Variables[1].Value != "" || after.Variables[1].SecretVersion != 1 {
		t.Fatalf("%+v %v", after.Variables, err)
	}
	_, _, err = config.ApplyUpdate(after, lockstep.ConfigUpdate{Variables: []lockstep.VariableChange{{Key: "KEY", Sensitive: to(false)}}}, e)
	if err == nil || !strings.Contains(err.Error(), "to show what was secret, give its value") {
		t.Errorf("error %v", err)
	}
	e.Seal = nil
	if _, _, err = config.ApplyUpdate(doc, lockstep.ConfigUpdate{Variables: []lockstep.VariableChange{setTo("KEY", "mine")}}, e); err == nil || !strings.Contains(err.Error(), "the server has no key") {
		t.Errorf("error %v", err)
	}
}

func TestSectionsHaveSchemas(t *testing.T) {
	t.Parallel()
	good := `{"general":{"region":"eu-1","timezone":"Europe/Berlin","debugMode":false,"unknown":1},"application":{"url":"https://x"},
	 "infrastructure":{"provider":"hetzner"},"integrations":[{"name":"pay","timeout":"3s","credentials":"${PAY_KEY}"}],
	 "features":{"flags":{"new-checkout":{"enabled":true,"rollout":{"percent":20}}}},"performance":{"workers":4,"caching":{"ttl":"1h30m"}},
	 "logging":{"level":"info","sampling":0.5},"backup":{"enabled":true,"retention":{"daily":7}},"maintenance":{"windows":[{"schedule":"0 3 * * 0","duration":"2h"}]}}`
	var sections map[lockstep.ConfigSection]any
	if err := json.Unmarshal([]byte(good), &sections); err != nil {
		t.Fatal(err)
	}
	if _, _, err := config.ApplyUpdate(document(), lockstep.ConfigUpdate{Sections: sections}, edit()); err != nil {
		t.Fatal(err)
	}
	bad := `{"general":{"debugMode":"yes","timezone":"not a zone"},"integrations":{},"features":{"flags":{"x":{}}},"logging":{"level":"loud"},
	 "application":{"db":{"password":"hunter2"}},"loging":{}}`
	sections = nil
	if err := json.Unmarshal([]byte(bad), &sections); err != nil {
		t.Fatal(err)
	}
	_, _, err := config.ApplyUpdate(document(), lockstep.ConfigUpdate{Sections: sections}, edit())
	for _, want := range []string{
		"general.debugMode: it has to be boolean, and is string", "general.timezone: it does not match", "integrations: it has to be array, and is object",
		"features.flags.x: it lacks enabled", "logging.level: it has to be one of trace", "application.db.password: a secret does not belong", "loging: there is no such section",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in %v", want, err)
		}
	}
	if strings.Contains(fmt.Sprint(err), "hunter2") {
		t.Errorf("a value is shown: %v", err)
	}
}

func TestDiffNamesWhatDiffers(t *testing.T) {
	t.Parallel()
	a := document(v(lockstep.LevelProject, "SAME", "x"), v(lockstep.LevelProject, "S", "", secret(1)), v(lockstep.LevelProject, "T", "1"))
	b := document(v(lockstep.LevelEnvironment, "SAME", "x"), v(lockstep.LevelProject, "S", "", secret(2)), v(lockstep.LevelProject, "T", "1", kind(lockstep.VariableNumber)))
	a.Services = map[string]lockstep.ServiceConfig{"backend": {Env: map[string]string{"E": "1"}, User: "app"}}
	b.Services = map[string]lockstep.ServiceConfig{"backend": {Env: map[string]string{"E": "2"}, Routes: []string{"/api"}}}
	got, _ := json.Marshal(config.Diff(a, b))
	want := `[{"type":"modify","path":"variables.S","oldValue":"[REDACTED]","newValue":"[REDACTED]"},{"type":"modify","path":"variables.T.type","oldValue":"string","newValue":"number"},` +
		`{"type":"modify","path":"variables.backend.E","oldValue":"1","newValue":"2"},{"type":"add","path":"services.backend.routes","newValue":["/api"]},{"type":"remove","path":"services.backend.user","oldValue":"app"}]`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if changes := config.Diff(b, b); len(changes) != 0 {
		t.Errorf("differs from itself: %v", changes)
	}
}

// A value that an environment gives to what its project declares loses nothing
// of the declaration.
func TestAValueKeepsWhatIsDemandedOfIt(t *testing.T) {
	t.Parallel()
	declared := v(lockstep.LevelProject, "PAYMENT_URL", "", kind(lockstep.VariableURL), func(v *lockstep.Variable) {
		v.Required, v.Description, v.Validation.Pattern = true, "where payments go", "https://.*"
	})
	given := v(lockstep.LevelEnvironment, "PAYMENT_URL", "https://pay.test")
	for _, filled := range []lockstep.ConfigDocument{document(declared, given), document(given, declared)} {
		got, _ := json.Marshal(config.Diff(document(declared), filled))
		if want := `[{"type":"modify","path":"variables.PAYMENT_URL","oldValue":"","newValue":"https://pay.test"}]`; string(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	got, _ := json.Marshal(config.Diff(document(declared), document(given)))
	if !strings.Contains(string(got), `"variables.PAYMENT_URL.required"`) {
		t.Errorf("the declaration's end is not told: %s", got)
	}
}
