package template

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// atOnce is how many children one server has at most.
const atOnce = 4

// Renderer gives jobs to children. Command starts one: a program that calls
// Work, with its arguments.
type Renderer struct {
	command []string
	limits  Limits
	slots   chan struct{}
}

// NewRenderer makes a renderer; the zero limits are the defaults.
func NewRenderer(command []string, limits Limits) *Renderer {
	return &Renderer{command: command, limits: limits.orDefault(), slots: make(chan struct{}, atOnce)}
}

const (
	// patience is how many times its processor time a child may take on a busy machine.
	patience = 10
	// grace is how long a child that was ended is waited for.
	grace = 500 * time.Millisecond
)

// Run does a job in a child of its own. What is wrong with the texts is in
// the result; an error is ours, or CodeUnavailable where too many wait or the
// machine is too busy.
func (r *Renderer) Run(ctx context.Context, job Job) (Result, error) {
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return Result{}, lockstep.Errorf(lockstep.CodeUnavailable, "template %s: too many templates are rendered at once: try again", job.Template)
	}
	job.Limits = r.limits
	if len(job.Texts) == 0 {
		return Result{Rendered: make([][]any, len(job.Given))}, nil
	}
	input, err := json.Marshal(job)
	if err != nil {
		return Result{}, fmt.Errorf("template %s: %w", job.Template, err)
	}
	page, err := pageOf()
	if err != nil {
		return Result{}, fmt.Errorf("template %s: %w", job.Template, err)
	}
	defer func() { _ = page.Close() }()

	limited, cancel := context.WithTimeout(ctx, patience*r.limits.Time)
	defer cancel()
	// Escaped as JSON a result is up to six times as long.
	output, complaint := &capped{left: 8*r.limits.Output + 1<<20}, &capped{left: 4 << 10, drop: true}
	cmd := exec.CommandContext(limited, r.command[0], r.command[1:]...) //nolint:gosec // our own program
	cmd.Env = []string{"GOTRACEBACK=none"}
	cmd.Dir = os.TempDir()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), output, complaint
	cmd.ExtraFiles = []*os.File{page}
	cmd.WaitDelay = grace
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return Result{}, ctx.Err()
	case err == nil:
		var result Result
		if err := json.Unmarshal(output.Bytes(), &result); err != nil {
			return Result{}, fmt.Errorf("template %s: the result of its child: %w", job.Template, err)
		}
		if len(job.Given) == len(result.Rendered) || len(result.Problems) > 0 {
			return result, nil
		}
		return Result{}, fmt.Errorf("template %s: its child rendered %d of %d", job.Template, len(result.Rendered), len(job.Given))
	}
	used := time.Duration(0)
	if cmd.ProcessState != nil {
		used = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	why := r.why(used, output, complaint.String())
	if why == "" && limited.Err() != nil {
		return Result{}, lockstep.Errorf(lockstep.CodeUnavailable, "template %s: the machine was too busy to render it within %s: try again", job.Template, patience*r.limits.Time)
	}
	if why == "" {
		return Result{}, fmt.Errorf("template %s: its child: %w: %s", job.Template, err, complaint.String())
	}
	return Result{Problems: []lockstep.Problem{lastPlace(page, job, why)}}, nil
}

// why a child died that has used so much processor time, as far as it is its
// template's doing; "": it is not.
func (r *Renderer) why(used time.Duration, output *capped, complaint string) string {
	if output.full {
		return fmt.Sprintf("it makes more than the %d MiB that a template may", r.limits.Output>>20)
	}
	for _, sign := range []string{"out of memory", "cannot allocate memory", "failed to allocate", "address space", "stack overflow", "exceeds", "failed to create new OS thread"} {
		if strings.Contains(complaint, sign) {
			return needsMemory(r.limits)
		}
	}
	if used >= r.limits.Time {
		return takesTime(r.limits)
	}
	return ""
}

// lastPlace is the action at which a child was when it died.
func lastPlace(page io.ReaderAt, job Job, why string) lockstep.Problem {
	var b [8]byte
	_, err := page.ReadAt(b[:], 0)
	text, at := int(binary.LittleEndian.Uint32(b[:])), int(binary.LittleEndian.Uint32(b[4:]))
	if err != nil || text >= len(job.Texts) {
		return lockstep.Problem{Message: why}
	}
	f := fault{text: job.Texts[text], at: at, message: why}
	f.at -= bracesOf(f.text)
	return f.problem()
}

// capped keeps what is written up to a size, and refuses the rest or drops it.
type capped struct {
	bytes.Buffer
	left int64
	drop bool
	full bool
}

func (c *capped) Write(p []byte) (int, error) {
	if int64(len(p)) <= c.left {
		c.left -= int64(len(p))
		return c.Buffer.Write(p)
	}
	c.full = true
	if c.drop {
		return len(p), nil
	}
	return 0, errTooMuch
}
