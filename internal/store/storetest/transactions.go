package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testTransactions(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"an error undoes everything", func(t *testing.T, w *world) {
			mine := errors.New("mine")
			before := w.newest()
			err := w.store.Update(t.Context(), func(tx *store.Tx) error {
				return errors.Join(addProject(tx, "other"), tx.AppendEvent(lockstep.Event{Type: lockstep.EventMatrixApplied}), mine)
			})
			if !errors.Is(err, mine) {
				t.Errorf("got %v, want the function's own error", err)
			}
			w.wantProjects(1)
			if w.newest() != before {
				t.Error("an event of a transaction that was undone took a number")
			}
		}},
		{"a panic undoes everything", func(t *testing.T, w *world) {
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the panic did not come through")
					}
				}()
				_ = w.store.Update(t.Context(), func(tx *store.Tx) error {
					var none []string
					w.must(addProject(tx, "other"))
					return errors.New(none[0])
				})
			}()
			w.wantProjects(1)
			w.update(func(tx *store.Tx) error { return addProject(tx, "later") })
			w.wantProjects(2)
		}},
		{"a failed statement cannot be forgotten", func(t *testing.T, w *world) {
			err := w.store.Update(t.Context(), func(tx *store.Tx) error {
				w.must(addProject(tx, "other"))
				_ = tx.PutProject(lockstep.Project{ID: "another", Name: "other", CreatedAt: epoch, UpdatedAt: epoch})
				return nil
			})
			wantCode(t, err, lockstep.CodeConflict)
			w.wantProjects(1)
		}},
		{"what is not found does not break a transaction", func(t *testing.T, w *world) {
			w.update(func(tx *store.Tx) error {
				if _, err := tx.Project("nobody"); lockstep.CodeOf(err) != lockstep.CodeNotFound {
					t.Errorf("got %v", err)
				}
				return addProject(tx, "other")
			})
			w.wantProjects(2)
		}},
		{"a view sees one moment", func(t *testing.T, w *world) {
			w.view(func(tx *store.Tx) error {
				before, err := tx.Projects()
				w.must(err)
				w.update(func(tx *store.Tx) error { return addProject(tx, "meanwhile") })
				after, err := tx.Projects()
				if len(before) != 1 || len(after) != 1 {
					t.Errorf("%d projects, then %d in the same view", len(before), len(after))
				}
				return err
			})
			w.wantProjects(2)
		}},
		{"a view writes nothing", func(t *testing.T, w *world) {
			err := w.store.View(t.Context(), func(tx *store.Tx) error { return addProject(tx, "other") })
			if err == nil {
				t.Error("a view wrote")
			}
			w.wantProjects(1)
		}},
		{"fifty writers at once lose nothing", testFiftyWriters},
		{"who waits for his turn may give up", func(t *testing.T, w *world) {
			holding, done := make(chan struct{}), make(chan struct{})
			var all errgroup.Group
			all.Go(func() error {
				return w.store.Update(t.Context(), func(tx *store.Tx) error {
					_, err := tx.Project("sunday")
					close(holding)
					<-done
					return err
				})
			})
			<-holding
			ctx, cancel := context.WithCancel(t.Context())
			all.Go(func() error {
				err := w.store.Update(ctx, func(tx *store.Tx) error {
					_, err := tx.Project("sunday")
					return err
				})
				close(done)
				if !errors.Is(err, context.Canceled) {
					t.Errorf("got %v, want the context's error", err)
				}
				return nil
			})
			cancel()
			w.must(all.Wait())
		}},
	})
}

// testFiftyWriters has each of them add to a number that all of them read.
func testFiftyWriters(t *testing.T, w *world) {
	const writers, rounds = 50, 4
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range rounds {
				err := w.store.Update(t.Context(), func(tx *store.Tx) error {
					p, err := tx.Project("sunday")
					if err != nil {
						return err
					}
					p.MatrixVersion++
					return errors.Join(tx.PutProject(p), tx.AppendEvent(lockstep.Event{Type: lockstep.EventMatrixApplied}))
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	w.view(func(tx *store.Tx) error {
		p, err := tx.Project("sunday")
		if p.MatrixVersion != writers*rounds {
			t.Errorf("the number is %d after %d additions", p.MatrixVersion, writers*rounds)
		}
		return err
	})
}

func addProject(tx *store.Tx, name string) error {
	return tx.PutProject(lockstep.Project{ID: "id of " + name, Name: name, CreatedAt: epoch, UpdatedAt: epoch})
}

func (w *world) wantProjects(n int) {
	w.t.Helper()
	w.view(func(tx *store.Tx) error {
		all, err := tx.Projects()
		if len(all) != n {
			w.t.Errorf("there are %d projects, want %d", len(all), n)
		}
		return err
	})
}
