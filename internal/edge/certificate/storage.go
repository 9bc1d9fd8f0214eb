package certificate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/caddyserver/certmagic"
)

// storage is certmagic's, in a directory that is one process's alone: locks
// are in memory, so that none is left behind by a process that was killed,
// and every file is there whole or not at all.
type storage struct {
	dir   string
	mu    sync.Mutex
	locks map[string]chan struct{}
}

var _ certmagic.Storage = (*storage)(nil)

func newStorage(dir string) (*storage, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a directory
		return nil, fmt.Errorf("certificates: %w", err)
	}
	return &storage{dir: dir, locks: map[string]chan struct{}{}}, nil
}

// file is where a key is kept. Keys are certmagic's, made safe by it; one that
// leads out of the directory all the same is not followed.
func (s *storage) file(key string) (string, error) {
	local := filepath.FromSlash(path.Clean(key))
	if !filepath.IsLocal(local) {
		return "", fmt.Errorf("certificates: %q is not a key: %w", key, fs.ErrInvalid)
	}
	return filepath.Join(s.dir, local), nil
}

// Store implements certmagic.Storage.
func (s *storage) Store(_ context.Context, key string, value []byte) (err error) {
	name, err := s.file(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(value)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDir(filepath.Dir(name))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Load implements certmagic.Storage.
func (s *storage) Load(_ context.Context, key string) ([]byte, error) {
	name, err := s.file(key)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(name)
}

// Delete implements certmagic.Storage.
func (s *storage) Delete(_ context.Context, key string) error {
	name, err := s.file(key)
	if err != nil {
		return err
	}
	return os.RemoveAll(name)
}

// Exists implements certmagic.Storage.
func (s *storage) Exists(_ context.Context, key string) bool {
	name, err := s.file(key)
	if err != nil {
		return false
	}
	_, err = os.Stat(name)
	return err == nil
}

// List implements certmagic.Storage, but for the CA's accounts: certmagic
// lists them only to guess an address to write to from a folder's name, and
// takes that of an account that is half stored, "default", for one.
func (s *storage) List(ctx context.Context, prefix string, recursive bool) ([]string, error) {
	if path.Base(prefix) == "users" {
		return nil, nil
	}
	root, err := s.file(prefix)
	if err != nil {
		return nil, err
	}
	var keys []string
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == root || strings.HasPrefix(entry.Name(), ".new-") {
			return errors.Join(err, ctx.Err())
		}
		rest, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		keys = append(keys, path.Join(prefix, filepath.ToSlash(rest)))
		if entry.IsDir() && !recursive {
			return fs.SkipDir
		}
		return ctx.Err()
	})
	return keys, err
}

// Stat implements certmagic.Storage.
func (s *storage) Stat(_ context.Context, key string) (certmagic.KeyInfo, error) {
	name, err := s.file(key)
	if err != nil {
		return certmagic.KeyInfo{}, err
	}
	info, err := os.Stat(name)
	if err != nil {
		return certmagic.KeyInfo{}, err
	}
	return certmagic.KeyInfo{Key: key, Modified: info.ModTime(), Size: info.Size(), IsTerminal: !info.IsDir()}, nil
}

// Lock implements certmagic.Storage.
func (s *storage) Lock(ctx context.Context, name string) error {
	s.mu.Lock()
	l, ok := s.locks[name]
	if !ok {
		l = make(chan struct{}, 1)
		s.locks[name] = l
	}
	s.mu.Unlock()
	select {
	case l <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Unlock implements certmagic.Storage.
func (s *storage) Unlock(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.locks[name]:
		return nil
	default:
		return fmt.Errorf("certificates: %q is not locked", name)
	}
}

// putAside takes a domain's files out of the way, without losing them.
func (s *storage) putAside(issuer, domain string) error {
	name, err := s.file(certmagic.StorageKeys.CertsSitePrefix(issuer, domain))
	if err != nil {
		return err
	}
	aside := filepath.Join(s.dir, "damaged", filepath.Base(name)+"-"+time.Now().UTC().Format("20060102T150405.000000"))
	if err := os.MkdirAll(filepath.Dir(aside), 0o700); err != nil {
		return err
	}
	return os.Rename(name, aside)
}
