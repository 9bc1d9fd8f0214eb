package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// The bounds of what is kept of an instance's output: one file that is
// written, and copies that are as large.
const (
	logSize    = 10 << 20
	logCopies  = 3
	logLook    = 250 * time.Millisecond
	tailWindow = 4 << 20 // how far back tail looks

	// Of instances that are gone, in each environment.
	logsKept     = 20
	logsKeptSize = 200 << 20
	logsKeptFor  = 7 * 24 * time.Hour
)

// logs are the output of instances: DIR/<environment>/<instance>.log, with
// copies .1 (the newest) to .3. The processes append to the files themselves,
// so that they write on while no agent lives; a file that is full is copied
// and cut, which a process that appends does not notice.
type logs struct {
	dir  string
	size int64
	own  string // the agent's own output, kept in bounds as well
	log  *slog.Logger

	pageTime time.Duration // 0: maxPageTime

	// Held while files are cut; readers hold it for one piece at a time.
	mu    sync.RWMutex
	known map[string]*written // by path
	swept time.Time           // the last time that was given
	news  chan struct{}       // closed when a log grows; nil while nobody waits
}

// full is when a file is cut: its copy then has room for what is written while
// it is made.
func (l *logs) full() int64 { return l.size - l.size/16 }

func (l *logs) path(env, instance string) string {
	return filepath.Join(l.dir, env, instance+".log")
}

func (l *logs) open(env, instance string) (*os.File, error) {
	path := l.path(env, instance)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open its log: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open its log: %w", err)
	}
	if info, err := f.Stat(); err == nil {
		l.launched(path, info.Size())
	}
	return f, nil
}

// run looks at the logs, which keeps them in bounds, until ctx ends.
func (l *logs) run(ctx context.Context) {
	tick := time.NewTicker(logLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		l.sweep("*/*.log")
		l.boundOwn()
	}
}

// boundOwn keeps the agent's own output in bounds.
func (l *logs) boundOwn() {
	info, err := os.Stat(l.own)
	if err != nil || info.Size() <= l.full() {
		return
	}
	for n := logCopies; n > 1; n-- {
		_ = os.Rename(copyName(l.own, n-1), copyName(l.own, n)) // there may be none yet
	}
	_, err = copyEnd(l.own, copyName(l.own, 1), max(0, info.Size()-l.full()), l.size)
	if err := errors.Join(err, os.Truncate(l.own, 0)); err != nil {
		l.log.Error("cannot keep a log in bounds", "file", l.own, "error", err)
	}
}

// tail is the last lines of an instance, oldest first.
func (l *logs) tail(env, instance string, lines int) ([]string, error) {
	path := l.path(env, instance)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, lockstep.Errorf(lockstep.CodeNotFound, "there is no log of instance %s", instance)
	}
	var text []byte
	for _, file := range []string{path, path + ".1"} {
		end, err := readEnd(file, tailWindow-int64(len(text)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("log of %s: %w", instance, err)
		}
		text = append(end, text...)
		if bytes.Count(text, []byte("\n")) > lines || len(text) >= tailWindow {
			break
		}
	}
	all := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(text) == 0 {
		all = nil
	}
	all = all[max(0, len(all)-lines):]
	for n, line := range all {
		cut := ""
		if len(line) > lockstep.MaxLogLine {
			line, cut = line[:lockstep.MaxLogLine], "…"
		}
		all[n] = lockstep.PlainText([]byte(line)) + cut
	}
	return all, nil
}

func readEnd(path string, window int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	length, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(max(0, length-window), io.SeekStart); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(f, window))
}

// remove deletes an environment's logs.
func (l *logs) remove(env string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for path := range l.known {
		if filepath.Dir(path) == filepath.Join(l.dir, env) {
			delete(l.known, path)
		}
	}
	return os.RemoveAll(filepath.Join(l.dir, env))
}

// prune keeps the logs of instances that live, and of the others the newest
// as far as number, size and age allow.
func (l *logs) prune(env string, now time.Time, lives func(instance string) bool) {
	files, _ := filepath.Glob(filepath.Join(l.dir, env, "*.log")) // the pattern is right
	type old struct {
		path string
		at   time.Time
		size int64
	}
	var gone []old
	for _, path := range files {
		info, err := os.Stat(path)
		if err != nil || lives(strings.TrimSuffix(filepath.Base(path), ".log")) {
			continue
		}
		o := old{path, info.ModTime(), info.Size()}
		for n := 1; n <= logCopies; n++ {
			if info, err := os.Stat(copyName(path, n)); err == nil {
				o.size += info.Size()
			}
		}
		gone = append(gone, o)
	}
	slices.SortFunc(gone, func(a, b old) int { return b.at.Compare(a.at) })
	l.mu.Lock()
	defer l.mu.Unlock()
	kept, size := 0, int64(0)
	for _, g := range gone {
		if size += g.size; kept < logsKept && size <= logsKeptSize && now.Sub(g.at) <= logsKeptFor {
			kept++
			continue
		}
		size -= g.size
		delete(l.known, g.path)
		for n := 0; n <= logCopies; n++ {
			for _, name := range []string{copyName(g.path, n), marksName(g.path, n)} {
				if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
					l.log.Error("cannot remove an old log", "file", name, "error", err)
				}
			}
		}
	}
}
