package control_test

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func (w *world) tryStop(environment string) result[lockstep.Operation] {
	return got(w.control.Stop(w.Context(), ana, "", environment))
}

func (w *world) tryStart() result[lockstep.Operation] {
	return got(w.control.Start(w.Context(), ana, "", "staging"))
}

func TestStopAndStart(t *testing.T) {
	t.Parallel()
	w := applied(t)
	refused(w, w.tryStop("staging"), lockstep.CodeConflict, "there is nothing to stop")
	refused(w, w.tryStart(), lockstep.CodeConflict, "deploy a release")
	refused(w, w.tryStop("stagin"), lockstep.CodeNotFound, "did you mean staging?")
	w.deployed("staging", "1.0.0")
	refused(w, w.tryStart(), lockstep.CodeConflict, "staging is not stopped")

	before := w.newest()
	op := must(w, w.tryStop("staging"))
	if op.Kind != lockstep.OperationStop || op.Status != lockstep.StatusPending || op.CreatedBy != "ana" {
		t.Errorf("operation %+v", op)
	}
	if events := w.happened(before); len(events) != 1 || events[0].OperationID != op.ID || events[0].Data["kind"] != "stop" {
		t.Errorf("events %+v", events)
	}
	refused(w, w.tryStop("staging"), lockstep.CodeConflict, "is being stopped already")
	must(w, w.tryStart()) // after the stop
	if c := w.work(); c.Operation.ID != op.ID {
		t.Errorf("worked on %+v", c.Operation)
	}
	env := w.environment("staging")
	if env.Status != lockstep.EnvironmentInactive || env.StoppedAt == nil || env.ActiveID == "" || env.ServingID() != "" {
		t.Errorf("stopped: %+v", env)
	}
	refused(w, w.tryStart(), lockstep.CodeConflict, "is being started already")
	w.work()
	if env := w.environment("staging"); env.Status != lockstep.EnvironmentActive || env.StoppedAt != nil {
		t.Errorf("started: %+v", env)
	}
}

// A dry run goes all the way, says which steps it would take, and leaves
// nothing.
func TestStopAndStartAsADryRun(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	before, dry := w.newest(), control.By{Actor: "ana", DryRun: true}
	op := must(w, got(w.control.Stop(t.Context(), dry, "", "staging")))
	if names := stepNames(op.Steps); names != "stop-traffic drain-instances stop-instances/frontend stop-instances/backend" {
		t.Errorf("it would %s", names)
	}
	refused(w, got(w.control.Start(t.Context(), dry, "", "staging")), lockstep.CodeConflict, "is not stopped")
	must(w, w.tryStop("staging"))
	op = must(w, got(w.control.Start(t.Context(), dry, "", "staging")))
	if names := stepNames(op.Steps); !strings.HasPrefix(names, "prepare-environment start-instances/backend") || !strings.HasSuffix(names, "resume-traffic environment-validation") {
		t.Errorf("it would %s", names)
	}
	if events := w.happened(before); len(events) != 1 {
		t.Errorf("a dry run left %+v", events)
	}
}

func stepNames(steps []lockstep.Step) string {
	names := make([]string, len(steps))
	for i, s := range steps {
		names[i] = s.Name
	}
	return strings.Join(names, " ")
}

// A worker asks again: what was allowed when it was asked for may not be when
// its turn comes.
func TestAStopIsAskedAboutAgainWhenItsTurnComes(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	must(w, w.tryStop("staging"))
	c := w.claim()
	c.Environment.Status = lockstep.EnvironmentArchived
	if err := w.control.Gate(t.Context(), *c); lockstep.CodeOf(err) != lockstep.CodeRefused {
		t.Errorf("the gate said %v", err)
	}
}

func TestTheStatusOfWhatIsStopped(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	must(w, w.tryStop("staging"))
	w.work()
	s := must(w, got(w.control.Status(t.Context(), "", "staging")))
	if s.StoppedAt == nil || s.Health.Status != "idle" || s.Health.Desired != 0 || s.Revision == nil {
		t.Errorf("status %+v", s)
	}
	// What a file changes meanwhile does not start it.
	changed := strings.Replace(matrixText, "LOG_LEVEL: debug", "LOG_LEVEL: warn", 1)
	done := w.apply(changed, func(r *control.ApplyRequest) { r.Deploy = true })
	if len(done.Operations) != 0 {
		t.Errorf("an apply started %+v", done.Operations)
	}
	d := w.deployed("staging", "1.0.0")
	if env := w.environment("staging"); env.StoppedAt != nil || env.ActiveID != d.RevisionID {
		t.Errorf("a deployment left %+v", env)
	}
}
