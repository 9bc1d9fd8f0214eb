package agent

import (
	"errors"
	"io/fs"
	"path/filepath"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// disks knows how much room the environments' own files take: their logs and
// the directories that their instances work in. Artifacts are shared.
type disks struct {
	looking atomic.Bool
	mu      sync.Mutex
	known   map[string]diskUse // by environment
}

type diskUse struct {
	bytes, of, free int64
	atLeast         bool
}

// maxFiles is how many files of one environment are counted.
const maxFiles = 20_000

func (d *disks) of(env string) diskUse {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.known[env]
}

// look counts in the background, one look at a time.
func (d *disks) look(a *agent) {
	if !d.looking.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer d.looking.Store(false)
		var system unix.Statfs_t
		if unix.Statfs(a.opts.Dir, &system) != nil {
			return
		}
		whole := diskUse{of: int64(system.Blocks) * int64(system.Bsize), free: int64(system.Bavail) * int64(system.Bsize)}
		found := map[string]diskUse{}
		for id, e := range a.store.view().Environments {
			if e.isRemoved() {
				continue
			}
			use, files := whole, 0
			for _, dir := range []string{a.scratch(id, ""), filepath.Join(a.logs.dir, id)} {
				use.atLeast = !count(dir, &files, &use.bytes) || use.atLeast
			}
			found[id] = use
		}
		d.mu.Lock()
		d.known = found
		d.mu.Unlock()
	}()
}

var errEnough = errors.New("enough files")

// count adds up the files below a directory; false where there are too many.
func count(dir string, files *int, bytes *int64) bool {
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil //nolint:nilerr // what cannot be seen cannot be counted
		}
		if *files++; *files > maxFiles {
			return errEnough
		}
		if info, err := entry.Info(); err == nil {
			*bytes += info.Size()
		}
		return nil
	})
	return !errors.Is(err, errEnough)
}
