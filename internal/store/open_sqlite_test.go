package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func TestOpenMakesAPrivateDatabase(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a b%20?#ü", "data")
	s := open(t, store.Options{DataDir: dir})
	put(t, s, "sunday")
	files, err := filepath.Glob(strings.ReplaceAll(filepath.Join(dir, "lockstep.db*"), "?", `\?`))
	if err != nil || len(files) < 3 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, file := range append(files, dir) {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v; want it to be the owner's alone", file, info.Mode(), err)
		}
	}
}

func TestOpenTwiceKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	for i := range 3 {
		s := open(t, options)
		put(t, s, fmt.Sprint("project", i))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, options)
	if names := projects(t, s); len(names) != 3 {
		t.Errorf("projects %v", names)
	}
	sound(t, s)
}

func TestOpenNeedsAPlace(t *testing.T) {
	t.Parallel()
	for _, options := range []store.Options{{}, {DatabaseURL: "mysql://x"}, {DatabaseURL: "postgres://user:secret@host:port/x"}} {
		_, err := store.Open(t.Context(), options)
		wantRefusal(t, err, lockstep.CodeInvalid, "data")
		if strings.Contains(fmt.Sprintf("%v %+v", err, err), "secret") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}

func TestOneServerHasADatabaseFile(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	cmd := child(t, "hold", options)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "open\n" {
		t.Fatalf("the other server says %q", line)
	}
	_, err = store.Open(t.Context(), options)
	wantRefusal(t, err, lockstep.CodeConflict, "lockstep.db", fmt.Sprintf("process %d", cmd.Process.Pid), "--data")

	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	sound(t, open(t, options)) // the lock went with its process
}

func TestOpenRefusesFilesThatAreNoneOfOurs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(t *testing.T, file string)
		code  lockstep.Code
		words []string
	}{
		"other content": {
			func(t *testing.T, file string) {
				t.Helper()
				write(t, file, []byte(strings.Repeat("no database at all ", 100)))
			},
			lockstep.CodeFailed,
			[]string{"not a database of ours", "--data"},
		},
		"truncated": {
			func(t *testing.T, file string) {
				t.Helper()
				if err := os.Truncate(file, 8192); err != nil {
					t.Fatal(err)
				}
			},
			lockstep.CodeFailed,
			[]string{"damaged", "backup"},
		},
		"newer": {
			func(t *testing.T, file string) {
				t.Helper()
				raw(t, file, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
			},
			lockstep.CodeUnsupported,
			[]string{"version 9999", "up to version", "newer program"},
		},
		"a directory": {
			func(t *testing.T, file string) {
				t.Helper()
				if err := os.Remove(file); err != nil {
					t.Fatal(err)
				}
				if err := os.Mkdir(file, 0o700); err != nil {
					t.Fatal(err)
				}
			},
			lockstep.CodeFailed,
			[]string{"directory"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := store.Options{DataDir: t.TempDir()}
			s := open(t, options)
			put(t, s, "sunday")
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(options.DataDir, "lockstep.db")
			c.spoil(t, file)
			before, _ := os.ReadFile(file)
			_, err := store.Open(t.Context(), options)
			wantRefusal(t, err, c.code, append(c.words, file)...)
			if after, _ := os.ReadFile(file); string(after) != string(before) {
				t.Error("the file was written to")
			}
		})
	}
}

func TestLockDirIsOneServers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	lock, err := store.LockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.LockDir(dir)
	wantRefusal(t, err, lockstep.CodeConflict, dir, fmt.Sprintf("process %d", os.Getpid()))
	open(t, store.Options{DataDir: dir}) // the database has a lock of its own
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	lock, err = store.LockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "file"), nil)
	_, err = store.LockDir(filepath.Join(dir, "file"))
	wantRefusal(t, err, lockstep.CodeFailed, dir)
}

func put(t *testing.T, s *store.Store, name string) {
	t.Helper()
	if err := putProject(t.Context(), s, name); err != nil {
		t.Fatal(err)
	}
}

func putProject(ctx context.Context, s *store.Store, name string) error {
	return s.Update(ctx, func(tx *store.Tx) error {
		return tx.PutProject(lockstep.Project{ID: name, Name: name})
	})
}

func projects(t *testing.T, s *store.Store) (names []string) {
	t.Helper()
	if err := s.View(t.Context(), func(tx *store.Tx) error {
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

func sound(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// wantRefusal wants a code, and words in what a person sees.
func wantRefusal(t *testing.T, err error, code lockstep.Code, words ...string) {
	t.Helper()
	if lockstep.CodeOf(err) != code {
		t.Fatalf("got %v (%s), want the code %s", err, lockstep.CodeOf(err), code)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
}

// raw runs a statement on a database file, as another program would.
func raw(t *testing.T, file, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
