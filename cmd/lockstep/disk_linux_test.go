package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

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
		defer os.Remove(dir) //nolint:errcheck // an empty directory
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
			return "", err
		}
		return "", syscall.Unmount(dir, 0)
	},
}

// TestDisks plays the sessions whose data directory is a disk of its own.
func TestDisks(t *testing.T) {
	suite.Need(t, mounting)
	runScripts(t, "testdata/disk")
}

func diskCommands() map[string]scriptCommand {
	return map[string]scriptCommand{"mount": plain(mount), "remount": plain(remount)}
}

// mount SIZE makes the data directory a disk of that size, until the script
// is over.
func mount(ts *testscript.TestScript, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: mount SIZE")
	}
	w := worldOf(ts)
	if err := os.Mkdir(w.dir, 0o700); err != nil {
		return err
	}
	if err := syscall.Mount("tmpfs", w.dir, "tmpfs", 0, "size="+args[0]+",mode=700"); err != nil {
		return err
	}
	w.unmount = func() error { return syscall.Unmount(w.dir, syscall.MNT_DETACH) }
	return nil
}

// remount OPTION changes it: ro, rw.
func remount(ts *testscript.TestScript, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: remount ro|rw")
	}
	flags := uintptr(syscall.MS_REMOUNT)
	if args[0] == "ro" {
		flags |= syscall.MS_RDONLY
	}
	return syscall.Mount("tmpfs", filepath.Clean(worldOf(ts).dir), "tmpfs", flags, "")
}
