package crash

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/artifact"
	"github.com/lockstep-dev/lockstep/internal/load"
	"github.com/lockstep-dev/lockstep/internal/sandbox"
	"github.com/lockstep-dev/lockstep/internal/suite"
	"github.com/lockstep-dev/lockstep/internal/suite/binaries"
	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
)

// matrixText is small and quick: what is tested is death, not patience.
const matrixText = `
project: sunday
services:
  backend:
    artifact: backend
    command: [./backend, --port, "{{port}}"]
    routes: [/api, /version]
    env: {SUNDAY_VERSION: "{{version}}"}
    health: {path: /health, interval: 200ms, startTimeout: 2s}
    validate: [/api/version, /api/orders]
    replicas: 2
  frontend:
    artifact: frontend
    command: [./frontend, --port, "{{port}}"]
    routes: [/]
    health: {path: /health}
    dependsOn: [backend]
recipes:
  careful:
    steps: [start: new, verify: new, shift_traffic: 50, pause: 300ms, approve: {timeout: 1m}, shift_traffic: 100]
environments:
  standby:
    strategy: {primary: custom, recipe: careful, warmFor: 2s, drainTimeout: 10s, stableFor: 200ms}
  development:
    strategy: {primary: recreate, drainTimeout: 10s, stableFor: 200ms}
  staging:
    strategy: {primary: rolling, drainTimeout: 10s, stableFor: 200ms}
  preview:
    strategy:
      {primary: canary, weights: [50, 100], pause: 200ms, analysis: {minRequests: 10, errorMargin: 30},
       warmFor: 2s, drainTimeout: 10s, stableFor: 200ms}
  production:
    strategy: {primary: blue_green, warmFor: 2s, drainTimeout: 10s, stableFor: 200ms}
    hooks:
      - {name: migrate, stage: pre-deployment, run: [sh, -c, 'echo "$LOCKSTEP_STEP_KEY" >> RAN; sleep 0.2']}
      - {name: announce, stage: post-deployment, run: [sh, -c, 'echo "$LOCKSTEP_STEP_KEY" >> RAN']}
`

// rates are the environments, one of each strategy, and how many requests a
// second they get.
var rates = map[string]int{"development": 50, "staging": 50, "preview": 80, "production": 80, "standby": 50}

// liveRate is that of the project's live address.
const liveRate = 50

// field is a sandbox with the example's environments, one of each strategy.
type field struct {
	t   *testing.T
	box *sandbox.Sandbox
	url string // of the database; "" SQLite

	mu       sync.Mutex
	digests  map[string]string // by build
	failures []load.Failure
	down     []window // while the edge could not answer because we killed it
}

type window struct{ from, to time.Time }

// databases are the ones the tests run on.
func databases(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, "")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, postgres.Database(t))
	})
}

func newField(t *testing.T, url string, env ...string) *field {
	t.Helper()
	f := emptyField(t, url, env...)
	f.apply([]byte(strings.ReplaceAll(matrixText, "RAN", f.ran())))
	built, c := binaries.Dir(t), f.client()
	for _, build := range []string{"good/backend", "never-healthy/backend", "broken-api/backend", "frontend/frontend"} {
		f.digests[build] = upload(t, c, filepath.Join(built, "sunday", build))
	}
	return f
}

func (f *field) apply(matrix []byte) {
	f.t.Helper()
	c := f.client()
	planned, err := c.PlanMatrix(f.t.Context(), matrix)
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := c.ApplyMatrix(f.t.Context(), matrix, client.ApplyOptions{Version: planned.Version}); err != nil {
		f.t.Fatal(err)
	}
}

// emptyField is a sandbox in which nothing was made yet.
func emptyField(t *testing.T, url string, env ...string) *field {
	t.Helper()
	built := binaries.Dir(t)
	dir, err := os.MkdirTemp("", "lsc-") //nolint:usetesting // t.TempDir is too long for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.Start(t.Context(), sandbox.Options{
		Binary: filepath.Join(built, "lockstep"), Dir: dir, DatabaseURL: url, Env: env,
	})
	if err != nil {
		t.Fatal(err)
	}
	f := &field{t: t, box: box, url: url, digests: map[string]string{}}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := box.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
		if t.Failed() {
			raw, _ := os.ReadFile(box.LogFile())
			t.Logf("server log (end):\n%s", raw[max(0, len(raw)-8000):])
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove: %v", err)
		}
	})
	return f
}

// ran is where each hook that runs writes its step's key.
func (f *field) ran() string { return filepath.Join(f.box.Dir(), "ran") }

func (f *field) client() *client.Client {
	f.t.Helper()
	c, err := f.box.Client()
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func upload(t *testing.T, c *client.Client, path string) string {
	t.Helper()
	file, digest, err := artifact.Spool(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // read only from here on
	if err := c.Upload(t.Context(), digest, file, nil); err != nil {
		t.Fatal(err)
	}
	return digest
}

// deployment is what was asked for and how it has to end.
type deployment struct {
	env, version, build string
	want                lockstep.OperationStatus
}

// request asks for a release and its deployment until the server has heard,
// however often it dies meanwhile: the same key asks once.
func (f *field) request(ctx context.Context, d deployment) string {
	f.t.Helper()
	c := f.client()
	f.retry(ctx, "create release "+d.version, func() error {
		_, err := c.CreateRelease(ctx, client.NewRelease{Version: d.version, Artifacts: map[string]string{
			"backend": f.digests[d.build+"/backend"], "frontend": f.digests["frontend/frontend"],
		}})
		if lockstep.CodeOf(err) == lockstep.CodeConflict {
			return nil // an answer that was lost
		}
		return err
	})
	var id string
	f.retry(ctx, "deploy "+d.version+" to "+d.env, func() error {
		got, err := c.Deploy(ctx, d.env, lockstep.DeploymentRequest{Version: d.version}, client.DeployOptions{IdempotencyKey: d.env + d.version})
		id = got.ID
		return err
	})
	return id
}

// end waits until the deployment is over and holds it to what it should be.
func (f *field) end(ctx context.Context, d deployment, id string) {
	f.t.Helper()
	c := f.client()
	var got lockstep.Deployment
	f.retry(ctx, "await "+d.version, func() (err error) {
		if got, err = c.Deployment(ctx, id); err != nil || got.Status.Done() {
			return err
		}
		f.giveWord(ctx, c, got)
		return errNotYet
	})
	if got.Status != d.want {
		f.t.Errorf("%s of %s to %s ended %s, want %s: %+v", got.Strategy, d.version, d.env, got.Status, d.want, got.Error)
		for _, s := range got.Steps {
			f.t.Logf("  %2d %-7s %-45s %-9s attempts %d %v", s.Seq, s.Phase, s.Name, s.Status, s.Attempts, s.Error)
		}
	}
}

// giveWord approves the step at which a deployment waits. Nobody needs to hear
// of it twice, and who dies meanwhile is asked again.
func (f *field) giveWord(ctx context.Context, c *client.Client, d lockstep.Deployment) {
	f.t.Helper()
	for _, s := range d.Steps {
		if s.Kind != lockstep.StepApprove || s.Status != lockstep.StepRunning {
			continue
		}
		_, err := c.ApproveStep(ctx, d.ID, s.Seq, "")
		if code := lockstep.CodeOf(err); lockstep.IsTerminal(err) && code != lockstep.CodeConflict {
			f.t.Errorf("approve %s: %v", d.Version, err)
		}
	}
}

// switchTo leads the live address to an environment.
func (f *field) switchTo(ctx context.Context, env string) {
	f.t.Helper()
	c := f.client()
	var id string
	f.retry(ctx, "switch to "+env, func() error {
		op, err := c.Switch(ctx, lockstep.EnvironmentSwitchOptions{TargetEnvironmentID: env}, client.ChangeOptions{})
		id = op.ID
		if lockstep.CodeOf(err) != lockstep.CodeConflict {
			return err
		}
		list, err := c.Switches(ctx, client.Page{Limit: 1}) // an answer that was lost
		if err == nil && (len(list.Items) == 0 || list.Items[0].To != env) {
			return errNotYet
		}
		if err == nil {
			id = list.Items[0].ID
		}
		return err
	})
	var got lockstep.SwitchResult
	f.retry(ctx, "await the switch to "+env, func() (err error) {
		if got, err = c.SwitchResult(ctx, id); err == nil && got.CompletedAt == nil {
			return errNotYet
		}
		return err
	})
	if got.Status != lockstep.SwitchCompleted {
		f.t.Errorf("the switch to %s ended %s: %s", env, got.Status, got.Error)
	}
}

var errNotYet = lockstep.Errorf(lockstep.CodeUnavailable, "not yet")

// retry calls fn until it succeeds; errors that trying again cannot help fail the test.
func (f *field) retry(ctx context.Context, what string, fn func() error) {
	f.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.NewTimer(90 * time.Second)
	defer deadline.Stop()
	for {
		err := fn()
		if err == nil {
			return
		}
		if lockstep.IsTerminal(err) {
			f.t.Fatalf("%s: %v", what, err)
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			f.t.Fatalf("%s did not happen in 90s: %v", what, err)
		case <-ctx.Done():
			f.t.Fatalf("%s: %v", what, ctx.Err())
		}
	}
}

// load sends requests to all environments from outside, and remembers
// failures, until stop is called; it returns when all have been answered.
func (f *field) load(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var runs []*load.Run
	for env, rate := range rates {
		runs = append(runs, f.loadOf(ctx, env+".sunday.localhost", rate))
	}
	runs = append(runs, f.loadOf(ctx, "sunday.localhost", liveRate))
	return func() {
		defer cancel()
		for _, run := range runs {
			run.Stop()
		}
	}
}

func (f *field) loadOf(ctx context.Context, host string, rate int) *load.Run {
	return load.Start(ctx, load.Target{Addr: f.box.Edge(), Host: host}, load.Options{
		Rate: rate, SlowFor: time.Second, SessionFor: time.Second, Events: 4,
		OnFailure: func(failure load.Failure) {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.failures = append(f.failures, failure)
		},
	})
}

func suiteOnly(t *testing.T) {
	t.Helper()
	suite.Belong(t, suite.Crash)
}
