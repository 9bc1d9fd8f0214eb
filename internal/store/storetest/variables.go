package storetest

import (
	"encoding/json"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func (w *world) variable(level lockstep.VariableLevel, key string) lockstep.Variable {
	least, text := 1.5, "fallback"
	return lockstep.Variable{
		Key: key, Value: "a 'value' with $1 and ÄÖÜ\n", Type: lockstep.VariableNumber, Scope: lockstep.ScopeService, Target: "backend",
		Sensitive: true, Required: true, Description: "what it is for", DefaultValue: &text,
		Validation: lockstep.VariableValidation{Min: &least, Enum: []string{"a"}, Schema: map[string]any{"maximum": json.Number("12345678901234567890")}},
		Source:     lockstep.SourceSync, LastModified: w.tick(), ModifiedBy: "ada", Level: level, SecretID: "s", SecretVersion: 3,
	}
}

func (w *world) variables(owner lockstep.VariableOwner) (all []lockstep.Variable) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { all, err = tx.Variables(owner); return err })
	return all
}

func testVariables(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"are read as they were written, each owner's apart", func(_ *testing.T, w *world) {
			env := w.environment("staging")
			owners := []lockstep.VariableOwner{
				{ProjectID: w.project.ID, Level: lockstep.LevelProject},
				{ProjectID: w.project.ID, Level: lockstep.LevelType, ID: "staging"},
				{ProjectID: w.project.ID, Level: lockstep.LevelEnvironment, ID: env.ID},
			}
			var want []lockstep.Variable
			for _, o := range owners {
				v := w.variable(o.Level, "LOG_LEVEL")
				w.update(func(tx *store.Tx) error { return tx.PutVariable(w.id("variable"), o, v) })
				want = append(want, v)
			}
			for i, o := range owners {
				w.same("of "+string(o.Level), []lockstep.Variable{want[i]}, w.variables(o))
			}
			v := lockstep.Variable{Key: "LOG_LEVEL", Type: lockstep.VariableString, Scope: lockstep.ScopeService, Target: "backend", Source: lockstep.SourceManual, LastModified: w.tick(), Level: lockstep.LevelEnvironment}
			w.update(func(tx *store.Tx) error { return tx.PutVariable(w.id("variable"), owners[2], v) })
			w.same("written again", []lockstep.Variable{v}, w.variables(owners[2]))
		}},
		{"of several owners together, with the newest configurations", func(t *testing.T, w *world) {
			a, b, none := w.environment("staging"), w.environment("production"), w.environment("qa")
			ids := []string{a.ID, b.ID, none.ID, "nobody"}
			want := map[string][]lockstep.Variable{}
			newest := map[string]lockstep.ConfigVersion{}
			for i, env := range []lockstep.Environment{a, b} {
				o := lockstep.VariableOwner{ProjectID: w.project.ID, Level: lockstep.LevelEnvironment, ID: env.ID}
				for _, key := range []string{"A", "B"} {
					v := w.variable(o.Level, key)
					w.update(func(tx *store.Tx) error { return tx.PutVariable(w.id("variable"), o, v) })
					want[env.ID] = append(want[env.ID], v)
				}
				for number := range int64(i + 1) {
					newest[env.ID] = w.config(env, number+2, "text")
				}
			}
			w.view(func(tx *store.Tx) error {
				got, err := tx.VariablesOf(w.project.ID, lockstep.LevelEnvironment, ids)
				w.same("variables", want, got)
				if err != nil {
					return err
				}
				versions, err := tx.NewestConfigVersions(ids)
				for id, v := range newest {
					w.same("the newest", v, versions[id])
				}
				if _, ok := versions["nobody"]; ok {
					t.Error("nobody has one")
				}
				return err
			})
		}},
		{"one in a slot", func(t *testing.T, w *world) {
			o := lockstep.VariableOwner{ProjectID: w.project.ID, Level: lockstep.LevelProject}
			global, service := w.variable(o.Level, "A"), w.variable(o.Level, "A")
			global.Scope, global.Target = lockstep.ScopeGlobal, ""
			w.update(func(tx *store.Tx) error { return tx.PutVariable(w.id("variable"), o, service) })
			w.update(func(tx *store.Tx) error { return tx.PutVariable(w.id("variable"), o, global) })
			w.same("both", []lockstep.Variable{global, service}, w.variables(o))
			w.update(func(tx *store.Tx) error { return tx.DeleteVariable(o, global) })
			w.same("what is left", []lockstep.Variable{service}, w.variables(o))
			wantCode(t, w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.DeleteVariable(o, global) }), lockstep.CodeNotFound)
		}},
		{"go with their owner", func(t *testing.T, w *world) {
			env := w.environment("staging")
			o := lockstep.VariableOwner{ProjectID: w.project.ID, Level: lockstep.LevelEnvironment, ID: env.ID}
			w.update(func(tx *store.Tx) error { return tx.PutVariable(w.id("variable"), o, w.variable(o.Level, "A")) })
			w.update(func(tx *store.Tx) error { return tx.DeleteEnvironment(env.ID) })
			if left := w.variables(o); len(left) > 0 {
				t.Errorf("left: %+v", left)
			}
			err := w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.PutVariable(w.id("variable"), o, w.variable(o.Level, "A")) })
			wantCode(t, err, lockstep.CodeConflict)
		}},
		{"versions of a configuration are listed, the newest first", func(t *testing.T, w *world) {
			env := w.environment("staging")
			w.config(w.environment("other"), 1, "x")
			var want []lockstep.ConfigVersion
			for n := int64(1); n <= 3; n++ {
				c := w.config(env, n, "x")
				c.Document = lockstep.ConfigDocument{}
				want = append([]lockstep.ConfigVersion{c}, want...)
			}
			var got []lockstep.ConfigVersion
			for cursor, more := "", true; more; more = cursor != "" {
				w.view(func(tx *store.Tx) (err error) {
					var page []lockstep.ConfigVersion
					page, cursor, err = tx.ConfigVersions(env.ID, lockstep.Page{Cursor: cursor, Limit: 2})
					got = append(got, page...)
					return err
				})
			}
			w.same("versions", want, got)
			err := w.store.View(t.Context(), func(tx *store.Tx) error {
				_, _, err := tx.ConfigVersions(env.ID, lockstep.Page{Cursor: "bm9uZQ"})
				return err
			})
			wantCode(t, err, lockstep.CodeInvalid)
		}},
		{"a large number in a document is not rounded", func(_ *testing.T, w *world) {
			env := w.environment("staging")
			c := lockstep.ConfigVersion{ID: w.id("config"), EnvironmentID: env.ID, Number: 1, CreatedAt: w.tick(), Document: lockstep.ConfigDocument{
				Sections: map[lockstep.ConfigSection]any{lockstep.SectionGeneral: map[string]any{"n": json.Number("12345678901234567890")}},
			}}
			var err error
			c.Hash, err = lockstep.Hash(c.Document)
			w.must(err)
			w.update(func(tx *store.Tx) error { return tx.AddConfigVersion(c) })
			var got lockstep.ConfigVersion
			w.view(func(tx *store.Tx) (err error) { got, err = tx.ConfigVersion(env.ID, 1); return err })
			w.same("version", c, got)
		}},
	})
}
