package certificate

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func newTestStorage(t *testing.T) *storage {
	t.Helper()
	s, err := newStorage(filepath.Join(t.TempDir(), "certificates"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStorageKeepsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	s, ctx := newTestStorage(t), t.Context()
	for _, value := range []string{"first", "second"} {
		if err := s.Store(ctx, "a/b/c.crt", []byte(value)); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Load(ctx, "a/b/c.crt"); err != nil || string(got) != value {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if err := s.Store(ctx, "a/d.json", nil); err != nil {
		t.Fatal(err)
	}
	for recursive, want := range map[bool][]string{false: {"a/b", "a/d.json"}, true: {"a/b", "a/b/c.crt", "a/d.json"}} {
		if got, err := s.List(ctx, "a", recursive); err != nil || !slices.Equal(got, want) {
			t.Errorf("list (%t): %v %v", recursive, got, err)
		}
	}
	if info, err := s.Stat(ctx, "a/b/c.crt"); err != nil || info.Size != int64(len("second")) || !info.IsTerminal {
		t.Errorf("stat: %+v %v", info, err)
	}
	if err := s.Delete(ctx, "a"); err != nil || s.Exists(ctx, "a/b/c.crt") {
		t.Errorf("it is there after its end: %v", err)
	}
	if err := s.Delete(ctx, "a"); err != nil {
		t.Errorf("what is gone already: %v", err)
	}
	if _, err := s.Load(ctx, "a/b/c.crt"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is gone: %v", err)
	}
}

// No key leads out of the directory.
func FuzzStorageStaysInItsDirectory(f *testing.F) {
	for _, key := range []string{"a/b", "../x", "/etc/passwd", "a/../../x", "", ".", "a//b", "a\x00b", "..", `..\x`} {
		f.Add(key)
	}
	s := &storage{dir: filepath.Join(os.TempDir(), "nowhere", "certificates")}
	f.Fuzz(func(t *testing.T, key string) {
		name, err := s.file(key)
		if err == nil && name != s.dir && !strings.HasPrefix(name, s.dir+string(filepath.Separator)) {
			t.Errorf("%q leads to %s", key, name)
		}
	})
}

func TestALockIsOnes(t *testing.T) {
	t.Parallel()
	s, ctx := newTestStorage(t), t.Context()
	count, most := 0, 0
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if err := s.Lock(ctx, "one"); err != nil {
					t.Error(err)
					return
				}
				count++
				most = max(most, count)
				count--
				if err := s.Unlock(ctx, "one"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if most != 1 {
		t.Errorf("%d had it at once", most)
	}
	if err := s.Unlock(ctx, "one"); err == nil {
		t.Error("what nobody has was unlocked")
	}
	if err := s.Lock(ctx, "one"); err != nil {
		t.Fatal(err)
	}
	late, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Lock(late, "one"); !errors.Is(err, context.Canceled) {
		t.Errorf("who gives up gets %v", err)
	}
}

// What a full disk leaves is what was there before.
func TestAStoreThatFailsLeavesTheOldValue(t *testing.T) {
	t.Parallel()
	s, ctx := newTestStorage(t), t.Context()
	if err := s.Store(ctx, "a/b", []byte("old")); err != nil {
		t.Fatal(err)
	}
	if err := s.Store(ctx, "a/b/c", []byte("new")); err == nil {
		t.Error("a file became a folder")
	}
	if err := s.Store(ctx, "a", []byte("new")); err == nil {
		t.Error("a folder became a file")
	}
	if got, err := s.Load(ctx, "a/b"); err != nil || string(got) != "old" {
		t.Errorf("got %q, %v", got, err)
	}
	if left, err := filepath.Glob(filepath.Join(s.dir, ".new-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
