package control_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func TestADeploymentHasTheChannelsOfItsEnvironment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.apply(strings.Replace(matrixText, "  staging:\n", "  staging:\n    notifications: {channels: [\"#releases\", ops]}\n", 1))
	w.release("1.0.0")
	d := must(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "latest"}))
	if stored := must(w, got(w.control.Deployment(t.Context(), d.ID))); !slices.Equal(stored.NotificationChannels, []string{"#releases", "ops"}) {
		t.Errorf("channels %q", stored.NotificationChannels)
	}
	d = must(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "latest", NotificationChannels: []string{"#sunday"}}))
	if !slices.Equal(d.NotificationChannels, []string{"#sunday"}) {
		t.Errorf("channels %q", d.NotificationChannels)
	}
	if d = must(w, w.tryDeploy("production", lockstep.DeploymentRequest{Version: "latest"})); len(d.NotificationChannels) > 0 {
		t.Errorf("channels %q", d.NotificationChannels)
	}
}

func TestDeployFreezesAndQueues(t *testing.T) {
	t.Parallel()
	w := applied(t)
	newest, woken := w.newest(), w.woken.count()
	d := must(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "latest", Description: "first", NotificationChannels: []string{"ops"}}))
	if d.Status != lockstep.StatusPending || d.Version != "1.0.0" || d.Strategy != lockstep.StrategyRecreate || d.StartedBy != "ana" ||
		d.ConfigVersion != 1 || !d.RollbackOnFailure || !d.ValidationRequired || d.Validation == "" || d.Environment != "staging" {
		t.Errorf("deployment %+v", d)
	}
	if w.woken.count() == woken {
		t.Error("the engine was not woken")
	}
	stored := w.deployment(d.ID)
	if stored.RevisionHash != d.RevisionHash || stored.Description != "first" || !slices.Equal(stored.NotificationChannels, []string{"ops"}) {
		t.Errorf("stored %+v", stored)
	}
	revision, err := w.store.Revision(t.Context(), d.RevisionID)
	if err != nil {
		t.Fatal(err)
	}
	if env := revision.Content.Services[0].Env; env["LOG_LEVEL"] != "debug" || env["VERSION"] != "1.0.0" {
		t.Errorf("frozen env %v", env)
	}
	events := w.happened(newest)
	if len(events) != 1 || events[0].Type != lockstep.EventOperationRequested || events[0].OperationID != d.ID || events[0].Actor != "ana" {
		t.Errorf("events %+v", events)
	}
	// The same again is the same revision, and another deployment behind it.
	again := w.deploy("staging", "1.0.0")
	if again.ID == d.ID || again.RevisionID != d.RevisionID {
		t.Errorf("again %+v", again)
	}
	queue := must(w, got(w.control.Operations(t.Context(), "", "staging")))
	if len(queue) != 2 || queue[0].ID != d.ID || queue[1].ID != again.ID {
		t.Errorf("queue %+v", queue)
	}
}

func TestDeployRefusesWhatTheRulesRefuse(t *testing.T) {
	t.Parallel()
	w := applied(t)
	for _, tt := range []struct {
		name, environment string
		req               lockstep.DeploymentRequest
		code              lockstep.Code
		words             []string
	}{
		{"unknown environment", "prodution", lockstep.DeploymentRequest{Version: "1.0.0"}, lockstep.CodeNotFound, []string{"did you mean production?"}},
		{"beginning of a name", "stag", lockstep.DeploymentRequest{Version: "1.0.0"}, lockstep.CodeNotFound, []string{"did you mean staging?"}},
		{"nothing like it", "moon", lockstep.DeploymentRequest{Version: "1.0.0"}, lockstep.CodeNotFound, []string{"there are: production, staging"}},
		{"unknown release", "staging", lockstep.DeploymentRequest{Version: "1.0.1"}, lockstep.CodeNotFound, []string{"did you mean 1.0.0?"}},
		{"no version", "staging", lockstep.DeploymentRequest{}, lockstep.CodeInvalid, []string{"version"}},
		{"odd version", "staging", lockstep.DeploymentRequest{Version: "../1"}, lockstep.CodeInvalid, []string{"version"}},
		{"no such strategy", "staging", lockstep.DeploymentRequest{Version: "1.0.0", Strategy: "yolo"}, lockstep.CodeInvalid, []string{"blue_green"}},
		{"strategy not allowed", "staging", lockstep.DeploymentRequest{Version: "1.0.0", Strategy: "canary"}, lockstep.CodeRefused, []string{"allowed: recreate, blue_green, custom"}},
		{"no such recipe", "staging", lockstep.DeploymentRequest{Version: "1.0.0", Recipe: "cautious"}, lockstep.CodeInvalid, []string{"staging has no recipe cautious: use careful or quick"}},
		{"recipe of another strategy", "staging", lockstep.DeploymentRequest{Version: "1.0.0", Strategy: "recreate", Recipe: "careful"}, lockstep.CodeInvalid, []string{"not for recreate"}},
		{"recipe where none is allowed", "production", lockstep.DeploymentRequest{Version: "1.0.0", Recipe: "careful"}, lockstep.CodeRefused, []string{"strategy custom is not allowed there"}},
		{"config that is not there", "staging", lockstep.DeploymentRequest{Version: "1.0.0", WithConfig: "9"}, lockstep.CodeNotFound, nil},
		{"config that is no number", "staging", lockstep.DeploymentRequest{Version: "1.0.0", WithConfig: "new"}, lockstep.CodeInvalid, []string{"latest"}},
		{"long description", "staging", lockstep.DeploymentRequest{Version: "1.0.0", Description: strings.Repeat("x", 5000)}, lockstep.CodeInvalid, []string{"4000"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := *w
			w.T = t
			refused(&w, w.tryDeploy(tt.environment, tt.req), tt.code, tt.words...)
		})
	}
	if all := must(w, got(w.control.Deployments(t.Context(), "", "", "", lockstep.Page{}))); len(all.Items) != 0 {
		t.Errorf("refusals left %d deployments", len(all.Items))
	}
}

func TestArchivedAndMaintenanceTakeNoDeployments(t *testing.T) {
	t.Parallel()
	w := applied(t)
	d := w.deploy("staging", "1.0.0")
	claimed := w.claim()
	w.setStatus("staging", lockstep.EnvironmentMaintenance)
	refused(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0"}), lockstep.CodeRefused, "maintenance")
	err := w.control.Gate(t.Context(), *claimed)
	if err != nil {
		t.Errorf("the gate looked past the claimed environment: %v", err)
	}
	claimed.Environment = w.environment("staging")
	if err := w.control.Gate(t.Context(), *claimed); lockstep.CodeOf(err) != lockstep.CodeRefused {
		t.Errorf("at the claim of %s: %v", d.ID, err)
	}
}

func TestLaterDeploymentsKeepTheConfigurationThatRuns(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	w.apply(strings.Replace(matrixText, "LOG_LEVEL: debug", "LOG_LEVEL: warn", 1))
	w.release("1.1.0")
	for with, want := range map[string]int64{"": 1, "latest": 2, "1": 1, "2": 2} {
		d := must(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.1.0", WithConfig: with}))
		if d.ConfigVersion != want {
			t.Errorf("with %q: config version %d, want %d", with, d.ConfigVersion, want)
		}
	}
}

func TestPreviewLeavesNoTrace(t *testing.T) {
	t.Parallel()
	w := applied(t)
	newest, woken := w.newest(), w.woken.count()
	p := must(w, got(w.control.PreviewDeploy(t.Context(), ana, "", "production", lockstep.DeploymentRequest{Version: "1.0.0"})))
	if !p.Gate.Allowed || !p.Gate.RequiresApproval || len(p.Plan.Steps) == 0 || p.Deployment.Status != lockstep.StatusPendingApproval || p.Deployment.ID != "" {
		t.Errorf("preview %+v", p)
	}
	refusal := must(w, got(w.control.PreviewDeploy(t.Context(), ana, "", "production", lockstep.DeploymentRequest{Version: "1.0.0", Strategy: lockstep.StrategyRecreate})))
	if refusal.Gate.Allowed || len(refusal.Plan.Steps) != 0 {
		t.Errorf("preview of a refusal %+v", refusal)
	}
	if w.newest() != newest || w.woken.count() != woken {
		t.Error("a preview left something")
	}
	d := w.deploy("production", "1.0.0")
	if d.RevisionHash != p.Deployment.RevisionHash {
		t.Errorf("previewed %s, deployed %s", p.Deployment.RevisionHash, d.RevisionHash)
	}
	// Once it runs, the preview starts from there.
	must(w, got(w.control.Approve(t.Context(), bo, d.ID, control.ApprovalRequest{})))
	w.work()
	w.release("1.1.0")
	next := must(w, got(w.control.PreviewDeploy(t.Context(), ana, "", "production", lockstep.DeploymentRequest{Version: "1.1.0"})))
	if !slices.ContainsFunc(next.Plan.Steps, func(s lockstep.Step) bool { return s.Kind == lockstep.StepKeepWarm || s.Kind == lockstep.StepStop }) {
		t.Errorf("the plan does not end what runs: %+v", next.Plan.Steps)
	}
}

func TestTheSameKeyIsAnsweredAlike(t *testing.T) {
	t.Parallel()
	w := applied(t)
	by := control.By{Actor: "ana", Key: "k-1"}
	req := lockstep.DeploymentRequest{Version: "1.0.0"}
	first := must(w, got(w.control.Deploy(t.Context(), by, "", "staging", req)))
	w.work()
	again := must(w, got(w.control.Deploy(t.Context(), by, "", "staging", req)))
	if again.ID != first.ID || again.Status != lockstep.StatusPending {
		t.Errorf("again %+v", again)
	}
	refused(w, got(w.control.Deploy(t.Context(), by, "", "production", req)), lockstep.CodeConflict, "Idempotency-Key")
	refused(w, got(w.control.Destroy(t.Context(), by, "", "staging")), lockstep.CodeConflict, "Idempotency-Key")
	other := must(w, got(w.control.Deploy(t.Context(), control.By{Actor: "bo", Key: "k-1"}, "", "staging", req)))
	if other.ID == first.ID {
		t.Error("two actors share a key")
	}
	// A dry run says what would be, whatever the key was used for.
	dry := by
	dry.DryRun = true
	must(w, got(w.control.Destroy(t.Context(), dry, "", "production")))
	// A refusal is not kept: the same key may succeed later.
	retry := control.By{Actor: "ana", Key: "k-2"}
	refused(w, got(w.control.Deploy(t.Context(), retry, "", "staging", lockstep.DeploymentRequest{Version: "2.0.0"})), lockstep.CodeNotFound)
	w.release("2.0.0")
	must(w, got(w.control.Deploy(t.Context(), retry, "", "staging", lockstep.DeploymentRequest{Version: "2.0.0"})))
}

func TestTheFirstProductionDeploymentTakesTheLiveAddress(t *testing.T) {
	t.Parallel()
	w := applied(t)
	refused(w, got(w.control.Current(t.Context(), "")), lockstep.CodeNoCurrentEnvironment)
	d := w.deployed("production", "1.0.0")
	o := must(w, got(w.control.Operation(t.Context(), d.ID)))
	env := w.environment("production")
	if !slices.Equal(o.Locks, []string{lockstep.EnvironmentLock(env.ID)}) { // the engine takes the address when it comes there
		t.Errorf("locks %v", o.Locks)
	}
	if current := must(w, got(w.control.Current(t.Context(), ""))); current.Name != "production" {
		t.Errorf("current %s", current.Name)
	}
	later := w.deploy("production", "1.0.0")
	if o := must(w, got(w.control.Operation(t.Context(), later.ID))); len(o.Locks) != 1 {
		t.Errorf("locks %v", o.Locks)
	}
}

// A preview shows the shares and batches that the deployment will have.
func TestAPreviewOfWhatReplacesSomething(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.apply(strings.Replace(matrixText, "{primary: recreate, alternatives: [blue_green, custom]}", "{primary: rolling, alternatives: [canary, custom]}", 1))
	w.release("1.0.0")
	w.release("1.1.0")
	must(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0"}))
	w.work()
	for strategy, step := range map[lockstep.Strategy]string{
		lockstep.StrategyRolling: "batch-1-of-1/start-new-instances/backend",
		lockstep.StrategyCanary:  "analyze-canary-at-5-percent",
	} {
		preview := must(w, got(w.control.PreviewDeploy(t.Context(), ana, "", "staging", lockstep.DeploymentRequest{Version: "1.1.0", Strategy: strategy})))
		if !slices.ContainsFunc(preview.Plan.Steps, func(s lockstep.Step) bool { return s.Name == step }) {
			t.Errorf("%s: no step %s in %+v", strategy, step, preview.Plan.Steps)
		}
	}
}
