package storetest

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func (w *world) template(name string) lockstep.ConfigTemplate {
	w.t.Helper()
	now := w.tick()
	t := lockstep.ConfigTemplate{
		ID: w.id("template"), ProjectID: w.project.ID, Name: name, Description: "for tests", Type: lockstep.TemplateCustom,
		EnvironmentTypes: []lockstep.EnvironmentType{lockstep.TypeStaging},
		Template: lockstep.TemplateContent{
			Sections:  map[string]any{"general": map[string]any{"zone": "{{.zone}}"}},
			Variables: []any{map[string]any{"key": "A", "value": "1"}}, Files: map[string]string{"a/b.yaml": "x: {{ENVIRONMENT_NAME}}\n"},
		},
		Variables:  []lockstep.TemplateVariable{{Key: "zone", Type: lockstep.VariableString, DefaultValue: "UTC"}},
		Validation: lockstep.TemplateValidation{Rules: []lockstep.TemplateRule{{Assert: "true", Message: "never"}}},
		Metadata:   lockstep.TemplateMetadata{CreatedAt: now, CreatedBy: "ada", Version: "1.0.0", UpdatedAt: now, UpdatedBy: "ada"},
		Number:     1,
	}
	w.putTemplate(&t)
	return t
}

func (w *world) putTemplate(t *lockstep.ConfigTemplate) {
	w.t.Helper()
	var err error
	t.Hash, err = lockstep.Hash(t.Says())
	w.must(err)
	w.update(func(tx *store.Tx) error { return tx.PutTemplate(*t) })
}

func (w *world) readTemplate(ref, version string) (t lockstep.ConfigTemplate) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) {
		if version == "" {
			t, err = tx.Template(w.project.ID, ref)
		} else {
			t, err = tx.TemplateVersion(w.project.ID, ref, version)
		}
		return err
	})
	return t
}

func testTemplates(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"are read as they were written, every version", func(_ *testing.T, w *world) {
			first := w.template("shop-base")
			w.same("by name", first, w.readTemplate("shop-base", ""))
			w.same("by ID", first, w.readTemplate(first.ID, ""))
			second := first
			second.Number, second.Description, second.Metadata.Version, second.Metadata.UpdatedAt, second.Metadata.Message = 2, "newer", "1.1.0", w.tick(), "why"
			second.Template = lockstep.TemplateContent{Sections: "general: {}"}
			w.putTemplate(&second)
			w.same("the newest", second, w.readTemplate("shop-base", ""))
			w.same("the first", first, w.readTemplate("shop-base", "1.0.0"))
			w.same("the second", second, w.readTemplate("shop-base", "1.1.0"))
			var all []lockstep.ConfigTemplate
			w.view(func(tx *store.Tx) (err error) { all, err = tx.TemplateVersions(w.project.ID, "shop-base"); return err })
			if len(all) != 2 || all[0].Number != 2 || all[1].Metadata.Version != "1.0.0" || all[0].Template.Sections != nil {
				w.t.Errorf("the versions are %+v", all)
			}
		}},
		{"names and versions are one", func(t *testing.T, w *world) {
			first := w.template("shop-base")
			put := func(tmpl lockstep.ConfigTemplate) error {
				return w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.PutTemplate(tmpl) })
			}
			other := first
			other.ID = w.id("template")
			wantCode(t, put(other), lockstep.CodeConflict)
			again := first
			again.Number = 2
			wantCode(t, put(again), lockstep.CodeConflict)
			again.Number, again.Metadata.Version = 1, "1.0.1"
			wantCode(t, put(again), lockstep.CodeConflict)
			again.Hash = "not this"
			wantCode(t, put(again), lockstep.CodeInvalid)
			w.same("it is as it was", first, w.readTemplate("shop-base", ""))
			wantCode(t, w.store.View(t.Context(), func(tx *store.Tx) error {
				_, err := tx.TemplateVersion(w.project.ID, "shop-base", "9.0.0")
				return err
			}), lockstep.CodeNotFound)
			wantCode(t, w.store.View(t.Context(), func(tx *store.Tx) error { _, err := tx.Template("other", "shop-base"); return err }), lockstep.CodeNotFound)
		}},
		{"what they made outlives them", func(t *testing.T, w *world) {
			env, tmpl := w.environment("staging"), w.template("shop-base")
			a := lockstep.TemplateApplication{
				ID: w.id("application"), EnvironmentID: env.ID, TemplateID: tmpl.ID, Template: tmpl.Name, Version: "1.0.0", Number: 1,
				Given:         map[string]any{"zone": "UTC", "n": 1.5},
				Rendered:      lockstep.RenderedTemplate{Sections: map[lockstep.ConfigSection]any{"general": map[string]any{"zone": "UTC"}}, Files: map[string]string{"a": "b"}},
				ConfigVersion: 2, AppliedAt: w.tick(), AppliedBy: "ada",
			}
			later := a
			later.ID, later.Version, later.AppliedAt = w.id("application"), "1.1.0", a.AppliedAt.Add(time.Second)
			w.update(func(tx *store.Tx) error {
				if err := tx.AddTemplateApplication(a); err != nil {
					return err
				}
				return tx.AddTemplateApplication(later)
			})
			var users []string
			w.view(func(tx *store.Tx) (err error) { users, err = tx.TemplateUsers(tmpl.ID); return err })
			w.same("used in", []string{"staging"}, users)
			w.update(func(tx *store.Tx) error { return tx.DeleteTemplate(tmpl.ID) })
			wantCode(t, w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.DeleteTemplate(tmpl.ID) }), lockstep.CodeNotFound)
			var latest lockstep.TemplateApplication
			var all []lockstep.TemplateApplication
			w.view(func(tx *store.Tx) (err error) {
				if latest, err = tx.TemplateApplication(env.ID, tmpl.ID); err != nil {
					return err
				}
				all, err = tx.TemplateApplications(env.ID)
				return err
			})
			w.same("the latest", later, latest)
			later.Rendered, a.Rendered = lockstep.RenderedTemplate{}, lockstep.RenderedTemplate{}
			w.same("all", []lockstep.TemplateApplication{later, a}, all)
			a.ID, a.EnvironmentID = w.id("application"), "nowhere"
			wantCode(t, w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.AddTemplateApplication(a) }), lockstep.CodeConflict)
		}},
		{"are listed by name", func(_ *testing.T, w *world) {
			b, a := w.template("b-base"), w.template("a-base")
			var all []lockstep.ConfigTemplate
			w.view(func(tx *store.Tx) (err error) { all, err = tx.Templates(w.project.ID); return err })
			a.Template, b.Template = lockstep.TemplateContent{}, lockstep.TemplateContent{}
			w.same("all", []lockstep.ConfigTemplate{a, b}, all)
		}},
	})
}
