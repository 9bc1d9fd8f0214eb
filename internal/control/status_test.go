package control_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func (w *world) status(environment string) lockstep.StatusReport {
	w.Helper()
	return must(w, got(w.control.Status(w.Context(), "", environment)))
}

// run lets the observer see what the instances of staging's revision would be.
func (w *world) run(state lockstep.InstanceState, replicas int) control.Observation {
	w.Helper()
	env := w.environment("staging")
	revision, err := w.store.Revision(w.Context(), env.ActiveID)
	if err != nil {
		w.Fatal(err)
	}
	groups, err := revision.Content.Groups()
	if err != nil {
		w.Fatal(err)
	}
	seen := control.Observation{
		Addresses: []string{"http://staging.sunday.localhost:7480"},
		Routing: lockstep.Routing{
			Domains: env.Spec.Domains, Revisions: []lockstep.RevisionRoutes{{Revision: revision.ID}},
			Splits: []lockstep.Split{{Revision: revision.ID, Weight: 100}},
		},
	}
	for _, g := range groups {
		for i := range replicas {
			seen.Instances = append(seen.Instances, lockstep.Instance{ID: lockstep.InstanceID(g.ID, i), Group: g.ID, Service: g.Service, State: state})
		}
	}
	w.sees.set(seen, nil)
	return seen
}

func TestStatusBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	w := applied(t)
	s := w.status("production")
	if s.Health.Status != "idle" || s.Health.Desired != 0 || s.RunningConfig != 0 || s.LatestConfig != 1 || s.Revision != nil || s.Variables != 2 {
		t.Errorf("status %+v", s)
	}
	var names []string
	for _, service := range s.Services {
		names = append(names, service.Name)
		if service.Managed != (service.Type == lockstep.ServiceApp) {
			t.Errorf("service %+v", service)
		}
	}
	if !slices.Equal(names, []string{"backend", "frontend", "database"}) {
		t.Errorf("services %v", names)
	}
	if s.Traffic == nil || s.Addresses == nil || s.Operations == nil {
		t.Error("a list is null")
	}
}

func TestStatusCountsWhatIsReady(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	seen := w.run(lockstep.InstanceReady, 1)
	s := w.status("staging")
	if s.Health != (lockstep.HealthSummary{Status: "healthy", Score: 100, Ready: 2, Desired: 2}) {
		t.Errorf("health %+v", s.Health)
	}
	if len(s.Traffic) != 1 || s.Traffic[0].Weight != 100 || len(s.Addresses) != 1 || s.LastDeployment.Version != "1.0.0" {
		t.Errorf("status %+v", s)
	}
	// An instance of another revision is listed, and counts for nothing.
	seen.Instances[0].State = lockstep.InstanceUnready
	seen.Instances = append(seen.Instances, lockstep.Instance{ID: "backend-old-0", Group: "backend-old", Service: "backend", State: lockstep.InstanceReady})
	w.sees.set(seen, nil)
	s = w.status("staging")
	if s.Health != (lockstep.HealthSummary{Status: "unhealthy", Score: 50, Worst: "backend", Ready: 1, Desired: 2}) || len(s.Services[0].Instances) != 2 {
		t.Errorf("health %+v, services %+v", s.Health, s.Services)
	}
	w.run(lockstep.InstanceBackoff, 1)
	if s := w.status("staging"); s.Health.Status != "down" {
		t.Errorf("health %+v", s.Health)
	}
}

func TestStatusOfAHostThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	w.sees.set(control.Observation{}, errors.New("dial unix /secret/path: no such file"))
	s := w.status("staging")
	if s.Health.Status != "unknown" || s.UnreachableHost == "" || strings.Contains(s.UnreachableHost, "secret") {
		t.Errorf("status %+v, %q", s.Health, s.UnreachableHost)
	}
	w.sees.set(control.Observation{}, lockstep.Errorf(lockstep.CodeUnavailable, "the agent is starting"))
	if s := w.status("staging"); s.UnreachableHost != "the agent is starting" {
		t.Errorf("unreachable: %q", s.UnreachableHost)
	}
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	w.sees.mu.Lock()
	w.sees.hang = hang
	w.sees.mu.Unlock()
	if s := w.status("staging"); !strings.Contains(s.UnreachableHost, "within 2s") || s.RunningConfig != 1 {
		t.Errorf("unreachable: %q", s.UnreachableHost)
	}
}

func TestNotDeployedSaysWhatIsRecordedAndDoesNotRun(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	w.run(lockstep.InstanceReady, 1)
	if s := w.status("staging"); len(s.NotDeployed) != 0 {
		t.Fatalf("not deployed: %q", s.NotDeployed)
	}
	changed := strings.NewReplacer(
		"LOG_LEVEL: debug", "LOG_LEVEL: hush-hush, MODE: x",
		"command: [./frontend]", "command: [./frontend, --fast]\n    replicas: 2",
		"staging:\n    strategy:", "staging:\n    domains: [app.example.com]\n    strategy:",
	).Replace(matrixText)
	changed = strings.Replace(changed, "recipes:", "  worker: {command: [./worker], routes: []}\nrecipes:", 1)
	w.apply(changed)
	text := strings.Join(w.status("staging").NotDeployed, "\n")
	for _, want := range []string{
		"configuration 2 is recorded and 1 runs: backend (env LOG_LEVEL, env MODE)",
		"service frontend has changed in the matrix since release 1.0.0 (command)",
		"service worker is in the matrix and not in release 1.0.0",
		"service frontend: 2 replicas are recorded and 1 deployed",
		"the domains have changed",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	// What was deployed is all there: what is not deployed is no fault.
	if h := w.status("staging").Health; h != (lockstep.HealthSummary{Status: "healthy", Score: 100, Ready: 2, Desired: 2}) {
		t.Errorf("health %+v", h)
	}
	if strings.Contains(text, "hush-hush") {
		t.Error("it shows a value")
	}
	// A service that the running release has no settings for is not missing.
	refused(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0"}), lockstep.CodeRefused, "worker")
	w.release("2.0.0")
	must(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "2.0.0", WithConfig: "latest"}))
	w.work()
	w.run(lockstep.InstanceReady, 2)
	if left := w.status("staging").NotDeployed; len(left) != 0 {
		t.Errorf("not deployed: %q", left)
	}
}

// What is recorded as kept warm is said to be up only where it is seen.
func TestAWarmSideIsShownWhereItIsUp(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	first := w.run(lockstep.InstanceReady, 1)
	env := w.environment("staging")
	old := env.ActiveID
	w.release("1.1.0")
	must(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.1.0"}))
	w.work()
	env = w.environment("staging")
	env.WarmID = old
	if err := w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.PutEnvironment(env) }); err != nil {
		t.Fatal(err)
	}
	if s := w.status("staging"); s.Warm == nil || s.Warm.ID != old {
		t.Errorf("it is up, and warm is %+v", s.Warm)
	}
	for _, state := range []lockstep.InstanceState{lockstep.InstanceBackoff, lockstep.InstanceStopped} {
		first.Instances[0].State = state
		w.sees.set(first, nil)
		if s := w.status("staging"); s.Warm != nil {
			t.Errorf("an instance is %s, and warm is %+v", state, s.Warm)
		}
	}
	w.sees.set(control.Observation{}, nil) // an agent that knows nothing
	if s := w.status("staging"); s.Warm != nil {
		t.Errorf("nothing runs, and warm is %+v", s.Warm)
	}
	w.sees.set(control.Observation{}, errors.New("no answer"))
	if s := w.status("staging"); s.Warm == nil || s.UnreachableHost == "" {
		t.Errorf("nobody knows, and warm is %+v", s.Warm)
	}
}

func TestAnEnvironmentOfAnotherHostIsNotAsked(t *testing.T) {
	t.Parallel()
	w := applied(t)
	other := control.New(control.Options{Store: control.Adapt(w.store), Host: "host-2", Observer: w.sees})
	s, err := other.Status(t.Context(), "", "staging")
	if err != nil || !strings.Contains(s.UnreachableHost, host) {
		t.Errorf("%q, %v", s.UnreachableHost, err)
	}
}
