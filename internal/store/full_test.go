package store

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// TestFullDiskPasses limits the database's size, which SQLite reports as it
// reports a full disk, and then gives it space again.
func TestFullDiskPasses(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Options{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, s)
	testFullDisk(t, s,
		func() { limitPages(t, s, 1) }, // the smallest there is: what it has
		func() { limitPages(t, s, 1<<30) })
}

func limitPages(t *testing.T, s *Store, pages int) {
	t.Helper()
	tx := "PRAGMA max_page_count = " + arg(pages)[1:]
	if _, err := s.writer.ExecContext(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
}

// testFullDisk fills the disk, sees what happens, and frees it.
func testFullDisk(t *testing.T, s *Store, fill, free func()) {
	t.Helper()
	put := func(name string) error {
		return s.Update(t.Context(), func(tx *Tx) error {
			return errors.Join(
				tx.PutProject(lockstep.Project{ID: name, Name: name, Matrix: []byte(strings.Repeat("x", 1<<20))}),
				tx.AppendEvent(lockstep.Event{Type: lockstep.EventMatrixApplied}))
		})
	}
	if err := put("before"); err != nil {
		t.Fatal(err)
	}
	fill()
	err := put("lost")
	if lockstep.CodeOf(err) != lockstep.CodeUnavailable || !strings.Contains(err.Error(), "no space left") || !strings.Contains(err.Error(), "lockstep.db") {
		t.Errorf("on a full disk: %v (%s)", err, lockstep.CodeOf(err))
	}
	if got := names(t, s); len(got) != 1 {
		t.Errorf("on a full disk it reads %v", got)
	}
	free()
	if err := put("after"); err != nil {
		t.Errorf("with space again: %v", err)
	}
	if got := names(t, s); len(got) != 2 {
		t.Errorf("with space again it reads %v", got)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func closed(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func names(t *testing.T, s *Store) (names []string) {
	t.Helper()
	if err := s.View(t.Context(), func(tx *Tx) error {
		all, err := tx.Projects()
		for _, p := range all {
			names = append(names, p.Name)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return names
}

// TestForeignLockIsNamed has another program lock the file.
func TestForeignLockIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(t.Context(), Options{DataDir: dir, busyTimeout: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, s)
	other := &Store{now: time.Now}
	other.dialect = s.dialect
	if other.writer, err = openWriter(filepath.Join(dir, sqliteFile), time.Second); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := other.writer.Close(); err != nil {
			t.Error(err)
		}
	}()
	tx, err := other.writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	put := func() error {
		return s.Update(t.Context(), func(tx *Tx) error { return tx.PutProject(lockstep.Project{ID: "p", Name: "p"}) })
	}
	err = put()
	if lockstep.CodeOf(err) != lockstep.CodeUnavailable || !strings.Contains(err.Error(), "locked by another process") || !strings.Contains(err.Error(), sqliteFile) {
		t.Errorf("while it is locked: %v (%s)", err, lockstep.CodeOf(err))
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := put(); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
