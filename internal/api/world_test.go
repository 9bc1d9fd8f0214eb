package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/api"
	"github.com/lockstep-dev/lockstep/internal/blob"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/secret"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/template"
)

const (
	host  = "host-1"
	token = "s3cret-of-ana"

	matrixText = `
project: sunday
services:
  backend: {command: [./backend], routes: [/api]}
  frontend: {command: [./frontend], dependsOn: [backend]}
recipes:
  careful: {steps: [start: new, hook: {name: smoke, run: [./smoke]}, approve, shift_traffic: 100, pause: 10m]}
environments:
  staging: {strategy: {recipe: careful}, approvals: {required: true, for: [switch]}}
  production:
    alerts: [{name: unwell, when: health.score < 90}]
deployment_strategies:
  staging: {primary: recreate, alternatives: [blue_green, custom]}
  production: {primary: blue_green, approval_required: true}
`
)

// administrators are who may do everything.
var administrators = map[string]lockstep.TokenHash{"ana": lockstep.HashToken(token), "bo": lockstep.HashToken("token-of-bo")}

// world is a server on loopback over a real store, without an engine: a
// worker's part is played by work.
type world struct {
	testing.TB
	store   *store.Store
	control *control.Control
	handler *api.Handler
	server  *http.Server
	base    string
	log     *lines
	client  *http.Client
	served  chan error
	says    *contract
	sees    *observer
	meter   *meter
	keys    *secret.Keyring
}

func newWorld(tb testing.TB, change ...func(*api.Options)) *world {
	tb.Helper()
	return newWorldIn(tb, store.Options{DataDir: tb.TempDir(), EventRetention: store.EventRetention{Count: 50}}, change...)
}

func newWorldIn(tb testing.TB, options store.Options, change ...func(*api.Options)) *world {
	tb.Helper()
	s, err := store.Open(tb.Context(), options)
	if err != nil {
		tb.Fatal(err)
	}
	blobs, err := blob.Open(tb.TempDir(), blob.Options{Max: 1 << 20})
	if err != nil {
		tb.Fatal(err)
	}
	w := &world{TB: tb, store: s, meter: &meter{grew: make(chan struct{})}, log: &lines{}, client: &http.Client{Transport: &http.Transport{}}, served: make(chan error, 1), sees: &observer{store: s}}
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	wrapper, err := secret.OpenWrapper(tb.Context(), filepath.Join(tb.TempDir(), "secret.key"))
	if err != nil {
		tb.Fatal(err)
	}
	keys := secret.New(secret.Options{Store: s, Wrapper: wrapper, Holder: host})
	w.keys = keys
	opts := api.Options{
		Control: control.New(control.Options{Store: control.Adapt(s), Host: host, Meter: w.meter, Blobs: control.BlobsOf(blobs), Observer: w.sees, Administrators: administrators, Vault: keys, Keys: keys, Renderer: template.NewRenderer([]string{os.Args[0], template.WorkerName}, template.Limits{}), Logger: log}),
		Names:   []string{"lockstep.example.com"},
		Info:    func(context.Context) (api.Info, error) { return api.Info{Database: s.Database(), HostID: host}, nil },
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "up 1\n") }),
		Version: "1.2.3",
		Logger:  log,
	}
	for _, f := range change {
		f(&opts)
	}
	w.control = opts.Control
	w.handler = api.New(opts)
	w.says = newContract(tb, w.handler)
	w.server = api.NewServer(w.handler, log)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	w.base = "http://" + listener.Addr().String()
	go func() { w.served <- w.server.Serve(listener) }()
	tb.Cleanup(func() {
		w.client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := w.server.Shutdown(ctx); err != nil {
			tb.Errorf("shutdown: %v", err)
		}
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return w
}

// applied is a world with the matrix and release 1.0.0.
func applied(tb testing.TB) *world {
	tb.Helper()
	w := newWorld(tb)
	w.setUp()
	return w
}

func (w *world) setUp() {
	w.Helper()
	w.do(http.MethodPut, "/api/system/matrix", matrixText, head{"If-Match": "*"}).is(200)
	w.do(http.MethodPost, "/api/system/releases", `{"version":"1.0.0"}`).is(201)
}

type head map[string]string

// reply is an answer, read whole.
type reply struct {
	*world
	asked  string
	status int
	header http.Header
	body   []byte
}

func (w *world) request(method, path, body string, headers ...head) *http.Request {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, w.base+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if strings.HasPrefix(body, "{") {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		for k, v := range h {
			switch {
			case k == "Host":
				req.Host = v
			case v == "":
				req.Header.Del(k)
			default:
				req.Header.Set(k, v)
			}
		}
	}
	return req
}

func (w *world) do(method, path, body string, headers ...head) reply {
	w.Helper()
	return w.send(w.request(method, path, body, headers...))
}

func (w *world) get(path string) reply { w.Helper(); return w.do(http.MethodGet, path, "") }

func (w *world) send(req *http.Request) reply {
	w.Helper()
	resp, err := w.client.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatal(err)
	}
	w.says.check(w, req.Method, req.URL.Path, resp.StatusCode, resp.Header, body)
	return reply{w, req.Method + " " + req.URL.Path, resp.StatusCode, resp.Header, body}
}

func (r reply) is(status int) reply {
	r.Helper()
	if r.status != status {
		r.Fatalf("%s answered %d, want %d: %s", r.asked, r.status, status, r.body)
	}
	return r
}

// problem checks that the answer is a problem with a code, and that its
// detail or its problems hold each of the words.
func (r reply) problem(status int, code lockstep.Code, words ...string) api.ProblemDetails {
	r.Helper()
	r.is(status)
	p := decode[api.ProblemDetails](r)
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		r.Errorf("%s: content type %s", r.asked, got)
	}
	if p.Code != code || p.Status != status || p.Title == "" || p.Type != "about:blank" {
		r.Errorf("%s: %s", r.asked, r.body)
	}
	for _, word := range words {
		if !strings.Contains(string(r.body), word) {
			r.Errorf("%s: %s does not say %q", r.asked, r.body, word)
		}
	}
	return p
}

func decode[T any](r reply) T {
	r.Helper()
	var v T
	if err := json.Unmarshal(r.body, &v); err != nil {
		r.Fatalf("%s: %v: %s", r.asked, err, r.body)
	}
	return v
}

func (w *world) deploy(environment, body string) lockstep.Deployment {
	w.Helper()
	return decode[lockstep.Deployment](w.do(http.MethodPost, "/api/system/environments/"+environment+"/deploy", body).is(202))
}

// work carries the next operation out, as the engine would.
func (w *world) work() string {
	w.Helper()
	c, err := w.store.Claim(w.Context(), "worker", host, time.Hour)
	if err != nil || c == nil {
		w.Fatalf("claim: %v, %v", c, err)
	}
	out := lockstep.Outcome{Status: lockstep.StatusCompleted}
	out.EnvironmentStatus = map[lockstep.OperationKind]lockstep.EnvironmentStatus{
		lockstep.OperationDeploy: lockstep.EnvironmentActive, lockstep.OperationStart: lockstep.EnvironmentActive,
		lockstep.OperationStop:          lockstep.EnvironmentInactive,
		lockstep.OperationMaintenanceOn: lockstep.EnvironmentMaintenance, lockstep.OperationMaintenanceOff: lockstep.EnvironmentActive,
	}[c.Operation.Kind]
	ended := lockstep.Event{
		At: time.Now(), Type: lockstep.EventOperationFinished, ProjectID: c.Operation.ProjectID,
		EnvironmentID: c.Operation.EnvironmentID, OperationID: c.Operation.ID, Data: map[string]any{"status": "completed"},
	}
	for _, r := range []lockstep.Record{{Plan: &lockstep.Plan{}, Phase: lockstep.PhaseForward}, {Outcome: &out, Events: []lockstep.Event{ended}}} {
		if c.Operation.Kind == lockstep.OperationSync && r.Outcome != nil {
			if _, err := w.control.CarryOutSync(w.Context(), c.Operation, c.Lease); err != nil {
				w.Fatal(err)
			}
		}
		if err := w.store.Record(w.Context(), c.Lease, r); err != nil {
			w.Fatal(err)
		}
	}
	return c.Operation.ID
}

// workAt is work with a step in the middle that waits for somebody's word.
func (w *world) workAt(kind lockstep.StepKind, say func(id string)) {
	w.Helper()
	c, err := w.store.Claim(w.Context(), "worker", host, time.Hour)
	if err != nil || c == nil {
		w.Fatalf("claim: %v, %v", c, err)
	}
	record := func(r lockstep.Record) {
		w.Helper()
		if err := w.store.Record(w.Context(), c.Lease, r); err != nil {
			w.Fatal(err)
		}
	}
	now := time.Now()
	step := lockstep.Step{Seq: 1, Name: "wait", Kind: kind, Do: lockstep.StepAction{Timeout: lockstep.Duration(time.Hour)}, Attempts: 1, StartedAt: &now}
	record(lockstep.Record{Phase: lockstep.PhaseForward, Plan: &lockstep.Plan{Steps: []lockstep.Step{step, {Name: "after", Kind: lockstep.StepPrepare}}}})
	for _, status := range []lockstep.StepStatus{lockstep.StepRunning, lockstep.StepCompleted} {
		step.Status = status
		record(lockstep.Record{Step: &step})
		if status == lockstep.StepRunning {
			say(c.Operation.ID)
		}
	}
	record(lockstep.Record{Outcome: &lockstep.Outcome{Status: lockstep.StatusCompleted, EnvironmentStatus: lockstep.EnvironmentActive}})
}

// lines collects a log.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text.Len() > 4<<20 { // a fuzzer's
		l.text.Reset()
	}
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func fill(path string, values map[string]string) string {
	for k, v := range values {
		path = strings.ReplaceAll(path, fmt.Sprintf("{%s}", k), v)
	}
	return path
}
