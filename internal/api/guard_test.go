package api_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/api"
)

func isNil(v any) bool { return reflect.ValueOf(v).IsNil() }

// probe is a request that a path could be asked with.
func probe(path string) string {
	return fill(path, map[string]string{"id": "staging", "version": "1.0.0", "digest": "sha256:" + strings.Repeat("a", 64)})
}

func TestEveryEndpointWantsATokenAndTheRightAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := endpoints(t, w.handler)
	all["metrics"], all["openapi"] = [2]string{"GET", "/metrics"}, [2]string{"GET", "/api/openapi.json"}
	if len(all) < 25 {
		t.Fatalf("only %d endpoints", len(all))
	}
	delete(all, "POST /api/system/session") // it is how one comes to be known
	for key, e := range all {
		for name, tt := range map[string]struct {
			with   head
			status int
			code   lockstep.Code
		}{
			"no token":       {head{"Authorization": ""}, 401, lockstep.CodeUnauthenticated},
			"unknown token":  {head{"Authorization": "Bearer wrong"}, 401, lockstep.CodeUnauthenticated},
			"other scheme":   {head{"Authorization": "Basic " + token}, 401, lockstep.CodeUnauthenticated},
			"foreign host":   {head{"Host": "evil.example.com"}, 403, lockstep.CodeForbidden},
			"foreign origin": {head{"Origin": "http://evil.example.com"}, 403, lockstep.CodeForbidden},
			"null origin":    {head{"Origin": "null"}, 403, lockstep.CodeForbidden},
			"foreign page":   {head{"Sec-Fetch-Site": "cross-site"}, 403, lockstep.CodeForbidden},
			"another port":   {head{"Sec-Fetch-Site": "same-site"}, 403, lockstep.CodeForbidden},
		} {
			r := w.do(e[0], probe(e[1]), "", tt.with).is(tt.status)
			if e[0] != http.MethodHead {
				r.problem(tt.status, tt.code)
			}
			if tt.status == 401 && r.header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("%s, %s: no WWW-Authenticate", key, name)
			}
		}
	}
	if r := decode[api.Info](w.get("/api/system/info").is(200)); r.Counts != (lockstep.Counts{}) {
		t.Errorf("refused requests left %+v", r.Counts)
	}
}

func TestOurOwnNamesAndOriginsAreWelcome(t *testing.T) {
	t.Parallel()
	w := applied(t)
	address := strings.TrimPrefix(w.base, "http://")
	for _, with := range []head{
		{"Host": "localhost:7420"},
		{"Host": "LOCALHOST"},
		{"Host": "[::1]:7420"},
		{"Host": "127.0.0.2"},
		{"Host": "lockstep.example.com"},
		{"Host": "Lockstep.Example.com.:443"},
		{"Origin": w.base},
		{"Origin": w.base, "Sec-Fetch-Site": "same-origin"},
		{"Sec-Fetch-Site": "none"},
		{"Origin": "https://" + address},
		{"Host": "lockstep.example.com", "Origin": "https://lockstep.example.com"},
	} {
		w.do(http.MethodGet, "/api/system/projects", "", with).is(200)
	}
	for _, with := range []head{
		{"Host": "localhost.evil.com"},
		{"Host": "127.0.0.1.evil.com"},
		{"Host": "10.0.0.1"},
		{"Host": "example.com"},
		{"Origin": "http://localhost:1"},
		{"Origin": "ftp://" + address},
		{"Origin": "http://" + address + ".evil.com"},
		{"Host": "localhost", "Origin": "http://localhost.evil.com"},
		{"Host": "localhost", "Origin": "http://localhost:81"},
	} {
		w.do(http.MethodGet, "/api/system/projects", "", with).problem(403, lockstep.CodeForbidden)
	}
	w.do(http.MethodGet, "/api/docs", "", head{"Host": "evil.example.com"}).is(403)
}

func TestHealthNeedsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.do(http.MethodGet, "/healthz", "", head{"Authorization": "", "Host": "10.1.2.3"}).is(200)
	if string(r.body) != "ok\n" {
		t.Errorf("body %q", r.body)
	}
	if r := w.get("/metrics").is(200); string(r.body) != "up 1\n" {
		t.Errorf("metrics %q", r.body)
	}
}

func TestTheActorIsTheTokensName(t *testing.T) {
	t.Parallel()
	w := applied(t)
	r := w.do(http.MethodPost, "/api/system/environments/staging/deploy", `{"version":"1.0.0"}`, head{"Authorization": "bearer token-of-bo"}).is(202)
	if d := decode[lockstep.Deployment](r); d.StartedBy != "bo" {
		t.Errorf("started by %q", d.StartedBy)
	}
}
