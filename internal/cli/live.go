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

// liveView prints what is settled as it settles, and below redraws in place
// what goes on: the running step with its time and what it waits for, the
// steps to come, and the traffic. Only the part that is redrawn has to fit
// the screen.
type liveView struct {
	w    io.Writer
	p    paint
	size func() (columns, rows int)
	now  func() time.Time

	mu         sync.Mutex
	f          followed
	op         lockstep.Operation
	transcript transcript
	say        string
	said       []string // lines of a running step that stay, not drawn yet
	drawn      []int    // how wide each line of the block on the screen is
	halt       func()   // stops the redrawing, once
}

const frameTime = 100 * time.Millisecond

func (v *liveView) begin(f followed, op lockstep.Operation) {
	v.f, v.op = f, op
	stop, done := make(chan struct{}), make(chan struct{})
	v.halt = sync.OnceFunc(func() {
		close(stop)
		<-done
	})
	line(v.w, "%s  %s", f.title, v.p.dim(shortID(op.ID)))
	v.draw()
	go v.tick(stop, done)
}

// tick keeps the running step's time moving.
func (v *liveView) tick(stop <-chan struct{}, done chan<- struct{}) {
	defer close(done)
	t := time.NewTicker(frameTime)
	defer t.Stop()
	for {
		select {
		case <-stop:
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

func (v *liveView) note(message string, _ bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.say = message
	v.draw()
}

func (v *liveView) wrote(op lockstep.Operation, w stepLines) {
	v.mu.Lock()
	defer v.mu.Unlock()
	columns, _ := v.size()
	v.said = append(v.said, v.transcript.wrote(newSheet(v.p, columns, op.Steps), op, w)...)
	v.draw()
}

func (v *liveView) end(op lockstep.Operation) {
	v.halt()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.op, v.say = op, ""
	v.draw()
	columns, _ := v.size()
	line(v.w, "%s", wrap(v.f.ending(v.p, op), columns))
}

func (v *liveView) leave() { v.halt() }

// draw writes the lines that stay over the block, and the block below them.
func (v *liveView) draw() {
	columns, rows := v.size()
	s := newSheet(v.p, columns, v.op.Steps)
	stay := append(v.said, v.transcript.next(s, v.op)...)
	v.said = nil
	block := v.block(s, rows)
	var b strings.Builder
	if up := v.drawnRows(columns); up > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", up)
	}
	for _, l := range append(stay, block...) {
		b.WriteString("\r" + l + "\x1b[K\n") // cleared behind it: nothing blinks
	}
	b.WriteString("\x1b[J")
	v.drawn = v.drawn[:0]
	for _, l := range block {
		v.drawn = append(v.drawn, lipgloss.Width(l))
	}
	io.WriteString(v.w, b.String()) //nolint:errcheck // only progress
}

// drawnRows is how many rows the block takes now: a terminal that was made
// narrower has broken the lines that do not fit any more.
func (v *liveView) drawnRows(columns int) (rows int) {
	for _, width := range v.drawn {
		rows += max(1, (width+columns-1)/columns)
	}
	return rows
}

func (v *liveView) block(s sheet, rows int) []string {
	var top, steps, bottom []string
	op := v.op
	switch {
	case op.Status == lockstep.StatusPendingApproval:
		top = append(top, s.clip(v.p.warn("  waits for approval: ")+"lockstep approve "+shortID(op.ID)))
	case op.Status == lockstep.StatusPending && op.WaitingFor == nil:
		top = append(top, s.clip(v.p.dim("  queued for "+took(max(0, v.now().Sub(op.CreatedAt)))+": an environment takes one operation at a time")))
	case op.CancelRequested && !op.Status.Done():
		top = append(top, s.clip(v.p.warn("  "+stoppingNote)))
	}
	if step, text := waitText(op); step != nil && !op.CancelRequested {
		top = append(top, s.clip(v.p.warn("  "+text)))
	}
	if text := standstill(op); text != "" {
		top = append(top, s.clip(v.p.warn("  "+text)))
	}
	if bar := v.traffic(); bar != "" {
		bottom = append(bottom, s.clip(bar))
	}
	if !op.Status.Done() {
		bottom = append(bottom, s.clip(v.p.dim("  ctrl-c detaches, and it goes on")))
	}
	for _, step := range v.transcript.left(op) {
		steps = append(steps, v.going(s, step))
		if step.Status == lockstep.StepRunning && v.say != "" {
			steps = append(steps, s.below(v.say, v.p.dim)...)
		}
	}
	// The line of the cursor is one of the screen's.
	if room := max(2, rows-1-len(top)-len(bottom)); len(steps) > room {
		hidden := len(steps) - room + 1
		steps = append(steps[:room-1], s.clip(v.p.dim(fmt.Sprintf("    … and %s to come", count(hidden, "step")))))
	}
	return append(append(top, steps...), bottom...)
}

// going is a step that runs or is to come.
func (v *liveView) going(s sheet, step lockstep.Step) string {
	if step.Status != lockstep.StepRunning {
		return s.row(v.p.dim("○"), step.Name, "", "")
	}
	frame := v.now().UnixMilli() / (2 * frameTime.Milliseconds()) % 4
	mark := v.p.blue([]string{"◐", "◓", "◑", "◒"}[frame])
	note := ""
	if step.Attempts > 1 {
		note = "(resumed)"
	}
	return s.row(mark, step.Name, elapsed(v.now(), step.StartedAt), note)
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
	return fmt.Sprintf("  traffic %s%s %d%% to %s", v.p.good(strings.Repeat("█", full)), v.p.dim(strings.Repeat("░", cells-full)), 100*mine/total, d.Version)
}
