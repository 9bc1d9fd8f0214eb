package control_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// automated deploys to staging by itself, and from there to production.
var automated = strings.NewReplacer(
	"  staging:\n", "  staging:\n    automation: {deploy: on_release}\n",
	"  production:\n", "  production:\n    automation: {deploy: when_proved}\n    approvals: {required: false}\n    prerequisites: {soak: 1h}\n",
).Replace(matrixText)

// look lets automation do what it wants, and returns when it may want more.
func (w *world) look() time.Time {
	w.Helper()
	next, err := w.control.Tick(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return next
}

// wants is what automation waits with in an environment.
func (w *world) wants(environment string) string {
	w.Helper()
	if a := must(w, got(w.control.Status(w.Context(), "", environment))).Automation; a != nil {
		return a.Version + ": " + a.Reason
	}
	return ""
}

func deploying(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.apply(automated)
	return w
}

func TestANewReleaseComesInByItself(t *testing.T) {
	t.Parallel()
	w := deploying(t)
	w.look()
	w.wantIdle()
	w.release("1.0.0")
	woken := w.woken.count()
	w.look()
	if w.woken.count() == woken {
		t.Error("the engine was not woken")
	}
	c := w.work()
	if d := c.Deployment; d.Version != "1.0.0" || d.Environment != "staging" || d.StartedBy != "automation" {
		t.Errorf("deployment %+v", d)
	}
	w.look()
	w.wantIdle()

	// Made while no server ran: only the newest comes.
	w.release("1.1.0")
	w.release("1.2.0")
	w.look()
	if d := w.work().Deployment; d.Version != "1.2.0" {
		t.Errorf("deployment %+v", d)
	}
	w.look()
	w.wantIdle()
}

func TestOnlyTheNewestOfTheAutomationsRuns(t *testing.T) {
	t.Parallel()
	w := deploying(t)
	w.release("1.0.0")
	w.look()
	w.release("1.1.0")
	w.look()
	all := must(w, got(w.control.Deployments(t.Context(), "", "staging", "", lockstep.Page{})))
	if len(all.Items) != 2 || all.Items[0].Status != lockstep.StatusPending || all.Items[1].Status != lockstep.StatusCancelled || all.Items[1].Error.Message != "superseded by 1.1.0" {
		t.Errorf("deployments %+v", all.Items)
	}
}

func TestWhatAutomationLeaves(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*world){
		"what was rolled back": func(w *world) { w.look(); w.rolledBackNext() },
		"what a person cancelled": func(w *world) {
			w.look()
			open := must(w, got(w.control.Operations(w.Context(), "", "staging")))
			must(w, got(w.control.CancelOperation(w.Context(), ana, open[0].ID)))
		},
		"what a person has deployed before": func(w *world) { w.deployed("staging", "1.1.0"); w.deployed("staging", "1.0.0") },
		"what is stopped": func(w *world) {
			must(w, got(w.control.Stop(w.Context(), ana, "", "staging")))
			w.work()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.apply(automated)
			w.release("1.0.0")
			w.deployed("staging", "1.0.0")
			w.release("1.1.0")
			prepare(w)
			w.look()
			w.wantIdle()
		})
	}
}

// rolledBackNext lets the next deployment fail and take itself back.
func (w *world) rolledBackNext() {
	w.Helper()
	c := w.begin()
	w.record(c, lockstep.Record{
		Plan: &lockstep.Plan{}, Phase: lockstep.PhaseUndo, Cause: lockstep.UndoFailure,
		Failure: &lockstep.OperationError{Code: lockstep.CodeFailed, Message: "orders fail"},
	})
	w.end(c, lockstep.StatusRolledBack)
}

func TestAutomationWaitsForTheGate(t *testing.T) {
	t.Parallel()
	w := deploying(t)
	w.setStatus("staging", lockstep.EnvironmentMaintenance)
	w.release("1.0.0")
	w.look()
	w.wantIdle()
	if why := w.wants("staging"); !strings.HasPrefix(why, "1.0.0: deploy of 1.0.0 to staging is refused: staging is in maintenance") {
		t.Errorf("it waits: %s", why)
	}
	w.setStatus("staging", lockstep.EnvironmentInactive)
	w.look()
	w.work()
	if why := w.wants("staging"); why != "" {
		t.Errorf("it waits: %s", why)
	}
}

func TestWhatIsProvedComesInByItself(t *testing.T) {
	t.Parallel()
	w := deploying(t)
	w.release("1.0.0")
	w.look()
	w.work()
	w.healthy("staging")
	next := w.look()
	if next.Format("15:04") != "10:00" || !strings.Contains(w.wants("production"), "1.0.0 has run in staging for 0s of 1h") {
		t.Errorf("next %v, it waits: %s", next, w.wants("production"))
	}
	w.wantIdle()
	w.clock.pass(time.Hour)
	w.healthy("staging", "backend", "frontend")
	w.look()
	w.wantIdle()
	if why := w.wants("production"); !strings.Contains(why, "staging is") {
		t.Errorf("nobody sees that staging is healthy; it waits: %s", why)
	}
	w.healthy("staging")
	w.setStatus("production", lockstep.EnvironmentMaintenance)
	w.look()
	w.wantIdle()
	w.setStatus("production", lockstep.EnvironmentInactive)
	w.look()
	d := w.work().Deployment
	if d.Environment != "production" || d.Version != "1.0.0" || d.StartedBy != "automation" || d.PromotedFrom == nil {
		t.Errorf("deployment %+v", d)
	}
	w.look()
	w.wantIdle()

	// What the stage before returns to is no news.
	w.release("1.1.0")
	w.look()
	bad := w.work().Deployment
	must(w, got(w.control.Rollback(t.Context(), ana, bad.ID, control.RollbackRequest{})))
	w.work()
	w.clock.pass(2 * time.Hour)
	w.look()
	w.wantIdle()
}

func TestAnOlderReleaseIsNotBroughtBack(t *testing.T) {
	t.Parallel()
	w := deploying(t)
	w.release("1.0.0")
	w.look()
	w.work()
	w.release("2.0.0")
	must(w, w.tryDeploy("production", lockstep.DeploymentRequest{Version: "2.0.0", Force: true, Reason: "a hotfix"}))
	w.look() // staging gets 2.0.0, too
	w.work()
	w.work()
	w.deployed("staging", "1.0.0")
	w.healthy("staging")
	w.clock.pass(2 * time.Hour)
	w.look()
	w.wantIdle()
}

func TestOneAutomaticDeploymentWhoeverMakesIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.apply(automated)
		w.release("1.0.0")
		var servers sync.WaitGroup
		for range 4 {
			servers.Go(func() {
				if _, err := w.control.Tick(w.Context()); err != nil {
					w.Error(err)
				}
			})
		}
		servers.Wait()
		if all := must(w, got(w.control.Deployments(w.Context(), "", "staging", "", lockstep.Page{}))); len(all.Items) != 1 {
			w.Errorf("deployments %+v", all.Items)
		}
	})
}
