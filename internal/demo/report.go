package demo

import (
	"fmt"
	"io"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/load"
)

// row is one deployment of the day and what users saw while it ran.
type row struct {
	deployment lockstep.Deployment
	want       lockstep.OperationStatus
	rollback   bool
	load       *load.Report // nil before the environment was under load
	held       int64
}

func (r row) asWanted() bool { return r.deployment.Status == r.want }

// why is what a person asks of a deployment that did not simply complete.
func (r row) why() string {
	switch e := r.deployment.Error; {
	case r.rollback:
		return "by hand: the warm side had all traffic after " + round(r.moved()).String()
	case e == nil:
		return ""
	default:
		reason, rest, _ := strings.Cut(e.Message, "\n")
		if strings.HasPrefix(rest, "  ") { // the checks that failed say more than that some did
			reason, _, _ = strings.Cut(strings.TrimSpace(rest), "\n")
		}
		return e.Step + ": " + reason
	}
}

// moved is the time from the request until all traffic went where it should.
func (r row) moved() (after time.Duration) {
	for _, s := range r.deployment.Steps {
		if s.Kind == lockstep.StepShiftTraffic && s.CompletedAt != nil {
			after = s.CompletedAt.Sub(r.deployment.CreatedAt)
		}
	}
	return after
}

func (r row) took() string {
	if r.deployment.Duration == nil {
		return "–"
	}
	return round(r.deployment.Duration.Std()).String()
}

// report prints the day's table and says whether every promise was kept.
func (d *day) report() (clean bool) {
	d.stopLoads()
	d.say.act("What happened")
	t := [][]string{{"ENVIRONMENT", "RELEASE", "STRATEGY", "ENDED", "TOOK", "SERVED", "FAILED", "HELD", "WHY"}}
	clean = true
	for _, r := range d.rows {
		served, failed, held := "–", "–", "–"
		if r.load != nil {
			served, failed, held = fmt.Sprint(r.load.OK), fmt.Sprint(r.load.Failed), fmt.Sprint(r.held)
		}
		t = append(t, []string{
			r.deployment.Environment, r.deployment.Version, string(r.deployment.Strategy),
			strings.ReplaceAll(string(r.deployment.Status), "_", " "), r.took(), served, failed, held, r.why(),
		})
		clean = clean && r.asWanted()
	}
	d.say.table(t)
	d.say.line("")
	for _, f := range d.fields {
		d.say.line("  %-12s %s", f.env, f.total)
		for _, failure := range f.total.FirstFailures {
			d.say.line("               %s", failure)
		}
		clean = clean && f.total.Failed == 0 && f.total.Shed == 0
	}
	d.say.line("")
	d.say.promise(d.failed() == 0, "no request failed", fmt.Sprintf("%d requests failed", d.failed()))
	d.say.promise(d.allAsWanted(), "the good releases went out and the bad ones were rolled back", "a deployment ended otherwise than it should")
	d.say.promise(d.kills > 0, fmt.Sprintf("the server was killed %d times, and back after %s at most", d.kills, round(d.killed)), "the server was never killed")
	d.say.promise(d.switches == 2, "the live address was led to standby and back", "the live address did not move as it should")
	d.say.promise(d.noise > 0, fmt.Sprintf("the control counted %d failures when an instance was killed without draining", d.noise), "the control counted no failure, so the load proves nothing")
	return clean && d.kills > 0 && d.noise > 0 && d.switches == 2
}

func (d *day) failed() (n int64) {
	for _, f := range d.fields {
		n += f.total.Failed + f.total.Shed
	}
	return n
}

func (d *day) allAsWanted() bool {
	for _, r := range d.rows {
		if !r.asWanted() {
			return false
		}
	}
	return true
}

// narrator tells the day as it goes.
type narrator struct {
	w     io.Writer
	color bool
	began time.Time
}

func (n narrator) line(format string, args ...any) { fmt.Fprintf(n.w, format+"\n", args...) }

func (n narrator) title(s string) { n.line("%s\n", n.bold(s)) }

func (n narrator) act(s string) {
	n.line("\n%s %s", n.dim(fmt.Sprintf("%5.1fs", time.Since(n.began).Seconds())), n.bold(s))
}

func (n narrator) deployed(r row) {
	mark, text := n.paint("2", "✓"), strings.ReplaceAll(string(r.deployment.Status), "_", " ")
	if r.deployment.Status == lockstep.StatusRolledBack {
		mark = n.paint("3", "↶")
	}
	if !r.asWanted() {
		mark = n.paint("1", "✗")
	}
	users := ""
	if r.load != nil {
		users = fmt.Sprintf("; %d requests served, %d failed", r.load.OK, r.load.Failed)
		if r.held > 0 {
			users += fmt.Sprintf(", %d held", r.held)
		}
	}
	n.line("  %s %s to %s (%s): %s in %s%s", mark, r.deployment.Version, r.deployment.Environment, r.deployment.Strategy, text, r.took(), users)
	if why := r.why(); why != "" {
		n.line("      %s", n.dim(why))
	}
}

func (n narrator) promise(kept bool, good, bad string) {
	if kept {
		n.line("  %s %s", n.paint("2", "✓"), good)
		return
	}
	n.line("  %s %s", n.paint("1", "✗"), bad)
}

func (n narrator) table(rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], lipgloss.Width(cell))
		}
	}
	for _, r := range rows {
		var b strings.Builder
		for i, cell := range r {
			b.WriteString(cell + strings.Repeat(" ", widths[i]-lipgloss.Width(cell)+2))
		}
		n.line("  %s", strings.TrimRight(b.String(), " "))
	}
}

func (n narrator) paint(color, s string) string {
	if !n.color {
		return s
	}
	return lipgloss.NewStyle().Foreground(lipgloss.Color(color)).Render(s)
}

func (n narrator) bold(s string) string {
	if !n.color {
		return s
	}
	return lipgloss.NewStyle().Bold(true).Render(s)
}

func (n narrator) dim(s string) string { return n.paint("8", s) }

// round keeps the digits a person reads.
func round(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(100 * time.Millisecond)
}
