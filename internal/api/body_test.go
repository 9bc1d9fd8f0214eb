package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/api"
)

const canary = "hunter2-hunter2"

func TestBadBodiesAreNamedAndNeverEchoed(t *testing.T) {
	t.Parallel()
	w := applied(t)
	const deploy, releases = "/api/system/environments/staging/deploy", "/api/system/releases"
	for name, tt := range map[string]struct {
		path, body string
		status     int
		code       lockstep.Code
		words      []string
	}{
		"no body":          {deploy, "", 400, lockstep.CodeInvalid, []string{"body is required"}},
		"no JSON":          {deploy, "{\n  \"version\": hunter2-hunter2}", 400, lockstep.CodeInvalid, []string{"line 2", "column 14"}},
		"half":             {deploy, `{"version": "hunter2-hunter2`, 400, lockstep.CodeInvalid, []string{"ends in the middle"}},
		"two":              {deploy, `{"version":"1"} {"x":"hunter2-hunter2"}`, 400, lockstep.CodeInvalid, []string{"more after the end"}},
		"a list":           {deploy, `["hunter2-hunter2"]`, 422, lockstep.CodeInvalid, []string{"expected object"}},
		"unknown field":    {deploy, `{"version":"1.0.0","stratgy":"hunter2-hunter2"}`, 422, lockstep.CodeInvalid, []string{`"field":"stratgy"`, "unexpected property"}},
		"wrong type":       {deploy, `{"version":{"a":"hunter2-hunter2"}}`, 422, lockstep.CodeInvalid, []string{`"field":"version"`, "expected string"}},
		"missing field":    {deploy, `{"description":"hunter2-hunter2"}`, 422, lockstep.CodeInvalid, []string{"version"}},
		"two mistakes":     {deploy, `{"strategy":"hunter2-hunter2","x":"hunter2-hunter2"}`, 422, lockstep.CodeInvalid, []string{`"problems"`, `"field":"x"`, `"field":"strategy"`, "blue_green"}},
		"deep":             {releases, `{"version":"2","services":[{"name":"a","health":{"interval":"hunter2-hunter2"}}]}`, 422, lockstep.CodeInvalid, []string{"services[0].health.interval"}},
		"float for a time": {releases, `{"version":"2","services":[{"name":"a","command":["x"],"stopGrace":1.5}]}`, 422, lockstep.CodeInvalid, []string{"stopGrace"}},
	} {
		r := w.do(http.MethodPost, tt.path, tt.body)
		r.problem(tt.status, tt.code, tt.words...)
		if strings.Contains(string(r.body), canary) {
			t.Errorf("%s: it echoes: %s", name, r.body)
		}
	}
	if strings.Contains(w.log.String(), canary) {
		t.Error("the log has an input's value")
	}
	r := w.do(http.MethodPost, deploy, "version=1.0.0", head{"Content-Type": "application/x-www-form-urlencoded"})
	r.problem(415, lockstep.CodeInvalid, "application/json")
	w.do(http.MethodPost, releases, `{"version":"2.0.0","services":[{"name":"a","command":["x"]}]}`).is(201)
}

func TestBadParametersAreNamed(t *testing.T) {
	t.Parallel()
	w := applied(t)
	for path, word := range map[string]string{
		"/api/system/deployments?limit=many":       "limit",
		"/api/system/deployments?limit=201":        "limit",
		"/api/system/deployments?status=" + canary: "status",
		"/api/system/deployments?cursor=" + canary: "cursor",
		"/api/system/environments?limt=1":          "limt",
		"/api/system/environments?x=" + canary:     "unknown query parameter",
		"/api/system/events?after=" + canary:       "after",
		"/api/system/events?after=-1":              "after",
	} {
		r := w.get(path)
		r.problem(422, lockstep.CodeInvalid, word)
		if strings.Contains(string(r.body), canary) {
			t.Errorf("%s echoes: %s", path, r.body)
		}
	}
	w.do(http.MethodPost, "/api/system/environments/staging/deploy", `{"version":"1.0.0"}`, head{"Idempotency-Key": strings.Repeat("k", 300)}).problem(422, lockstep.CodeInvalid, "Idempotency-Key")
}

func TestBodiesHaveALimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *api.Options) {
		o.Metrics = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n, err := io.Copy(io.Discard, r.Body)
			_, _ = fmt.Fprintln(w, n, err)
		})
	})
	w.setUp()
	big := strings.Repeat("x", 2<<20)
	w.do(http.MethodPost, "/api/system/environments/staging/deploy", `{"version":"1","description":"`+big+`"}`).problem(413, lockstep.CodeTooLarge, "1 MiB")
	w.do(http.MethodPut, "/api/system/matrix", "# "+big, head{"If-Match": "*"}).problem(413, lockstep.CodeTooLarge)
	w.do(http.MethodPost, "/api/system/matrix/plan", "# "+big).problem(413, lockstep.CodeTooLarge)
	// Where none is expected none is read.
	w.do(http.MethodGet, "/api/system/projects", big).is(200)
	// Nor by a handler that comes from outside.
	if r := w.do(http.MethodGet, "/metrics", big).is(200); !strings.Contains(string(r.body), "too large") {
		t.Errorf("it read %s", r.body)
	}
	req := w.request(http.MethodGet, "/api/system/projects", "", head{"X-Long": strings.Repeat("h", 64<<10)})
	if r := w.send(req); r.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("long headers: %d", r.status)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.get("/nowhere").problem(404, lockstep.CodeNotFound, "/api/docs")
	w.get("/api/system/environments/a/b/c").problem(404, lockstep.CodeNotFound)
	r := w.do(http.MethodDelete, "/api/system/releases", "")
	r.problem(405, lockstep.CodeNotFound, "GET, HEAD, POST")
	if allow := r.header.Get("Allow"); allow != "GET, HEAD, POST" {
		t.Errorf("allow %q", allow)
	}
}

func TestInternalErrorsShowOnlyAReference(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *api.Options) {
		o.Info = func(context.Context) (api.Info, error) {
			return api.Info{}, errors.New("open " + canary + ": no such file")
		}
		o.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { _ = strings.Split("", ",")[1] })
	})
	for path, cause := range map[string]string{"/api/system/info": canary, "/metrics": "index out of range"} {
		r := w.get(path)
		p := r.problem(500, lockstep.CodeInternal)
		if p.Reference == "" || p.Detail != "internal error, reference "+p.Reference || strings.Contains(string(r.body), canary) {
			t.Errorf("%s", r.body)
		}
		log := w.log.String()
		if !strings.Contains(log, "reference="+p.Reference) || !strings.Contains(log, cause) {
			t.Errorf("the log does not explain %s:\n%s", p.Reference, log)
		}
	}
}

func TestTheAccessLogHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.get("/api/system/projects?project=" + canary)
	w.do(http.MethodGet, "/api/system/projects", "", head{"Authorization": "Bearer " + canary}).is(401)
	log := w.log.String()
	for _, want := range []string{"method=GET", "path=/api/system/projects", "status=401", "actor=ana", "took="} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not have %q:\n%s", want, log)
		}
	}
	for _, secret := range []string{canary, token} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}
