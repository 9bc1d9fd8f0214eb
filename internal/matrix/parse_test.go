package matrix_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

// rightFiles are all files that must be read without an error, by name.
func rightFiles(tb testing.TB) map[string][]byte {
	tb.Helper()
	paths := map[string]string{
		"seed":   "testdata/seed.yaml",
		"sunday": "../../examples/sunday/environment-matrix.yaml",
		"ja-cms": "../../examples/ja-cms/environment-matrix.yaml",
	}
	more, err := filepath.Glob("testdata/right/*.yaml")
	if err != nil || len(more) == 0 {
		tb.Fatalf("no files: %v", err)
	}
	for _, path := range more {
		paths[strings.TrimSuffix(filepath.Base(path), ".yaml")] = path
	}
	out := make(map[string][]byte, len(paths))
	for name, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		out[name] = src
	}
	return out
}

func parse(tb testing.TB, src string) matrix.Desired {
	tb.Helper()
	m, err := matrix.Parse([]byte(src), "matrix.yaml")
	if err != nil {
		tb.Fatalf("%s\nin\n%s", matrix.Told(err), src)
	}
	return m.Desired()
}

// TestRightFiles keeps what each file asks for, with every default in it.
func TestRightFiles(t *testing.T) {
	t.Parallel()
	for name, src := range rightFiles(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := json.MarshalIndent(parse(t, string(src)), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "right/"+name+".golden.json", append(got, '\n'))
		})
	}
}

// environmentOf is one environment of a matrix with a backend.
func environmentOf(t *testing.T, environment, rest string) matrix.DesiredEnvironment {
	t.Helper()
	src := "services: {backend: {command: [./b]}}\nenvironments:\n  production: " + environment + "\n" + rest
	return parse(t, src).Environments[0]
}

func TestStrategyPrecedence(t *testing.T) {
	t.Parallel()
	const blueGreen, rolling, canary, recreate = lockstep.StrategyBlueGreen, lockstep.StrategyRolling, lockstep.StrategyCanary, lockstep.StrategyRecreate
	type outcome struct {
		primary      lockstep.Strategy
		alternatives []lockstep.Strategy
		validation   lockstep.ValidationLevel
		approval     bool
	}
	for name, c := range map[string]struct {
		environment, strategies string
		want                    outcome
	}{
		"nothing is said": {
			"{}", "", outcome{blueGreen, []lockstep.Strategy{recreate}, "standard", false},
		},
		"only a primary: no alternatives by themselves": {
			"{strategy: {primary: rolling}}", "", outcome{rolling, nil, "standard", false},
		},
		"only alternatives": {
			"{strategy: {alternatives: [canary]}}", "", outcome{blueGreen, []lockstep.Strategy{canary}, "standard", false},
		},
		"only something else about the strategy": {
			"{strategy: {warmFor: 1m}}", "", outcome{blueGreen, []lockstep.Strategy{recreate}, "standard", false},
		},
		"deployment_strategies": {
			"{}", "{primary: rolling, alternatives: [canary], validation_required: basic, approval_required: true}",
			outcome{rolling, []lockstep.Strategy{canary}, "basic", true},
		},
		"the environment wins, key by key": {
			"{strategy: {primary: recreate}, approvals: {required: false}}",
			"{primary: rolling, alternatives: [canary, recreate], validation_required: comprehensive, approval_required: true}",
			outcome{recreate, []lockstep.Strategy{canary}, "comprehensive", false},
		},
		"an empty list takes the alternatives away": {
			"{strategy: {alternatives: []}, validation: basic}", "{primary: rolling, alternatives: [canary], validation_required: standard}",
			outcome{rolling, nil, "basic", false},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rest := ""
			if c.strategies != "" {
				rest = "deployment_strategies: {production: " + c.strategies + "}\n"
			}
			spec := environmentOf(t, c.environment, rest).Spec
			got := outcome{spec.Strategy.Primary, spec.Strategy.Alternatives, spec.Validation, spec.ApprovalRequired}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestWarmForZeroIsNotTheDefault(t *testing.T) {
	t.Parallel()
	if got := environmentOf(t, "{}", "").Spec.Strategy.WarmFor; got != nil {
		t.Errorf("nothing said: %v, want nil", got)
	}
	if got := environmentOf(t, "{strategy: {warmFor: 0}}", "").Spec.Strategy.WarmFor; got == nil || *got != 0 {
		t.Errorf("0 said: %v, want 0", got)
	}
}

func TestReplicasPrecedence(t *testing.T) {
	t.Parallel()
	d := parse(t, `
services:
  a: {command: [./a], replicas: 4}
  b: {command: [./b], routes: [], replicas: {default: 2, staging: 5}}
  c: {command: [./c], routes: [], replicas: {staging: 3}}
  d: {command: [./d], routes: []}
environments:
  production: {services: {a: {replicas: 0}}}
  staging: {services: {b: {replicas: 7}}}
  development:
`)
	want := []map[string]int{
		{"a": 0, "b": 2, "c": 1, "d": 1},
		{"a": 4, "b": 7, "c": 3, "d": 1},
		{"a": 4, "b": 2, "c": 1, "d": 1},
	}
	for i, e := range d.Environments {
		if !reflect.DeepEqual(e.Spec.Replicas, want[i]) {
			t.Errorf("%s: %v, want %v", e.Name, e.Spec.Replicas, want[i])
		}
	}
}

func TestPipelineDefault(t *testing.T) {
	t.Parallel()
	d := parse(t, `environments:
  production:
  preview:
  eu-production: {type: production}
  staging:
  quality: {type: testing}
  sandbox:
  development:
`)
	if got, want := fmt.Sprint(d.Pipeline), "[development quality staging production eu-production]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestOverlay: mappings are laid over the project's key by key, lists replace,
// and what nobody said stays unsaid.
func TestOverlay(t *testing.T) {
	t.Parallel()
	d := parse(t, `
services:
  backend:
    command: [./backend]
    env: {A: base, B: base}
    health: {path: /health, interval: 5s}
    resources: {cpu: 500m, memory: 256Mi}
environments:
  production:
    services:
      backend:
        env: {B: over, C: over}
        routes: []
        health: {startTimeout: 1m}
        resources: {memory: 1Gi}
        validate: []
  staging: {services: {backend: {health: {path: ""}}}}
  development:
`)
	got := d.Environments[0].Config.Services["backend"]
	want := lockstep.ServiceConfig{
		Defaults:  map[string]string{"A": "base", "B": "base"},
		Env:       map[string]string{"B": "over", "C": "over"},
		Routes:    []string{},
		Health:    &lockstep.HealthSpec{Path: "/health", Interval: lockstep.Duration(5 * time.Second), StartTimeout: lockstep.Duration(time.Minute)},
		Resources: &lockstep.Resources{CPU: "500m", Memory: "1Gi"},
		Validate:  []string{},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("production\n got %+v\nwant %+v", got, want)
	}
	if h := d.Environments[1].Config.Services["backend"].Health; h == nil || h.Path != "" || h.Interval == 0 {
		t.Errorf("an empty path does not take the path away: %+v", h)
	}
	bare := d.Environments[2].Config.Services["backend"]
	if want := (lockstep.ServiceConfig{Defaults: map[string]string{"A": "base", "B": "base"}}); !reflect.DeepEqual(bare, want) {
		t.Errorf("development\n got %+v\nwant %+v", bare, want)
	}
	if base := d.Services[0]; base.Env != nil || base.Artifact != "" {
		t.Errorf("the release's spec carries configuration: %+v", base)
	}
	production, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back lockstep.ServiceConfig
	if err := json.Unmarshal(production, &back); err != nil || back.Routes == nil || back.Validate == nil {
		t.Errorf("empty lists got lost on the way through JSON: %s (%v)", production, err)
	}
}

// TestAsWritten: texts keep the spelling that they have in the file.
func TestAsWritten(t *testing.T) {
	t.Parallel()
	d := parse(t, `
services:
  backend:
    command: [sleep, 010, 1.50, true]
    env: {A: 1.10, B: 0x1F, C: yes, D: "", E: 12:30, F: http://h:80/x, G: 2001-01-01}
environments:
  production:
    dependencies: {search: {version: 7.10}}
`)
	if got := fmt.Sprint(d.Services[0].Command); got != "[sleep 010 1.50 true]" {
		t.Errorf("command %s", got)
	}
	want := map[string]string{"A": "1.10", "B": "0x1F", "C": "yes", "D": "", "E": "12:30", "F": "http://h:80/x", "G": "2001-01-01"}
	if got := d.Environments[0].Config.Services["backend"].Defaults; !reflect.DeepEqual(got, want) {
		t.Errorf("env %v", got)
	}
	if got := d.Environments[0].Spec.Dependencies[0].Config["version"]; got != "7.10" {
		t.Errorf("version %v", got)
	}
}

func TestDependencies(t *testing.T) {
	t.Parallel()
	e := environmentOf(t, `{
    databases: {primary: {engine: postgresql, endpoint: "db:5432"}, cache: {engine: redis}, reports: {engine: mysql}},
    storage: {type: s3},
    dependencies: {queue: {endpoint: "amqp://app@mq:5672"}, search: {type: api, config: {nodes: 3}}, mail: }}`, "")
	want := []lockstep.DependencyRecord{
		{Name: "cache", Type: "cache", Config: map[string]any{"engine": "redis"}},
		{Name: "database", Type: "database", Endpoint: "db:5432", Config: map[string]any{"engine": "postgresql"}},
		{Name: "mail", Type: "custom"},
		{Name: "queue", Type: "queue", Endpoint: "amqp://app@mq:5672"},
		{Name: "reports", Type: "database", Config: map[string]any{"engine": "mysql"}},
		{Name: "search", Type: "api", Config: map[string]any{"nodes": int64(3)}},
		{Name: "storage", Type: "storage", Config: map[string]any{"type": "s3"}},
	}
	if got := e.Spec.Dependencies; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestPasswordIsNotShown: neither the message nor the excerpt of an endpoint
// with a password holds it.
func TestPasswordIsNotShown(t *testing.T) {
	t.Parallel()
	for _, src := range []string{
		"environments:\n  production:\n    databases:\n      primary:\n        endpoint: postgres://app:hunter2@db/x\n",
		"environments:\n  production:\n    databases:\n      primary:\n        endpoint:\n          postgres://app:hunter2@db/x\n",
		"environments: {production: {dependencies: {queue: {endpoint: 'app:hunter2@mq'}}}}\n",
		"environments: {production: {storage: {endpoint: \"https://:hunter2@s3\"}}}\n",
	} {
		_, err := matrix.Parse([]byte(src), "m.yaml")
		if err == nil {
			t.Errorf("it was read:\n%s", src)
		} else if told := matrix.Told(err); strings.Contains(told, "hunter2") || !strings.Contains(told, "password") {
			t.Error(told)
		}
	}
}
