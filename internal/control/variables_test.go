package control_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/matrix"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func setTo(key, value string) lockstep.VariableChange {
	return lockstep.VariableChange{Key: key, Value: &value}
}

func variables(changes ...lockstep.VariableChange) lockstep.ConfigUpdate {
	return lockstep.ConfigUpdate{Variables: changes}
}

func (w *world) set(env string, changes ...lockstep.VariableChange) lockstep.ConfigUpdateResult {
	w.Helper()
	return must(w, got(w.control.UpdateConfig(w.Context(), ana, "", env, variables(changes...))))
}

func (w *world) setAbove(t lockstep.EnvironmentType, changes ...lockstep.VariableChange) lockstep.ConfigUpdateResult {
	w.Helper()
	return must(w, got(w.control.UpdateOwnVariables(w.Context(), ana, "", t, variables(changes...))))
}

// env is what a service of an environment would be given.
func (w *world) env(environment, service string) map[string]string {
	w.Helper()
	d := must(w, got(w.control.Deploy(w.Context(), ana, "", environment, lockstep.DeploymentRequest{Version: "1.0.0", WithConfig: "latest", Strategy: strategyIn(environment)})))
	for _, s := range w.revision(d.RevisionID).Content.Services {
		if s.Name == service {
			return s.Env
		}
	}
	w.Fatalf("no service %s", service)
	return nil
}

func strategyIn(environment string) lockstep.Strategy {
	if environment == "staging" {
		return lockstep.StrategyRecreate
	}
	return ""
}

func (w *world) revision(id string) (r lockstep.Revision) {
	w.Helper()
	if err := w.store.View(w.Context(), func(tx *store.Tx) (err error) { r, err = tx.Revision(id); return err }); err != nil {
		w.Fatal(err)
	}
	return r
}

func TestVariablesReachADeployment(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.setAbove("", setTo("REGION", "eu"), setTo("URL", "https://${HOST}/${LOCKSTEP_ENVIRONMENT}"), setTo("HOST", "example.com"))
	w.setAbove(lockstep.TypeProduction, setTo("HOST", "live.example.com"))
	result := w.set("production", lockstep.VariableChange{Key: "LOG_LEVEL", Scope: lockstep.ScopeService, Target: "backend", Value: to("warn")})
	if !result.Success || result.Version != "4" || len(result.Changes) != 1 || result.Changes[0].Path != "variables.backend.LOG_LEVEL" || result.Changes[0].OldValue != "info" {
		t.Errorf("result %+v", result)
	}
	want := map[string]string{"REGION": "eu", "URL": "https://live.example.com/production", "HOST": "live.example.com", "LOG_LEVEL": "warn", "VERSION": "1.0.0"}
	if got := w.env("production", "backend"); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("backend has %v, want %v", got, want)
	}
	if got := w.env("production", "frontend"); got["LOG_LEVEL"] != "" || got["REGION"] != "eu" {
		t.Errorf("frontend has %v", got)
	}
	if got := w.env("staging", "backend"); got["URL"] != "https://example.com/staging" || got["LOG_LEVEL"] != "debug" {
		t.Errorf("staging has %v", got)
	}
}

// A change above makes a version where it changes something, and only there.
func TestAChangeAboveMakesVersionsBelow(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.set("staging", setTo("TZ", "UTC"))
	result := w.setAbove("", setTo("TZ", "Europe/Berlin"))
	if fmt.Sprint(result.Environments) != "[{production 2} {staging 3}]" {
		t.Errorf("made %v", result.Environments)
	}
	if v := must(w, got(w.control.ConfigVersion(t.Context(), "", "production", "latest"))); v.Message != "project variable TZ" || v.Author != "ana" {
		t.Errorf("version %+v", v)
	}
	if got := w.env("staging", "backend")["TZ"]; got != "UTC" {
		t.Errorf("staging has %q", got)
	}
	again := w.setAbove("", setTo("TZ", "Europe/Berlin"))
	if len(again.Environments) != 0 || len(again.Changes) != 0 {
		t.Errorf("nothing changed, and %+v", again)
	}
	only := w.setAbove(lockstep.TypeStaging, setTo("TZ", "Asia/Tokyo"))
	if fmt.Sprint(only.Environments) != "[{staging 4}]" {
		t.Errorf("made %v", only.Environments)
	}
}

const family = `
project: sunday
services:
  backend: {command: [./backend], env: {A: all}}
environments:
  staging:
    services: {backend: {env: {A: of staging}}}
  preview:
    type: preview
    parent: staging
`

func TestAChildHasItsParentsVariables(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.apply(family)
	w.release("1.0.0")
	result := w.set("staging", setTo("B", "of staging"))
	if fmt.Sprint(result.Environments) != "[{staging 2} {preview 2}]" {
		t.Errorf("made %v", result.Environments)
	}
	if got := w.env("preview", "backend"); got["A"] != "of staging" || got["B"] != "of staging" {
		t.Errorf("preview has %v", got)
	}
	w.set("preview", setTo("B", "of preview"))
	w.setAbove(lockstep.TypeStaging, setTo("C", "of the type staging"))
	if got := w.env("preview", "backend"); got["B"] != "of preview" || got["C"] != "" {
		t.Errorf("preview has %v", got)
	}
	w.apply(strings.Replace(family, "of staging", "changed", 1))
	if got := w.env("preview", "backend"); got["A"] != "changed" {
		t.Errorf("preview has %v after its parent changed in the matrix", got)
	}
	refused(w, got(w.control.Destroy(t.Context(), ana, "", "staging")), lockstep.CodeConflict, "preview inherits variables from staging")
}

// What was set by hand and what the matrix says live side by side.
func TestApplyDropsNothingThatWasSetByHand(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.set("staging", setTo("MINE", "1"), lockstep.VariableChange{Key: "LOG_LEVEL", Scope: lockstep.ScopeService, Target: "backend", Value: to("error")})
	must(w, got(w.control.UpdateConfig(t.Context(), ana, "", "staging", lockstep.ConfigUpdate{Sections: map[lockstep.ConfigSection]any{lockstep.SectionGeneral: map[string]any{"region": "eu"}}})))
	if plan := w.apply(matrixText).Plan; len(plan.Changes) > 0 {
		t.Errorf("the same file changes %+v", plan)
	}
	if v := must(w, got(w.control.ConfigVersion(t.Context(), "", "staging", "latest"))); v.Number != 3 {
		t.Errorf("the same file made version %d", v.Number)
	}
	w.apply(strings.Replace(matrixText, "LOG_LEVEL: debug", "LOG_LEVEL: trace, NEW: x", 1))
	v := must(w, got(w.control.ConfigVersion(t.Context(), "", "staging", "latest")))
	if v.Document.Sections[lockstep.SectionGeneral] == nil || v.Number != 4 {
		t.Errorf("version %+v", v)
	}
	if got := w.env("staging", "backend"); got["MINE"] != "1" || got["LOG_LEVEL"] != "error" || got["NEW"] != "x" {
		t.Errorf("backend has %v", got)
	}
	w.set("staging", lockstep.VariableChange{Key: "LOG_LEVEL", Scope: lockstep.ScopeService, Target: "backend", Remove: true})
	if got := w.env("staging", "backend")["LOG_LEVEL"]; got != "trace" {
		t.Errorf("LOG_LEVEL is %q when nobody sets it by hand any more", got)
	}
}

func TestTwoWhoChangeAtOnce(t *testing.T) {
	t.Parallel()
	w := applied(t)
	first := variables(setTo("A", "1"))
	first.Options.BaseVersion = 1
	must(w, got(w.control.UpdateConfig(t.Context(), ana, "", "staging", first)))
	refused(w, got(w.control.UpdateConfig(t.Context(), bo, "", "staging", first)), lockstep.CodeStale, "version 2 now, by ana", "variable A")
	byHash := variables(setTo("A", "2"))
	byHash.Options.BaseHash = "0000"
	refused(w, got(w.control.UpdateConfig(t.Context(), bo, "", "staging", byHash)), lockstep.CodeStale)
	refused(w, got(w.control.UpdateOwnVariables(t.Context(), bo, "", "", byHash)), lockstep.CodeStale)
}

func TestManyAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.setUp()
		const n = 8
		failed := make(chan error, 2*n)
		for i := range n {
			go func() {
				_, err := w.control.UpdateConfig(w.Context(), ana, "", "staging", variables(setTo(fmt.Sprintf("OWN_%d", i), "x")))
				failed <- err
			}()
			go func() {
				_, err := w.control.UpdateOwnVariables(w.Context(), bo, "", "", variables(setTo(fmt.Sprintf("ALL_%d", i), "x")))
				failed <- err
			}()
		}
		for range 2 * n {
			if err := <-failed; err != nil {
				w.Error(err)
			}
		}
		got := w.env("staging", "backend")
		for i := range n {
			if got[fmt.Sprintf("OWN_%d", i)] != "x" || got[fmt.Sprintf("ALL_%d", i)] != "x" {
				w.Errorf("variable %d is lost: %v", i, got)
			}
		}
	})
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	w := applied(t)
	try := func(changes ...lockstep.VariableChange) result[lockstep.ConfigUpdateResult] {
		return got(w.control.UpdateConfig(t.Context(), ana, "", "staging", variables(changes...)))
	}
	refused(w, try(setTo("URL", "${HOTS}"), setTo("HOST", "x")), lockstep.CodeInvalid, "variables.URL: it refers to HOTS, which does not exist")
	refused(w, try(setTo("A", "${B}"), setTo("B", "${A}")), lockstep.CodeInvalid, "A → B → A")
	refused(w, try(setTo("A", strings.Repeat("x", 10<<20))), lockstep.CodeInvalid, "10485760 bytes")
	refused(w, got(w.control.UpdateOwnVariables(t.Context(), ana, "", "", variables(setTo("URL", "${NOWHERE}")))), lockstep.CodeInvalid, "it refers to NOWHERE")
	refused(w, got(w.control.UpdateOwnVariables(t.Context(), ana, "", "nonsense", variables())), lockstep.CodeInvalid, "there is no such type")
	no := false
	refused(w, got(w.control.UpdateConfig(t.Context(), ana, "", "staging", lockstep.ConfigUpdate{Options: lockstep.ConfigUpdateOptions{ValidateBeforeApply: &no}})), lockstep.CodeInvalid, "always validated")
	if v := must(w, got(w.control.ConfigVersion(t.Context(), "", "staging", "latest"))); v.Number != 1 || len(v.Document.Variables) != 0 {
		t.Errorf("something was changed: %+v", v)
	}
	if all := must(w, got(w.control.OwnVariables(t.Context(), "", ""))); len(all.Variables) != 0 {
		t.Errorf("something was changed: %+v", all)
	}
	// Removing what others refer to breaks them.
	w.set("staging", setTo("HOST", "x"), setTo("URL", "${HOST}"))
	refused(w, try(lockstep.VariableChange{Key: "HOST", Remove: true}), lockstep.CodeInvalid, "it refers to HOST")
	// A reference that some environments know is no mistake of the project's.
	result := w.setAbove("", setTo("ALL", "${HOST}"))
	if len(result.ValidationResult.Warnings) != 1 || !strings.HasPrefix(result.ValidationResult.Warnings[0].Message, "production: ") {
		t.Errorf("validation %+v", result.ValidationResult)
	}
	refused(w, got(w.control.Deploy(t.Context(), ana, "", "production", lockstep.DeploymentRequest{Version: "1.0.0"})), lockstep.CodeInvalid, "configuration 2 of production cannot be deployed", "it refers to HOST")
	text := strings.Replace(matrixText, "LOG_LEVEL: debug", "LOG_LEVEL: '${NOT_THERE}'", 1)
	refused(w, w.tryApply(text), lockstep.CodeInvalid, "environment staging: its variables do not fit together", "it refers to NOT_THERE")
}

func TestWhatIsRequiredIsAskedForByADeployment(t *testing.T) {
	t.Parallel()
	w := applied(t)
	yes := true
	w.setAbove("", lockstep.VariableChange{Key: "API_URL", Required: &yes, Type: to(lockstep.VariableURL), Description: to("where the API is")})
	list := must(w, got(w.control.Variables(t.Context(), ana, "", "production", control.VariableQuery{})))
	if len(list.Problems) != 1 || !strings.Contains(list.Problems[0].Message, "it is required and has no value") {
		t.Errorf("problems %+v", list.Problems)
	}
	refused(w, got(w.control.Deploy(t.Context(), ana, "", "production", lockstep.DeploymentRequest{Version: "1.0.0"})), lockstep.CodeInvalid, "API_URL", "required")
	refused(w, got(w.control.UpdateConfig(t.Context(), ana, "", "production", variables(setTo("API_URL", "nowhere")))), lockstep.CodeInvalid, "not a URL", "project sunday says so")
	w.set("production", setTo("API_URL", "https://api.example.com"))
	if got := w.env("production", "backend")["API_URL"]; got != "https://api.example.com" {
		t.Errorf("API_URL is %q", got)
	}
}

func TestDeploymentVariables(t *testing.T) {
	t.Parallel()
	w := applied(t)
	d := must(w, got(w.control.Deploy(t.Context(), ana, "", "production", lockstep.DeploymentRequest{Version: "1.0.0", Variables: map[string]string{"LOG_LEVEL": "trace", "ONCE": "${LOG_LEVEL}!"}})))
	if got := w.revision(d.RevisionID).Content.Services[0].Env; got["LOG_LEVEL"] != "trace" || got["ONCE"] != "trace!" {
		t.Errorf("given %v", got)
	}
	if got := w.env("production", "backend"); got["LOG_LEVEL"] != "info" || got["ONCE"] != "" {
		t.Errorf("the next deployment has %v", got)
	}
	refused(w, got(w.control.Deploy(t.Context(), ana, "", "production", lockstep.DeploymentRequest{Version: "1.0.0", Variables: map[string]string{"no-name": "x"}})), lockstep.CodeInvalid, "did you mean no_name?")
}

func TestVersionsDiffAndRestore(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.set("staging", setTo("A", "1"), setTo("B", "1"))
	w.set("staging", setTo("A", "2"), lockstep.VariableChange{Key: "B", Remove: true})
	w.setAbove("", setTo("P", "1"))
	list := must(w, got(w.control.ConfigVersions(t.Context(), "", "staging", lockstep.Page{})))
	var messages []string
	for _, v := range list.Items {
		messages = append(messages, fmt.Sprintf("%d %s", v.Number, v.Message))
	}
	if want := []string{"4 project variable P", "3 variables A, B", "2 variables A, B", "1 matrix version 1"}; !slices.Equal(messages, want) {
		t.Errorf("versions %q, want %q", messages, want)
	}
	diff := must(w, got(w.control.DiffConfig(t.Context(), "", "staging", "2", "latest")))
	if text, _ := json.Marshal(diff); string(text) != `{"from":2,"to":4,"changes":[{"type":"modify","path":"variables.A","oldValue":"1","newValue":"2"},{"type":"remove","path":"variables.B","oldValue":"1"},{"type":"add","path":"variables.P","newValue":"1"}]}` {
		t.Errorf("diff %s", text)
	}
	result := must(w, got(w.control.RestoreConfig(t.Context(), bo, "", "staging", 2, lockstep.ConfigUpdateOptions{})))
	if result.Number != 5 || len(result.Changes) != 2 || len(result.ValidationResult.Warnings) != 1 || result.ValidationResult.Warnings[0].Field != "variables.P" {
		t.Errorf("restored %+v, %+v", result, result.ValidationResult)
	}
	if got := w.env("staging", "backend"); got["A"] != "1" || got["B"] != "1" || got["P"] != "1" {
		t.Errorf("backend has %v", got)
	}
	refused(w, got(w.control.RestoreConfig(t.Context(), bo, "", "staging", 77, lockstep.ConfigUpdateOptions{})), lockstep.CodeNotFound, "77")
}

func TestApplyImmediately(t *testing.T) {
	t.Parallel()
	w := applied(t)
	up := variables(setTo("A", "1"))
	up.Options.ApplyImmediately = true
	refused(w, got(w.control.UpdateConfig(t.Context(), ana, "", "staging", up)), lockstep.CodeConflict, "nothing runs in staging yet")
	w.deployed("staging", "1.0.0")
	result := must(w, got(w.control.UpdateConfig(t.Context(), ana, "", "staging", up)))
	if result.Deployment == nil || result.Deployment.ConfigVersion != 2 || result.Deployment.Version != "1.0.0" {
		t.Fatalf("result %+v", result)
	}
	if got := w.revision(result.Deployment.RevisionID).Content.Services[0].Env["A"]; got != "1" {
		t.Errorf("A is %q", got)
	}
}

func TestStatusSaysWhatIsNotDeployed(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	w.set("staging", setTo("SHOWN", "not-this"))
	status := must(w, got(w.control.Status(t.Context(), "", "staging")))
	text := strings.Join(status.NotDeployed, "\n")
	if !strings.Contains(text, "configuration 2 is recorded and 1 runs: backend (env SHOWN), frontend (env SHOWN)") || strings.Contains(text, "not-this") {
		t.Errorf("not deployed: %s", text)
	}
	if status.Variables != 3 {
		t.Errorf("%d variables", status.Variables)
	}
}

func TestACloneHasItsSourcesVariables(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.set("staging", setTo("URL", "https://staging.example.com"), setTo("WORD", "staging"))
	must(w, got(w.control.UpdateConfig(t.Context(), ana, "", "staging", lockstep.ConfigUpdate{Sections: map[lockstep.ConfigSection]any{lockstep.SectionApplication: map[string]any{"url": "https://staging.example.com"}}})))
	cloned := must(w, got(w.control.CloneEnvironment(t.Context(), ana, "", "staging", control.CloneRequest{Name: "staging-2"})))
	if !slices.ContainsFunc(cloned.Rewritten, func(r matrix.Rewrite) bool {
		return r.Path == "variables.URL" && r.To == "https://staging-2.example.com"
	}) {
		t.Errorf("rewritten %+v", cloned.Rewritten)
	}
	v := must(w, got(w.control.ConfigVersion(t.Context(), "", "staging-2", "latest")))
	if text, _ := json.Marshal(v.Document.Sections); string(text) != `{"application":{"url":"https://staging-2.example.com"}}` {
		t.Errorf("sections %s", text)
	}
	list := must(w, got(w.control.Variables(t.Context(), ana, "", "staging-2", control.VariableQuery{Own: true})))
	if len(list.Variables) != 3 { // WORD, URL, and the matrix's LOG_LEVEL
		t.Errorf("variables %+v", list.Variables)
	}
}

func TestExplainAndList(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.setAbove("", setTo("LOG_LEVEL", "error"))
	list := must(w, got(w.control.Variables(t.Context(), ana, "", "staging", control.VariableQuery{Service: "backend"})))
	var lines []string
	for _, v := range list.Variables {
		lines = append(lines, fmt.Sprintf("%s=%s %s %s %s", v.Key, v.Value, v.Level, v.Owner, v.Source))
	}
	if want := []string{"LOG_LEVEL=debug environment staging import", "VERSION={{version}} project sunday inherited"}; !slices.Equal(lines, want) {
		t.Errorf("list %q, want %q", lines, want)
	}
	all := must(w, got(w.control.Explain(t.Context(), "", "staging", "LOG_LEVEL", "")))
	if len(all) != 2 || all[0].Service != "backend" || len(all[0].Said) != 3 || all[1].Value != "error" {
		t.Errorf("explained %+v", all)
	}
	refused(w, got(w.control.Explain(t.Context(), "", "staging", "LOG_LEVE", "")), lockstep.CodeNotFound, "did you mean LOG_LEVEL?")
	refused(w, got(w.control.Explain(t.Context(), "", "staging", "A", "backned")), lockstep.CodeNotFound, "backend")
}

func to[T any](x T) *T { return &x }
