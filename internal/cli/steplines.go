package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// stepLines are what a running step wrote, as an event says it.
type stepLines struct {
	seq     int
	lines   []string
	missing int // bytes before them that are not shown
}

// linesOf reads them from a step's progress.
func linesOf(data map[string]any) (stepLines, bool) {
	items, ok := data["lines"].([]any)
	if !ok {
		return stepLines{}, false
	}
	out := stepLines{seq: number(data["seq"]), missing: number(data["missing"])}
	for _, item := range items {
		if text, ok := item.(string); ok {
			out.lines = append(out.lines, printable(text))
		}
	}
	return out, true
}

// keptLines is how many of the lines that were shown are remembered: more than
// the journal repeats of them when the step has ended.
const keptLines = 20

// wrote are the lines that stay of what a running step writes. The first of
// them stand below its name.
func (t *transcript) wrote(s sheet, op lockstep.Operation, w stepLines) (out []string) {
	i := slices.IndexFunc(op.Steps, func(step lockstep.Step) bool { return step.Seq == w.seq })
	if i < t.told {
		return nil // it has ended, with all that counts
	}
	if t.output == nil {
		t.output = map[int][]string{}
	}
	before, begun := t.output[w.seq]
	if !begun {
		out = append(out, s.row(s.p.blue("◐"), op.Steps[i].Name, "", ""))
	}
	if w.missing > 0 {
		out = append(out, s.below(fmt.Sprintf("… %s more, not shown here", size64(w.missing)), s.p.dim)...)
	}
	for _, text := range w.lines {
		out = append(out, s.below(text, s.p.dim)...)
	}
	before = append(before, w.lines...)
	t.output[w.seq] = before[max(0, len(before)-keptLines):]
	return out
}

// untold is a hook that ended without those of its last lines that were shown
// while it ran.
func (t *transcript) untold(step lockstep.Step) lockstep.Step {
	shown := t.output[step.Seq]
	how, rest, more := strings.Cut(step.Output, "\n")
	if step.Kind != lockstep.StepHook || len(shown) == 0 || !more {
		return step
	}
	lines := strings.Split(rest, "\n")
	var head []string
	if len(step.Results) > 0 {
		head, lines = lines[:1], lines[1:]
	}
	overlap := min(len(shown), len(lines))
	for !slices.Equal(shown[len(shown)-overlap:], lines[:overlap]) {
		overlap--
	}
	step.Output = strings.Join(slices.Concat([]string{how}, head, lines[overlap:]), "\n")
	return step
}

func size64(n int) string {
	switch {
	case n < 10_000:
		return count(n, "byte")
	case n < 10_000_000:
		return fmt.Sprintf("%d kB", n/1000)
	default:
		return fmt.Sprintf("%d MB", n/1_000_000)
	}
}

// printable is text without what a terminal would obey.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0) {
			return -1
		}
		return r
	}, text)
}
