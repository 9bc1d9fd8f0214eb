// Package blob keeps artifacts by digest in a directory. A blob is written
// in parts, which a broken upload can continue, and becomes visible only
// when its bytes have the digest that names it and its content was inspected.
//
//	<dir>/sha256/<hex>            complete, immutable
//	<dir>/partial/<hex>           what an unfinished upload has left
package blob

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
	"strings"
	"sync"
	"syscall"

	"github.com/lockstep-dev/lockstep"
)

// DefaultMax is the cap on one blob's size.
const DefaultMax int64 = 512 << 20

// Options of a Store. Inspect, where set, reads a complete upload before it
// becomes visible, and refuses it with a coded error.
type Options struct {
	Max     int64 // default DefaultMax
	Inspect func(ctx context.Context, r io.Reader) error
}

// Store is a directory of blobs. Its methods may be called concurrently, by
// one process.
type Store struct {
	dir  string
	opts Options

	mu   sync.Mutex
	busy map[string]bool // digests being appended to
}

// Open makes the directory where it is missing.
func Open(dir string, opts Options) (*Store, error) {
	if opts.Max == 0 {
		opts.Max = DefaultMax
	}
	for _, sub := range []string{"sha256", "partial"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("blob store %s: %w", dir, err)
		}
	}
	return &Store{dir: dir, opts: opts, busy: map[string]bool{}}, nil
}

var digestShape = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

func (s *Store) paths(digest string) (whole, partial string, err error) {
	if !digestShape.MatchString(digest) {
		return "", "", lockstep.Invalid("digest", `a digest is "sha256:" and 64 hexadecimal digits`)
	}
	hexed := strings.TrimPrefix(digest, "sha256:")
	return filepath.Join(s.dir, "sha256", hexed), filepath.Join(s.dir, "partial", hexed), nil
}

// State says how much of a blob is stored.
type State struct {
	Complete bool
	Size     int64 // of the whole, or of what an unfinished upload has left
}

// Stat says what is stored of a digest; nothing is a zero State.
func (s *Store) Stat(_ context.Context, digest string) (State, error) {
	whole, partial, err := s.paths(digest)
	if err != nil {
		return State{}, err
	}
	if info, err := os.Stat(whole); err == nil {
		return State{Complete: true, Size: info.Size()}, nil
	}
	info, err := os.Stat(partial)
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, nil
	}
	if err != nil {
		return State{}, fmt.Errorf("blob %s: %w", digest, err)
	}
	return State{Size: info.Size()}, nil
}

// Open reads a complete blob; lockstep.CodeNotFound where there is none.
func (s *Store) Open(_ context.Context, digest string) (io.ReadCloser, error) {
	whole, _, err := s.paths(digest)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(whole)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, lockstep.Errorf(lockstep.CodeNotFound, "artifact %s is not stored: upload it again with `lockstep release create`", lockstep.ShortHash(digest))
	}
	if err != nil {
		return nil, fmt.Errorf("blob %s: %w", digest, err)
	}
	return f, nil
}

// Append adds bytes at offset of a blob that will have total bytes, and says
// how many are stored then. With the last byte the digest is checked; an
// upload that does not have it, or that Inspect refuses, is thrown away with
// CodeInvalid. An offset other than what is stored is CodeConflict, and Stat
// says where to go on.
func (s *Store) Append(ctx context.Context, digest string, offset, total int64, r io.Reader) (State, error) {
	whole, partial, err := s.paths(digest)
	if err != nil {
		return State{}, err
	}
	if total <= 0 || total > s.opts.Max {
		return State{}, lockstep.Errorf(lockstep.CodeTooLarge, "an artifact is at most %d MiB when packed", s.opts.Max>>20)
	}
	if err := s.lock(digest); err != nil {
		return State{}, err
	}
	defer s.unlock(digest)
	if now, err := s.Stat(ctx, digest); err != nil || now.Complete {
		return now, err
	} else if now.Size != offset {
		return now, lockstep.Errorf(lockstep.CodeConflict, "the upload stands at byte %d, not %d: go on from there", now.Size, offset)
	}
	size, err := appendFile(partial, offset, total, r)
	if err != nil {
		return State{Size: size}, err
	}
	if size < total {
		return State{Size: size}, nil
	}
	if err := s.verify(ctx, digest, partial); err != nil {
		if lockstep.IsTerminal(err) {
			err = errors.Join(err, os.Remove(partial))
		}
		return State{}, err
	}
	if err := os.Rename(partial, whole); err != nil {
		return State{}, fmt.Errorf("blob %s: %w", digest, err)
	}
	return State{Complete: true, Size: total}, syncDir(filepath.Dir(whole))
}

func (s *Store) lock(digest string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[digest] {
		return lockstep.Errorf(lockstep.CodeUnavailable, "this artifact is being uploaded by someone else: try again in a moment")
	}
	s.busy[digest] = true
	return nil
}

func (s *Store) unlock(digest string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.busy, digest)
}

// appendFile keeps whatever arrived when the sender breaks off.
func appendFile(path string, offset, total int64, r io.Reader) (int64, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return offset, fmt.Errorf("blob: %w", err)
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return offset, errors.Join(fmt.Errorf("blob: %w", err), f.Close())
	}
	n, err := io.Copy(f, io.LimitReader(r, total-offset+1))
	size := offset + n
	if size > total {
		err = errors.Join(lockstep.Errorf(lockstep.CodeInvalid, "the upload is longer than the %d bytes it announced", total), f.Truncate(offset))
		size = offset
	}
	err = errors.Join(err, f.Sync(), f.Close())
	if errors.Is(err, syscall.ENOSPC) {
		return size, lockstep.Errorf(lockstep.CodeUnavailable, "no space left for artifacts: free some in the data directory, then go on: %w", err)
	}
	return size, err
}

func (s *Store) verify(ctx context.Context, digest, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("blob %s: %w", digest, err)
	}
	defer f.Close() //nolint:errcheck // read only
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return fmt.Errorf("blob %s: %w", digest, err)
	}
	if got := "sha256:" + hex.EncodeToString(sum.Sum(nil)); got != digest {
		return lockstep.Errorf(lockstep.CodeInvalid, "the uploaded bytes have another digest than the one named: pack the artifact and upload it again")
	}
	if s.opts.Inspect == nil {
		return nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("blob %s: %w", digest, err)
	}
	return s.opts.Inspect(ctx, f)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}
