package cli

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// screen is as much of a terminal as the live view needs: it wraps, scrolls,
// and cannot move the cursor above its first row.
type screen struct {
	columns, rows int

	mu      sync.Mutex
	lines   [][]rune // all, also those that scrolled away
	row     int      // of the cursor, in lines
	column  int
	written chan struct{} // gets an element for each write, where it is not nil
}

var control = regexp.MustCompile(`^\x1b\[([0-9]*)([AKJm])|^\x1b\[[0-9;]*m`)

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := string(p)
	for text != "" {
		if m := control.FindStringSubmatch(text); m != nil {
			s.control(m[1], m[2])
			text = text[len(m[0]):]
			continue
		}
		r := []rune(text)[0]
		text = text[len(string(r)):]
		s.put(r)
	}
	if s.written != nil {
		select {
		case s.written <- struct{}{}:
		default:
		}
	}
	return len(p), nil
}

func (s *screen) control(arg, what string) {
	s.fill()
	switch what {
	case "A":
		n := 1
		fmt.Sscan(arg, &n) //nolint:errcheck // nothing is one
		s.row = max(s.row-n, len(s.lines)-s.rows, 0)
	case "K":
		s.lines[s.row] = s.lines[s.row][:min(s.column, len(s.lines[s.row]))]
	case "J":
		s.lines[s.row] = s.lines[s.row][:min(s.column, len(s.lines[s.row]))]
		for i := s.row + 1; i < len(s.lines); i++ {
			s.lines[i] = nil // the rows are there still
		}
	}
}

func (s *screen) fill() {
	for len(s.lines) <= s.row {
		s.lines = append(s.lines, nil)
	}
}

func (s *screen) put(r rune) {
	s.fill()
	switch r {
	case '\n':
		s.row, s.column = s.row+1, 0
		s.fill()
		return
	case '\r':
		s.column = 0
		return
	}
	if s.column == s.columns {
		s.row, s.column = s.row+1, 0
		s.fill()
	}
	l := s.lines[s.row]
	for len(l) <= s.column {
		l = append(l, ' ')
	}
	l[s.column] = r
	s.lines[s.row] = l
	s.column++
}

// narrow makes it narrower, as a terminal does that breaks its lines again.
func (s *screen) narrow(columns int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines [][]rune
	for i, l := range s.lines {
		if i == s.row {
			s.row = len(lines)
		}
		l = []rune(strings.TrimRight(string(l), " "))
		for len(l) > columns {
			lines, l = append(lines, l[:columns]), l[columns:]
		}
		lines = append(lines, l)
	}
	s.lines, s.columns = lines, columns
}

// String is everything that was ever on the screen, as scrolling back shows it.
func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, l := range s.lines {
		b.WriteString(strings.TrimRight(string(l), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func TestTheScreenIsATerminal(t *testing.T) {
	t.Parallel()
	s := &screen{columns: 10, rows: 3}
	fmt.Fprint(s, "one\ntwo\nthree\nfour\n")
	fmt.Fprint(s, "\x1b[9A\r\x1b[Kover\n\x1b[J\x1b[31mred\x1b[0m\n")
	if got, want := s.String(), "one\ntwo\nover\nred\n"; got != want {
		t.Errorf("the screen shows %q, want %q", got, want)
	}
	wide := &screen{columns: 4, rows: 3}
	fmt.Fprint(wide, "abcdef\n")
	if got, want := wide.String(), "abcd\nef\n"; got != want {
		t.Errorf("the narrow screen shows %q, want %q", got, want)
	}
}
