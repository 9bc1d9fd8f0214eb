package control_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

const withArtifact = `
project: sunday
services:
  backend:
    artifact: ./dist/backend
    command: [./backend]
    env: {A: b}
environments:
  staging: {}
deployment_strategies:
  staging: {primary: recreate}
`

func (w *world) upload(content string) (digest string) {
	w.Helper()
	digest = lockstep.HashBytes([]byte(content))
	state := must(w, got(w.control.AppendBlob(w.Context(), digest, 0, int64(len(content)), bytes.NewReader([]byte(content)))))
	if !state.Complete {
		w.Fatalf("upload: %+v", state)
	}
	return digest
}

func TestAReleaseTakesItsServicesFromTheMatrix(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.apply(withArtifact)
	digest := w.upload("bytes")
	r := must(w, got(w.control.CreateRelease(t.Context(), ana, "", control.ReleaseRequest{
		Version: "1.0.0", Artifacts: map[string]string{"backend": digest}, Notes: "n", Source: lockstep.ReleaseSource{Commit: "abc"},
	})))
	s := r.Services[0]
	if len(r.Services) != 1 || s.Artifact != digest || len(s.Env) != 0 || len(s.Routes) != 1 || r.CreatedBy != "ana" {
		t.Errorf("release %+v", r)
	}
	stored := must(w, got(w.control.Release(t.Context(), "", "latest")))
	if stored.ID != r.ID || stored.Notes != "n" || stored.Source.Commit != "abc" {
		t.Errorf("stored %+v", stored)
	}
	if c := must(w, got(w.control.Counts(t.Context()))); c.Releases != 1 || c.Environments != 1 {
		t.Errorf("counts %+v", c)
	}
}

func TestAReleaseThatCouldNotRunIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.apply(withArtifact)
	digest := w.upload("bytes")
	absent := lockstep.HashBytes([]byte("absent"))
	run := []string{"./run"}
	for _, tt := range []struct {
		name string
		req  control.ReleaseRequest
		code lockstep.Code
		says []string
	}{
		{"no version", control.ReleaseRequest{}, lockstep.CodeInvalid, []string{"version"}},
		{"latest", control.ReleaseRequest{Version: "latest"}, lockstep.CodeInvalid, []string{"newest"}},
		{"artifact missing", control.ReleaseRequest{Version: "1"}, lockstep.CodeInvalid, []string{"artifacts.backend", "./dist/backend"}},
		{"artifact not stored", control.ReleaseRequest{Version: "1", Artifacts: map[string]string{"backend": absent}}, lockstep.CodeInvalid, []string{"artifacts.backend", "not stored"}},
		{"no digest", control.ReleaseRequest{Version: "1", Artifacts: map[string]string{"backend": "md5:1"}}, lockstep.CodeInvalid, []string{"no digest"}},
		{
			"unknown service",
			control.ReleaseRequest{Version: "1", Artifacts: map[string]string{"backend": digest, "bakend": digest}},
			lockstep.CodeInvalid,
			[]string{"artifacts.bakend", "there are: backend"},
		},
		{"no services", control.ReleaseRequest{Version: "1", Services: []lockstep.ServiceSpec{}}, lockstep.CodeInvalid, []string{"at least one"}},
		{"nothing to run", control.ReleaseRequest{Version: "1", Services: []lockstep.ServiceSpec{{Name: "a"}}}, lockstep.CodeInvalid, []string{"services.a", "command"}},
		{"odd name", control.ReleaseRequest{Version: "1", Services: []lockstep.ServiceSpec{{Name: "A B", Command: run}}}, lockstep.CodeInvalid, []string{"service name"}},
		{"twice", control.ReleaseRequest{Version: "1", Services: []lockstep.ServiceSpec{{Name: "a", Command: run}, {Name: "a", Command: run}}}, lockstep.CodeInvalid, []string{"twice"}},
		{
			"circle", control.ReleaseRequest{Version: "1", Services: []lockstep.ServiceSpec{
				{Name: "a", Command: run, DependsOn: []string{"b"}}, {Name: "b", Command: run, DependsOn: []string{"a"}},
			}}, lockstep.CodeInvalid, []string{"circle"},
		},
		{"notes", control.ReleaseRequest{Version: "1", Notes: strings.Repeat("n", 70<<10)}, lockstep.CodeInvalid, []string{"notes"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := *w
			w.T = t
			refused(&w, got(w.control.CreateRelease(t.Context(), ana, "", tt.req)), tt.code, tt.says...)
		})
	}
}

func TestAVersionIsUsedOnce(t *testing.T) {
	t.Parallel()
	w := applied(t)
	refused(w, got(w.control.CreateRelease(t.Context(), bo, "", control.ReleaseRequest{Version: "1.0.0"})), lockstep.CodeConflict, "1.0.0")
	own := must(w, got(w.control.CreateRelease(t.Context(), bo, "", control.ReleaseRequest{
		Version: "2.0.0", Services: []lockstep.ServiceSpec{{Name: "only", Command: []string{"./only"}, Env: map[string]string{"K": "v"}}},
	})))
	if own.Services[0].Env["K"] != "v" || own.Services[0].Routes[0] != "/" {
		t.Errorf("release %+v", own)
	}
	if list := must(w, got(w.control.Releases(t.Context(), "", lockstep.Page{Limit: 1}))); len(list.Items) != 1 || list.Items[0].Version != "2.0.0" || list.NextCursor == "" {
		t.Errorf("list %+v", list)
	}
	// It has not what staging wants.
	refused(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "2.0.0"}), lockstep.CodeRefused, "backend, frontend")
}

func TestBeforeTheFirstMatrix(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	refused(w, got(w.control.CreateRelease(t.Context(), ana, "", control.ReleaseRequest{Version: "1"})), lockstep.CodeNotFound, "apply a matrix first")
	refused(w, got(w.control.Environment(t.Context(), "", "production")), lockstep.CodeNotFound, "apply a matrix first")
	w.apply(withArtifact)
	refused(w, got(w.control.Environment(t.Context(), "sundy", "staging")), lockstep.CodeNotFound, "did you mean sunday?")
}

func TestProjectsAreFoundByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.apply(withArtifact)
	id := w.environment("staging").ID
	w.apply(strings.Replace(withArtifact, "sunday", "monday", 1))
	refused(w, got(w.control.Environment(t.Context(), "", "staging")), lockstep.CodeNotFound, "several projects", "monday, sunday")
	if env := must(w, got(w.control.Environment(t.Context(), "", id))); env.Project != "sunday" {
		t.Errorf("by ID: %+v", env)
	}
	o := must(w, got(w.control.Destroy(t.Context(), ana, "monday", "staging")))
	for name, want := range map[string]int{"sunday": 0, "monday": 1} {
		if open := must(w, got(w.control.Operations(t.Context(), name, ""))); len(open) != want || want == 1 && open[0].ID != o.ID {
			t.Errorf("operations of %s: %+v", name, open)
		}
	}
	w.apply(strings.Replace(withArtifact, "project: sunday", "", 1))
	if env := w.environment("staging"); env.Project != lockstep.DefaultProject {
		t.Errorf("without a name: %+v", env)
	}
	// An ID of another project is not of this one.
	refused(w, got(w.control.Environment(t.Context(), "monday", id)), lockstep.CodeNotFound)
}
