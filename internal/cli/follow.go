package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// followed is an operation that somebody watches.
type followed struct {
	id         string
	title      string
	deployment *lockstep.Deployment     // of kind deploy
	want       lockstep.OperationStatus // the end that counts as success; default completed
}

func followedDeployment(d lockstep.Deployment) followed {
	title := fmt.Sprintf("deploy %s to %s (%s)", d.Version, d.Environment, d.Strategy)
	if d.RollbackOf != "" {
		title = fmt.Sprintf("roll %s back to %s (%s)", d.Environment, d.Version, d.Strategy)
	}
	return followed{id: d.ID, title: title, deployment: &d}
}

// view shows an operation as it goes. Both views get the same calls.
type view interface {
	begin(f followed, op lockstep.Operation)
	update(op lockstep.Operation)
	note(message string) // a step's progress, or a lost connection
	end(op lockstep.Operation)
}

// follow shows an operation until its end. Events say when to look; what is
// shown is always read whole, so that a view that joins late, or again after
// the server was restarted, shows the truth.
func (a *app) follow(ctx context.Context, c *client.Client, f followed) error {
	if f.want == "" {
		f.want = lockstep.StatusCompleted
	}
	op, err := c.Operation(ctx, f.id)
	if err != nil {
		return err
	}
	v := a.view()
	v.begin(f, op)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	lost := func(error) { v.note("the server does not answer; trying again") }
	var failure error
	if !op.Status.Done() {
		err = c.Events(ctx, 0, client.EventFilter{Operation: f.id}, lost, func(ev lockstep.Event) bool {
			if ev.Type == lockstep.EventStepProgress {
				if message, ok := ev.Data["message"].(string); ok {
					v.note(message)
				}
				return true
			}
			fresh, err := c.Operation(ctx, f.id)
			if err != nil {
				if lockstep.IsTerminal(err) {
					failure = err
				}
				return failure == nil
			}
			op = fresh
			v.update(op)
			return !op.Status.Done()
		})
	}
	if ctx.Err() != nil {
		line(a.Err, "\nDetached; it goes on. Watch it again with: lockstep watch %s", shortID(f.id))
		return &exitError{code: lockstep.ExitFailed}
	}
	if err != nil || failure != nil {
		return first2(failure, err)
	}
	v.end(op)
	if a.flags.output != "table" {
		if err := a.printEnd(ctx, c, f); err != nil {
			return err
		}
	}
	if op.Status != f.want {
		return &exitError{code: lockstep.ExitFailed}
	}
	return nil
}

func first2(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// printEnd writes the document that -o asked for, once the operation is over.
func (a *app) printEnd(ctx context.Context, c *client.Client, f followed) error {
	if f.deployment == nil {
		op, err := c.Operation(ctx, f.id)
		if err != nil {
			return err
		}
		return a.print(op, func(io.Writer) {})
	}
	d, err := c.Deployment(ctx, f.id)
	if err != nil {
		return err
	}
	return a.print(d, func(io.Writer) {})
}

// view picks how progress is shown: live on a terminal, plain lines in a
// pipe; with -o json|yaml progress goes to the error stream.
func (a *app) view() view {
	out := a.Out
	if a.flags.output != "table" {
		out = a.Err
	}
	p := a.paint(out)
	if isTerminal(out) && a.Getenv("TERM") != "dumb" {
		return &liveView{w: out, p: p, columns: func() int { return width(out) }, now: time.Now}
	}
	return &plainView{w: out, p: p}
}
