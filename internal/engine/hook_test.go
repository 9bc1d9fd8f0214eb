package engine_test

import (
	"maps"
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
