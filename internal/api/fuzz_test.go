package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/api"
)

// ask sends one request past the network. Whatever it holds, the answer is
// ours: a success, or a problem that is not internal.
func (w *world) ask(t *testing.T, method, path string, body []byte, headers head) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(body))
	r.Host = "localhost"
	r.Header.Set("Authorization", "Bearer "+token)
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	if rec.Code/100 == 2 {
		return
	}
	var p api.ProblemDetails
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || p.Status != rec.Code || p.Code == "" || p.Detail == "" {
		t.Fatalf("%d: %s", rec.Code, rec.Body)
	}
	if rec.Code == http.StatusInternalServerError {
		t.Fatalf("%s\n%s", rec.Body, w.log)
	}
}

func FuzzDeploy(f *testing.F) {
	w := applied(f)
	for _, seed := range []string{
		`{"version":"1.0.0"}`, `{"version":"latest","strategy":"blue_green","rollbackOnFailure":false,"notificationChannels":["a"],"withConfig":"1"}`,
		`{"version":1}`, `{"version":null,"validationRequired":null}`, `[]`, `{"version":"1.0.0","version":"2"}`, `{`, "\xff\xfe", `{"version":"\u0000"}`, `null`, `1e999`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		w.ask(t, http.MethodPost, "/api/system/environments/staging/deploy?dryRun=true", body, head{"Content-Type": "application/json"})
	})
}

func FuzzRelease(f *testing.F) {
	w := applied(f)
	for _, seed := range []string{
		`{"version":"2"}`, `{"version":"2","services":[{"name":"a","command":["x"],"health":{"interval":5},"dependsOn":["a"]}],"artifacts":{"a":"sha256:0"}}`,
		`{"version":"2","services":[null]}`, `{"version":"2","services":[{"name":"a","command":[null],"env":{"":null}}],"source":{"commit":"x"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		w.ask(t, http.MethodPost, "/api/system/releases?dryRun=true", body, head{"Content-Type": "application/json"})
	})
}

func FuzzMatrix(f *testing.F) {
	w := applied(f)
	for _, seed := range []string{
		matrixText, "", "project: x\n", "environments: {a: *b}\n", "environments:\n  staging: {}\n  staging: {}\n", "\t", "{}", "- 1\n", "project: &a [*a]\n", "environments: {xyz: {databases: {primary: {size: 1e400}}}}\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		w.ask(t, http.MethodPost, "/api/system/matrix/plan", body, nil)
		w.ask(t, http.MethodPut, "/api/system/matrix?dryRun=true&delete=true", body, head{"If-Match": "*"})
	})
}
