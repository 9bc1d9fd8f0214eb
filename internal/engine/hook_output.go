package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lockstep-dev/lockstep/internal/runtime"
)

// hookLine is how much of a line that a hook wrote is shown, in bytes.
const hookLine = 300

// What is told of a hook's output while it runs: so much at once and so often,
// until so much was told of the step; then less, and rarely. All of it that is
// kept stands in the journal when the hook has ended.
const (
	firstLook  = 250 * time.Millisecond
	nextLook   = 500 * time.Millisecond
	rareLook   = 10 * time.Second
	batchLines = 40
	floodLines = 10 // where there are more
	rareLines  = 5
	liveBudget = 128 << 10 // bytes
)

// hookState is how far the output of a hook was told, for whoever continues.
type hookState struct {
	Try  int   `json:"try"`
	Told int64 `json:"told"` // bytes of the try's output
	Cost int   `json:"cost"` // bytes that were told of all tries
}

func (s hookState) spent() bool { return s.Cost > liveBudget }

// runJob runs a job and tells meanwhile what it writes.
func (e effect) runJob(ctx context.Context, call runtime.Call, place runtime.Place, job runtime.Job, try int) (result runtime.JobResult, err error) {
	if e.watcher == nil {
		return e.jobs.RunJob(ctx, call, place, job)
	}
	over := make(chan struct{})
	var telling sync.WaitGroup
	telling.Go(func() { e.tellOutput(ctx, call.Key, try, over) })
	defer func() {
		close(over)
		telling.Wait()
	}()
	return e.jobs.RunJob(ctx, call, place, job)
}

func (e effect) tellOutput(ctx context.Context, key string, try int, over <-chan struct{}) {
	var s hookState
	if err := json.Unmarshal(e.state(), &s); err != nil || s.Try != try {
		s = hookState{Try: try, Cost: s.Cost}
	}
	look := time.NewTimer(firstLook)
	defer look.Stop()
	for last := false; !last; {
		select {
		case <-ctx.Done():
			return
		case <-over:
			last = true
		case <-look.C:
		}
		out, err := e.watcher.JobOutput(ctx, e.call.Environment, key)
		untold := s.Told == 0
		n := s.take(out, last, e.mask)
		// What the journal says of a hook that ended soon needs no telling.
		enough := last && untold && n.missing == 0 && len(n.lines) <= tailLength
		if err == nil && len(n.lines) > 0 && !enough {
			e.shown(ctx, map[string]any{"lines": n.lines, "missing": n.missing, "try": try}, s)
		}
		if s.spent() {
			look.Reset(rareLook)
		} else {
			look.Reset(nextLook)
		}
	}
}

// news is what was not told yet: whole lines, and how many bytes before them
// are left out.
type news struct {
	lines   []string
	missing int64
}

// take is what to tell now. The last time, a line without an end is one, too.
// Where there is something to mask, only whole lines are told before, so that
// no value comes in two halves.
func (s *hookState) take(out runtime.JobOutput, last bool, m *mask) (n news) {
	begin := out.Total - int64(len(out.End))
	if out.Total <= s.Told {
		return n
	}
	at := max(s.Told, begin)
	text := out.End[at-begin:]
	if cut := bytes.IndexByte(text, '\n') + 1; at > s.Told && cut > 0 { // the rest of a line that is gone
		text, at = text[cut:], at+int64(cut)
	}
	if whole := bytes.LastIndexByte(text, '\n') + 1; !last && whole > 0 {
		text = text[:whole]
	} else if !last && (len(text) < hookLine || m != nil) {
		return n
	}
	lines := bytes.SplitAfter(bytes.TrimSuffix(text, []byte{'\n'}), []byte{'\n'})
	most := batchLines
	switch {
	case s.spent():
		most = rareLines
	case len(lines) > batchLines || at > s.Told:
		most = floodLines
	}
	skipped := lines[:max(0, len(lines)-most)]
	n.missing = at - s.Told
	for _, line := range skipped {
		n.missing += int64(len(line))
	}
	s.Told = at + int64(len(text))
	for _, line := range lines[len(skipped):] {
		if line := plainLine(m.text(string(line))); line != "" {
			n.lines = append(n.lines, line)
			s.Cost += len(line)
		}
	}
	return n
}

var escapes = regexp.MustCompile(`\x1b\[[0-9;?]*[ -/]*[@-~]`)

// plainText is what a command wrote without what a terminal would obey.
func plainText(output string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' && r != '\n' {
			return -1
		}
		return r
	}, escapes.ReplaceAllString(output, ""))
}

// plainLine is a line fit for terminals and logs; "" is one that says nothing.
func plainLine(text string) string {
	line := strings.TrimRight(strings.ReplaceAll(plainText(strings.ToValidUTF8(text, "\uFFFD")), "\n", ""), " \t")
	if len(line) <= hookLine {
		return line
	}
	end := hookLine
	for !utf8.RuneStart(line[end]) {
		end--
	}
	return line[:end] + "…"
}

// lastLines are the end of what a command wrote.
func lastLines(output string) []string {
	var lines []string
	for text := range strings.Lines(output) {
		if line := plainLine(text); line != "" {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-tailLength):]
}
