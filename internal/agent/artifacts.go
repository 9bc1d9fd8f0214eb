package agent

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/artifact"
)

// artifactsKept is how many unpacked artifacts stay that no group uses: what
// is deployed next was often deployed lately.
const artifactsKept = 5

var digestShape = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// artifacts are unpacked trees, shared by every instance that runs them:
// DIR/<hex digest>. Nothing writes to a tree once it has its name.
type artifacts struct {
	dir, tmp string

	mu    sync.Mutex
	locks map[string]*sync.Mutex // by digest, while one is received
}

func newArtifacts(dir string) (*artifacts, error) {
	a := &artifacts{dir: filepath.Join(dir, "artifacts"), tmp: filepath.Join(dir, "incoming"), locks: map[string]*sync.Mutex{}}
	// What a dead agent left half received is of no use.
	if err := removeTree(a.tmp); err != nil {
		return nil, fmt.Errorf("agent artifacts: %w", err)
	}
	if err := errors.Join(os.MkdirAll(a.tmp, 0o700), os.MkdirAll(a.dir, 0o711)); err != nil {
		return nil, fmt.Errorf("agent artifacts: %w", err)
	}
	return a, nil
}

func (a *artifacts) path(digest string) string {
	return filepath.Join(a.dir, strings.TrimPrefix(digest, "sha256:"))
}

// use says that a tree is wanted now, which keeps it from being tidied away.
func (a *artifacts) use(digest string) bool {
	now := time.Now()
	return os.Chtimes(a.path(digest), now, now) == nil
}

// receive stores what body holds, if that is what the digest says.
func (a *artifacts) receive(ctx context.Context, digest string, body io.Reader) error {
	if !digestShape.MatchString(digest) {
		return lockstep.Invalid("digest", "artifact digest %q: want sha256: and 64 hex digits", digest)
	}
	unlock := a.lock(digest)
	defer unlock()
	if a.use(digest) {
		return nil
	}
	packed, err := os.CreateTemp(a.tmp, "packed-")
	if err != nil {
		return storing(err)
	}
	defer func() {
		_ = packed.Close() // its content was used or is of no use
		_ = os.Remove(packed.Name())
	}()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(packed, sum), io.LimitReader(body, maxArtifact+1))
	switch {
	case err != nil:
		return storing(err)
	case n > maxArtifact:
		return lockstep.Errorf(lockstep.CodeTooLarge, "artifact %s has more than %d bytes", digest, maxArtifact)
	case "sha256:"+hex.EncodeToString(sum.Sum(nil)) != digest:
		return lockstep.Errorf(lockstep.CodeInvalid, "what was sent as artifact %s has another digest: it was damaged on the way", digest)
	}
	if _, err := packed.Seek(0, io.SeekStart); err != nil {
		return storing(err)
	}
	return a.unpack(ctx, digest, packed)
}

func (a *artifacts) unpack(ctx context.Context, digest string, packed io.Reader) error {
	tree, err := os.MkdirTemp(a.tmp, "tree-")
	if err != nil {
		return storing(err)
	}
	// Made for its maker alone, and read by all who run it.
	if err := os.Chmod(tree, 0o755); err != nil {
		return storing(err)
	}
	err = artifact.Unpack(ctx, packed, tree, artifact.Limits{})
	if err == nil {
		err = closeTree(tree)
	}
	if err == nil {
		err = os.Rename(tree, a.path(digest))
	}
	if err == nil {
		err = errors.Join(os.Chmod(a.path(digest), 0o555), syncDir(a.dir))
	}
	if err != nil {
		return errors.Join(storing(err), removeTree(tree))
	}
	return nil
}

// storing gives the error of a disk that is full its code; refusals of the
// archive keep theirs.
func storing(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return lockstep.Errorf(lockstep.CodeUnavailable, "the agent has no room for an artifact (%w): make room on its disk", err)
	}
	return fmt.Errorf("store artifact: %w", err)
}

func (a *artifacts) lock(digest string) (unlock func()) {
	a.mu.Lock()
	m, ok := a.locks[digest]
	if !ok {
		m = &sync.Mutex{}
		a.locks[digest] = m
	}
	a.mu.Unlock()
	m.Lock()
	return m.Unlock
}

// tidy removes trees that are not wanted, except the ones used last.
func (a *artifacts) tidy(wanted func(digest string) bool) error {
	entries, err := os.ReadDir(a.dir)
	if err != nil {
		return fmt.Errorf("tidy artifacts: %w", err)
	}
	var spare []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && !wanted("sha256:"+e.Name()) {
			spare = append(spare, info)
		}
	}
	slices.SortFunc(spare, func(x, y fs.FileInfo) int { return y.ModTime().Compare(x.ModTime()) })
	var failed error
	for _, info := range spare[min(artifactsKept, len(spare)):] {
		failed = errors.Join(failed, a.discard(info.Name()))
	}
	return failed
}

// closeTree takes write permission from everything in a tree and lets every
// user read it: instances share it, and may run as others. The tree itself is
// left writable, or it could not be moved.
func closeTree(tree string) error {
	return filepath.WalkDir(tree, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 || path == tree {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.Chmod(path, info.Mode().Perm()&^0o222|0o444)
	})
}

// removeTree removes what a process may have made unwritable to us.
func removeTree(tree string) error {
	err := os.RemoveAll(tree)
	if err == nil {
		return nil
	}
	_ = filepath.WalkDir(tree, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(path, 0o700) // the second attempt says what is wrong
		}
		return nil
	})
	return os.RemoveAll(tree)
}
