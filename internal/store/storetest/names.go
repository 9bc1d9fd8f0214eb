package storetest

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testNames(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"a name that is taken is a conflict", testTakenNames},
		{"what does not exist is not found by its name", testNotFound},
		{"what refers to nothing is a conflict", func(t *testing.T, w *world) {
			nowhere := lockstep.Environment{ID: "nowhere", ProjectID: w.project.ID, Name: "nowhere", Status: lockstep.EnvironmentInactive}
			hash, err := lockstep.Hash(lockstep.ConfigDocument{})
			w.must(err)
			for what, fn := range map[string]func(*store.Tx) error{
				"environment": func(tx *store.Tx) error {
					return tx.PutEnvironment(lockstep.Environment{ID: "e", ProjectID: "nobody", Name: "staging", Status: lockstep.EnvironmentInactive})
				},
				"release": func(tx *store.Tx) error {
					return tx.AddRelease(lockstep.Release{ID: "r", ProjectID: "nobody", Version: "1"})
				},
				"deployment": func(tx *store.Tx) error {
					return tx.AddDeployment(lockstep.Deployment{ID: "d", EnvironmentID: nowhere.ID})
				},
				"config": func(tx *store.Tx) error {
					return tx.AddConfigVersion(lockstep.ConfigVersion{ID: "c", EnvironmentID: nowhere.ID, Number: 1, Hash: hash})
				},
			} {
				if err := w.store.Update(t.Context(), fn); lockstep.CodeOf(err) != lockstep.CodeConflict {
					t.Errorf("%s: got %v", what, err)
				}
			}
		}},
		{"operations that could not be queued are refused", func(t *testing.T, w *world) {
			good := lockstep.Operation{ID: "o", Kind: lockstep.OperationRetire, Status: lockstep.StatusPending, Locks: []string{"env:e"}}
			for what, change := range map[string]func(*lockstep.Operation){
				"running":       func(o *lockstep.Operation) { o.Status = lockstep.StatusRunning },
				"without locks": func(o *lockstep.Operation) { o.Locks = nil },
				"with steps":    func(o *lockstep.Operation) { o.Steps = steps("one").Steps },
			} {
				op := good
				change(&op)
				if err := w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.AddOperation(op) }); lockstep.CodeOf(err) != lockstep.CodeInvalid {
					t.Errorf("%s: got %v", what, err)
				}
			}
		}},
		{"an environment's ID or its name", func(t *testing.T, w *world) {
			env := w.environment("staging")
			impostor := w.environment(env.ID) // named like the other's ID
			w.update(func(tx *store.Tx) error { return tx.PutProject(lockstep.Project{ID: "other", Name: "other"}) })
			w.view(func(tx *store.Tx) error {
				for _, c := range []struct{ project, key, want string }{
					{w.project.ID, "staging", env.ID},
					{w.project.ID, env.ID, env.ID},
					{"", env.ID, env.ID},
					{w.project.ID, impostor.ID, impostor.ID},
					{"", "staging", ""},
					{"other", "staging", ""},
					{"other", env.ID, ""},
				} {
					got, err := tx.Environment(c.project, c.key)
					if got.ID != c.want || (c.want == "") != (lockstep.CodeOf(err) == lockstep.CodeNotFound) {
						t.Errorf("project %q, %q: got %q, %v; want %q", c.project, c.key, got.ID, err, c.want)
					}
				}
				return nil
			})
		}},
	})
}

func testTakenNames(t *testing.T, w *world) {
	env := w.environment("staging")
	w.release("1.0.0", epoch)
	config := w.config(env, 1, "text")
	d := w.deploy(env, "1.0.0")
	for name, fn := range map[string]func(*store.Tx) error{
		`project "sunday"`: func(tx *store.Tx) error { return tx.PutProject(lockstep.Project{ID: "other", Name: "sunday"}) },
		`environment "staging"`: func(tx *store.Tx) error {
			other := env
			other.ID = "other"
			return tx.PutEnvironment(other)
		},
		`release "1.0.0"`: func(tx *store.Tx) error {
			return tx.AddRelease(lockstep.Release{ID: "other", ProjectID: w.project.ID, Version: "1.0.0"})
		},
		"config version 1": func(tx *store.Tx) error {
			config.ID = "other"
			return tx.AddConfigVersion(config)
		},
		"operation " + d.ID: func(tx *store.Tx) error {
			return tx.AddOperation(lockstep.Operation{ID: d.ID, Status: lockstep.StatusPending, Locks: []string{"a"}})
		},
		"deployment " + d.ID: func(tx *store.Tx) error { return tx.AddDeployment(d) },
	} {
		wantNamed(t, w.store.Update(t.Context(), fn), lockstep.CodeConflict, name)
	}
	// Another name is another matter, and so is another project.
	w.update(func(tx *store.Tx) error {
		env.Name = "renamed"
		if err := tx.PutEnvironment(env); err != nil {
			return err
		}
		if err := tx.PutProject(lockstep.Project{ID: "other", Name: "other"}); err != nil {
			return err
		}
		return tx.AddRelease(lockstep.Release{ID: "other", ProjectID: "other", Version: "1.0.0"})
	})
	w.environment("staging")
}

func testNotFound(t *testing.T, w *world) {
	env := w.environment("staging")
	for name, fn := range map[string]func(*store.Tx) error{
		`project "nobody"`:     func(tx *store.Tx) error { _, err := tx.Project("nobody"); return err },
		`environment "nobody"`: func(tx *store.Tx) error { _, err := tx.Environment(w.project.ID, "nobody"); return err },
		"no release":           func(tx *store.Tx) error { _, err := tx.Release(w.project.ID, "latest"); return err },
		`release "1.0.0"`:      func(tx *store.Tx) error { _, err := tx.Release(w.project.ID, "1.0.0"); return err },
		"no configuration":     func(tx *store.Tx) error { _, err := tx.ConfigVersion(env.ID, 0); return err },
		"config version 7":     func(tx *store.Tx) error { _, err := tx.ConfigVersion(env.ID, 7); return err },
		"revision nobody":      func(tx *store.Tx) error { _, err := tx.Revision("nobody"); return err },
		"operation nobody":     func(tx *store.Tx) error { _, err := tx.Operation("nobody"); return err },
		"deployment nobody":    func(tx *store.Tx) error { _, err := tx.Deployment("nobody"); return err },
		"no deployment":        func(tx *store.Tx) error { _, err := tx.LatestDeployment(env.ID); return err },
	} {
		wantNamed(t, w.store.View(t.Context(), fn), lockstep.CodeNotFound, name)
	}
	for name, fn := range map[string]func(*store.Tx) error{
		"operation nobody":     func(tx *store.Tx) error { return tx.RequestCancel("nobody") },
		"deployment nobody":    func(tx *store.Tx) error { return tx.SetApproval("nobody", "ada") },
		`environment "nobody"`: func(tx *store.Tx) error { return tx.DeleteEnvironment("nobody") },
	} {
		wantNamed(t, w.store.Update(t.Context(), fn), lockstep.CodeNotFound, name)
	}
	err := w.store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.SetOperationStatus("nobody", lockstep.StatusPending, lockstep.StatusCancelled, nil)
	})
	wantCode(t, err, lockstep.CodeNotFound)
}

func wantNamed(t *testing.T, err error, code lockstep.Code, name string) {
	t.Helper()
	if lockstep.CodeOf(err) != code || !strings.Contains(err.Error(), name) {
		t.Errorf("got %v (%s), want the code %s and the name %s", err, lockstep.CodeOf(err), code, name)
	}
}
