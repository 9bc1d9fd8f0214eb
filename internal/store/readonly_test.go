package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// TestReadOnlyPlacesAreNamed runs the store as a user who may not write; root
// may write anywhere.
func TestReadOnlyPlacesAreNamed(t *testing.T) {
	t.Parallel()
	for name, forbid := range map[string]func(t *testing.T, dir string){
		"directory": func(t *testing.T, dir string) {
			t.Helper()
			chmod(t, dir, 0o555)
		},
		"file": func(t *testing.T, dir string) {
			t.Helper()
			s := open(t, store.Options{DataDir: dir})
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			chmod(t, filepath.Join(dir, "lockstep.db"), 0o444)
			chmod(t, filepath.Join(dir, "lockstep.db.lock"), 0o666)
		},
		"parent": func(t *testing.T, dir string) {
			t.Helper()
			chmod(t, filepath.Dir(dir), 0o555)
			if err := os.Remove(dir); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			top, err := os.MkdirTemp("", "store") //nolint:usetesting // t.TempDir's is not open to another user
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(top, "data")
			t.Cleanup(func() {
				_ = os.Chmod(top, 0o700)
				_ = os.Chmod(dir, 0o700)
				_ = os.RemoveAll(top)
			})
			chmod(t, top, 0o755)
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			forbid(t, dir)
			cmd := child(t, "open", store.Options{DataDir: dir})
			if os.Geteuid() == 0 {
				cmd.Path = copied(t, cmd.Path, top)
				cmd.SysProcAttr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
			}
			out, err := cmd.Output()
			got := string(out)
			if err != nil || !strings.HasPrefix(got, string(lockstep.CodeFailed)+" ") || !strings.Contains(got, dir) || !strings.Contains(got, "--data") {
				t.Errorf("it says %q, %v", got, err)
			}
		})
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// copied puts the test binary where another user may run it.
func copied(t *testing.T, binary, dir string) string {
	t.Helper()
	content, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "store.test")
	mode, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	chmod(t, dir, 0o755)
	if err := os.WriteFile(path, content, 0o755); err != nil { //nolint:gosec // to be run by another user
		t.Fatal(err)
	}
	chmod(t, dir, mode.Mode().Perm())
	return path
}
