package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/runtime"
)

// written is what a watcher sees of a job that wrote all of text.
func written(text string, end int) runtime.JobOutput {
	return runtime.JobOutput{Total: int64(len(text)), End: []byte(text[max(0, len(text)-end):])}
}

func TestOutputIsToldOnceInWholeLines(t *testing.T) {
	t.Parallel()
	var s hookState
	var told []string
	all := ""
	for i, step := range []struct {
		more string
		last bool
		want string
	}{
		{"one\ntw", false, "one"},
		{"", false, ""},
		{"o\n\x1b[2Jthree\n\n", false, "two three"},
		{"fo", false, ""},
		{"ur", true, "four"},
		{"", true, ""},
	} {
		all += step.more
		n := s.take(written(all, 1<<10), step.last, nil)
		if strings.Join(n.lines, " ") != step.want || n.missing != 0 {
			t.Errorf("%d: told %q, %d missing, want %q", i, n.lines, n.missing, step.want)
		}
		told = append(told, n.lines...)
	}
	if !slices.Equal(told, []string{"one", "two", "three", "four"}) {
		t.Errorf("told %q", told)
	}
	long := hookState{}
	if n := long.take(written(strings.Repeat("x", hookLine), 1<<10), false, nil); len(n.lines) != 1 {
		t.Errorf("a line without an end is told as %q", n.lines)
	}
}

// However much is written, little of it is told, and how much is left out.
func TestAFloodIsToldInShort(t *testing.T) {
	t.Parallel()
	var s hookState
	var flood strings.Builder
	missing, told, lines := int64(0), int64(0), 0
	for i := 0; flood.Len() < 20<<20; i++ {
		for range 1000 {
			fmt.Fprintf(&flood, "line %d of many that nobody reads\n", i)
		}
		spent := s.spent()
		n := s.take(written(flood.String(), 8<<10), false, nil)
		if len(n.lines) > batchLines || spent && len(n.lines) > rareLines || n.lines[0] != n.lines[len(n.lines)-1] {
			t.Fatalf("told at once: %q", n.lines)
		}
		missing, lines = missing+n.missing, lines+len(n.lines)
		for _, line := range n.lines {
			told += int64(len(line)) + 1
		}
	}
	if !s.spent() || told+missing != int64(flood.Len()) {
		t.Errorf("%d told and %d missing of %d bytes; spent %v", told, missing, flood.Len(), s.spent())
	}
	if told > 2*liveBudget {
		t.Errorf("%d bytes were told", told)
	}
}
