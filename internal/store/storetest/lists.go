package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testLists(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"a cursor stays where it was", testCursorStays},
		{"rows of one moment are listed once each", func(t *testing.T, w *world) {
			for i := range 7 {
				w.release(fmt.Sprint("1.0.", i), epoch)
			}
			var got []string
			for cursor, more := "", true; more; more = cursor != "" {
				w.view(func(tx *store.Tx) (err error) {
					var page []lockstep.Release
					page, cursor, err = tx.Releases(w.project.ID, lockstep.Page{Cursor: cursor, Limit: 3})
					for _, r := range page {
						got = append(got, r.Version)
					}
					return err
				})
			}
			want := []string{"1.0.6", "1.0.5", "1.0.4", "1.0.3", "1.0.2", "1.0.1", "1.0.0"}
			if !slices.Equal(got, want) {
				t.Errorf("releases %v, want %v", got, want)
			}
		}},
		{"deployments are filtered", testDeploymentFilters},
		{"environments are in the order of their bytes", testEnvironmentOrder},
		{"fifty without a limit", func(t *testing.T, w *world) {
			for i := range 51 {
				w.release(fmt.Sprint("1.0.", i), w.tick())
			}
			w.view(func(tx *store.Tx) error {
				page, cursor, err := tx.Releases(w.project.ID, lockstep.Page{})
				if len(page) != 50 || cursor == "" {
					t.Errorf("%d releases, cursor %q", len(page), cursor)
				}
				rest, cursor, restErr := tx.Releases(w.project.ID, lockstep.Page{Cursor: cursor})
				w.must(restErr)
				if len(rest) != 1 || cursor != "" {
					t.Errorf("then %d releases, cursor %q", len(rest), cursor)
				}
				return err
			})
		}},
		{"releases are numbered as they were made", func(t *testing.T, w *world) {
			for _, version := range []string{"2.0.0", "1.0.0", "1.5.0"} {
				w.release(version, epoch.Add(time.Hour)) // of one moment: in the order of their IDs
			}
			w.release("0.9.0", epoch)
			w.update(func(tx *store.Tx) error {
				other := lockstep.Project{ID: "other", Name: "monday", CreatedAt: epoch, UpdatedAt: epoch}
				if err := tx.PutProject(other); err != nil {
					return err
				}
				return tx.AddRelease(lockstep.Release{ID: "r", ProjectID: other.ID, Version: "1.0.0", CreatedAt: epoch, CreatedBy: "ada"})
			})
			w.view(func(tx *store.Tx) error {
				got, err := tx.ReleaseNumbers(w.project.ID, []string{"1.5.0", "0.9.0", "1.5.0", "7.0.0", "2.0.0"})
				w.same("numbers", map[string]int{"0.9.0": 1, "2.0.0": 2, "1.5.0": 4}, got)
				none, noneErr := tx.ReleaseNumbers(w.project.ID, nil)
				w.must(noneErr)
				w.same("numbers of none", map[string]int{}, none)
				return err
			})
		}},
		{"pages that make no sense are refused", func(t *testing.T, w *world) {
			for _, page := range []lockstep.Page{{Limit: -1}, {Limit: 201}, {Cursor: "?"}, {Cursor: "bm8"}, {Cursor: "AA"}} {
				w.view(func(tx *store.Tx) error {
					_, _, err := tx.Releases(w.project.ID, page)
					wantCode(t, err, lockstep.CodeInvalid)
					_, _, err = tx.Deployments(lockstep.DeploymentFilter{}, page)
					wantCode(t, err, lockstep.CodeInvalid)
					return nil
				})
			}
		}},
		{"the sizes of the tables", func(t *testing.T, w *world) {
			w.release("1.0.0", w.tick())
			env := w.environment("staging")
			w.environment("other")
			w.completed(env, "1.0.0")
			w.view(func(tx *store.Tx) error {
				got, err := tx.Counts()
				if want := (lockstep.Counts{Environments: 2, Deployments: 1, Releases: 1, Events: w.newest()}); got != want || want.Events == 0 {
					t.Errorf("counts %+v, want %+v", got, want)
				}
				return err
			})
		}},
	})
}

func (w *world) release(version string, at time.Time) lockstep.Release {
	w.t.Helper()
	r := lockstep.Release{ID: w.id("release"), ProjectID: w.project.ID, Version: version, CreatedAt: at, CreatedBy: "ada"}
	w.update(func(tx *store.Tx) error { return tx.AddRelease(r) })
	return r
}

// testCursorStays reads pages while newer rows come in between.
func testCursorStays(t *testing.T, w *world) {
	var want, got []string
	for i := range 6 {
		want = append(want, w.release(fmt.Sprint("1.0.", i), w.tick()).Version)
	}
	slices.Reverse(want)
	for cursor, more := "", true; more; more = cursor != "" {
		w.view(func(tx *store.Tx) (err error) {
			var page []lockstep.Release
			page, cursor, err = tx.Releases(w.project.ID, lockstep.Page{Cursor: cursor, Limit: 2})
			for _, r := range page {
				got = append(got, r.Version)
			}
			return err
		})
		w.release("2.0."+cursor, w.tick())
	}
	if !slices.Equal(got, want) {
		t.Errorf("releases %v, want %v", got, want)
	}
}

func testDeploymentFilters(t *testing.T, w *world) {
	one, two := w.environment("one"), w.environment("two")
	first, second := w.completed(one, "1.0.0"), w.deploy(one, "2.0.0")
	third := w.deploy(two, "1.0.0")
	for _, c := range []struct {
		filter lockstep.DeploymentFilter
		want   []lockstep.Deployment
	}{
		{lockstep.DeploymentFilter{}, []lockstep.Deployment{third, second, first}},
		{lockstep.DeploymentFilter{ProjectID: w.project.ID}, []lockstep.Deployment{third, second, first}},
		{lockstep.DeploymentFilter{ProjectID: "other"}, nil},
		{lockstep.DeploymentFilter{EnvironmentID: one.ID}, []lockstep.Deployment{second, first}},
		{lockstep.DeploymentFilter{Status: lockstep.StatusPending}, []lockstep.Deployment{third, second}},
		{lockstep.DeploymentFilter{ProjectID: w.project.ID, EnvironmentID: one.ID, Status: lockstep.StatusCompleted}, []lockstep.Deployment{first}},
	} {
		var got []string
		for cursor, more := "", true; more; more = cursor != "" {
			w.view(func(tx *store.Tx) (err error) {
				var page []lockstep.Deployment
				page, cursor, err = tx.Deployments(c.filter, lockstep.Page{Cursor: cursor, Limit: 1})
				for _, d := range page {
					got = append(got, d.ID)
				}
				return err
			})
		}
		var want []string
		for _, d := range c.want {
			want = append(want, d.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v: %v, want %v", c.filter, got, want)
		}
	}
}

func testEnvironmentOrder(t *testing.T, w *world) {
	want := []string{"Z", "a", "a-b", "a0", "aa", "b", "é"}
	for _, i := range []int{3, 6, 0, 5, 1, 4, 2} {
		w.environment(want[i], func(e *lockstep.Environment) {
			e.Spec.Dependencies = []lockstep.DependencyRecord{{Name: "of " + e.Name, Type: lockstep.ServiceDatabase}}
		})
	}
	names := func(all []lockstep.Environment) (out []string) {
		for _, e := range all {
			if len(e.Spec.Dependencies) != 1 || e.Spec.Dependencies[0].Name != "of "+e.Name {
				t.Errorf("environment %s depends on %+v", e.Name, e.Spec.Dependencies)
			}
			out = append(out, e.Name)
		}
		return out
	}
	w.view(func(tx *store.Tx) error {
		all, err := tx.Environments(w.project.ID)
		if got := names(all); !slices.Equal(got, want) {
			t.Errorf("environments %v, want %v", got, want)
		}
		return err
	})
	var got []string
	for cursor, more := "", true; more; more = cursor != "" {
		w.view(func(tx *store.Tx) (err error) {
			var page []lockstep.Environment
			page, cursor, err = tx.EnvironmentPage(w.project.ID, lockstep.Page{Cursor: cursor, Limit: 3})
			got = append(got, names(page)...)
			return err
		})
	}
	if !slices.Equal(got, want) {
		t.Errorf("environments by pages %v, want %v", got, want)
	}
}
