package cli

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var began = time.Date(2026, 3, 14, 3, 0, 0, 0, time.UTC)

// frame is a moment of an operation: what is read of it, or what it says.
type frame struct {
	at    time.Duration // since it began
	op    *lockstep.Operation
	say   string
	quiet bool // what is said is no trouble
	wrote *stepLines
}

// story is an operation as a view gets to see it. Its frames are states of
// the same operation; the first begins and the last ends it.
type story struct {
	followed followed
	frames   []frame
}

func deployment() followed {
	return followedDeployment(lockstep.Deployment{
		ID: "01a201ee-160f-763e-8a0b-b2ed51096b84", Version: "2.1.0", Environment: "production",
		Strategy: lockstep.StrategyBlueGreen, RevisionID: "new",
	})
}

func operation(status lockstep.OperationStatus, steps ...lockstep.Step) *lockstep.Operation {
	op := &lockstep.Operation{
		ID: "01a201ee-160f-763e-8a0b-b2ed51096b84", Kind: lockstep.OperationDeploy, Status: status,
		CreatedAt: began, Phase: lockstep.PhaseForward, StartedAt: &began,
	}
	for i, s := range steps {
		s.Seq = i + 1
		if s.Phase == "" {
			s.Phase = lockstep.PhaseForward
		}
		op.Phase = s.Phase
		op.Steps = append(op.Steps, s)
	}
	if status.Done() {
		end := began.Add(83 * time.Second)
		op.CompletedAt = &end
	}
	return op
}

func step(name string, kind lockstep.StepKind) lockstep.Step {
	return lockstep.Step{Name: name, Kind: kind, Status: lockstep.StepPending}
}

func undo(s lockstep.Step) lockstep.Step {
	s.Phase = lockstep.PhaseUndo
	return s
}

func running(s lockstep.Step, since time.Duration) lockstep.Step {
	at := began.Add(since)
	s.Status, s.StartedAt, s.Attempts = lockstep.StepRunning, &at, 1
	return s
}

func completed(s lockstep.Step, d time.Duration, output string) lockstep.Step {
	s = running(s, 0)
	s.Status, s.Duration, s.Output = lockstep.StepCompleted, lockstep.Duration(d), output
	return s
}

func failed(s lockstep.Step, d time.Duration, output, message string) lockstep.Step {
	s = completed(s, d, output)
	s.Status = lockstep.StepFailed
	s.Error = &lockstep.OperationError{Code: lockstep.CodeFailed, Step: s.Name, Message: message}
	return s
}

func skipped(s lockstep.Step) lockstep.Step {
	s.Status = lockstep.StepSkipped
	return s
}

func because(op *lockstep.Operation, cause lockstep.UndoCause, err *lockstep.OperationError) *lockstep.Operation {
	op.UndoCause, op.Error = cause, err
	return op
}

// back is how many frames lie between this one and the operation's last state.
func (stepLines) back(frames []frame) (n int) {
	for frames[len(frames)-1-n].op == nil {
		n++
	}
	return n
}

// tell plays a story to a view and returns what shows after each frame.
func tell(s story, v view, show func() string, clock *time.Time) string {
	var b strings.Builder
	for i, f := range s.frames {
		*clock = began.Add(f.at)
		what := "the server says"
		switch {
		case i == 0:
			v.begin(s.followed, *f.op)
			v.leave() // what the clock redraws is another test's
		case f.wrote != nil:
			what = fmt.Sprintf("%q written", f.wrote.lines)
			v.wrote(*s.frames[i-1-f.wrote.back(s.frames[:i])].op, *f.wrote)
		case f.op == nil:
			what = fmt.Sprintf("%q", f.say)
			v.note(f.say, !f.quiet)
		case f.op.Status.Done():
			v.end(*f.op)
		default:
			v.update(*f.op)
		}
		if f.op != nil {
			what += " " + string(f.op.Status)
		}
		fmt.Fprintf(&b, "== after %s: %s ==\n%s", f.at, what, show())
	}
	return b.String()
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (-update writes it)", err)
	}
	if got != string(want) {
		t.Errorf("%s differs (-update rewrites it):\n%s", file, got)
	}
}

func TestLiveView(t *testing.T) {
	t.Parallel()
	for name, s := range stories() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := began
			screen := &screen{columns: 80, rows: 12}
			v := &liveView{w: screen, size: func() (int, int) { return 80, 12 }, now: func() time.Time { return clock }}
			compare(t, "live/"+name+".golden", tell(s, v, screen.String, &clock))
		})
	}
}

func TestPlainView(t *testing.T) {
	t.Parallel()
	for name, s := range stories() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := began
			var out bytes.Buffer
			tell(s, &plainView{w: &out}, out.String, &clock)
			compare(t, "plain/"+name+".golden", out.String())
		})
	}
}

// TestANarrowedTerminalKeepsNothingTwice: what the terminal broke is drawn
// over, all of it, and what stays says all that it can.
func TestANarrowedTerminalKeepsNothingTwice(t *testing.T) {
	t.Parallel()
	clock := began
	screen := &screen{columns: 80, rows: 30}
	v := &liveView{w: screen, size: func() (int, int) { return screen.columns, 30 }, now: func() time.Time { return clock }}
	first, second := step("batch-1-of-2/start-new-instances/frontend", lockstep.StepStart), step("batch-2-of-2/start-new-instances/frontend", lockstep.StepStart)
	op := operation(lockstep.StatusRunning, running(first, 1), running(second, 1))
	v.f, v.op = deployment(), *op
	v.draw()
	screen.narrow(42)
	v.draw()
	screen.narrow(30)
	v.op.Steps[0].Status, v.op.Steps[0].Output = lockstep.StepCompleted, "frontend-71b39dc15a61: 2 instances"
	v.draw()
	want := `  ✓ batch-1-of-2/sta…     0ms
      frontend-71b39dc15a61:
      2 instances
`
	got := screen.String()
	if !strings.HasPrefix(got, want) || strings.Count(got, "batch-1") != 1 || strings.Count(got, "batch-2") != 1 || strings.Count(got, "ctrl-c") != 1 {
		t.Errorf("the screen shows\n%s", got)
	}
}

// TestTheClockMoves sees the running step's time go on without any news.
func TestTheClockMoves(t *testing.T) {
	t.Parallel()
	screen := &screen{columns: 80, rows: 12, written: make(chan struct{}, 1)}
	v := &liveView{w: screen, size: func() (int, int) { return 80, 12 }, now: time.Now}
	start := time.Now()
	op := operation(lockstep.StatusRunning, running(step("await-healthy/web", lockstep.StepAwaitHealthy), 0))
	op.Steps[0].StartedAt = &start
	v.begin(deployment(), *op)
	defer v.leave()
	first := screen.String()
	deadline := time.After(10 * time.Second)
	for screen.String() == first {
		select {
		case <-screen.written:
		case <-deadline:
			t.Fatalf("after 10s the screen still shows:\n%s", first)
		}
	}
	v.leave()
	before := screen.String()
	v.leave()
	if after := screen.String(); after != before {
		t.Errorf("it draws after it was left:\n%s", after)
	}
}
