package control_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func TestApplyRecordsEnvironments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plan := must(w, got(w.control.PlanMatrix(t.Context(), ana, "", []byte(matrixText))))
	if plan.Version != 0 || plan.Plan.Empty() || plan.Plan.Changes[0].Action != "create" {
		t.Errorf("plan of the first file: version %d, %+v", plan.Version, plan.Plan)
	}
	if n := w.newest(); n != 0 {
		t.Errorf("a plan left %d events", n)
	}
	applied := w.apply(matrixText)
	if applied.Version != 1 || len(applied.Operations) != 0 {
		t.Errorf("applied %+v", applied)
	}
	env := w.environment("staging")
	if env.Status != lockstep.EnvironmentInactive || env.HostID != host || env.Type != lockstep.TypeStaging || env.Metadata.CreatedBy != "ana" {
		t.Errorf("staging %+v", env)
	}
	config := must(w, got(w.control.Config(t.Context(), control.By{}, "", "staging", false)))
	if config.Running != 0 || config.Latest != 1 || config.Version.Document.Services["backend"].Env["LOG_LEVEL"] != "debug" {
		t.Errorf("config %+v", config)
	}
	want := []lockstep.EventType{
		lockstep.EventEnvironmentCreated, lockstep.EventEnvironmentCreated,
		lockstep.EventConfigVersionCreated, lockstep.EventConfigVersionCreated, lockstep.EventMatrixApplied,
	}
	if got := types(w.happened(0)); !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
	source, version, err := w.control.ExportMatrix(t.Context(), "sunday")
	if err != nil || string(source) != matrixText || version != 1 {
		t.Errorf("export: version %d, %v, %q", version, err, source)
	}
}

func TestApplyingTheSameFileChangesNothing(t *testing.T) {
	t.Parallel()
	w := applied(t)
	plan := must(w, got(w.control.PlanMatrix(t.Context(), ana, "", []byte(matrixText))))
	if !plan.Plan.Empty() {
		t.Errorf("plan of what is recorded: %+v", plan.Plan)
	}
	newest := w.newest()
	if again := w.apply(matrixText); again.Version != 1 {
		t.Errorf("version %d after the same file", again.Version)
	}
	if events := w.happened(newest); len(events) > 0 {
		t.Errorf("events %v", types(events))
	}
	// A comment is no change of an environment, but the file is kept as it is.
	commented := "# hello\n" + matrixText
	if again := w.apply(commented); again.Version != 2 {
		t.Errorf("version %d after a comment", again.Version)
	}
	if source, _, err := w.control.ExportMatrix(t.Context(), ""); err != nil || string(source) != commented {
		t.Errorf("export %v %q", err, source)
	}
}

// What comes back from the store compares with the file, block by block.
func TestRealFilesApplyOnce(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"../../examples/sunday/environment-matrix.yaml", "../matrix/testdata/seed.yaml"} {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t)
		w.apply(string(source))
		plan := must(w, got(w.control.PlanMatrix(t.Context(), ana, "", source)))
		if !plan.Plan.Empty() {
			t.Errorf("%s: plan of what is recorded: %+v", path, plan.Plan)
		}
		newest := w.newest()
		if again := w.apply(string(source)); again.Version != 1 || w.newest() != newest {
			t.Errorf("%s: again is version %d, with %v", path, again.Version, types(w.happened(newest)))
		}
	}
}

func TestApplyMakesAConfigVersionOnlyWhereConfigurationChanged(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.apply(strings.Replace(matrixText, "LOG_LEVEL: debug", "LOG_LEVEL: warn", 1))
	for name, want := range map[string]int64{"staging": 2, "production": 1} {
		if c := must(w, got(w.control.Config(t.Context(), control.By{}, "", name, false))); c.Latest != want {
			t.Errorf("%s has config version %d, want %d", name, c.Latest, want)
		}
	}
	w.apply(strings.Replace(matrixText, "alternatives: [canary]", "alternatives: [recreate]", 1))
	env := w.environment("production")
	if !env.Spec.Strategy.Allows(lockstep.StrategyRecreate) || env.Metadata.ModifiedBy != "ana" {
		t.Errorf("production %+v", env)
	}
}

func TestApplyWantsTheVersionThatWasSeen(t *testing.T) {
	t.Parallel()
	w := applied(t)
	match := func(v string) func(*control.ApplyRequest) {
		return func(r *control.ApplyRequest) { r.IfMatch = v }
	}
	refused(w, w.tryApply(matrixText, match("")), lockstep.CodePreconditionRequired, "If-Match")
	refused(w, w.tryApply(matrixText, match("0")), lockstep.CodeStale, "version 1")
	w.apply("# 2\n"+matrixText, match("1"))
}

const withoutStaging = `
project: sunday
services:
  backend: {command: [./backend], routes: [/api]}
  frontend: {command: [./frontend]}
environments:
  production: {}
deployment_strategies:
  production: {primary: blue_green}
`

func TestAnEnvironmentIsOnlyRemovedOnRequest(t *testing.T) {
	t.Parallel()
	w := applied(t)
	before := w.newest()
	refused(w, w.tryApply(withoutStaging), lockstep.CodeConflict, "staging", "--delete")
	if events := w.happened(before); len(events) > 0 {
		t.Errorf("a refused apply left %v", types(events))
	}
	waiting := w.deploy("staging", "1.0.0")
	applied := w.apply(withoutStaging, func(r *control.ApplyRequest) { r.Delete = true })
	if len(applied.Operations) != 1 || applied.Operations[0].Kind != lockstep.OperationDestroy {
		t.Fatalf("operations %+v", applied.Operations)
	}
	if d := w.deployment(waiting.ID); d.Status != lockstep.StatusCancelled || !strings.Contains(d.Error.Message, "superseded_by_destroy") {
		t.Errorf("the waiting deployment is %s: %+v", d.Status, d.Error)
	}
	refused(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0"}), lockstep.CodeConflict, "being destroyed")
	// A file without it does not start a second end, and one with it waits.
	if again := w.apply("# again\n"+withoutStaging, func(r *control.ApplyRequest) { r.Delete = true }); len(again.Operations) != 0 {
		t.Errorf("operations %+v", again.Operations)
	}
	refused(w, w.tryApply(matrixText), lockstep.CodeConflict, "being destroyed")
	w.work()
	refused(w, got(w.control.Environment(t.Context(), "", "staging")), lockstep.CodeNotFound)
	w.apply(matrixText)
	if env := w.environment("staging"); env.Status != lockstep.EnvironmentInactive {
		t.Errorf("staging is %s", env.Status)
	}
}

func TestADestroyedEnvironmentIsMadeAgainByTheSameFile(t *testing.T) {
	t.Parallel()
	w := applied(t)
	must(w, got(w.control.Destroy(t.Context(), ana, "", "staging")))
	w.work()
	plan := must(w, got(w.control.PlanMatrix(t.Context(), ana, "", []byte(matrixText))))
	if plan.Plan.Empty() {
		t.Error("the plan does not see that staging is missing")
	}
	w.apply(matrixText)
	w.environment("staging")
}

func TestApplyIsAllOrNothing(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("production", "1.0.0")
	before := w.newest()
	text := strings.Replace(matrixText, "LOG_LEVEL: debug", "LOG_LEVEL: warn", 1)
	text = strings.Replace(text, "project: sunday", "project: sunday\nruntime: docker", 1)
	text = strings.ReplaceAll(text, "command:", "image: x:1\n    command:")
	refused(w, w.tryApply(text), lockstep.CodeConflict, "production", "runtime")
	if c := must(w, got(w.control.Config(t.Context(), control.By{}, "", "staging", false))); c.Latest != 1 {
		t.Errorf("staging has config version %d", c.Latest)
	}
	if events := w.happened(before); len(events) > 0 {
		t.Errorf("events %v", types(events))
	}
}

func TestAFileOfAnotherProjectIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	refused(w, w.tryApply(matrixText, func(r *control.ApplyRequest) { r.Project = "monday" }), lockstep.CodeInvalid, "sunday")
	refused(w, w.tryApply("environments: ["), lockstep.CodeInvalid)
}

func TestADryRunOfAnApplyLeavesNoTrace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := control.By{Actor: "ana", Key: "k", DryRun: true}
	out := must(w, got(w.control.ApplyMatrix(t.Context(), by, control.ApplyRequest{Source: []byte(matrixText), IfMatch: "*"})))
	if out.Version != 1 || out.Plan.Empty() {
		t.Errorf("dry run %+v", out)
	}
	if all := must(w, got(w.control.Projects(t.Context()))); len(all) != 0 || w.newest() != 0 || w.woken.count() != 0 {
		t.Errorf("it left %d projects, %d events, woke %d times", len(all), w.newest(), w.woken.count())
	}
}

func TestShipDeploysWhatDiffers(t *testing.T) {
	t.Parallel()
	w := applied(t)
	ship := func(r *control.ApplyRequest) { r.Deploy = true }
	if out := w.apply(matrixText, ship); len(out.Operations) != 0 {
		t.Fatalf("shipped to environments where nothing runs: %+v", out.Operations)
	}
	w.deployed("staging", "1.0.0")
	w.deployed("production", "1.0.0")
	if out := w.apply(matrixText, ship); len(out.Operations) != 0 {
		t.Fatalf("shipped what runs: %+v", out.Operations)
	}

	// Recorded first, shipped later.
	changed := strings.Replace(matrixText, "LOG_LEVEL: debug", "LOG_LEVEL: warn", 1)
	w.apply(changed)
	out := w.apply(changed, ship)
	if len(out.Operations) != 1 {
		t.Fatalf("operations %+v", out.Operations)
	}
	d := w.deployment(out.Operations[0].ID)
	if d.Environment != "staging" || d.Version != "1.0.0" || d.ConfigVersion != 2 {
		t.Errorf("shipped %+v", d)
	}
	w.work()
	if out := w.apply(changed, ship); len(out.Operations) != 0 {
		t.Errorf("shipped twice: %+v", out.Operations)
	}

	// Replicas are no part of a revision and ship all the same.
	scaled := strings.Replace(changed, "routes: [/api]", "routes: [/api]\n    replicas: {default: 1, production: 3}", 1)
	w.apply(scaled)
	out = w.apply(scaled, ship)
	if len(out.Operations) != 1 || out.Operations[0].Status != lockstep.StatusPendingApproval {
		t.Fatalf("operations %+v", out.Operations)
	}
}
