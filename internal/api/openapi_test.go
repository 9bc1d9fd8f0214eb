package api_test

import (
	"flag"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/api"
	"github.com/lockstep-dev/lockstep/internal/control"
)

var update = flag.Bool("update", false, "rewrite docs/openapi.yaml")

const golden = "../../docs/openapi.yaml"

func TestTheDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	h := api.New(api.Options{Control: control.New(control.Options{})})
	got, err := h.OpenAPI().YAML()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s is not current: go generate ./internal/api, and read the diff", golden)
	}
}

// endpoints lists method and path of every documented operation.
func endpoints(t *testing.T, h *api.Handler) map[string][2]string {
	t.Helper()
	out := map[string][2]string{}
	for path, item := range h.OpenAPI().Paths {
		for method, op := range map[string]any{
			http.MethodGet: item.Get, http.MethodHead: item.Head, http.MethodPost: item.Post,
			http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
		} {
			if !isNil(op) {
				out[method+" "+path] = [2]string{method, path}
			}
		}
	}
	return out
}

func TestTheDocumentsAreServed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spec := w.get("/api/openapi.json").is(200)
	if doc := decode[map[string]any](spec); doc["openapi"] != "3.1.0" {
		t.Errorf("openapi %v", doc["openapi"])
	}
	// A browser sends no token when it opens a page.
	page := w.do(http.MethodGet, "/api/docs", "", head{"Authorization": ""}).is(200)
	text := string(page.body)
	for key, e := range endpoints(t, w.handler) {
		if !strings.Contains(text, `<span class="path">`+e[1]+`</span>`) {
			t.Errorf("the page does not have %s", key)
		}
	}
	for _, outside := range []string{"http://", "https://", "src=", "<script"} {
		if strings.Contains(text, outside) {
			t.Errorf("the page has %q", outside)
		}
	}
	if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("policy %q", csp)
	}
}
