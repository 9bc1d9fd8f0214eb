package engine_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/store"
)

const secretValue = "hunter2 {{port}} ünïcode"

// safe opens what it has, and counts how often it is asked for each value.
type safe struct {
	mu     sync.Mutex
	values map[lockstep.SecretRef]string
	asked  map[lockstep.SecretRef]int
}

func (s *safe) options(o *engine.Options) {
	o.Secrets = func(_ context.Context, refs []lockstep.SecretRef) (map[lockstep.SecretRef]lockstep.Sensitive, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		out := map[lockstep.SecretRef]lockstep.Sensitive{}
		for _, ref := range refs {
			s.asked[ref]++
			value, ok := s.values[ref]
			if !ok {
				return nil, lockstep.Errorf(lockstep.CodeConflict, "secret %s version %d was revoked", ref.Key, ref.Version)
			}
			out[ref] = lockstep.Conceal(value)
		}
		return out, nil
	}
}

var dbPassword = lockstep.SecretRef{ID: "s1", Key: "DB_PASSWORD", Version: 3}

func newSafe() *safe {
	return &safe{values: map[lockstep.SecretRef]string{dbPassword: secretValue}, asked: map[lockstep.SecretRef]int{}}
}

// secretWorld has release 2.0.0 with a secret in two services.
func secretWorld(t *testing.T, options store.Options) *world {
	w := newWorld(t, options)
	w.environment("shop", nil)
	w.serving("shop", w.revision("shop", "1.0.0", service("backend", "/api")))
	url := lockstep.SecretText{{Text: "postgres://app:"}, {Secret: &dbPassword}, {Text: "@db/{{environment}}"}}
	backend, worker := service("backend", "/api"), service("worker", "")
	backend.SecretEnv = map[string]lockstep.SecretText{"DATABASE_URL": url, "DB_PASSWORD": {{Secret: &dbPassword}}}
	worker.SecretEnv = map[string]lockstep.SecretText{"DB_PASSWORD": {{Secret: &dbPassword}}}
	backend.FileEnv = []string{"DATABASE_URL", "DB_PASSWORD"}
	w.revision("shop", "2.0.0", backend, worker)
	return w
}

func TestInstancesGetTheirSecrets(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := secretWorld(t, options)
		defer w.close()
		s := newSafe()
		_, stop := w.start("one", s.options)
		defer stop()
		op := w.finished(w.deploy("shop", "2.0.0"))
		if op.Status != lockstep.StatusCompleted {
			t.Fatal(journal(op))
		}
		var revision lockstep.Revision
		w.view(func(tx *store.Tx) (err error) { revision, err = tx.Revision("shop.2.0.0"); return err })
		groups, err := revision.Content.Groups()
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			prepared, ok := w.fake.Prepared("shop")[g.ID]
			if !ok || len(prepared.Spec.SecretEnv) != len(g.Spec.SecretEnv) {
				t.Fatalf("group %s came as %+v", g.ID, prepared.Spec.SecretEnv)
			}
			for name, text := range prepared.Spec.SecretEnv {
				got, err := text.Join(strings.NewReplacer("{{environment}}", "shop", "{{port}}", "1").Replace)
				if want := map[string]string{"DATABASE_URL": "postgres://app:" + secretValue + "@db/shop", "DB_PASSWORD": secretValue}[name]; err != nil || got != want {
					t.Errorf("%s of %s is %q, %v; want %q", name, g.ID, got, err, want)
				}
			}
		}
		if s.asked[dbPassword] != 1 {
			t.Errorf("the value was opened %d times", s.asked[dbPassword])
		}
		w.nothingShows(op, "hunter2")
	})
}

// nothingShows searches all that the store has of an operation.
func (w *world) nothingShows(op lockstep.Operation, value string) {
	w.t.Helper()
	var outputs []lockstep.StepOutput
	w.view(func(tx *store.Tx) (err error) { outputs, err = tx.StepOutputs(op.ID); return err })
	events, err := w.store.Events(w.t.Context(), 0, lockstep.EventFilter{}, 10_000)
	if err != nil {
		w.t.Fatal(err)
	}
	var d any
	if op.Kind == lockstep.OperationDeploy {
		d = w.deployment(op.ID)
	}
	for what, v := range map[string]any{"operation": op, "outputs": outputs, "events": events, "deployment": d} {
		text, err := json.Marshal(v)
		if err != nil {
			w.t.Fatal(err)
		}
		if strings.Contains(string(text), value) {
			at := strings.Index(string(text), value)
			w.t.Errorf("%s shows the value: …%s…", what, text[max(0, at-80):min(len(text), at+80)])
		}
	}
}

func TestSecretThatCannotBeOpenedFailsBeforeAnythingStarts(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := secretWorld(t, options)
		defer w.close()
		s := newSafe()
		s.values = nil
		_, stop := w.start("one", s.options)
		defer stop()
		before := len(w.fake.Effects())
		op := w.finished(w.deploy("shop", "2.0.0"))
		if op.Status != lockstep.StatusRolledBack || op.Error == nil || !strings.Contains(op.Error.Message, "DB_PASSWORD version 3 was revoked") {
			t.Fatalf("%s %+v\n%s", op.Status, op.Error, journal(op))
		}
		for _, e := range w.fake.Effects()[before:] {
			if e.Name == "start" || e.Name == "prepare" {
				t.Errorf("although a secret is gone: %s", e)
			}
		}
	})
}

func TestServerWithoutKeysSaysSo(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := secretWorld(t, options)
		defer w.close()
		_, stop := w.start("one")
		defer stop()
		op := w.finished(w.deploy("shop", "2.0.0"))
		if op.Error == nil || op.Error.Code != lockstep.CodeUnsupported {
			t.Errorf("%+v", op.Error)
		}
	})
}

func TestHooksGetTheirSecretsAndDoNotShowThem(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := secretWorld(t, options)
		defer w.close()
		s := newSafe()
		s.values[dbPassword] = "hunter2-first\nhunter2-second"
		w.hooks("shop",
			lockstep.Hook{
				Name: "migrate", Stage: lockstep.HookPreDeployment, Service: "backend", Env: map[string]string{"DATABASE_URL": "none"},
				Run: []string{"log with {{secret DB_PASSWORD}}.", "result TOKEN={{secret DB_PASSWORD}}"},
			},
			lockstep.Hook{Name: "fails", Stage: lockstep.HookPreDeployment, Service: "worker", Run: []string{"log {{secret DB_PASSWORD}}", "exit 3"}},
		)
		_, stop := w.start("one", s.options)
		defer stop()
		op := w.finished(w.deploy("shop", "2.0.0"))
		jobs := w.fake.Jobs()
		if len(jobs) < 2 {
			t.Fatalf("jobs %+v\n%s", jobs, journal(op))
		}
		first, err := jobs[0].Secrets["DB_PASSWORD"].Join(nil)
		if files := []string{"DB_PASSWORD"}; !slices.Equal(jobs[0].Files, files) {
			t.Errorf("the hook gets %v as files, want %v", jobs[0].Files, files)
		}
		if err != nil || first != "hunter2-first\nhunter2-second" || len(jobs[0].Secrets) != 1 || jobs[0].Env["DATABASE_URL"] != "none" {
			t.Errorf("the hook gets %d secrets (%v), DATABASE_URL=%s", len(jobs[0].Secrets), err, jobs[0].Env["DATABASE_URL"])
		}
		if !slices.ContainsFunc(op.Steps, func(s lockstep.Step) bool { return strings.Contains(s.Output, "with "+lockstep.Redacted) }) {
			t.Errorf("what the hook wrote is not there:\n%s", journal(op))
		}
		w.nothingShows(op, "hunter2")
	})
}
