package agent

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const (
	logPiece = 64 << 10 // what is read at once
	// maxRow is how long a line may be before it is broken: what has no lines
	// at all must not be kept in memory.
	maxRow = 1 << 20
)

// row is a line as it stands in the files.
type row struct {
	at   time.Time
	end  int64 // where the next one begins
	text []byte
	rest bool // no line end follows
}

// rows reads an instance's lines in order. It holds nothing open, and no lock
// between two pieces: files may be cut meanwhile.
type rows struct {
	l                       *logs
	path, instance, service string
	alive                   bool  // it may still finish its last line
	stop                    int64 // lines that end beyond are another launch's; 0: none
	at                      int64 // where buf begins
	buf                     []byte
	marks                   []timeMark
	read, lost              int64
	next                    *row      // that was looked at already
	since                   time.Time // a rest without an end that was there by then has been shown
}

func newRows(l *logs, path, instance string, alive bool) *rows {
	return &rows{l: l, path: path, instance: instance, service: serviceOf(instance), alive: alive}
}

// groupOf and serviceOf take an instance's ID apart: <service>-<hash>-<index>.
func groupOf(instance string) string {
	return instance[:max(0, strings.LastIndexByte(instance, '-'))]
}

func serviceOf(instance string) string {
	group := groupOf(instance)
	if n := strings.LastIndexByte(group, '-'); n > 0 {
		return group[:n]
	}
	return group
}

// piece reads from a position on, or from the first one after it that is
// kept. It is empty at the end.
func (l *logs) piece(path string, position int64, size int) (text []byte, at int64, err error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	w, ok := l.known[path]
	if !ok {
		return nil, position, nil
	}
	n, at, ok := w.from(position)
	if !ok {
		return nil, position, nil
	}
	f, err := os.Open(copyName(path, n))
	if err != nil {
		return nil, position, ignoreMissing(err)
	}
	defer f.Close() //nolint:errcheck // only read
	text = make([]byte, min(int64(size), w.files[n].end-at))
	read, err := f.ReadAt(text, at-w.files[n].base)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return text[:read], at, err
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// from begins at a position where a line begins.
func (r *rows) from(position int64) { r.at, r.buf, r.next = position, nil, nil }

// peek is the next line that was finished by a time; nil where there is none.
func (r *rows) peek(until time.Time) (*row, error) {
	for r.next == nil {
		n := bytes.IndexByte(r.buf, '\n')
		switch {
		case n >= 0:
			r.next = &row{end: r.at + int64(n) + 1, text: r.buf[:n]}
		case len(r.buf) >= maxRow:
			r.next = &row{end: r.at + int64(len(r.buf)), text: r.buf}
		default:
			more, at, err := r.l.piece(r.path, r.at+int64(len(r.buf)), logPiece)
			if err != nil {
				return nil, err
			}
			gap := at > r.at+int64(len(r.buf))
			switch {
			case len(more) == 0 && (r.alive || len(r.buf) == 0):
				return nil, nil //nolint:nilnil // there is none
			case len(more) == 0, gap && len(r.buf) > 0:
				r.next = &row{end: r.at + int64(len(r.buf)), text: r.buf, rest: len(more) == 0}
			case gap:
				r.lost += at - r.at
				r.at, r.buf = at, more
			default:
				r.buf = append(r.buf[:len(r.buf):len(r.buf)], more...)
			}
			r.read += int64(len(more))
		}
	}
	if r.next.at.IsZero() {
		r.next.at = r.time(r.next.end)
	}
	if r.next.at.After(until) || r.stop > 0 && r.next.end > r.stop || r.next.rest && !r.next.at.After(r.since) {
		return nil, nil //nolint:nilnil // there is none
	}
	return r.next, nil
}

func (r *rows) pop() {
	r.buf = r.buf[r.next.end-r.at:]
	r.at, r.next = r.next.end, nil
}

// time is when the agent first saw that there is so much.
func (r *rows) time(end int64) time.Time {
	for len(r.marks) > 0 && r.marks[0].position < end {
		r.marks = r.marks[1:]
	}
	if len(r.marks) == 0 {
		r.marks = r.l.marksFrom(r.path, end)
	}
	if len(r.marks) == 0 {
		return time.Unix(0, 0).UTC() // its marks are lost: it is older than all others
	}
	return r.marks[0].at
}

// marksFrom are marks from the first one on that covers so much.
func (l *logs) marksFrom(path string, end int64) []timeMark {
	l.mu.RLock()
	defer l.mu.RUnlock()
	w, ok := l.known[path]
	if !ok {
		return nil
	}
	n, _, ok := w.from(end - 1)
	if !ok {
		return nil
	}
	m, err := openMarks(path, n)
	if err != nil {
		return nil
	}
	defer m.close()
	return m.block(m.search(func(t timeMark) bool { return t.position >= end }))
}

// after is where the first line begins that was finished after a time.
func (l *logs) after(path string, t time.Time) (int64, error) {
	l.mu.RLock()
	w, ok := l.known[path]
	if !ok {
		l.mu.RUnlock()
		return 0, nil
	}
	first := w.first()
	position := first
	for n := range w.files {
		m, err := openMarks(path, n)
		if err != nil {
			continue
		}
		i := m.search(func(mark timeMark) bool { return mark.at.After(t) })
		if i > 0 {
			position = max(first, m.at(i-1).position)
		}
		m.close()
		if i > 0 {
			break
		}
	}
	l.mu.RUnlock()
	return l.lineAt(path, first, position)
}

// before reads what stands before a position, as far as one file goes. It is
// empty at the beginning of what is kept.
func (l *logs) before(path string, position int64) (text []byte, at int64, err error) {
	l.mu.RLock()
	from := int64(-1)
	if w, ok := l.known[path]; ok {
		for _, f := range w.files {
			if f.holds(position - 1) {
				from = max(f.base, position-logPiece)
			}
		}
	}
	l.mu.RUnlock()
	if from < 0 {
		return nil, position, nil
	}
	text, at, err = l.piece(path, from, int(position-from))
	if at != from || int64(len(text)) != position-from { // it was cut meanwhile
		return nil, position, err
	}
	return text, at, err
}

// lineAt is where the line begins that a position is in.
func (l *logs) lineAt(path string, first, position int64) (int64, error) {
	for begin := position; begin > max(first, position-maxRow); {
		text, at, err := l.before(path, begin)
		if err != nil || len(text) == 0 {
			return begin, err
		}
		if n := bytes.LastIndexByte(text, '\n'); n >= 0 {
			return at + int64(n) + 1, nil
		}
		begin = at
	}
	return max(first, position-maxRow), nil
}

// lastLines is where the last so many lines begin.
func (l *logs) lastLines(path string, lines int) (int64, error) {
	l.mu.RLock()
	w, ok := l.known[path]
	if !ok {
		l.mu.RUnlock()
		return 0, nil
	}
	first, end := w.first(), w.end()
	l.mu.RUnlock()
	seen := 0
	for begin := end; begin > first; {
		text, at, err := l.before(path, begin)
		if err != nil || len(text) == 0 {
			return begin, err
		}
		for n := len(text) - 1; n >= 0; n-- {
			if text[n] != '\n' || at+int64(n)+1 == end {
				continue
			}
			if seen++; seen == lines {
				return at + int64(n) + 1, nil
			}
		}
		begin = at
	}
	return first, nil
}

// shown is a line as a reader gets it.
func (r *rows) shown(line *row) lockstep.LogLine {
	out := lockstep.LogLine{
		At: line.at, Service: r.service, Instance: r.instance,
		Cursor: lockstep.LogCursor{At: line.at, Position: line.end, Instance: r.instance}.String(),
	}
	text := line.text
	if len(text) > lockstep.MaxLogLine {
		out.Cut = int64(len(text) - lockstep.MaxLogLine)
		text = text[:lockstep.MaxLogLine]
	}
	out.Text = lockstep.PlainText(text)
	return out
}
