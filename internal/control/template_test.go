package control_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/template"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == template.WorkerName {
		if err := template.Work(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return
	}
	m.Run()
}

func templated(t *testing.T) *world {
	t.Helper()
	return templatedIn(t, t.TempDir())
}

func templatedIn(t *testing.T, dir string) *world {
	t.Helper()
	return sealed(t, dir, func(o *control.Options) {
		o.Renderer = template.NewRenderer([]string{os.Args[0], template.WorkerName}, template.Limits{})
	})
}

// shop is a template whose pool, level and sections the tests change.
func shop(pool, level string, sections map[string]any, more ...any) lockstep.ConfigTemplateConfig {
	return lockstep.ConfigTemplateConfig{
		Name: "shop-base", Type: lockstep.TemplateCustom, EnvironmentTypes: []lockstep.EnvironmentType{lockstep.TypeStaging},
		Variables: []lockstep.TemplateVariable{{Key: "region", DefaultValue: "eu"}, {Key: "team", DefaultValue: "payments"}},
		Template: lockstep.TemplateContent{
			Sections: sections, Files: map[string]string{"config/a": "{{ENVIRONMENT_NAME}} in {{.region}} at {{TIMESTAMP}}"},
			Variables: append([]any{
				map[string]any{"key": "POOL", "value": pool, "type": "number"},
				map[string]any{"key": "LEVEL", "value": level},
				map[string]any{"key": "TEAM", "value": "{{.team}}"},
				map[string]any{"key": "AREA", "value": "{{.region}}"},
			}, more...),
		},
	}
}

func general(values map[string]any) map[string]any { return map[string]any{"general": values} }

func (w *world) createTemplate(req lockstep.ConfigTemplateConfig) lockstep.ConfigTemplate {
	w.Helper()
	return must(w, got(w.control.CreateTemplate(w.Context(), ana, "", req)))
}

func (w *world) document(env string) lockstep.ConfigDocument {
	w.Helper()
	var doc lockstep.ConfigDocument
	err := w.store.View(w.Context(), func(tx *store.Tx) error {
		p, err := tx.Project("sunday")
		if err != nil {
			return err
		}
		e, err := tx.Environment(p.ID, env)
		if err != nil {
			return err
		}
		v, err := tx.ConfigVersion(e.ID, 0)
		doc = v.Document
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return doc
}

// byHand changes an environment's configuration as a person would.
func (w *world) byHand(env string, up lockstep.ConfigUpdate) {
	w.Helper()
	must(w, got(w.control.UpdateConfig(w.Context(), bo, "", env, up)))
}

func valueOf(doc lockstep.ConfigDocument, key string) string {
	for _, v := range doc.Variables {
		if v.Key == key && v.Level == lockstep.LevelEnvironment && v.Scope == lockstep.ScopeGlobal {
			return v.Value
		}
	}
	return "–"
}

func TestTemplateVersions(t *testing.T) {
	t.Parallel()
	w := templated(t)
	ctx := t.Context()
	first := w.createTemplate(shop("5", "warn", nil))
	if first.Metadata.Version != "1.0.0" || first.Metadata.CreatedBy != "ana" || first.Number != 1 {
		t.Errorf("the first version is %+v", first.Metadata)
	}
	refused(w, got(w.control.CreateTemplate(ctx, ana, "", shop("5", "warn", nil))), lockstep.CodeConflict, "shop-base", "exists already")
	builtin := shop("5", "warn", nil)
	builtin.Name = "production-baseline"
	refused(w, got(w.control.CreateTemplate(ctx, ana, "", builtin)), lockstep.CodeConflict, "built in")
	refused(w, got(w.control.UpdateTemplate(ctx, ana, "", "shop-base", "", shop("6", "warn", nil))), lockstep.CodePreconditionRequired)
	refused(w, got(w.control.UpdateTemplate(ctx, ana, "", "shop-base", "0.9.0", shop("6", "warn", nil))), lockstep.CodeStale, "1.0.0")
	same := must(w, got(w.control.UpdateTemplate(ctx, bo, "", "shop-base", "1.0.0", shop("5", "warn", nil))))
	if same.Number != 1 {
		t.Errorf("the same text makes version %d", same.Number)
	}
	second := must(w, got(w.control.UpdateTemplate(ctx, bo, "", "shop-base", "1.0.0", shop("6", "warn", nil))))
	if second.Metadata.Version != "1.1.0" || second.Metadata.CreatedBy != "ana" || second.Metadata.UpdatedBy != "bo" || second.ID != first.ID {
		t.Errorf("the second version is %+v", second.Metadata)
	}
	lower := shop("7", "warn", nil)
	lower.Version = "1.0.9"
	refused(w, got(w.control.UpdateTemplate(ctx, bo, "", "shop-base", "*", lower)), lockstep.CodeConflict, "does not come after 1.1.0")
	old := must(w, got(w.control.Template(ctx, "", "shop-base@1.0.0", "")))
	if raw, _ := json.Marshal(old.Template); !strings.Contains(string(raw), `"value":"5"`) || old.Metadata.Version != "1.0.0" {
		t.Errorf("the old version is %s", raw)
	}
	refused(w, got(w.control.Template(ctx, "", "shop-bas", "")), lockstep.CodeNotFound, "did you mean shop-base?")
	if all := must(w, got(w.control.Templates(ctx, "", "", lockstep.TypeStaging))); len(all) != 4 {
		t.Errorf("for staging there are %d", len(all))
	}
	refused(w, got(w.control.DeleteTemplate(ctx, ana, "", "production-baseline", true)), lockstep.CodeConflict, "built in")
}

func TestApplyTemplate(t *testing.T) {
	t.Parallel()
	w := templated(t)
	ctx := t.Context()
	tmpl := w.createTemplate(shop("5", "warn", general(map[string]any{"region": "{{.region}}"})))
	request := control.ApplyTemplateRequest{Environment: "staging", Variables: map[string]any{"region": "us"}}

	preview := must(w, got(w.control.PreviewTemplate(ctx, ana, "", "shop-base", request)))
	if len(preview.Changes) != 5 || preview.AppliedConfig.Files["config/a"] != "staging in us at 2026-03-01T09:00:00+00:00" {
		t.Errorf("the preview is %+v %v", preview.Changes, preview.AppliedConfig.Files)
	}
	if doc := w.document("staging"); doc.Sections != nil || valueOf(doc, "POOL") != "–" {
		t.Errorf("a preview changes %+v", doc)
	}
	refused(w, got(w.control.ApplyTemplate(ctx, ana, "", "shop-base", control.ApplyTemplateRequest{Environment: "production"})), lockstep.CodeConflict, "staging", "production")
	refused(w, got(w.control.ApplyTemplate(ctx, ana, "", "shop-base", control.ApplyTemplateRequest{Environment: "staging", Variables: map[string]any{"regoin": "us"}})), lockstep.CodeInvalid, "needs other values")

	applied := must(w, got(w.control.ApplyTemplate(ctx, ana, "", "shop-base", request)))
	doc := w.document("staging")
	if !applied.Success || applied.EnvironmentID == "" || applied.TemplateID != tmpl.ID || len(applied.Changes) != 5 || applied.ConfigVersion != 2 {
		t.Errorf("the result is %+v", applied)
	}
	if raw, _ := json.Marshal(doc.Sections); string(raw) != `{"general":{"region":"us"}}` || valueOf(doc, "POOL") != "5" || valueOf(doc, "TEAM") != "payments" {
		t.Errorf("the document is %s %+v", raw, doc.Variables)
	}
	for _, v := range doc.Variables {
		if v.Key == "POOL" && v.Source != lockstep.SourceGenerated {
			t.Errorf("POOL is from %s", v.Source)
		}
	}
	list := must(w, got(w.control.AppliedTemplates(ctx, "", "staging")))
	if len(list) != 1 || list[0].Version != "1.0.0" || list[0].Newest != "1.0.0" || list[0].AppliedBy != "ana" || list[0].Given["region"] != "us" {
		t.Errorf("applied are %+v", list)
	}
	one := must(w, got(w.control.AppliedTemplate(ctx, "", "staging", "shop-base")))
	if one.Rendered.Files["config/a"] == "" {
		t.Errorf("what was rendered is %+v", one.Rendered)
	}
	refused(w, got(w.control.DeleteTemplate(ctx, ana, "", "shop-base", false)), lockstep.CodeConflict, "staging", "--force")
	must(w, got(w.control.DeleteTemplate(ctx, ana, "", "shop-base", true)))
	if list := must(w, got(w.control.AppliedTemplates(ctx, "", "staging"))); list[0].Newest != "" {
		t.Errorf("a deleted template has version %q", list[0].Newest)
	}
}

// TestApplyTemplateOnce: what cannot be applied whole is not applied at all.
func TestApplyTemplateOnce(t *testing.T) {
	t.Parallel()
	w := templated(t)
	bad := shop("not a number", "warn", general(map[string]any{"region": "eu"}))
	w.createTemplate(bad)
	refused(w, got(w.control.ApplyTemplate(t.Context(), ana, "", "shop-base", control.ApplyTemplateRequest{Environment: "staging"})), lockstep.CodeInvalid)
	if doc := w.document("staging"); doc.Sections != nil {
		t.Errorf("half of it is there: %+v", doc.Sections)
	}
	if list := must(w, got(w.control.AppliedTemplates(t.Context(), "", "staging"))); len(list) != 0 {
		t.Errorf("it says that it was applied: %+v", list)
	}
}

func TestUpgradeTemplate(t *testing.T) {
	t.Parallel()
	w := templated(t)
	ctx := t.Context()
	w.createTemplate(shop("5", "warn", general(map[string]any{"region": "eu", "owner": "a", "timezone": "UTC"}), map[string]any{"key": "GOING", "value": "1"}, map[string]any{"key": "KEPT", "value": "1"}))
	refused(w, got(w.control.UpgradeTemplate(ctx, ana, "", "shop-base", control.ApplyTemplateRequest{Environment: "staging"})), lockstep.CodeConflict, "was not applied to staging yet")
	must(w, got(w.control.ApplyTemplate(ctx, ana, "", "shop-base", control.ApplyTemplateRequest{Environment: "staging", Variables: map[string]any{"team": "search"}})))
	w.byHand("staging", lockstep.ConfigUpdate{
		Sections:  map[lockstep.ConfigSection]any{"general": map[string]any{"owner": "me", "timezone": "Europe/Berlin", "locale": "de"}},
		Variables: []lockstep.VariableChange{{Key: "LEVEL", Value: new("debug")}, {Key: "KEPT", Value: new("mine")}, {Key: "OWN", Value: new("x")}},
	})
	next := shop("9", "error", general(map[string]any{"region": "us", "owner": "b", "timezone": "UTC"}), map[string]any{"key": "NEW", "value": "n"}, map[string]any{"key": "KEPT", "value": "1"})
	next.Variables = []lockstep.TemplateVariable{{Key: "region", DefaultValue: "asia"}, {Key: "team", DefaultValue: "sales"}}
	must(w, got(w.control.UpdateTemplate(ctx, ana, "", "shop-base", "*", next)))
	w.clock.pass(time.Hour)

	request := control.ApplyTemplateRequest{Environment: "staging"}
	dry := ana
	dry.DryRun = true
	look := must(w, got(w.control.UpgradeTemplate(ctx, dry, "", "shop-base", request)))
	if look.From != "1.0.0" || look.Version != "1.1.0" || len(look.Changes) != 5 || len(look.Conflicts) != 2 || len(look.Kept) != 2 {
		t.Errorf("it would %+v, keep %+v, conflicts %+v", look.Changes, look.Kept, look.Conflicts)
	}
	if doc := w.document("staging"); valueOf(doc, "POOL") != "5" {
		t.Error("a look changes something")
	}
	request.Take = []string{"variables.LEVEL.valu"}
	refused(w, got(w.control.UpgradeTemplate(ctx, ana, "", "shop-base", request)), lockstep.CodeInvalid, "is no conflict", "general.owner")
	request.Take = []string{"variables.LEVEL.value"}
	done := must(w, got(w.control.UpgradeTemplate(ctx, ana, "", "shop-base", request)))
	doc := w.document("staging")
	for key, want := range map[string]string{"POOL": "9", "LEVEL": "error", "TEAM": "search", "AREA": "asia", "GOING": "–", "KEPT": "mine", "NEW": "n", "OWN": "x"} {
		if got := valueOf(doc, key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if raw, _ := json.Marshal(doc.Sections); string(raw) != `{"general":{"locale":"de","owner":"me","region":"us","timezone":"Europe/Berlin"}}` {
		t.Errorf("the sections are %s", raw)
	}
	if !done.Success || len(done.Conflicts) != 2 {
		t.Errorf("the result is %+v", done)
	}
	again := must(w, got(w.control.UpgradeTemplate(ctx, ana, "", "shop-base", control.ApplyTemplateRequest{Environment: "staging"})))
	if len(again.Changes) != 0 || len(again.Conflicts) != 0 {
		t.Errorf("a second time it does %+v", again)
	}
}

func TestTemplateSecrets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := templatedIn(t, dir)
	ctx := t.Context()
	req := shop("5", "warn", nil, map[string]any{"key": "DATABASE_URL", "value": "postgres://app:{{.password}}@db", "sensitive": true})
	req.Variables = append(req.Variables, lockstep.TemplateVariable{Key: "password", Type: lockstep.VariableSecret, Required: true})
	w.createTemplate(req)
	refused(w, got(w.control.ApplyTemplate(ctx, ana, "", "shop-base", control.ApplyTemplateRequest{Environment: "staging"})), lockstep.CodeInvalid, "needs other values")
	must(w, got(w.control.PreviewTemplate(ctx, ana, "", "shop-base", control.ApplyTemplateRequest{Environment: "staging"})))
	by := control.By{Actor: "ana", Key: "once"}
	request := control.ApplyTemplateRequest{Environment: "staging", Variables: map[string]any{"password": "hunter2-is-secret"}}
	applied := must(w, got(w.control.ApplyTemplate(ctx, by, "", "shop-base", request)))
	one := must(w, got(w.control.AppliedTemplate(ctx, "", "staging", "shop-base")))
	for what, v := range map[string]any{"result": applied, "application": one, "document": w.document("staging")} {
		raw, err := json.Marshal(v)
		if err != nil || strings.Contains(string(raw), "hunter2") || !strings.Contains(string(raw), "DATABASE_URL") {
			t.Errorf("the %s is %s, %v", what, raw, err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the database is not there: %v", err)
	}
	for _, file := range files {
		if raw, err := os.ReadFile(file); err == nil && bytes.Contains(raw, []byte("hunter2")) {
			t.Errorf("the secret stands in %s", file)
		}
	}
	before := secretVersion(w.document("staging"), "DATABASE_URL")
	kept := must(w, got(w.control.UpgradeTemplate(ctx, ana, "", "shop-base", control.ApplyTemplateRequest{Environment: "staging"})))
	if now := secretVersion(w.document("staging"), "DATABASE_URL"); len(kept.Changes) != 0 || before == 0 || now != before {
		t.Errorf("an upgrade without the secret makes version %d of %d: %+v", now, before, kept.Changes)
	}
	must(w, got(w.control.UpgradeTemplate(ctx, ana, "", "shop-base", control.ApplyTemplateRequest{Environment: "staging", Variables: map[string]any{"password": "another"}})))
	if now := secretVersion(w.document("staging"), "DATABASE_URL"); now != before+1 {
		t.Errorf("a new secret makes version %d, after %d", now, before)
	}
}

func secretVersion(doc lockstep.ConfigDocument, key string) int64 {
	for _, v := range doc.Variables {
		if v.Key == key {
			return v.SecretVersion
		}
	}
	return 0
}

func TestCreateFromTemplate(t *testing.T) {
	t.Parallel()
	w := templated(t)
	ctx := t.Context()
	env := must(w, got(w.control.CreateEnvironment(ctx, ana, "", control.CreateRequest{Name: "pr-128", Template: "preview-baseline", Variables: map[string]any{"logLevel": "trace"}})))
	if env.Type != lockstep.TypePreview || !strings.Contains(env.Description, "preview-baseline") {
		t.Errorf("it is %+v", env)
	}
	if doc := w.document("pr-128"); valueOf(doc, "LOG_LEVEL") != "trace" || len(doc.Sections) != 8 {
		t.Errorf("its configuration is %+v", doc)
	}
	if list := must(w, got(w.control.AppliedTemplates(ctx, "", "pr-128"))); len(list) != 1 {
		t.Errorf("applied are %+v", list)
	}
	refused(w, got(w.control.CreateEnvironment(ctx, ana, "", control.CreateRequest{Name: "pr-129", Template: "preview-baselin"})), lockstep.CodeInvalid, "did you mean preview-baseline?", "standard")
	refused(w, got(w.control.CreateEnvironment(ctx, ana, "", control.CreateRequest{Name: "pr-129", Template: "kubernetes-config"})), lockstep.CodeInvalid, "full_environment")
	refused(w, got(w.control.CreateEnvironment(ctx, ana, "", control.CreateRequest{Name: "pr-129", Template: "preview-baseline", Variables: map[string]any{"poolMin": 9}})), lockstep.CodeInvalid, "cannot be used")
	if _, err := w.control.Environment(ctx, "", "pr-129"); lockstep.CodeOf(err) != lockstep.CodeNotFound {
		t.Errorf("what was refused is there: %v", err)
	}
}
