package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/lockstep-dev/lockstep"
)

// liveView redraws a block of lines in place: every step with its state, the
// running one with its time and what it waits for, and the traffic.
type liveView struct {
	w       io.Writer
	p       paint
	columns func() int
	now     func() time.Time

	mu    sync.Mutex
	f     followed
	op    lockstep.Operation
	say   string
	drawn int // lines of the block on the screen
	stop  chan struct{}
	done  chan struct{}
}

func (v *liveView) begin(f followed, op lockstep.Operation) {
	v.f, v.op = f, op
	v.stop, v.done = make(chan struct{}), make(chan struct{})
	line(v.w, "%s  %s", f.title, v.p.dim(shortID(op.ID)))
	go v.tick()
}

// tick keeps the running step's time moving.
func (v *liveView) tick() {
	defer close(v.done)
	t := time.NewTicker(100 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-v.stop:
			return
		case <-t.C:
			v.mu.Lock()
			v.draw()
			v.mu.Unlock()
		}
	}
}

func (v *liveView) update(op lockstep.Operation) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.op, v.say = op, ""
	v.draw()
}

func (v *liveView) note(message string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.say = message
	v.draw()
}

func (v *liveView) end(op lockstep.Operation) {
	close(v.stop)
	<-v.done
	v.mu.Lock()
	defer v.mu.Unlock()
	v.op, v.say = op, ""
	v.draw()
	line(v.w, "%s", ending(v.p, op))
}

func (v *liveView) draw() {
	lines := v.lines()
	columns := v.columns()
	var b strings.Builder
	if v.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", v.drawn)
	}
	for _, l := range lines {
		b.WriteString("\r\x1b[K" + lipgloss.NewStyle().MaxWidth(columns-1).Render(l) + "\n")
	}
	b.WriteString("\x1b[J")
	v.drawn = len(lines)
	io.WriteString(v.w, b.String()) //nolint:errcheck // only progress
}

func (v *liveView) lines() []string {
	if v.op.Status == lockstep.StatusPendingApproval {
		return []string{v.p.warn("  waits for approval: ") + "lockstep approve " + shortID(v.op.ID)}
	}
	if len(v.op.Steps) == 0 {
		return []string{v.p.dim("  " + statusWord(v.op.Status) + ", " + took(v.now().Sub(v.op.CreatedAt)))}
	}
	var out []string
	undoing := false
	for _, s := range v.op.Steps {
		if s.Phase == lockstep.PhaseUndo && !undoing {
			undoing = true
			out = append(out, v.p.warn("  "+undoTitle(v.op)))
		}
		note := ""
		switch s.Status {
		case lockstep.StepRunning:
			note = strings.TrimSpace(elapsed(v.now(), s.StartedAt) + "  " + v.say)
		case lockstep.StepCompleted, lockstep.StepFailed, lockstep.StepSkipped:
			note = stepNote(s)
		case lockstep.StepPending:
		}
		out = append(out, fmt.Sprintf("  %s %s  %s", stepMark(v.p, s), pad(s.Name, 44), v.p.dim(note)))
		if s.Error != nil {
			for l := range strings.Lines(s.Error.Message) {
				out = append(out, "      "+v.p.bad(strings.TrimRight(l, "\n")))
			}
		}
	}
	if bar := v.traffic(); bar != "" {
		out = append(out, bar)
	}
	return out
}

// traffic is the bar of the last shift that completed.
func (v *liveView) traffic() string {
	d := v.f.deployment
	if d == nil {
		return ""
	}
	var splits []lockstep.Split
	for _, s := range v.op.Steps {
		if s.Kind == lockstep.StepShiftTraffic && s.Status == lockstep.StepCompleted {
			splits = s.Do.Splits
		}
	}
	total, mine := 0, 0
	for _, s := range splits {
		total += s.Weight
		if s.Revision == d.RevisionID {
			mine += s.Weight
		}
	}
	if total == 0 {
		return ""
	}
	const cells = 30
	full := cells * mine / total
	return fmt.Sprintf("  traffic %s%s %s %d%%", v.p.good(strings.Repeat("█", full)), v.p.dim(strings.Repeat("░", cells-full)), d.Version, 100*mine/total)
}
