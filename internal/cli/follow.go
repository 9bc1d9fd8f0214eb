package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// followed is an operation that somebody watches.
type followed struct {
	id          string
	title       string
	deployment  *lockstep.Deployment     // of kind deploy
	environment string                   // by ID, to tell of afterwards; "" where it will be gone
	then        func(lockstep.Operation) // says how things are afterwards, instead of environment
	want        lockstep.OperationStatus // the end that counts as success; default completed
}

func followedDeployment(d lockstep.Deployment) followed {
	title := fmt.Sprintf("deploy %s to %s (%s)", d.Version, d.Environment, strategyText(d))
	if d.RollbackOf != "" {
		title = fmt.Sprintf("roll %s back to %s (%s)", d.Environment, d.Version, d.Strategy)
	}
	if d.PromotedFrom != nil {
		title = fmt.Sprintf("promote %s from %s to %s (%s)", d.Version, d.PromotedFrom.Environment, d.Environment, strategyText(d))
	}
	return followed{id: d.ID, title: title, deployment: &d, environment: d.EnvironmentID}
}

// view shows an operation as it goes. Both views get the same calls.
type view interface {
	begin(f followed, op lockstep.Operation)
	update(op lockstep.Operation)
	note(message string, trouble bool)        // a step's progress, or a lost connection
	wrote(op lockstep.Operation, w stepLines) // what the running step did
	end(op lockstep.Operation)
	leave() // nothing is drawn any more; end has left already
}

// follow shows an operation until its end. Events say when to look; what is
// shown is always read whole, so that a view that joins late, or again after
// the server was restarted, shows the truth.
func (a *app) follow(ctx context.Context, c *client.Client, f followed) error {
	if f.want == "" {
		f.want = lockstep.StatusCompleted
	}
	op, err := c.Operation(ctx, f.id)
	if ctx.Err() != nil {
		return a.detached(f)
	}
	if err != nil {
		return err
	}
	v := a.view()
	v.begin(f, op)
	defer v.leave()
	if !op.Status.Done() {
		op, err = a.events(ctx, c, v, op)
	}
	if ctx.Err() != nil {
		v.leave()
		return a.detached(f)
	}
	if err != nil {
		return err
	}
	v.end(op)
	if a.flags.output != "table" {
		if err := a.printEnd(ctx, c, f); err != nil {
			return err
		}
	} else if f.then != nil {
		f.then(op)
	} else if f.environment != "" {
		a.afterwards(ctx, c, f.environment, op.Status)
	}
	if op.Status != f.want {
		return &exitError{code: lockstep.ExitFailed}
	}
	return nil
}

func (a *app) detached(f followed) error {
	if isTerminal(a.Err) {
		line(a.Err, "") // after the ^C
	}
	paragraph(a.Err, "Detached; it goes on. Watch it again with: lockstep watch "+shortID(f.id))
	return &exitError{code: lockstep.ExitFailed}
}

// events keeps the view current until the operation has ended.
func (a *app) events(ctx context.Context, c *client.Client, v view, op lockstep.Operation) (lockstep.Operation, error) {
	lost := func(error) { v.note("the server does not answer; trying again", true) }
	var failure error
	err := c.Events(ctx, 0, client.EventFilter{Operation: op.ID}, lost, func(ev lockstep.Event) bool {
		if lines, ok := linesOf(ev.Data); ok && ev.Type == lockstep.EventStepProgress {
			if runs(op, ev.Data) {
				v.wrote(op, lines)
			}
			return true
		}
		if ev.Type == lockstep.EventStepProgress {
			if text, trouble := progressText(ev.Data); text != "" && runs(op, ev.Data) {
				v.note(text, trouble)
			}
			return true
		}
		fresh, err := c.Operation(ctx, op.ID)
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
	if failure != nil {
		err = failure
	}
	return op, err
}

// runs says that an event is of the step that runs now: who joins late gets
// the events from the beginning.
func runs(op lockstep.Operation, data map[string]any) bool {
	return slices.ContainsFunc(op.Steps, func(s lockstep.Step) bool {
		return s.Status == lockstep.StepRunning && s.Seq == number(data["seq"])
	})
}

// afterwards says what the environment runs now, which is what somebody who
// saw a deployment fail has to know first. It is a kindness: where the server
// does not say, how the deployment ended stands all the same.
func (a *app) afterwards(ctx context.Context, c *client.Client, environment string, status lockstep.OperationStatus) {
	s, err := c.Status(ctx, environment)
	if err != nil {
		return
	}
	paragraph(a.Out, nowRuns(a.paint(a.Out), s))
	if status == lockstep.StatusCompleted && s.StoppedAt == nil && len(s.Addresses) > 0 {
		line(a.Out, "  %s", s.Addresses[0])
	}
}

func nowRuns(p paint, s lockstep.StatusReport) string {
	if s.Status == lockstep.EnvironmentFailed {
		return p.bad(fmt.Sprintf("  %s is failed: somebody has to look (lockstep status %s)", s.Name, s.Name))
	}
	if s.Revision == nil {
		return fmt.Sprintf("  nothing runs in %s", s.Name)
	}
	if s.StoppedAt != nil {
		return fmt.Sprintf("  %s is stopped: lockstep start %s brings %s back", s.Name, s.Name, s.Revision.Content.Release)
	}
	if s.Maintenance != nil {
		return fmt.Sprintf("  %s is in maintenance: lockstep maintenance off %s leads requests back", s.Name, s.Name)
	}
	return fmt.Sprintf("  %s runs %s: %s", s.Name, s.Revision.Content.Release, p.health(s.Health))
}

// printEnd writes the document that -o asked for, once the operation is over.
func (a *app) printEnd(ctx context.Context, c *client.Client, f followed) error {
	if f.deployment == nil {
		op, err := c.Operation(ctx, f.id)
		if err != nil {
			return err
		}
		if op.Switch != nil {
			return a.print(op.SwitchResult(), func(io.Writer) {})
		}
		if op.Sync != nil {
			s, err := c.SyncResult(ctx, f.id)
			if err != nil {
				return err
			}
			return a.print(s, func(io.Writer) {})
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
		return &liveView{w: out, p: p, size: func() (int, int) { return size(out) }, now: time.Now}
	}
	return &plainView{w: out, p: p}
}
