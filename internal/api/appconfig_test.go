package api_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// wire is a network that can be cut.
type wire struct{ cut atomic.Bool }

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.cut.Load() {
		return nil, errors.New("the cable is out")
	}
	return http.DefaultTransport.RoundTrip(r)
}

// app is one that reads the backend's configuration of staging.
type app struct {
	*world
	wire
	dir     string
	changed chan client.AppState
	trouble chan error
}

func newApp(t *testing.T) *app {
	t.Helper()
	w := applied(t)
	w.follow()
	w.setVariables(`{"COLOUR": "red", "PASSWORD": {"value": "hunter2", "sensitive": true}}`)
	return &app{world: w, dir: t.TempDir(), changed: make(chan client.AppState, 100), trouble: make(chan error, 1000)}
}

func (a *app) file() string { return filepath.Join(a.dir, "config") }

func (a *app) open(change ...func(*client.AppOptions)) (*client.AppConfig, error) {
	a.Helper()
	c, err := client.New(client.Options{Server: a.base, Token: token, HTTP: &http.Client{Transport: &a.wire}})
	if err != nil {
		a.Fatal(err)
	}
	o := client.AppOptions{
		Client: c, Environment: "staging", Service: "backend", Reveal: true, FallbackFile: a.file(), Patience: 20 * time.Second,
		Changed: func(_, after client.AppState) { a.changed <- after },
		Trouble: func(err error) {
			select {
			case a.trouble <- err:
			default:
			}
		},
	}
	for _, f := range change {
		f(&o)
	}
	return client.OpenAppConfig(a.Context(), o)
}

func (a *app) opened() *client.AppConfig {
	a.Helper()
	config, err := a.open()
	if err != nil {
		a.Fatal(err)
	}
	return config
}

func (a *app) watch(config *client.AppConfig) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); config.Watch(ctx) }()
	a.Cleanup(func() { cancel(); <-done })
}

func next[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		var none T
		return none
	}
}

func wantValue(t *testing.T, config *client.AppConfig, key, want string) {
	t.Helper()
	if got, _ := config.Get(key); got != want {
		t.Errorf("%s is %q, want %q", key, got, want)
	}
}

func TestAppConfigIsKeptFresh(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	config := a.opened()
	wantValue(t, config, "PASSWORD", "hunter2")
	a.watch(config)
	a.setVariables(`{"COLOUR": "green"}`)
	if after := next(t, a.changed); after.Env["COLOUR"] != "green" || after.Fallback || after.Config != 3 {
		t.Errorf("%+v", after)
	}
	wantValue(t, config, "COLOUR", "green")
	// Another service's is not told of, although it is another configuration.
	a.setVariables(`{"frontend/ELSE": "1"}`)
	a.setVariables(`{"COLOUR": "blue"}`)
	if after := next(t, a.changed); after.Env["COLOUR"] != "blue" {
		t.Errorf("%+v", after)
	}
}

func TestAppConfigFallsBackAndComesBack(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	before := a.opened().State()
	a.wire.cut.Store(true)
	config := a.opened()
	s := config.State()
	if !s.Fallback || s.ETag != before.ETag || !s.ReadAt.Equal(before.ReadAt) || s.Age(before.ReadAt.Add(time.Hour)) != time.Hour || s.Config != 2 {
		t.Errorf("%+v, want %+v", s, before)
	}
	wantValue(t, config, "PASSWORD", "hunter2")
	wantValue(t, config, "COLOUR", "red")
	if err := next(t, a.trouble); !strings.Contains(err.Error(), "the cable is out") {
		t.Errorf("trouble: %v", err)
	}
	a.setVariables(`{"COLOUR": "green"}`)
	a.watch(config)
	if err := next(t, a.trouble); err == nil { // it tries
		t.Error("there is trouble without an error")
	}
	a.wire.cut.Store(false)
	if after := next(t, a.changed); after.Fallback || after.Env["COLOUR"] != "green" {
		t.Errorf("%+v", after)
	}
	// What changed stands in the copy, too.
	a.wire.cut.Store(true)
	wantValue(t, a.opened(), "COLOUR", "green")
}

func TestAppConfigTakesTheServersWord(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.opened()
	_, err := a.open(func(o *client.AppOptions) { o.Service = "backed" })
	if lockstep.CodeOf(err) != lockstep.CodeNotFound {
		t.Errorf("a service that does not exist: %v", err)
	}
}

func TestAppConfigCopyIsPrivate(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.opened()
	for _, file := range []string{a.file(), a.file() + ".key"} {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", file, info.Mode().Perm())
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("hunter2")) || bytes.Contains(raw, []byte("COLOUR")) {
			t.Errorf("%s can be read", file)
		}
	}
	if err := os.Chmod(a.file()+".key", 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := a.open(); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others can read: %v", err)
	}
}

// TestAppConfigCopyIsWholeOrNone cuts a copy off at each byte and changes each.
func TestAppConfigCopyIsWholeOrNone(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.opened()
	whole, err := os.ReadFile(a.file())
	if err != nil {
		t.Fatal(err)
	}
	a.wire.cut.Store(true)
	try := func(what string, i int, content []byte) {
		t.Helper()
		if err := os.WriteFile(a.file(), content, 0o600); err != nil {
			t.Fatal(err)
		}
		config, err := a.open()
		if err == nil {
			t.Fatalf("%s at byte %d is taken: %+v", what, i, config.State())
		}
		if text := err.Error(); lockstep.CodeOf(err) != lockstep.CodeUnavailable || !strings.Contains(text, "the copy of the configuration cannot be used") || strings.Contains(text, "hunter2") {
			t.Fatalf("%s at byte %d: %v", what, i, err)
		}
	}
	for i := range whole {
		try("cut off", i, whole[:i])
		changed := bytes.Clone(whole)
		changed[i] ^= 1
		try("changed", i, changed)
	}
	if err := os.WriteFile(a.file(), whole, 0o600); err != nil {
		t.Fatal(err)
	}
	wantValue(t, a.opened(), "PASSWORD", "hunter2")
}

func TestAppConfigCopyOfAnother(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.opened()
	a.wire.cut.Store(true)
	for name, c := range map[string]struct {
		change func(*client.AppOptions)
		want   string
	}{
		"environment": {func(o *client.AppOptions) { o.Environment = "production" }, `its environment is "staging", not "production"`},
		"service":     {func(o *client.AppOptions) { o.Service = "frontend" }, `its service is "backend", not "frontend"`},
		"version":     {func(o *client.AppOptions) { o.Version = "latest" }, `its version is "", not "latest"`},
		"secrets":     {func(o *client.AppOptions) { o.Reveal = false }, `its secrets is "true", not "false"`},
		"project":     {func(o *client.AppOptions) { o.Client = o.Client.WithProject("other") }, `its project is "", not "other"`},
		"key":         {func(o *client.AppOptions) { o.FallbackKey = filepath.Join(a.dir, "new.key") }, "sealed with another key"},
		"none":        {func(o *client.AppOptions) { o.FallbackFile = filepath.Join(a.dir, "none") }, "there is none yet"},
	} {
		if _, err := a.open(c.change); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
