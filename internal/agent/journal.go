package agent

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// journalSize is where a journal is set aside for a new one; one old one is kept.
const journalSize = 8 << 20

// journal is the agent's own account of its effects: one wire.Entry a line,
// durable before the effect begins. What each Start announced is remembered
// across death, so that a call that is repeated does not announce twice.
type journal struct {
	path string
	size int64 // where it is set aside

	mu     sync.Mutex
	file   *os.File
	length int64
	starts map[string]bool // key and instance of each start in the files
}

func openJournal(dir string) (*journal, error) {
	j := &journal{path: filepath.Join(dir, "journal.jsonl"), size: journalSize, starts: map[string]bool{}}
	if err := j.load(j.path + ".1"); err != nil {
		return nil, err
	}
	if err := j.load(j.path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(j.path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("agent journal: %w", err)
	}
	// A line that was cut short by a crash announced nothing.
	if err := f.Truncate(j.length); err != nil {
		return nil, errors.Join(fmt.Errorf("agent journal: %w", err), f.Close())
	}
	if _, err := f.Seek(j.length, io.SeekStart); err != nil {
		return nil, errors.Join(fmt.Errorf("agent journal: %w", err), f.Close())
	}
	j.file = f
	return j, nil
}

// load remembers the starts of one file; length is that of its whole lines.
func (j *journal) load(path string) error {
	j.length = 0
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("agent journal: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	lines := bufio.NewReader(f)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("agent journal: %w", err)
		}
		j.length += int64(len(line))
		var e wire.Entry
		if json.Unmarshal(line, &e) == nil {
			j.remember(e)
		}
	}
}

func startOf(e wire.Entry) string { return e.Environment + " " + e.Key + " " + e.Instance }

func (j *journal) remember(e wire.Entry) {
	if e.Effect == effectStart {
		j.starts[startOf(e)] = true
	}
}

// The effects of an Entry.
const (
	effectStart   = "start"
	effectRestart = "restart"
	effectAdopt   = "adopt"
	effectStop    = "stop"
	effectRouting = "routing"
	effectJob     = "job"
	effectRemove  = "remove"
)

// write announces effects. Where it fails none may begin.
func (j *journal) write(entries ...wire.Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out bytes.Buffer
	at := time.Now().UTC().Format("2006-01-02T15:04:05.000000Z07:00")
	for _, e := range entries {
		if e.Effect == effectStart && j.starts[startOf(e)] {
			continue
		}
		e.At = at
		line, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("agent journal: %w", err)
		}
		out.Write(append(line, '\n'))
	}
	if out.Len() == 0 {
		return nil
	}
	if err := j.append(out.Bytes()); err != nil {
		return lockstep.Errorf(lockstep.CodeUnavailable, "the agent cannot write its journal (%w): make room on the disk that holds %s", err, j.path)
	}
	for _, e := range entries {
		j.remember(e)
	}
	return nil
}

func (j *journal) append(lines []byte) error {
	if j.file == nil {
		return errors.New("it is closed")
	}
	if j.length > 0 && j.length+int64(len(lines)) > j.size {
		if err := j.setAside(); err != nil {
			return err
		}
	}
	_, err := j.file.Write(lines)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		// Half a line must not stand before the next one.
		_, seek := j.file.Seek(j.length, io.SeekStart)
		return errors.Join(err, j.file.Truncate(j.length), seek)
	}
	j.length += int64(len(lines))
	return nil
}

// setAside begins a new file. What the file before the last one announced is
// forgotten then, which bounds memory.
func (j *journal) setAside() error {
	next, err := os.OpenFile(j.path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(os.Rename(j.path, j.path+".1"), os.Rename(j.path+".new", j.path)); err != nil {
		return errors.Join(err, next.Close())
	}
	old := j.file
	j.file, j.length, j.starts = next, 0, map[string]bool{}
	if err := j.load(j.path + ".1"); err != nil {
		return err
	}
	j.length = 0
	return errors.Join(old.Close(), syncDir(filepath.Dir(j.path)))
}

func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	j.file = nil
	return err
}
