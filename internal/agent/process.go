package agent

import (
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"syscall"
	"time"
)

// process is one launch of an instance or a job that runs or has ended.
type process struct {
	pid    int
	born   string
	launch string
	since  time.Time
	cell   *cell // nil where it has no limits

	exited chan struct{} // closed when it has ended
	ending string        // how, for people; read after exited
}

// begin runs a command as the leader of a process group of its own, in a cell
// where it has one; outside says why it runs without it.
func begin(cmd *exec.Cmd, launch string, c *cell) (_ *process, outside, err error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	p := &process{launch: launch, since: time.Now(), cell: c, exited: make(chan struct{})}
	cmd, outside, err = c.start(cmd)
	if err != nil {
		return nil, outside, err
	}
	if outside != nil {
		p.cell = nil
	}
	p.pid = cmd.Process.Pid
	p.born = birth(p.pid)
	go func() {
		err := cmd.Wait()
		p.ending = describeEnd(err, p.cell.verdict(), shortly(time.Since(p.since)))
		close(p.exited)
	}()
	return p, outside, nil
}

// adopted is a process that an earlier agent began. How it ends cannot be
// learned: that is told to its parent alone. It is watched until give closes.
func adopted(pid int, born, launch string, since time.Time, c *cell, give <-chan struct{}) *process {
	p := &process{pid: pid, born: born, launch: launch, since: since, cell: c, exited: make(chan struct{})}
	go func() {
		awaitExit(pid, born, give)
		lived := shortly(time.Since(since))
		p.ending = fmt.Sprintf("ended after %s (it was started before the agent, so its status is not known)", lived)
		if why := c.verdict(); why != "" {
			p.ending = fmt.Sprintf("was killed: %s, after %s", why, lived)
		}
		select {
		case <-give: // nobody is interested, and it may live
		default:
			close(p.exited)
		}
	}()
	return p
}

const exitPoll = 100 * time.Millisecond

func pollExit(pid int, born string, give <-chan struct{}) {
	tick := time.NewTicker(exitPoll)
	defer tick.Stop()
	for birth(pid) == born {
		select {
		case <-tick.C:
		case <-give:
			return
		}
	}
}

// describeEnd says how a process ended after it had lived for so long. killed
// is the verdict on its cell: the kernel picks any process of it, perhaps
// not this one.
func describeEnd(err error, killed string, lived time.Duration) string {
	var exit *exec.ExitError
	if killed != "" && errors.As(err, &exit) {
		if ws, ok := exit.Sys().(syscall.WaitStatus); ok && ws.Signaled() && ws.Signal() == syscall.SIGKILL {
			return fmt.Sprintf("was killed: %s, after %s", killed, lived)
		}
	}
	text := fmt.Sprintf("%s after %s", describeExit(err), lived)
	if killed != "" {
		text += "; a process of it was killed: " + killed
	}
	return text
}

func describeExit(err error) string {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		if err != nil {
			return "ended (" + err.Error() + ")"
		}
		return "exited with status 0"
	}
	if ws, ok := exit.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return "ended by signal " + ws.Signal().String()
	}
	return fmt.Sprintf("exited with status %d", exit.ExitCode())
}

// shortly rounds a duration to what a person wants to read.
func shortly(d time.Duration) time.Duration {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond)
	case d < time.Minute:
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Second)
}

func (p *process) family() family { return family{group: p.pid, launch: p.launch, cell: p.cell} }

// killPatience is how long killed processes may take to be gone before the
// log says so. A process that sleeps in the kernel may take for ever.
const killPatience = 5 * time.Second

// terminate asks everything that came of the launch to end, kills what is
// left after grace, and says whether nothing is. It gives up when give closes.
func (p *process) terminate(grace time.Duration, t *table, log *slog.Logger, give <-chan struct{}) bool {
	_ = syscall.Kill(-p.pid, syscall.SIGTERM) // gone already is as good
	deadline := time.NewTimer(grace)
	defer deadline.Stop()
	select {
	case <-p.exited:
	case <-deadline.C:
		deadline.Reset(0)
	case <-give:
		return false
	}
	if p.family().end(t, deadline.C, give) {
		return true
	}
	select {
	case <-give:
		return false
	default:
		return p.family().kill(t, log)
	}
}

// end asks the members to end, new ones as they are found, and says whether
// none is left before the deadline.
func (f family) end(t *table, deadline <-chan time.Time, give <-chan struct{}) bool {
	asked := map[int]bool{}
	pause := 5 * time.Millisecond
	for {
		seen, err := t.now()
		left := f.members(seen)
		if err == nil && len(left) == 0 {
			return true
		}
		for _, s := range left {
			if !asked[s.pid] && s.group != f.group {
				asked[s.pid] = true
				s.signal(syscall.SIGTERM)
			}
		}
		select {
		case <-deadline:
			return false
		case <-give:
			return false
		case <-time.After(pause):
			pause = min(2*pause, 50*time.Millisecond)
		}
	}
}

// kill ends whatever is left of a launch and says whether it is gone. After
// killPatience it gives up with a complaint.
func (f family) kill(t *table, log *slog.Logger) bool {
	deadline := time.NewTimer(killPatience)
	defer deadline.Stop()
	for {
		f.cell.kill()
		seen, err := t.now()
		left := f.members(seen)
		if err == nil && len(left) == 0 {
			return true
		}
		for _, s := range left {
			s.signal(syscall.SIGKILL)
		}
		select {
		case <-deadline.C:
			log.Error("killed processes do not end", "launch", f.launch, "group", f.group, "left", len(left), "error", err)
			return false
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// signal reaches the process that was seen and no later one with its PID.
func (s sighting) signal(sig syscall.Signal) {
	if s.born == "" || birth(s.pid) == s.born {
		_ = syscall.Kill(s.pid, sig) // it may be gone meanwhile
	}
}
