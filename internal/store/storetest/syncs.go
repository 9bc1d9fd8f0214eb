package storetest

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// sync queues a sync from one environment to another.
func (w *world) sync(from, to lockstep.Environment) lockstep.SyncResult {
	w.t.Helper()
	op := w.queue(lockstep.OperationSync, to, func(op *lockstep.Operation) {
		op.Sync = &lockstep.Sync{SourceID: from.ID, Source: from.Name, TargetID: to.ID, Target: to.Name, Type: lockstep.SyncPartial}
		op.Locks = append(op.Locks, lockstep.EnvironmentLock(from.ID))
	})
	s := lockstep.SyncResult{
		ID: op.ID, ProjectID: w.project.ID, SourceEnvironmentID: from.ID, TargetEnvironmentID: to.ID, Source: from.Name, Target: to.Name,
		SyncType: lockstep.SyncPartial, Status: lockstep.SyncRunning, StartedAt: op.CreatedAt, StartedBy: "ada",
		Changes: []lockstep.ConfigChange{{
			Type: lockstep.ConfigModify, Path: "variables.backend.LEVEL", OldValue: "a\u0000b", NewValue: "it's \"<new>\" 🚀", Status: lockstep.ChangePending,
		}},
		Options:       lockstep.ConfigSyncOptions{Include: []string{"variables.*"}, Description: "because", ApplyImmediately: true},
		SourceVersion: 7, TargetVersion: 3,
	}
	w.update(func(tx *store.Tx) error { return tx.AddSync(s) })
	return s
}

func (w *world) readSync(id string) (s lockstep.SyncResult) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { s, err = tx.Sync(id); return err })
	return s
}

func testSyncs(t *testing.T, w *world) {
	staging, live, other := w.environment("staging"), w.environment("live", production), w.environment("other")

	first := w.sync(staging, live)
	w.same("a sync", first, w.readSync(first.ID))
	c := w.claim("worker", time.Hour)
	if got := c.Operation.Sync; got == nil || got.SourceID != staging.ID || got.Target != "live" || got.Type != lockstep.SyncPartial {
		t.Errorf("claimed %+v", got)
	}
	w.deploy(staging, "1.0.0")
	w.idle() // both environments are the sync's
	w.plan(c.Lease, "sync-configuration")
	if got := w.readSync(first.ID); got.Status != lockstep.SyncRunning || got.CompletedAt != nil {
		t.Errorf("while it runs: %+v", got)
	}
	done := first
	done.Changes = []lockstep.ConfigChange{first.Changes[0]}
	done.Changes[0].Status, done.NewVersion, done.DeploymentID = lockstep.ChangeApplied, 4, "d"
	w.update(func(tx *store.Tx) error { return tx.SyncDone(done) })
	w.record(c.Lease, ends(lockstep.StatusCompleted, ""))
	got := w.readSync(first.ID)
	if got.CompletedAt == nil || got.Duration == 0 {
		t.Errorf("no end: %+v", got)
	}
	done.Status, done.CompletedAt, done.Duration = lockstep.SyncCompleted, got.CompletedAt, got.Duration
	w.same("a completed sync", done, got)
	deployed := w.claim("worker", time.Hour)
	w.plan(deployed.Lease, "start")
	w.record(deployed.Lease, ends(lockstep.StatusCompleted, lockstep.EnvironmentActive))

	// What fails and what is called off says why, and is no base.
	failed := w.sync(live, staging)
	c = w.claim("worker", time.Hour)
	w.plan(c.Lease, "sync-configuration")
	why := &lockstep.OperationError{Code: lockstep.CodeStale, Message: "changed meanwhile"}
	w.record(c.Lease, lockstep.Record{Failure: why})
	w.record(c.Lease, ends(lockstep.StatusFailed, ""))
	if got := w.readSync(failed.ID); got.Status != lockstep.SyncFailed || got.Error != "changed meanwhile" {
		t.Errorf("failed: %+v", got)
	}
	called := w.sync(live, staging)
	w.update(func(tx *store.Tx) error {
		return tx.SetOperationStatus(called.ID, lockstep.StatusPending, lockstep.StatusCancelled, &lockstep.OperationError{Message: "cancelled by ada"})
	})
	if got := w.readSync(called.ID); got.Status != lockstep.SyncCancelled || got.Error != "cancelled by ada" || got.CompletedAt == nil {
		t.Errorf("called off: %+v", got)
	}
	w.lastSync(staging, live, first.ID)
	w.lastSync(live, staging, first.ID)
	w.lastSync(staging, other, "")

	waiting := w.sync(other, staging)
	w.view(func(tx *store.Tx) error {
		page, next, err := tx.Syncs(w.project.ID, "", lockstep.Page{Limit: 3})
		w.must(err)
		if len(page) != 3 || page[0].ID != waiting.ID || next == "" {
			t.Errorf("syncs %+v, then %q", page, next)
		}
		page, next, err = tx.Syncs(w.project.ID, "", lockstep.Page{Limit: 3, Cursor: next})
		w.must(err)
		if len(page) != 1 || page[0].ID != first.ID || next != "" {
			t.Errorf("and then %+v, then %q", page, next)
		}
		for _, want := range []struct {
			env lockstep.Environment
			n   int
		}{{staging, 4}, {live, 3}, {other, 1}} {
			if page, _, err = tx.Syncs(w.project.ID, want.env.ID, lockstep.Page{}); err != nil || len(page) != want.n {
				t.Errorf("of %s: %d syncs (%v), want %d", want.env.Name, len(page), err, want.n)
			}
		}
		return nil
	})

	// One that was undone is no base, and history outlives its environments.
	done.Undone = &lockstep.SyncUndone{At: epoch, By: "bob", Version: 5}
	w.update(func(tx *store.Tx) error { return tx.SyncDone(done) })
	w.same("an undone sync", done.Undone, w.readSync(first.ID).Undone)
	w.lastSync(staging, live, "")
	w.update(func(tx *store.Tx) error { return tx.DeleteEnvironment(live.ID) })
	if got := w.readSync(first.ID); got.TargetEnvironmentID != "" || got.Target != "live" || got.SourceEnvironmentID != staging.ID {
		t.Errorf("its target is gone: %+v", got)
	}
	w.wantMissing(func(tx *store.Tx) error { _, err := tx.Sync("nothing"); return err })
	w.wantMissing(func(tx *store.Tx) error { return tx.SyncDone(lockstep.SyncResult{ID: "nothing"}) })
}

func (w *world) wantMissing(fn func(*store.Tx) error) {
	w.t.Helper()
	wantCode(w.t, w.store.Update(w.t.Context(), fn), lockstep.CodeNotFound)
}

func (w *world) lastSync(one, other lockstep.Environment, want string) {
	w.t.Helper()
	w.view(func(tx *store.Tx) error {
		s, err := tx.LastSync(one.ID, other.ID)
		w.must(err)
		got := ""
		if s != nil {
			got = s.ID
		}
		if got != want {
			w.t.Errorf("the last sync of %s and %s is %q, want %q", one.Name, other.Name, got, want)
		}
		return nil
	})
}
