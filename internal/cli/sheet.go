package cli

import (
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/lockstep-dev/lockstep"
)

const (
	widestName = 44 // how far a step's name may push the columns behind it
	leastName  = 10
	leastNote  = 20 // cells beside a step; a note that has fewer stands below it
	besideName = 13 // cells: the mark and the time
)

// sheet lays out the steps of an operation: mark, name, time, note.
type sheet struct {
	p       paint
	columns int // of the screen; 0: lines may be as long as they are
	names   int // width of the name column
}

func newSheet(p paint, columns int, steps []lockstep.Step) sheet {
	s := sheet{p: p, columns: columns}
	for _, step := range steps {
		s.names = max(s.names, min(lipgloss.Width(step.Name), widestName))
	}
	if columns > 0 {
		s.names = min(s.names, max(leastName, columns-besideName))
	}
	return s
}

// row is one step in one line, cut at the edge of the screen.
func (s sheet) row(mark, name, spent, note string) string {
	if s.columns > 0 {
		name = clip(name, max(leastName, s.columns-besideName))
	}
	left := "  " + mark + " " + pad(name, s.names) + "  " + strings.Repeat(" ", max(0, 6-len(spent))) + spent
	if note == "" {
		return s.clip(strings.TrimRight(left, " "))
	}
	return s.clip(left + "  " + s.p.dim(note))
}

// noted is a step that is over with its note: below it where what is left of
// the line says nothing.
func (s sheet) noted(step lockstep.Step, note string) []string {
	row := func(note string) string { return s.row(stepMark(s.p, step), step.Name, spent(step), note) }
	room := s.columns - besideName - max(s.names, lipgloss.Width(step.Name)) - 2
	if s.columns == 0 || room >= min(leastNote, lipgloss.Width(note)) {
		return []string{row(note)}
	}
	return append([]string{row("")}, s.below(note, s.p.dim)...)
}

func (s sheet) clip(text string) string {
	if s.columns == 0 {
		return text
	}
	return clip(text, s.columns-1)
}

// ended is what stays of a step that was carried out: one line, below a hook
// what it wrote, and below a failed one everything that is known about it.
func (s sheet) ended(step lockstep.Step) []string {
	if step.Status != lockstep.StepFailed {
		return append(s.noted(step, stepNote(step)), s.wrote(step)...)
	}
	checks := step.Kind == lockstep.StepVerify
	note := ""
	if !checks {
		note = stepNote(step)
	}
	out := s.noted(step, note)
	if step.Error != nil {
		for text := range strings.Lines(step.Error.Message) {
			out = append(out, s.below(text, s.p.bad)...)
		}
	}
	if areas := proved(step); checks && areas != "" {
		out = append(out, s.below("passed: "+areas, s.p.dim)...)
	}
	return out
}

// wrote are the last lines of a hook.
func (s sheet) wrote(step lockstep.Step) (out []string) {
	if step.Kind != lockstep.StepHook {
		return nil
	}
	_, lines, _ := strings.Cut(step.Output, "\n")
	for text := range strings.Lines(lines) {
		out = append(out, s.below(text, s.p.dim)...)
	}
	return out
}

// below is text under a step, wrapped with its own indentation kept.
func (s sheet) below(text string, paint func(string) string) []string {
	text = strings.TrimRight(text, " \n")
	bare := strings.TrimLeft(text, " ")
	indent := strings.Repeat(" ", 6+len(text)-len(bare))
	parts := []string{bare}
	if s.columns > 0 {
		parts = fold(bare, s.columns-1-len(indent))
	}
	for i, part := range parts {
		parts[i] = indent + paint(part)
	}
	return parts
}

// skipped names the steps that nobody will do any more.
func (s sheet) skipped(steps []lockstep.Step) []string {
	names := make([]string, len(steps))
	for i, step := range steps {
		names[i] = step.Name
	}
	out := s.below("skipped: "+strings.Join(names, ", "), s.p.dim)
	out[0] = "  " + s.p.dim("–") + " " + strings.TrimLeft(out[0], " ")
	return out
}

func spent(step lockstep.Step) string {
	if step.Status == lockstep.StepSkipped && step.StartedAt == nil {
		return ""
	}
	return took(step.Duration.Std())
}

// stepNote is what a step says of itself. Of checks that all passed it is
// their names: what each of them saw is in the journal.
func stepNote(step lockstep.Step) string {
	note, _, more := strings.Cut(step.Output, "\n")
	if step.Kind == lockstep.StepVerify && more {
		note = "passed: " + proved(step)
	}
	if step.Attempts > 1 {
		note = strings.TrimLeft(note+"  (resumed)", " ")
	}
	return note
}

// proved are the areas of a validation in which nothing failed. Its output
// has a line for what was seen in each ("networking: GET …"), its error one
// for each failed check.
func proved(step lockstep.Step) string {
	failed := ""
	if step.Error != nil {
		failed = step.Error.Message
	}
	var areas []string
	for l := range strings.Lines(step.Output) {
		if area, _, ok := strings.Cut(l, ": "); ok && !strings.Contains(failed, "\n  "+area+": ") {
			areas = append(areas, area)
		}
	}
	return strings.Join(areas, ", ")
}

func stepMark(p paint, s lockstep.Step) string {
	if s.Warning {
		return p.warn("⚠")
	}
	switch s.Status {
	case lockstep.StepCompleted:
		return p.good("✓")
	case lockstep.StepFailed:
		return p.bad("✗")
	case lockstep.StepRunning:
		return p.blue("◐")
	case lockstep.StepSkipped:
		return p.dim("–")
	case lockstep.StepPending:
		return p.dim("○")
	}
	return " "
}

func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-lipgloss.Width(s)))
}

func elapsed(now time.Time, since *time.Time) string {
	if since == nil {
		return ""
	}
	return took(max(0, now.Sub(*since)))
}
