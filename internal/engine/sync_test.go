package engine_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// config adds the next version of an environment's configuration.
func (w *world) config(tx *store.Tx, env string) (int64, error) {
	latest, err := tx.ConfigVersion(env, 0)
	if err != nil && lockstep.CodeOf(err) != lockstep.CodeNotFound {
		return 0, err
	}
	v := lockstep.ConfigVersion{ID: fmt.Sprintf("%s-config-%d", env, latest.Number+1), EnvironmentID: env, Number: latest.Number + 1, Author: "ada", CreatedAt: w.began}
	if v.Hash, err = lockstep.Hash(v.Document); err != nil {
		return 0, err
	}
	return v.Number, tx.AddConfigVersion(v)
}

// sync queues a sync into an environment from another one, refused where its
// target cannot take it.
func (w *world) sync(env string, refused bool) string {
	w.t.Helper()
	source := env + "-source"
	w.environment(source, func(*lockstep.Environment) {})
	id := w.nextID("sync")
	s := lockstep.SyncResult{
		ID: id, ProjectID: w.project.ID, SourceEnvironmentID: source, TargetEnvironmentID: env, Source: source, Target: env,
		SyncType: lockstep.SyncFull, Status: lockstep.SyncRunning, StartedAt: w.began, StartedBy: "ada", Changes: []lockstep.ConfigChange{},
		SourceVersion: 1, TargetVersion: 1, Options: lockstep.ConfigSyncOptions{IncludeSpecific: refused},
	}
	op := w.pending(id, lockstep.OperationSync, w.envs[env], "")
	op.Sync = &lockstep.Sync{SourceID: source, Source: source, TargetID: env, Target: env, Type: lockstep.SyncFull}
	op.Locks = append(op.Locks, lockstep.EnvironmentLock(source))
	w.update(func(tx *store.Tx) error {
		if _, err := w.config(tx, env); err != nil {
			return err
		}
		if err := tx.AddOperation(op); err != nil {
			return err
		}
		return tx.AddSync(s)
	})
	return id
}

// carryOutSync keeps to the contract of engine.SyncConfig as control does, on
// the same rows.
func (w *world) carryOutSync(ctx context.Context, op lockstep.Operation, lease lockstep.Lease) (string, error) {
	err := w.store.Update(ctx, func(tx *store.Tx) error {
		o, err := tx.Operation(op.ID)
		if err != nil {
			return err
		}
		if o.Fence != lease.Fence || o.Worker != lease.Worker || o.Status != lockstep.StatusRunning {
			return lockstep.Errorf(lockstep.CodeFenced, "it is another worker's")
		}
		s, err := tx.Sync(op.ID)
		if err != nil || s.NewVersion != 0 {
			return err
		}
		if s.Options.IncludeSpecific {
			return lockstep.Errorf(lockstep.CodeConflict, "the target has changed")
		}
		if s.NewVersion, err = w.config(tx, op.EnvironmentID); err != nil {
			return err
		}
		return tx.SyncDone(s)
	})
	return "synced", err
}

// synced is what a sync left: its record, and how many versions its target's
// configuration has.
func (w *world) synced(env, id string) (text string) {
	w.t.Helper()
	w.view(func(tx *store.Tx) error {
		s, err := tx.Sync(id)
		if err != nil {
			return err
		}
		latest, err := tx.ConfigVersion(env, 0)
		text = fmt.Sprintf("%s, %q, version %d of %d", s.Status, s.Error, s.NewVersion, latest.Number)
		return err
	})
	return text
}

func inBubble(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, store.Options{DataDir: dir})
		defer w.close()
		test(t, w)
	})
}

// A sync changes what is stored: nothing that runs is asked, so that a host
// that is down is in nobody's way.
func TestASyncNeedsNoHost(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		w.prepared("production")
		id := w.sync("production", false)
		_, stop := w.start("worker", func(o *engine.Options) {
			o.Runtime = func(lockstep.Environment) (runtime.Runtime, traffic.Router, error) {
				return nil, nil, errors.New("the host is down")
			}
		})
		defer stop()
		op := w.finished(id)
		if got := w.synced("production", id); op.Status != lockstep.StatusCompleted || got != `completed, "", version 2 of 2` {
			t.Errorf("%s: %s", op.Status, got)
		}
		if len(op.Steps) != 1 || op.Steps[0].Output != "synced" {
			t.Errorf("steps %+v", op.Steps)
		}
	})
}

// One that is cancelled while it waits for its turn changes nothing.
func TestASyncThatWaitsIsCancelled(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		w.prepared("production")
		first := w.deploy("production", "v2")
		id := w.sync("production", false)
		w.cancel(id)
		_, stop := w.start("worker")
		defer stop()
		if op := w.finished(first); op.Status != lockstep.StatusCompleted {
			t.Errorf("the deployment before it is %s", op.Status)
		}
		op := w.finished(id)
		if got := w.synced("production", id); op.Status != lockstep.StatusCancelled || got != `cancelled, "", version 0 of 1` {
			t.Errorf("%s: %s", op.Status, got)
		}
	})
}
