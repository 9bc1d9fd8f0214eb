package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/suite"
)

var mounting = suite.Requirement{
	Name:    "the right to mount a small file system",
	Install: "run the tests as root",
	Find: func() (string, error) {
		dir, err := os.MkdirTemp("", "mount")
		if err != nil {
			return "", err
		}
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
			return "", errors.Join(err, os.Remove(dir))
		}
		return "", errors.Join(syscall.Unmount(dir, 0), os.Remove(dir))
	},
}

// TestTinyDiskPasses is TestFullDiskPasses on a disk that is full.
func TestTinyDiskPasses(t *testing.T) {
	t.Parallel()
	suite.Need(t, mounting)
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	s, err := Open(t.Context(), Options{DataDir: filepath.Join(dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, s)
	ballast := filepath.Join(dir, "ballast")
	testFullDisk(t, s,
		func() {
			if err := os.WriteFile(ballast, make([]byte, 16<<20), 0o600); err == nil {
				t.Error("the disk did not fill")
			}
		},
		func() {
			if err := os.Remove(ballast); err != nil {
				t.Error(err)
			}
		})
}
