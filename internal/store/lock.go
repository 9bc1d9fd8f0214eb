package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/lockstep-dev/lockstep"
)

// A Lock is held on a file until it is released or its process ends, however
// it ends.
type Lock struct{ file *os.File }

var errHeld = errors.New("held by another process")

// LockDir makes dir one server's own: with either database a data directory
// also holds blobs, tokens and the agent. It creates the directory. A
// directory in use is lockstep.CodeConflict.
func LockDir(dir string) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, lockstep.Errorf(lockstep.CodeFailed, "data directory %s cannot be made: choose another with --data: %w", dir, err)
	}
	path := filepath.Join(dir, "server.lock")
	lock, err := lockFile(path)
	if errors.Is(err, errHeld) {
		return nil, lockstep.Errorf(lockstep.CodeConflict, "data directory %s is in use by another server%s: stop that one or choose another directory with --data", dir, holder(path))
	}
	if err != nil {
		return nil, lockstep.Errorf(lockstep.CodeFailed, "data directory %s cannot be locked: let the server's user write to it, or choose another with --data: %w", dir, err)
	}
	return lock, nil
}

// Release gives the lock up. The file stays: removing it would let two
// processes hold locks on two files of one name.
func (l *Lock) Release() error { return l.file.Close() }

func lockFile(path string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = errHeld
		}
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
	}
	// The number is for people; a lock whose file could not take it still holds.
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return &Lock{file: f}, nil
}

// holder names the process that holds a lock, where the file says so.
func holder(path string) string {
	b, err := os.ReadFile(path)
	pid := strings.TrimSpace(string(b))
	if err != nil || pid == "" {
		return ""
	}
	return " (process " + pid + ")"
}
