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
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// The bounds of what is kept of an instance's output: one file that is
// written, and copies that are as large.
const (
	logSize    = 10 << 20
	logCopies  = 3
	logLook    = 250 * time.Millisecond
	logsKept   = 20       // of instances that are gone, in each environment
	tailWindow = 4 << 20  // how far back the last lines are looked for
	maxLine    = 16 << 10 // what is shown of one line
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
}

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
	return f, nil
}

// run keeps the files in bounds until ctx ends.
func (l *logs) run(ctx context.Context) {
	tick := time.NewTicker(logLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		files, _ := filepath.Glob(filepath.Join(l.dir, "*", "*.log")) // the pattern is right
		for _, path := range append(files, l.own) {
			info, err := os.Stat(path)
			if err != nil || info.Size() <= l.size {
				continue
			}
			if err := l.cut(path, info.Size()); err != nil {
				l.log.Error("cannot keep a log in bounds", "file", path, "error", err)
			}
		}
	}
}

// cut copies the newest of a full file away and empties it. Where the copy
// cannot be made the file is emptied nevertheless: a full disk would stop more
// than a log.
func (l *logs) cut(path string, length int64) error {
	var failed error
	for n := logCopies; n > 1; n-- {
		err := os.Rename(path+"."+strconv.Itoa(n-1), path+"."+strconv.Itoa(n))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	failed = errors.Join(failed, copyEnd(path, path+".1", length, l.size))
	return errors.Join(failed, os.Truncate(path, 0))
}

func copyEnd(from, to string, length, keep int64) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // only read
	if _, err := in.Seek(max(0, length-keep), io.SeekStart); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.LimitReader(in, keep))
	return errors.Join(err, out.Close())
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
		if len(line) > maxLine {
			line = line[:maxLine] + "…"
		}
		all[n] = strings.ToValidUTF8(line, "\uFFFD")
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
func (l *logs) remove(env string) error { return os.RemoveAll(filepath.Join(l.dir, env)) }

// prune keeps the logs of instances that live and the newest of the others.
func (l *logs) prune(env string, lives func(instance string) bool) {
	files, _ := filepath.Glob(filepath.Join(l.dir, env, "*.log")) // the pattern is right
	type old struct {
		path string
		at   time.Time
	}
	var gone []old
	for _, path := range files {
		if info, err := os.Stat(path); err == nil && !lives(strings.TrimSuffix(filepath.Base(path), ".log")) {
			gone = append(gone, old{path, info.ModTime()})
		}
	}
	slices.SortFunc(gone, func(a, b old) int { return b.at.Compare(a.at) })
	for _, g := range gone[min(logsKept, len(gone)):] {
		for _, suffix := range []string{"", ".1", ".2", ".3"} {
			if err := os.Remove(g.path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
				l.log.Error("cannot remove an old log", "file", g.path+suffix, "error", err)
			}
		}
	}
}
