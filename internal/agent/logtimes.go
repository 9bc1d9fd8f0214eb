package agent

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Apps write to their files themselves, so that nobody stands between a line
// and its file. When a line was written is known from how long the file was
// when the agent looked: beside each file of a log lies one of marks, each 16
// bytes: when, and how much the instance had ever written by then. The first
// mark of a file says where the file begins. All looks have different times,
// so that whatever is found later has a later time.

// written is what is known of one instance's log: of the file that is
// written, [0], and of its copies. Positions count from the first byte that
// the instance ever wrote; those of one file follow from where it begins.
type written struct {
	files [logCopies + 1]stretch
	grown int64 // since it was last asked for
}

// stretch is what one file holds. An empty one may be missing.
type stretch struct{ base, end int64 }

func (s stretch) holds(position int64) bool { return s.base <= position && position < s.end }

func (w *written) end() int64 { return w.files[0].end }

// first is the oldest position that is kept.
func (w *written) first() int64 {
	first := w.files[0].base
	for _, f := range w.files[1:] {
		if f.end > f.base {
			first = min(first, f.base)
		}
	}
	return first
}

// from is the file that holds a position, or where there is none the next
// later one, and the position in it to begin at.
func (w *written) from(position int64) (file int, at int64, ok bool) {
	for n := len(w.files) - 1; n >= 0; n-- {
		f := w.files[n]
		if f.holds(position) {
			return n, position, true
		}
		if f.end > f.base && position < f.base {
			return n, f.base, true
		}
	}
	return 0, position, false
}

func copyName(path string, n int) string {
	if n == 0 {
		return path
	}
	return path + "." + strconv.Itoa(n)
}

func marksName(path string, n int) string {
	return copyName(strings.TrimSuffix(path, ".log")+".times", n)
}

const markSize = 16

// launchBit marks where a launch begins, in the position of a mark.
const launchBit = 1 << 63

type timeMark struct {
	at       time.Time
	position int64
	launch   bool
}

func (m timeMark) bytes() []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(m.at.UnixMicro()))
	position := uint64(m.position)
	if m.launch {
		position |= launchBit
	}
	return binary.BigEndian.AppendUint64(b, position)
}

func readMark(b []byte) timeMark {
	position := binary.BigEndian.Uint64(b[8:])
	return timeMark{
		at:       time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC(),
		position: int64(position &^ launchBit), launch: position&launchBit != 0,
	}
}

// marks reads those of one file.
type marks struct {
	file  *os.File
	count int
}

func openMarks(path string, n int) (*marks, error) {
	f, err := os.Open(marksName(path, n))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &marks{f, int(info.Size() / markSize)}, nil
}

func (m *marks) close() { _ = m.file.Close() } // only read

// at is one of them; the zero mark where it cannot be read.
func (m *marks) at(n int) timeMark {
	var b [markSize]byte
	if _, err := m.file.ReadAt(b[:], int64(n)*markSize); err != nil {
		return timeMark{}
	}
	return readMark(b[:])
}

// search is sort.Search over the marks.
func (m *marks) search(found func(timeMark) bool) int {
	return sort.Search(m.count, func(n int) bool { return found(m.at(n)) })
}

// block reads up to a page of marks from one on.
func (m *marks) block(from int) []timeMark {
	b := make([]byte, markSize*min(256, max(0, m.count-from)))
	n, _ := m.file.ReadAt(b, int64(from)*markSize) // what can be read is enough
	var out []timeMark
	for i := 0; i+markSize <= n; i += markSize {
		out = append(out, readMark(b[i:]))
	}
	return out
}

// addMark appends one.
func addMark(path string, m timeMark) error {
	f, err := os.OpenFile(marksName(path, 0), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(m.bytes())
	return errors.Join(err, f.Close())
}

// load reads what earlier agents knew of a log. One that they knew nothing of
// is as old as its file.
func (l *logs) load(path string) *written {
	if w, ok := l.known[path]; ok {
		return w
	}
	w := &written{}
	if l.known == nil {
		l.known = map[string]*written{}
	}
	l.known[path] = w
	var sizes [logCopies + 1]int64
	before := int64(0)
	var changed time.Time
	for n := range sizes {
		if info, err := os.Stat(copyName(path, n)); err == nil {
			sizes[n] = info.Size()
			if n == 0 {
				changed = info.ModTime()
			} else {
				before += info.Size()
			}
		}
	}
	first, last, ok := l.ends(path)
	switch {
	case !ok:
		w.files[0] = stretch{before, before}
		l.restart(path, w, changed)
		if size := sizes[0]; size > 0 {
			l.note(path, w, timeMark{at: changed, position: before + size})
		}
	default:
		w.files[0] = stretch{first.position, last.position}
		l.swept = later(l.swept, last.at)
	}
	next := w.files[0].base
	for n := 1; n < len(sizes); n++ {
		base := next - sizes[n]
		if m, err := openMarks(path, n); err == nil {
			if m.count > 0 {
				base = m.at(0).position
			}
			m.close()
		}
		w.files[n] = stretch{base, base + sizes[n]}
		next = base
	}
	return w
}

// ends are the first and the last mark of the file that is written.
func (l *logs) ends(path string) (first, last timeMark, ok bool) {
	m, err := openMarks(path, 0)
	if err != nil {
		return first, last, false
	}
	defer m.close()
	if m.count == 0 {
		return first, last, false
	}
	if info, err := m.file.Stat(); err == nil && info.Size()%markSize != 0 { // it was cut off in the middle of one
		_ = os.Truncate(marksName(path, 0), int64(m.count)*markSize)
	}
	return m.at(0), m.at(m.count - 1), true
}

// restart begins the marks of a file anew.
func (l *logs) restart(path string, w *written, now time.Time) {
	if err := os.WriteFile(marksName(path, 0), timeMark{at: now, position: w.files[0].base}.bytes(), 0o600); err != nil {
		l.log.Error("the times of a log cannot be kept", "file", path, "error", err)
	}
}

func (l *logs) note(path string, w *written, m timeMark) {
	if m.position > w.files[0].end {
		w.grown += m.position - w.files[0].end
		w.files[0].end = m.position
	}
	if err := addMark(path, m); err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.log.Error("the times of a log cannot be kept", "file", path, "error", err)
	}
}

// look notes how much there is of a log now.
func (l *logs) look(path string, w *written, size int64, now time.Time) (grew bool) {
	f := &w.files[0]
	if f.base+size < f.end { // somebody cut it, or it was lost with the machine's last seconds
		f.base = f.end
		l.restart(path, w, now)
	}
	if f.base+size == f.end {
		return false
	}
	l.note(path, w, timeMark{at: now, position: f.base + size})
	return true
}

// sweep looks at the logs that a pattern below the directory matches, and
// says when that was. Everything that it finds has this time, which no other
// sweep has.
func (l *logs) sweep(pattern string) time.Time {
	files, _ := filepath.Glob(filepath.Join(l.dir, pattern)) // the pattern is right
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, path := range files {
		l.load(path)
	}
	now := l.stamp()
	grew := false
	for _, path := range files {
		info, err := os.Stat(path)
		if err != nil {
			delete(l.known, path)
			continue
		}
		grew = l.look(path, l.known[path], info.Size(), now) || grew
		if info.Size() <= l.full() {
			continue
		}
		if err := l.cut(path, info.Size()); err != nil {
			l.log.Error("cannot keep a log in bounds", "file", path, "error", err)
		}
	}
	if grew && l.news != nil {
		close(l.news)
		l.news = nil
	}
	return now
}

// stamp is a time after all that were given.
func (l *logs) stamp() time.Time {
	l.swept = later(time.Now().UTC().Truncate(time.Microsecond), l.swept.Add(time.Microsecond))
	return l.swept
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// awaitNews is closed when a log has grown after this call.
func (l *logs) awaitNews() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.news == nil {
		l.news = make(chan struct{})
	}
	return l.news
}

// launched notes that what is written from now on is another launch's.
func (l *logs) launched(path string, size int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.load(path)
	now := l.stamp()
	l.look(path, w, size, now)
	l.note(path, w, timeMark{at: now, position: w.end(), launch: true})
}

// launches are the positions at which they begin, oldest first.
func (l *logs) launches(path string) (out []int64) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for n := logCopies; n >= 0; n-- {
		m, err := openMarks(path, n)
		if err != nil {
			continue
		}
		for from := 0; from < m.count; from += 256 {
			for _, mark := range m.block(from) {
				if mark.launch {
					out = append(out, mark.position)
				}
			}
		}
		m.close()
	}
	return out
}

// takeGrown is how much each instance has written since the last call, by
// environment and instance.
func (l *logs) takeGrown() map[string]map[string]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[string]map[string]int64{}
	for path, w := range l.known {
		if w.grown == 0 {
			continue
		}
		env, instance := filepath.Base(filepath.Dir(path)), strings.TrimSuffix(filepath.Base(path), ".log")
		if out[env] == nil {
			out[env] = map[string]int64{}
		}
		out[env][instance], w.grown = w.grown, 0
	}
	return out
}

// cut copies the newest of a full file away and empties it. Where the copy
// cannot be made the file is emptied nevertheless: a full disk would stop more
// than a log. Whoever reads meanwhile goes on by position.
func (l *logs) cut(path string, length int64) error {
	w := l.load(path)
	var failed error
	move := func(from, to string) {
		if err := os.Rename(from, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	for n := logCopies; n > 1; n-- {
		move(copyName(path, n-1), copyName(path, n))
		move(marksName(path, n-1), marksName(path, n))
		w.files[n] = w.files[n-1]
	}
	skipped := max(0, length-l.full())
	copied, err := copyEnd(path, copyName(path, 1), skipped, l.size)
	failed = errors.Join(failed, err)
	old := w.files[0]
	w.files[1] = stretch{old.base + skipped, old.base + skipped + copied}
	if end := w.files[1].end; end > old.end {
		l.note(path, w, timeMark{at: l.stamp(), position: end})
	}
	failed = errors.Join(failed, l.keepMarks(path, w.files[1].base), os.Truncate(path, 0))
	w.files[0].base = w.files[0].end
	l.restart(path, w, l.stamp())
	return failed
}

// keepMarks makes the marks of the file those of its copy, which may begin later.
func (l *logs) keepMarks(path string, base int64) error {
	text, err := os.ReadFile(marksName(path, 0))
	if err != nil || len(text) < markSize {
		return err
	}
	first := readMark(text)
	first.position = base
	return os.WriteFile(marksName(path, 1), append(first.bytes(), text[markSize:]...), 0o600)
}

// copyEnd copies what a file has from a place on, and what is added meanwhile,
// up to a size.
func copyEnd(from, to string, skip, most int64) (copied int64, err error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, err
	}
	defer in.Close() //nolint:errcheck // only read
	if _, err := in.Seek(skip, io.SeekStart); err != nil {
		return 0, err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	copied, err = io.Copy(out, io.LimitReader(in, most))
	return copied, errors.Join(err, out.Close())
}
