package api_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
	"github.com/lockstep-dev/lockstep/internal/control"
)

type updated = lockstep.ConfigUpdateResult

// configuration is read and changed by each of its endpoints.
func (w *world) configuration(system string) {
	w.Helper()
	at := system + "/environments/staging"
	before := w.get(at + "/variables").is(200)
	tag := before.header.Get("ETag")
	set := func(path, tag, body string) reply {
		return w.do(http.MethodPut, path, body, head{"If-Match": tag})
	}
	w.do(http.MethodPut, at+"/variables", `{"variables":{"A":"1"}}`).problem(428, lockstep.CodePreconditionRequired, "If-Match")
	w.do(http.MethodPut, at+"/config", `{"general":{"region":"eu"}}`).problem(428, lockstep.CodePreconditionRequired, "If-Match")
	result := set(at+"/variables", tag, `{"variables":{"A":"1","N":8080,"B":true,"backend/LOG_LEVEL":{"value":"warn","description":"how much","validation":{"enum":["debug","warn"]}},"GONE":"x"}}`).is(200)
	if r := decode[updated](result); !r.Success || len(r.Changes) != 5 || result.header.Get("ETag") == tag {
		w.Errorf("updated %+v, %v", r, result.header)
	}
	set(at+"/variables", tag, `{"variables":{"A":"2"}}`).problem(412, lockstep.CodeStale, "the change was made for another")
	for body, says := range map[string]string{
		`{"variables":{"A":{"copy":{"id":"x","key":"A","version":1}}}}`: `there is no key`,
		`{"variables":{"A":12345678901234567890}}`:                      "loses digits",
	} {
		set(at+"/variables", "*", body).problem(422, lockstep.CodeInvalid, says)
	}
	set(at+"/variables", `"1-ffff"`, `{"variables":{"A":"2"}}`).problem(412, lockstep.CodeStale)
	tag = result.header.Get("ETag")
	if r := decode[updated](set(at+"/variables", tag, `{"variables":{"GONE":null}}`).is(200)); len(r.Changes) != 1 || r.Changes[0].Type != lockstep.ConfigRemove {
		w.Errorf("removed %+v", r)
	}
	if r := decode[updated](set(at+"/config", "*", `{"general":{"region":"eu","debugMode":true},"variables":{"A":"3"},"options":{"description":"why"}}`).is(200)); len(r.Changes) != 3 {
		w.Errorf("updated %+v", r)
	}
	set(at+"/config", "*", `{"general":{"debugMode":null}}`).is(200)
	got := decode[control.ConfigReport](w.get(at + "/config").is(200))
	if general, _ := got.General.(map[string]any); len(general) != 1 || general["region"] != "eu" {
		w.Errorf("general %+v", got.General)
	}
	list := decode[control.VariableList](w.get(at + "/variables?service=backend").is(200))
	values := map[string]string{}
	for _, v := range list.Variables {
		values[v.Key] = v.Value
	}
	if values["A"] != "3" || values["N"] != "8080" || values["B"] != "true" || values["LOG_LEVEL"] != "warn" {
		w.Errorf("variables %v", values)
	}
	if all := decode[control.List[config.Explanation]](w.get(at + "/variables/A/explain").is(200)); len(all.Items) == 0 || all.Items[0].Value != "3" {
		w.Errorf("explained %+v", all)
	}
	versions := decode[control.List[lockstep.ConfigVersion]](w.get(at + "/config/versions?limit=2").is(200))
	if len(versions.Items) != 2 || versions.NextCursor == "" || versions.Items[1].Message != "why" {
		w.Errorf("versions %+v", versions)
	}
	if v := decode[lockstep.ConfigVersion](w.get(at + "/config/versions/latest").is(200)); v.Number != got.Latest {
		w.Errorf("version %d", v.Number)
	}
	if d := decode[control.ConfigDiff](w.get(at + "/config/diff?from=1&to=latest").is(200)); len(d.Changes) == 0 {
		w.Errorf("diff %+v", d)
	}
	w.do(http.MethodPost, at+"/config/restore", `{"version":1}`).is(200)
	w.configurationAbove(system)
}

func (w *world) configurationAbove(system string) {
	w.Helper()
	for _, path := range []string{system + "/projects/sunday/variables", system + "/types/staging/variables"} {
		first := w.get(path).is(200)
		tag := first.header.Get("ETag")
		r := w.do(http.MethodPut, path, `{"variables":{"ABOVE":"`+path+`"}}`, head{"If-Match": tag}).is(200)
		if made := decode[updated](r).Environments; len(made) == 0 {
			w.Errorf("%s makes no version", path)
		}
		w.do(http.MethodPut, path, `{"variables":{"ABOVE":null}}`, head{"If-Match": tag}).problem(412, lockstep.CodeStale)
		if again := w.get(path).is(200); again.header.Get("ETag") != r.header.Get("ETag") {
			w.Errorf("the tag is %s, and was told as %s", again.header.Get("ETag"), r.header.Get("ETag"))
		}
	}
	w.get(system+"/types/nonsense/variables").problem(422, lockstep.CodeInvalid)
	if list := decode[control.VariableList](w.get(system + "/environments/staging/variables").is(200)); len(list.Variables) < 1 {
		w.Errorf("list %+v", list)
	}
}

// What cannot be read or is too much is told clearly, and nothing changes.
func TestHostileConfiguration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setUp()
	path := "/api/system/environments/staging/variables"
	put := func(body string) reply { return w.do(http.MethodPut, path, body, head{"If-Match": "*"}) }
	put(`{"variables":{"A":`).problem(400, lockstep.CodeInvalid, "ends in the middle")
	put(`{"variables":{"A":[1]}}`).problem(422, lockstep.CodeInvalid)
	put(`{"variables":{"A":{"valu":"x"}}}`).problem(422, lockstep.CodeInvalid)
	put(`{"variables":{"A":{"value":"x","scope":"service"}}}`).problem(422, lockstep.CodeInvalid)
	put(`{"variables":{"A":"`+strings.Repeat("x", 10<<20)+`"}}`).problem(422, lockstep.CodeInvalid)
	put(`{"variables":{"A":"`+strings.Repeat("x", 25<<20)+`"}}`).problem(413, lockstep.CodeTooLarge)
	put(`{"variables":{"A":"\u0000"}}`).problem(422, lockstep.CodeInvalid)
	put(`{"variables":{"a-b":"x"}}`).problem(422, lockstep.CodeInvalid)
	put(`{"variables":{"A":"${NOWHERE}"}}`).problem(422, lockstep.CodeInvalid)
	put(`{"variables":{"A":"[REDACTED]"}}`).problem(422, lockstep.CodeInvalid)
	var many strings.Builder
	for i := range 20_000 {
		if i > 0 {
			many.WriteByte(',')
		}
		many.WriteString(`"V` + strings.Repeat("I", i%7) + strconv.Itoa(i) + `":"x"`)
	}
	put(`{"variables":{`+many.String()+`}}`).problem(422, lockstep.CodeInvalid)
	if v := decode[lockstep.ConfigVersion](w.get("/api/system/environments/staging/config/versions/latest").is(200)); v.Number != 1 {
		t.Errorf("something was changed: version %d", v.Number)
	}
	kept := put(`{"variables":{"B":{"value":"hunter2","sensitive":true}}}`).is(200)
	if strings.Contains(string(kept.body)+string(w.get(path).is(200).body)+string(w.get("/api/system/environments/staging/config").is(200).body), "hunter2") {
		t.Errorf("a secret is shown: %s", kept.body)
	}
}
