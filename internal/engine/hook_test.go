package engine_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// hookWorld is one in which release 2.0.0 is about to follow 1.0.0.
func hookWorld(t *testing.T, options store.Options) *world {
	w := newWorld(t, options)
	w.environment("shop", nil)
	spec := service("backend", "/api")
	spec.Env = map[string]string{"DATABASE": "db:5432", "MODE": "serve"}
	w.serving("shop", w.revision("shop", "1.0.0", spec))
	spec.Artifact, spec.User = "sha256:backend", "shop"
	w.revision("shop", "2.0.0", service("auth", "/auth"), spec)
	w.revision("shop", "2.0.0+7", service("auth", "/auth"), spec)
	return w
}

func TestAHookKnowsWhatItIsFor(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := hookWorld(t, options)
		defer w.close()
		w.hooks("shop", lockstep.Hook{
			Name: "migrate", Stage: lockstep.HookPreDeployment, Run: []string{"log to {{version}}"},
			Env: map[string]string{"MODE": "migrate", "TO": "{{version}}"},
		})
		_, stop := w.start("one")
		defer stop()
		op := w.finished(w.deploy("shop", "2.0.0"))
		jobs := w.fake.Jobs()
		if op.Status != lockstep.StatusCompleted || len(jobs) != 1 {
			t.Fatalf("jobs %+v\n%s", jobs, journal(op))
		}
		var revision lockstep.Revision
		w.view(func(tx *store.Tx) (err error) { revision, err = tx.Revision("shop.2.0.0"); return err })
		want := map[string]string{
			"DATABASE": "db:5432", "MODE": "migrate", "TO": "2.0.0",
			"LOCKSTEP_PROJECT": "sunday", "LOCKSTEP_ENVIRONMENT": "shop", "LOCKSTEP_RELEASE": "2.0.0",
			"LOCKSTEP_REVISION": lockstep.ShortHash(revision.Hash), "LOCKSTEP_PREVIOUS_RELEASE": "1.0.0",
			"LOCKSTEP_OPERATION": op.ID, "LOCKSTEP_STEP_KEY": op.ID + "/2-pre-hook-migrate", "LOCKSTEP_HOOK": "migrate",
		}
		job := jobs[0]
		if !maps.Equal(job.Env, want) {
			t.Errorf("variables %v\nwant %v", job.Env, want)
		}
		if job.Artifact != "sha256:backend" || job.User != "shop" || job.Command[0] != "log to 2.0.0" || job.Timeout != lockstep.DefaultHookTimeout {
			t.Errorf("job %+v", job)
		}
	})
}

// A command that is not there is not looked for again, and the message says
// where it was looked for.
func TestAHookThatCannotBeginSaysWhere(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := hookWorld(t, options)
		defer w.close()
		w.hooks("shop", lockstep.Hook{Name: "migrate", Stage: lockstep.HookPreDeployment, Run: []string{"./migrat"}, Required: true, Retries: 5})
		_, stop := w.start("one")
		defer stop()
		op := w.finished(w.deploy("shop", "2.0.0"))
		if op.Status != lockstep.StatusRolledBack || !strings.Contains(op.Error.Message, `pre-deployment hook migrate failed: job: fake: cannot read "./migrat"`) ||
			!strings.Contains(op.Error.Message, "in the files of service backend") || strings.Contains(op.Error.Message, "tries") {
			t.Error(journal(op))
		}
	})
}

// What a hook leaves is there for those after it, and for nobody else; a
// request has its placeholders filled in, and the step's key.
func TestHooksHaveTheResultsOfEarlierOnes(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := hookWorld(t, options)
		defer w.close()
		w.hooks("shop",
			lockstep.Hook{Name: "count-rows", Stage: lockstep.HookPreDeployment, Run: []string{"result ROWS=12", "result URL=a=b", "log counted"}},
			lockstep.Hook{Name: "check", Stage: lockstep.HookPreDeployment, Run: []string{"log checked"}},
			lockstep.Hook{Name: "tell", Stage: lockstep.HookPostDeployment, HTTP: &lockstep.HTTPHook{
				URL: "https://{{environment}}.example.com/{{version}}?from={{previous}}", Headers: map[string]string{"X-Of": "{{project}} {{hook}}"},
				Body: "log {{revision}} {{step}} {{operation}}",
			}},
		)
		_, stop := w.start("one")
		defer stop()
		op := w.finished(w.deploy("shop", "2.0.0+7"))
		jobs := w.fake.Jobs()
		if op.Status != lockstep.StatusCompleted || len(jobs) != 3 {
			t.Fatalf("jobs %+v\n%s", jobs, journal(op))
		}
		if env := jobs[1].Env; env["LOCKSTEP_RESULT_COUNT_ROWS_ROWS"] != "12" || env["LOCKSTEP_RESULT_COUNT_ROWS_URL"] != "a=b" {
			t.Errorf("the second hook gets %v", env)
		}
		for name := range jobs[0].Env {
			if strings.HasPrefix(name, "LOCKSTEP_RESULT") {
				t.Errorf("the first hook gets %s", name)
			}
		}
		if s := op.Steps[1]; s.Output != "result ROWS=12 ended with status 0\nresults: ROWS=12, URL=a=b\ncounted" || s.Results["ROWS"] != "12" {
			t.Errorf("the step says %q, %v", s.Output, s.Results)
		}
		var revision lockstep.Revision
		w.view(func(tx *store.Tx) (err error) { revision, err = tx.Revision("shop.2.0.0+7"); return err })
		key := op.ID + "/11-post-hook-tell"
		want := lockstep.HTTPHook{
			URL: "https://shop.example.com/2.0.0%2B7?from=1.0.0", Headers: map[string]string{"X-Of": "sunday tell"},
			Body: "log " + lockstep.ShortHash(revision.Hash) + " " + key + " " + op.ID,
		}
		if got := jobs[2].HTTP; got == nil || !reflect.DeepEqual(got.HTTPHook, want) || got.IdempotencyKey != key {
			t.Errorf("sent %+v, want %+v", got, want)
		}
		var outputs []lockstep.StepOutput
		w.view(func(tx *store.Tx) (err error) { outputs, err = tx.StepOutputs(op.ID); return err })
		if len(outputs) != 3 || outputs[0].Text != "counted\n" || outputs[2].Step != "post-hook-tell" {
			t.Errorf("kept %+v", outputs)
		}
	})
}

type jobless struct{ runtime.Runtime }

func TestARuntimeWithoutJobsHasNoHooks(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := hookWorld(t, options)
		defer w.close()
		w.hooks("shop", lockstep.Hook{Name: "announce", Stage: lockstep.HookPreDeployment, Run: []string{"log"}})
		_, stop := w.start("one", func(o *engine.Options) {
			o.Runtime = func(lockstep.Environment) (runtime.Runtime, traffic.Router, error) {
				return jobless{w.fake}, w.fake, nil
			}
		})
		defer stop()
		op := w.finished(w.deploy("shop", "2.0.0"))
		if op.Status != lockstep.StatusRolledBack || op.Error.Code != lockstep.CodeUnsupported || !strings.Contains(op.Error.Message, "remove them from environments.shop.hooks") {
			t.Error(journal(op))
		}
	})
}
