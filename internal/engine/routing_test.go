package engine_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/runtime"
)

func TestTheRoutingIsWhole(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.environment("production", func(e *lockstep.Environment) {
			e.Type, e.Spec.Domains, e.Spec.Validation = lockstep.TypeProduction, []string{"Shop.Example.com"}, lockstep.ValidationBasic
		})
		one := w.revision("production", "v1", service("api", "/api"), service("worker", ""))
		two := w.revision("production", "v2", service("api", "/api", "log new"), service("worker", ""))
		_, stop := w.start("one", func(o *engine.Options) { o.Poll, o.TTL = 20*time.Second, time.Minute })
		defer stop()
		w.finished(w.deploy("production", "v1"))
		w.finished(w.deploy("production", "v2"))
		got, err := w.fake.Get(t.Context(), "production")
		if err != nil {
			t.Fatal(err)
		}
		routes := func(r lockstep.Revision) lockstep.RevisionRoutes {
			groups, err := r.Content.Groups()
			if err != nil {
				t.Fatal(err)
			}
			return lockstep.RevisionRoutes{
				Revision: r.ID, Hash: lockstep.ShortHash(r.Hash), Release: r.Content.Release,
				Services: []lockstep.ServiceRoute{{Service: "api", Group: groups[0].ID, Prefixes: []string{"/api"}}},
			}
		}
		want := lockstep.Routing{
			Project: "sunday", Environment: "production", Domains: []string{"shop.example.com"}, Live: true, LiveEpoch: 1,
			Revisions: []lockstep.RevisionRoutes{routes(one), routes(two)}, // v1 is warm
			Splits:    []lockstep.Split{{Revision: two.ID, Weight: 100}},
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("routing\n%+v\nwant\n%+v", got, want)
		}
		time.Sleep(lockstep.DefaultWarmFor + time.Minute) // v1 is retired
		if got, err = w.fake.Get(t.Context(), "production"); err != nil || len(got.Revisions) != 1 || !got.Live {
			t.Errorf("routing after v1 was retired: %+v, %v", got, err)
		}
	})
}

// TestTheLiveAddressIsGivenBack: an environment that serves and is not the
// current one, in a project without one.
func TestTheLiveAddressIsGivenBack(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.environment("production", func(e *lockstep.Environment) {
			e.Type, e.Status, e.Spec.Validation = lockstep.TypeProduction, lockstep.EnvironmentActive, lockstep.ValidationComprehensive
		})
		w.serving("production", w.revision("production", "v1", service("app", "/")))
		w.revision("production", "bad", service("app", "/", "errors 50%"))
		w.revision("production", "good", service("app", "/", "log good"))
		w.fake.Load("production", 100)
		_, stop := w.start("one")
		defer stop()
		var seen []string
		for _, version := range []string{"bad", "good"} {
			id := w.deploy("production", version)
			for _, step := range []string{"validate-green-environment", "deployment-validation"} {
				w.until(id, stepStarted(step))
				seen = append(seen, w.routed("production"))
			}
			w.finished(id)
			seen = append(seen, w.routed("production"))
		}
		want := []string{
			"production.v1", "production.bad, live", "production.v1",
			"production.v1", "production.good, live", "production.good, live",
		}
		if !slices.Equal(seen, want) {
			t.Errorf("requests went to %q, want %q", seen, want)
		}
	})
}

func TestAFenceThatTheStoreDoesNotKnowFailsTheOperation(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		call := runtime.Call{Environment: "staging", Fence: 1 << 40, Key: "another server's"}
		if err := w.fake.Prepare(t.Context(), call, runtime.Place{}, nil); err != nil {
			t.Fatal(err)
		}
		_, stop := w.start("one")
		defer stop()
		op := w.finished(w.deploy("staging", "quick"))
		wantStatus(t, op, lockstep.StatusFailed)
		if op.Error == nil || op.Error.Code != lockstep.CodeFenced {
			t.Errorf("error %+v", op.Error)
		}
		wantStep(t, op, "prepare-green-environment", 1)
	})
}

func TestAStopRefusesWhatGetsRequests(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.environment("other", func(e *lockstep.Environment) {
			var none lockstep.Duration
			e.Status, e.Spec.Validation, e.Spec.Strategy.WarmFor = lockstep.EnvironmentActive, lockstep.ValidationBasic, &none
		})
		w.serving("other", w.revision("other", "v1", service("app", "/")))
		w.revision("other", "v2", service("app", "/", "log new"))
		before, err := w.fake.Get(t.Context(), "other")
		if err != nil {
			t.Fatal(err)
		}
		id := w.deploy("other", "v2")
		_, stop := w.start("one", func(o *engine.Options) {
			o.Failpoint = func(name string) {
				if name == "after:commit:started:stop" { // somebody leads requests back
					if err := w.fake.Set(t.Context(), runtime.Call{Environment: "other", Fence: w.operation(id).Fence}, before); err != nil {
						t.Error(err)
					}
				}
			}
		})
		defer stop()
		op := w.finished(id)
		if op.Error == nil || op.Error.Code != lockstep.CodeConflict || !strings.Contains(op.Error.Message, "gets requests and is not stopped") {
			t.Errorf("error %+v", op.Error)
		}
		if w.fake.Starts("other")["app-ef038cbbfe26-0"] != 1 || w.routed("other") != "other.v1" {
			t.Errorf("started %v, requests go to %s", w.fake.Starts("other"), w.routed("other"))
		}
	})
}
