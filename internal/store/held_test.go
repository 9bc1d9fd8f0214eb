package store

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lockstep-dev/lockstep"
)

// Writers queue for one connection. Where another process holds the file,
// each learns of it after one timeout, however many wait before it.
func TestAHeldFileIsToldAfterOneTimeout(t *testing.T) {
	t.Parallel()
	const busy, writers = time.Second, 5
	dir := t.TempDir()
	s, err := Open(t.Context(), Options{DataDir: dir, busyTimeout: busy})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // nothing was written
	stranger, err := sql.Open("sqlite", filepath.Join(dir, sqliteFile))
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close() //nolint:errcheck // nothing was written
	stranger.SetMaxOpenConns(1)
	if _, err := stranger.ExecContext(t.Context(), "BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	write := func() error { return s.Update(t.Context(), func(*Tx) error { return nil }) }
	began := time.Now()
	var waiting errgroup.Group
	for range writers {
		waiting.Go(func() error {
			err := write()
			if lockstep.CodeOf(err) != lockstep.CodeUnavailable || !strings.Contains(err.Error(), "locked by another process") {
				t.Errorf("got %v", err)
			}
			return nil
		})
	}
	_ = waiting.Wait()
	if took := time.Since(began); took < busy || took > 3*busy {
		t.Errorf("%d writers waited %s, and a timeout is %s", writers, took, busy)
	}
	if _, err := stranger.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := write(); err != nil {
		t.Errorf("the file is free again: %v", err)
	}
}
