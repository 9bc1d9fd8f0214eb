package monitor

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// mostOutput is how much of what a command prints is read; it may print on.
const mostOutput = 4 << 10

// runCommand runs a check of kind command, in a group of its own that ends
// with its time.
func runCommand(ctx context.Context, d dependency) (result, error) {
	var out capped
	cmd := exec.CommandContext(ctx, d.spec.Command[0], d.spec.Command[1:]...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8",
		"LOCKSTEP_ENVIRONMENT=" + d.environment, "LOCKSTEP_SERVICE=" + d.record.Name,
	}
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // for children that hold its output open
	err := cmd.Run()
	if cmd.Process != nil {
		// What it left in its group is not wanted any more. Numbers are given out
		// in turn: that of an empty group is nobody else's within this moment.
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(out.String()), "\n")
	var ended *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return result{}, ctx.Err()
	case errors.As(err, &ended):
		r := found("")
		r.status = lockstep.HealthUnhealthy
		r.fact("exitCode", ended.ExitCode(), "")
		r.message = ended.String()
		if first != "" {
			r.message = first
		}
		return r, nil
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return result{}, refused("the command cannot be run")
	}
	r := found("")
	r.fact("exitCode", 0, "")
	if first != "" {
		r.fact("output", first, first)
	}
	return r, nil
}

// capped keeps the beginning of what is written, and takes all of it. The
// buffer is not embedded: io.Copy would use its ReadFrom, past Write.
type capped struct{ kept bytes.Buffer }

func (c *capped) Write(p []byte) (int, error) {
	if room := mostOutput - c.kept.Len(); room > 0 {
		c.kept.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (c *capped) String() string { return c.kept.String() }
