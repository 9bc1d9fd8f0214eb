package control_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func (w *world) tryCreate(by control.By, req control.CreateRequest) result[lockstep.Environment] {
	w.Helper()
	return got(w.control.CreateEnvironment(w.Context(), by, "", req))
}

func TestCreateEnvironment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	refused(w, w.tryCreate(ana, control.CreateRequest{Name: "qas"}), lockstep.CodeNotFound, "apply a matrix first")
	w.setUp()
	before, version := w.newest(), w.apply(matrixText).Version
	dry := control.By{Actor: "ana", DryRun: true}
	if env := must(w, w.tryCreate(dry, control.CreateRequest{Name: "qas"})); env.Name != "qas" || w.newest() != before {
		t.Errorf("a dry run made %+v", env)
	}
	keyed := control.By{Actor: "ana", Key: "k"}
	env := must(w, w.tryCreate(keyed, control.CreateRequest{Name: "qas", Template: "preview"}))
	if env.Type != lockstep.TypePreview || env.Status != lockstep.EnvironmentInactive || env.HostID != host || env.Metadata.CreatedBy != "ana" {
		t.Errorf("made %+v", env)
	}
	if again := must(w, w.tryCreate(keyed, control.CreateRequest{Name: "qas", Template: "preview"})); again.ID != env.ID {
		t.Errorf("the same key made %+v", again)
	}
	refused(w, w.tryCreate(ana, control.CreateRequest{Name: "qas"}), lockstep.CodeConflict, "exists already")
	refused(w, w.tryCreate(ana, control.CreateRequest{Name: "x"}), lockstep.CodeInvalid)
	text, now, err := w.control.ExportMatrix(t.Context(), "")
	if err != nil || now != version+1 || !strings.Contains(string(text), "qas:") {
		t.Errorf("version %d, %v:\n%s", now, err, text)
	}
	if planned := must(w, got(w.control.PlanMatrix(t.Context(), ana, "", text))); !planned.Plan.Empty() {
		t.Errorf("what was exported differs: %+v", planned.Plan)
	}
	if events := types(w.happened(before)); len(events) != 3 {
		t.Errorf("events %v", events)
	}
	w.deployed("qas", "1.0.0")
}

// What was scaled elsewhere since the last apply stays.
func TestMakingAnEnvironmentChangesNoOther(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	must(w, got(w.control.Scale(t.Context(), ana, "", "staging", control.ScaleRequest{Services: map[string]int{"backend": 4}})))
	w.work()
	cloned := must(w, got(w.control.CloneEnvironment(t.Context(), ana, "", "staging", control.CloneRequest{Name: "staging-2"})))
	if env := w.environment("staging"); env.Spec.ReplicasOf("backend") != 4 {
		t.Errorf("staging has %+v", env.Spec.Replicas)
	}
	config := must(w, got(w.control.Config(t.Context(), control.By{}, "", "staging-2", false)))
	if cloned.Environment.Type != lockstep.TypeCustom || cloned.Environment.ActiveID != "" || config.Version.Document.Services["backend"].Env["LOG_LEVEL"] != "debug" {
		t.Errorf("clone %+v with %+v", cloned, config)
	}
	updated := must(w, got(w.control.UpdateEnvironment(t.Context(), ana, "", "staging-2", map[string]any{"validation": "basic", "strategy": map[string]any{"recipe": "quick"}, "services": map[string]any{"backend": map[string]any{"replicas": 2.0}}})))
	if updated.Spec.Validation != lockstep.ValidationBasic || updated.Spec.ReplicasOf("backend") != 2 || w.environment("staging").Spec.ReplicasOf("backend") != 4 {
		t.Errorf("updated %+v", updated.Spec)
	}
	refused(w, got(w.control.UpdateEnvironment(t.Context(), ana, "", "staging-2", map[string]any{"validaton": "basic"})), lockstep.CodeInvalid, "validaton")
	refused(w, got(w.control.CloneEnvironment(t.Context(), ana, "", "nowhere", control.CloneRequest{Name: "other"})), lockstep.CodeNotFound)
}

func TestEnvironmentsMadeAtOnceAreAllThere(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.setUp()
		for _, r := range atOnce(8, func(i int) result[lockstep.Environment] {
			return w.tryCreate(ana, control.CreateRequest{Name: fmt.Sprintf("made-%d", i%4)})
		}) {
			if r.err != nil {
				refused(w, r, lockstep.CodeConflict, "exists already")
			}
		}
		text, _, err := w.control.ExportMatrix(w.Context(), "")
		if err != nil {
			w.Fatal(err)
		}
		for i := range 4 {
			if name := fmt.Sprintf("made-%d", i); !strings.Contains(string(text), name+":") || w.environment(name).ID == "" {
				w.Errorf("%s is lost:\n%s", name, text)
			}
		}
	})
}
