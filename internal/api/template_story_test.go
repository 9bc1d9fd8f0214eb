package api_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/template"
)

// TestMain is the child that renders templates, too.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == template.WorkerName {
		if err := template.Work(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return
	}
	m.Run()
}

// templates is what a day has of configuration templates.
func (w *world) templates() {
	w.Helper()
	const at = "/api/system/config/templates"
	text := func(value string) string {
		return `{"name":"shop-base","type":"custom","variables":[{"key":"level","defaultValue":"warn"}],` +
			`"template":{"sections":{"logging":{"level":"{{.level}}"}},"variables":[{"key":"POOL","value":"` + value + `"}],"files":{"a":"{{ENVIRONMENT_NAME}}"}}}`
	}
	if t := decode[lockstep.ConfigTemplate](w.do(http.MethodPost, at+"?dryRun=true", text("5")).is(200)); t.Metadata.Version != "1.0.0" {
		w.Errorf("what would be made %+v", t)
	}
	t := decode[lockstep.ConfigTemplate](w.do(http.MethodPost, at, text("5")).is(201))
	w.do(http.MethodPost, at, text("5")).problem(409, lockstep.CodeConflict, "exists already")
	w.do(http.MethodPost, at, strings.Replace(text("5"), "{{.level}}", "{{.level", 1)).problem(422, lockstep.CodeInvalid, "cannot be used")
	if all := decode[control.List[lockstep.ConfigTemplate]](w.get(at + "?type=custom").is(200)); len(all.Items) != 2 {
		w.Errorf("templates %+v", all)
	}
	read := w.get(at + "/" + t.ID).is(200)
	if tag := read.header.Get("ETag"); tag != `"1.0.0"` {
		w.Errorf("the tag is %s", tag)
	}
	use := `{"environment":"production","variables":{"level":"error"}}`
	if r := decode[lockstep.TemplateApplyResult](w.do(http.MethodPost, at+"/shop-base/preview", use).is(200)); len(r.Changes) != 2 || r.Changes[0].Status != lockstep.ChangePending {
		w.Errorf("preview %+v", r)
	}
	if r := decode[lockstep.TemplateApplyResult](w.do(http.MethodPost, at+"/shop-base/preview", `{"variables":{"ENVIRONMENT_NAME":"x"}}`).is(200)); r.AppliedConfig.Files["a"] != "x" {
		w.Errorf("preview of nothing %+v", r)
	}
	w.do(http.MethodPost, at+"/shop-base/upgrade", use).problem(409, lockstep.CodeConflict, "was not applied")
	w.do(http.MethodPost, at+"/shop-base/apply", `{}`).problem(422, lockstep.CodeInvalid, "name the environment")
	r := decode[lockstep.TemplateApplyResult](w.do(http.MethodPost, at+"/shop-base/apply", use).is(200))
	if !r.Success || r.TemplateID != t.ID || len(r.Changes) != 2 || r.AppliedConfig == nil {
		w.Errorf("applied %+v", r)
	}
	w.do(http.MethodPut, at+"/shop-base", text("9")).problem(428, lockstep.CodePreconditionRequired, "If-Match")
	w.do(http.MethodPut, at+"/shop-base", text("9"), head{"If-Match": `"9.9.9"`}).problem(412, lockstep.CodeStale, "1.0.0")
	if t := decode[lockstep.ConfigTemplate](w.do(http.MethodPut, at+"/shop-base", text("9"), head{"If-Match": `"1.0.0"`}).is(200)); t.Metadata.Version != "1.1.0" {
		w.Errorf("updated %+v", t)
	}
	if all := decode[control.List[lockstep.ConfigTemplate]](w.get(at + "/shop-base/versions").is(200)); len(all.Items) != 2 {
		w.Errorf("versions %+v", all)
	}
	if t := decode[lockstep.ConfigTemplate](w.get(at + "/shop-base?version=1.0.0").is(200)); t.Number != 1 {
		w.Errorf("the first version %+v", t)
	}
	if u := decode[lockstep.TemplateUpgrade](w.do(http.MethodPost, at+"/shop-base/upgrade?dryRun=true", `{"environment":"production"}`).is(200)); u.From != "1.0.0" || len(u.Changes) != 1 {
		w.Errorf("upgrade %+v", u)
	}
	applied := decode[control.List[control.AppliedTemplate]](w.get("/api/system/environments/production/config/templates").is(200))
	if len(applied.Items) != 1 || applied.Items[0].Newest != "1.1.0" {
		w.Errorf("applied %+v", applied)
	}
	if one := decode[control.AppliedTemplate](w.get("/api/system/environments/production/config/templates/shop-base").is(200)); one.Rendered.Files["a"] != "production" {
		w.Errorf("made %+v", one)
	}
	w.do(http.MethodDelete, at+"/shop-base", "").problem(409, lockstep.CodeConflict, "production")
	w.do(http.MethodDelete, at+"/shop-base?force=true", "").is(200)
	w.get(at+"/shop-base").problem(404, lockstep.CodeNotFound)
}
