package agent

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// The last lines are one page as far as that is a size for an answer. Beyond
// it the first page begins where they begin, and says how to go on.
func TestLastLinesThatAreTooMuchComeInPages(t *testing.T) {
	t.Parallel()
	s := newScribe(t)
	s.l.size = logSize
	const each, size = 1100, 8 << 10 // 17 MiB of two instances
	fill := strings.Repeat("x", size)
	for n := range each {
		s.write(web, fmt.Sprintf("web %d needle%d %s\n", n, n%3, fill))
		s.write(api, fmt.Sprintf("api %d needle%d %s\n", n, n%3, fill))
		if n%20 == 0 {
			s.l.sweep("*/*.log")
		}
	}
	head := func(lines []string) (out []string) {
		for _, line := range lines {
			out = append(out, line[:min(len(line), 20)])
		}
		return out
	}
	whole := head(s.all(lockstep.LogQuery{}))
	if len(whole) != 2*each {
		t.Fatalf("%d lines were written, and %d are read", 2*each, len(whole))
	}
	for _, tt := range []struct {
		query lockstep.LogQuery
		last  int
		pages bool
	}{
		{lockstep.LogQuery{Tail: 900}, 900, false},
		{lockstep.LogQuery{Tail: 1500}, 1500, true},
		{lockstep.LogQuery{Tail: 2000}, 2000, true},
		{lockstep.LogQuery{Tail: lockstep.MaxLogTail}, 2 * each, true}, // there are fewer
		{lockstep.LogQuery{Tail: 2000, Limit: 100}, 100, false},
	} {
		page := s.page(tt.query)
		text := 0
		for _, line := range page.Lines {
			text += len(line.Text)
		}
		if text == 0 || text > tailText || page.More != tt.pages || page.Cursor == "" {
			t.Errorf("%+v: %d bytes, more %v, cursor %q", tt.query, text, page.More, page.Cursor)
		}
		if got := head(s.all(tt.query)); !slices.Equal(got, whole[len(whole)-tt.last:]) {
			t.Errorf("%+v: %d lines from %q on, want %d", tt.query, len(got), got[:min(1, len(got))], tt.last)
		}
	}
	one := lockstep.LogQuery{Instances: []string{web}, Tail: each} // 9 MiB
	if page := s.page(one); !page.More || len(s.all(one)) != each {
		t.Errorf("%d lines of %s at once, more %v", len(page.Lines), web, page.More)
	}
	found := s.all(lockstep.LogQuery{Search: "NEEDLE1"})
	if got := s.all(lockstep.LogQuery{Search: "NEEDLE1", Tail: lockstep.MaxLogTail}); len(got) != len(found) || len(got) < 2*each/3 || !slices.Equal(head(got), head(found)) {
		t.Errorf("%d of the last lines fit, want %d", len(got), len(found))
	}
}

// However slowly logs are read, a page goes on from the one before it.
func TestPagesThatTakeTooLongLoseNoPlace(t *testing.T) {
	t.Parallel()
	s := newScribe(t)
	s.l.size, s.l.pageTime = logSize, time.Nanosecond
	fill := strings.Repeat("x", lockstep.MaxLogLine/2)
	const each = 2*tailText/lockstep.MaxLogLine + 20 // more than a page of last lines
	for n := range each {
		s.write(web, fmt.Sprintf("%d %s\n", n, fill))
	}
	for _, tail := range []int{5, each - 5} {
		lines := s.all(lockstep.LogQuery{Tail: tail})
		if len(lines) != tail || !strings.HasPrefix(lines[0], fmt.Sprint(each-tail, " ")) {
			t.Errorf("tail %d: %d lines from %.10q on", tail, len(lines), lines[0])
		}
	}
}

// Lines that were large and are not among the last do not make pages of those
// that are, nor do they stay in memory.
func TestLastLinesForgetWhatWasBefore(t *testing.T) {
	t.Parallel()
	last := lastLines{limit: 100}
	for n := range 5000 {
		text := strings.Repeat("x", lockstep.MaxLogLine)
		if n >= 4000 {
			text = fmt.Sprint(n)
		}
		last.add(lockstep.LogLine{Text: text, Cursor: lockstep.LogCursor{At: epochOf(n), Instance: web}.String()})
		held := 0
		for _, line := range last.lines {
			held += len(line.Text)
		}
		if held > 2*tailText || len(last.lines) > 201 {
			t.Fatalf("%d bytes of %d lines are held", held, len(last.lines))
		}
	}
	lines, fits := last.end()
	if !fits || len(lines) != 100 || lines[0].Text != "4900" || lines[99].Text != "4999" {
		t.Errorf("%d lines, fits %v", len(lines), fits)
	}
	if before, err := last.before(); err != nil || !before.At.Equal(epochOf(4899)) {
		t.Errorf("before them is %v, %v", before, err)
	}
}

// However large the last lines are, they are not all held.
func TestLastLinesAreNotAllHeld(t *testing.T) {
	t.Parallel()
	last := lastLines{limit: 3000}
	text := strings.Repeat("x", lockstep.MaxLogLine)
	for n := range 4000 {
		last.add(lockstep.LogLine{Text: text, Cursor: lockstep.LogCursor{At: epochOf(n), Instance: web}.String()})
		held := 0
		for _, line := range last.lines {
			held += len(line.Text)
		}
		if held > 2*tailText {
			t.Fatalf("%d bytes are held of %d lines", held, len(last.lines))
		}
	}
	if lines, fits := last.end(); fits || lines != nil {
		t.Errorf("%d lines fit", len(lines))
	}
	if before, err := last.before(); err != nil || !before.At.Equal(epochOf(999)) {
		t.Errorf("before them is %v, %v", before, err)
	}
}

func epochOf(n int) time.Time {
	return time.Date(2026, 3, 1, 12, 0, n, 0, time.UTC)
}
