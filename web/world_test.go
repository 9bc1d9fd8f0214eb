package web

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"net/http/httptest"
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
	"github.com/lockstep-dev/lockstep/internal/suite/binaries"
)

//go:embed e2e/environment-matrix.yaml
var journeysMatrix []byte

// world is what journeys find: a server with environments in which something runs, another one that may be stopped and
// started without disturbing anybody, and a new one.
type world struct {
	box, away *sandbox.Sandbox
	fresh     *sandbox.Sandbox // nothing was ever applied to it
	client    *client.Client
	tokens    map[lockstep.Role]string
	second    string // another operator's token
	control   string // address at which journeys ask for what a browser cannot do
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{tokens: map[lockstep.Role]string{}}
	var started sync.WaitGroup
	started.Go(func() { w.away = start(t) })
	started.Go(func() { w.fresh = start(t) })
	w.box = start(t)
	started.Wait()
	if t.Failed() {
		t.FailNow()
	}
	w.client = must(w.box.Client())(t)
	w.people(t)
	w.apply(t, journeysMatrix)
	w.fill(t)
	if err := w.alone(t.Context(), "{island: {}}"); err != nil {
		t.Fatal(err)
	}
	w.listen(t)
	return w
}

// start has a server up until the test ends. It may be called beside the test's goroutine.
func start(t *testing.T) *sandbox.Sandbox {
	t.Helper()
	dir, err := os.MkdirTemp("", "lsj-") //nolint:usetesting // t.TempDir is too long for a socket's path
	if err != nil {
		t.Error(err)
		return nil
	}
	box, err := sandbox.Start(t.Context(), sandbox.Options{Binary: filepath.Join(binaries.Dir(t), "lockstep"), Dir: dir})
	if err != nil {
		t.Error(err)
		return nil
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := box.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
		if t.Failed() {
			raw, _ := os.ReadFile(box.LogFile())
			t.Logf("server log (end):\n%s", raw[max(0, len(raw)-4000):])
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove: %v", err)
		}
	})
	return box
}

// people get a token for each role, and there is a second one who may approve.
func (w *world) people(t *testing.T) {
	t.Helper()
	for role, name := range map[lockstep.Role]string{lockstep.RoleAdmin: "ada", lockstep.RoleOperator: "omar", lockstep.RoleViewer: "vera"} {
		w.tokens[role] = must(w.client.CreateToken(t.Context(), client.TokenRequest{Name: name, Role: role}))(t).Text
	}
	w.second = must(w.client.CreateToken(t.Context(), client.TokenRequest{Name: "olga", Role: lockstep.RoleOperator, ExpiresIn: "90d"}))(t).Text
}

func (w *world) apply(t *testing.T, matrix []byte) {
	t.Helper()
	planned := must(w.client.PlanMatrix(t.Context(), matrix))(t)
	must(w.client.ApplyMatrix(t.Context(), matrix, client.ApplyOptions{Version: planned.Version}))(t)
}

// fill makes releases, gives every environment something that runs, and puts the canary's under load.
func (w *world) fill(t *testing.T) {
	t.Helper()
	for _, r := range []struct{ version, build, notes string }{
		{"1.0.0", "good", "the first one"},
		{"1.1.0", "good", "orders are faster"},
		{"1.1.1", "broken-api", "answers every order with an error"},
		{"1.2.0", "good", "orders can be exported"},
	} {
		w.release(t, r.version, r.build, r.notes)
	}
	w.deploy(t, "production", "1.0.0") // the first of its type that something is deployed to is the current one
	var deployed sync.WaitGroup
	for env, version := range map[string]string{
		"development": "1.2.0", "staging": "1.1.0", "standby": "1.0.0", "canary": "1.0.0",
		"guarded": "1.0.0", "returning": "1.0.0", "edited": "1.0.0", "left": "1.0.0", "right": "1.0.0",
	} {
		deployed.Go(func() {
			w.deploy(t, env, version)
			if env == "returning" {
				w.deploy(t, env, "1.1.0")
			}
		})
	}
	deployed.Wait()
	for env, value := range map[string]string{"left": "50", "right": "10", "edited": "25", "production": "100"} {
		w.variables(t, env, value)
	}
	must(w.client.CreateSchedule(t.Context(), client.ScheduleRequest{Name: "nightly", Environment: "staging", Rule: "0 2 * * 1-5", TimeZone: "Europe/Berlin", Description: "what was merged by day"}, client.ChangeOptions{}))(t)
	must(w.client.CreateSchedule(t.Context(), client.ScheduleRequest{Name: "train", Environment: "production", Rule: "0 9 * * TUE", Promote: true}, client.ChangeOptions{}))(t)
	users := load.Start(t.Context(), load.Target{Addr: w.box.Edge(), Host: "canary.sunday.localhost"}, load.Options{
		Rate: 30, Mix: load.Mix{Get: 8, Post: 2}, GetPaths: []string{"/api/version", "/api/orders"},
	})
	t.Cleanup(func() { users.Stop() })
}

// variables gives an environment one that everybody may read, and one that nobody may.
func (w *world) variables(t *testing.T, env, size string) {
	t.Helper()
	changes := []lockstep.VariableChange{
		{Key: "PAGE_SIZE", Value: &size, Description: pointer("orders on a page")},
		{Key: "API_KEY", Value: pointer("s3cret-" + env), Sensitive: pointer(true), Description: pointer("of the shop's partner")},
	}
	must(w.client.UpdateVariables(t.Context(), client.VariableOwner{Environment: env}, changes, client.ConfigOptions{Description: "for the shop"}))(t)
}

func (w *world) release(t *testing.T, version, build, notes string) {
	t.Helper()
	built := filepath.Join(binaries.Dir(t), "sunday")
	digests := map[string]string{}
	for name, path := range map[string]string{"backend": filepath.Join(built, build, "backend"), "frontend": filepath.Join(built, "frontend", "frontend")} {
		f, digest, err := artifact.Spool(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.client.Upload(t.Context(), digest, f, nil); err != nil {
			t.Fatal(err)
		}
		f.Close() //nolint:errcheck,gosec // was only read
		digests[name] = digest
	}
	must(w.client.CreateRelease(t.Context(), client.NewRelease{Version: version, Notes: notes, Artifacts: digests}))(t)
}

// deploy brings a version into an environment and waits for it. It may be called beside the test's goroutine.
func (w *world) deploy(t *testing.T, env, version string) {
	t.Helper()
	ctx := t.Context()
	d, err := w.client.Deploy(ctx, env, lockstep.DeploymentRequest{Version: version}, client.DeployOptions{})
	if err == nil && d.Status == lockstep.StatusPendingApproval {
		d, err = w.client.Approve(ctx, d.ID, "for a start")
	}
	if err == nil {
		err = w.client.Events(ctx, 0, client.EventFilter{Operation: d.ID}, nil, func(ev lockstep.Event) bool { return ev.Type != lockstep.EventOperationFinished })
	}
	if err == nil {
		d, err = w.client.Deployment(ctx, d.ID)
	}
	if err != nil || d.Status != lockstep.StatusCompleted {
		t.Errorf("%s to %s: %s, %v", version, env, d.Status, err)
	}
}

// alone records environments of the other server.
func (w *world) alone(ctx context.Context, environments string) error {
	c, err := w.away.Client()
	if err != nil {
		return err
	}
	matrix := []byte("project: lonely\nservices: {app: {artifact: ./app, command: [./app]}}\nenvironments: " + environments + "\n")
	planned, err := c.PlanMatrix(ctx, matrix)
	if err == nil {
		_, err = c.ApplyMatrix(ctx, matrix, client.ApplyOptions{Version: planned.Version})
	}
	return err
}

// listen answers journeys that want the other server stopped or started.
func (w *world) listen(t *testing.T) {
	t.Helper()
	mux := http.NewServeMux()
	do := func(pattern string, what func(ctx context.Context) error) {
		mux.HandleFunc("POST "+pattern, func(rw http.ResponseWriter, r *http.Request) {
			if err := what(r.Context()); err != nil {
				http.Error(rw, err.Error(), http.StatusInternalServerError)
			}
		})
	}
	do("/away/stop", func(context.Context) error { return w.away.KillServer() })
	do("/away/apply", func(ctx context.Context) error { return w.alone(ctx, "{island: {}, islet: {}}") })
	do("/away/start", func(ctx context.Context) error { return w.away.StartServer(ctx) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	w.control = s.URL
}

// describe is what journeys are told of the world.
func (w *world) describe(t *testing.T) []byte {
	t.Helper()
	world := map[string]any{
		"main": map[string]any{"server": w.box.Server(), "edge": w.box.Edge(), "tokens": map[string]string{
			"admin": w.tokens[lockstep.RoleAdmin], "operator": w.tokens[lockstep.RoleOperator],
			"viewer": w.tokens[lockstep.RoleViewer], "second": w.second,
		}},
		"away":    map[string]any{"server": w.away.Server(), "tokens": map[string]string{"admin": administrator(t, w.away)}},
		"control": w.control,
	}
	if w.fresh != nil {
		world["fresh"] = map[string]any{"server": w.fresh.Server(), "tokens": map[string]string{"admin": administrator(t, w.fresh)}}
	}
	return must(json.Marshal(world))(t)
}

func administrator(t *testing.T, box *sandbox.Sandbox) string {
	t.Helper()
	return strings.TrimSpace(string(must(os.ReadFile(filepath.Join(box.Dir(), "token")))(t)))
}

// must ends the test where there is an error.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func pointer[T any](v T) *T { return &v }
