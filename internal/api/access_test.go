package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/api"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// access is the day of who may call.
func (w *world) access(system string) {
	w.Helper()
	made := decode[api.CreatedToken](w.do(http.MethodPost, system+"/tokens", `{"name":"cy","role":"operator","expiresIn":"90d"}`).is(201))
	if made.Name != "cy" || made.Role != lockstep.RoleOperator || made.CreatedBy != "ana" || made.ExpiresAt == nil || made.ExpiresAt.Sub(made.CreatedAt) != 90*24*time.Hour {
		w.Errorf("made %+v", made)
	}
	if !regexp.MustCompile(`^lockstep_[0-9A-Za-z]{43}$`).MatchString(made.Text) {
		w.Errorf("a token is %q", made.Text)
	}
	w.do(http.MethodPost, system+"/tokens", `{"name":"cy","role":"viewer"}`).problem(409, lockstep.CodeConflict, "cy", "exists already")
	w.do(http.MethodPost, system+"/tokens", `{"name":"ana","role":"viewer"}`).problem(409, lockstep.CodeConflict, "administrator")
	w.do(http.MethodPost, system+"/tokens", `{"name":"timer","role":"viewer"}`).problem(422, lockstep.CodeInvalid, "timer")
	w.do(http.MethodPost, system+"/tokens", `{"name":"a b","role":"viewer"}`).problem(422, lockstep.CodeInvalid, "name")
	w.do(http.MethodPost, system+"/tokens", `{"name":"x","role":"king"}`).problem(422, lockstep.CodeInvalid, "role")
	w.do(http.MethodPost, system+"/tokens", `{"name":"x","role":"admin","expiresIn":"soon"}`).problem(422, lockstep.CodeInvalid, "expiresIn")

	w.do(http.MethodGet, system+"/projects", "", bearer(made.Text)).is(200)
	list := w.get(system + "/tokens").is(200)
	all := decode[control.List[lockstep.Token]](list)
	if len(all.Items) != 1 || all.Items[0].ID != made.ID || all.Items[0].LastUsedAt == nil {
		w.Errorf("tokens %+v", all)
	}
	if strings.Contains(string(list.body), made.Text) || strings.Contains(string(list.body), lockstep.HashToken(made.Text).String()) {
		w.Error("the list has the token, or its hash")
	}
	decode[api.NewCode](w.do(http.MethodPost, system+"/session/codes", "").is(201))
	w.signIn(`{"token":"` + made.Text + `"}`)
	w.get(system + "/session").is(200)
	if ended := decode[api.EndedSessions](w.do(http.MethodDelete, system+"/tokens/cy/sessions", "").is(200)); ended.Ended != 1 {
		w.Errorf("%d sessions were ended", ended.Ended)
	}
	w.do(http.MethodDelete, system+"/tokens/nobody/sessions", "").problem(404, lockstep.CodeNotFound, "nobody")
	w.do(http.MethodDelete, system+"/tokens/nobody", "").problem(404, lockstep.CodeNotFound, "nobody")
	w.do(http.MethodDelete, system+"/tokens/ana", "").problem(409, lockstep.CodeConflict, "file")
	w.do(http.MethodDelete, system+"/tokens/cy", "").is(200)
	if gone := decode[lockstep.Token](w.do(http.MethodDelete, system+"/tokens/"+made.ID, "").is(200)); gone.RevokedBy != "ana" || gone.RevokedAt == nil {
		w.Errorf("revoked %+v", gone)
	}
	if all := decode[control.List[lockstep.Token]](w.get(system + "/tokens").is(200)); len(all.Items) != 0 {
		w.Errorf("tokens %+v", all)
	}
	if all := decode[control.List[lockstep.Token]](w.get(system + "/tokens?revoked=true").is(200)); len(all.Items) != 1 {
		w.Errorf("tokens %+v", all)
	}
	w.do(http.MethodPost, system+"/tokens", `{"name":"cy","role":"viewer"}`).is(201) // the name is free again
}

// allowed is who may ask for each operation, as the documents say it. It is
// written down here once more, so that nobody gets a permission by mistake.
var allowed = map[string]string{
	"get-session": "viewer operator admin flags", "sign-out": "viewer operator admin flags", "create-sign-in-code": "viewer operator admin",
	"list-tokens": "admin", "create-token": "admin", "revoke-token": "admin", "sign-out-token": "admin", "rotate-keys": "admin",
	"plan-matrix": "viewer operator admin", "preview-template": "viewer operator admin",
	"read-variables-file": "viewer operator admin", "write-variables-file": "viewer operator admin",
	"approve-deployment": "operator admin", "reject-deployment": "operator admin", "approve-switch": "operator admin", "reject-switch": "operator admin",
	"evaluate-flag": "viewer operator admin flags", "evaluate-flags": "viewer operator admin flags",
	"evaluate-flag-of-project": "viewer operator admin flags", "evaluate-flags-of-project": "viewer operator admin flags",
}

// mayAsk is who may ask for an operation: to read, whoever has a token that
// is not an app's, and to change something, who is not only a viewer.
func mayAsk(operation, method string) string {
	if who, special := allowed[operation]; special {
		return who
	}
	if method == http.MethodGet || method == http.MethodHead {
		return "viewer operator admin"
	}
	return "operator admin"
}

// Each operation is asked with a token of each role, through the front door.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setUp()
	tokens := map[lockstep.Role]string{}
	for _, role := range lockstep.Roles() {
		tokens[role] = w.token("the-"+string(role), role)
	}
	asked := 0
	for path, item := range w.handler.OpenAPI().Paths {
		for method, id := range operationsOf(item) {
			if id == "sign-in" {
				continue
			}
			may := mayAsk(id, method)
			for role, token := range tokens {
				if method == http.MethodGet && strings.Contains("stream-events watch-resolved-config", id) && strings.Contains(may, string(role)) {
					continue // they do not end; the other tests open them
				}
				asked++
				// Nothing of a body is read, and no name looked up, before.
				r := w.do(method, fill(probe(path), map[string]string{"key": "X", "service": "x", "name": "x", "type": "staging", "template": "x"}), "", bearer(token))
				// The gate refuses with the same status what it finds as others left it.
				refused := r.status == 403 && (method == http.MethodHead || strings.Contains(string(r.body), `"code":"forbidden"`))
				if want := !strings.Contains(" "+may+" ", " "+string(role)+" "); refused != want {
					t.Errorf("%s %s as %s: %d, refused has to be %t: %s", method, path, role, r.status, want, r.body)
				}
				if refused && method != http.MethodHead {
					r.problem(403, lockstep.CodeForbidden, "the role "+string(role)+" may not")
				}
			}
		}
	}
	if asked < 300 {
		t.Errorf("only %d requests were tried", asked)
	}
	for role, token := range tokens {
		want := 200
		if role == lockstep.RoleFlags {
			want = 403
		}
		w.do(http.MethodGet, "/metrics", "", bearer(token)).is(want)
		w.do(http.MethodGet, "/api/openapi.json", "", bearer(token)).is(want)
	}
}

// operationsOf are the IDs of a path's operations by method.
func operationsOf(item *huma.PathItem) map[string]string {
	out := map[string]string{}
	for method, op := range map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodHead: item.Head, http.MethodPost: item.Post,
		http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	} {
		if op != nil {
			out[method] = op.OperationID
		}
	}
	return out
}

// What a viewer may try, and may not see.
func TestAViewerTriesWhatOthersDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setUp()
	const staging = "/api/system/environments/staging"
	w.do(http.MethodPut, staging+"/variables", `{"variables":{"backend/API_KEY":{"value":"`+canary+`","sensitive":true},"backend/DSN":"db://app:${API_KEY}@db"}}`, head{"If-Match": "*"}).is(200)
	viewer, operator := bearer(w.token("vi", lockstep.RoleViewer)), bearer(w.token("op", lockstep.RoleOperator))
	before := w.get("/api/system/info").is(200)

	w.do(http.MethodPost, staging+"/deploy?dryRun=true", `{"version":"1.0.0"}`, viewer).is(200)
	w.do(http.MethodPost, staging+"/deploy?dryRun=false", `{"version":"1.0.0"}`, viewer).problem(403, lockstep.CodeForbidden, "permission write", "operator or admin")
	w.do(http.MethodPut, staging+"/variables?dryRun=true", `{"variables":{"A":"b"}}`, viewer, head{"If-Match": "*"}).is(200)
	w.do(http.MethodPost, "/api/system/tokens?dryRun=true", `{"name":"x","role":"admin"}`, viewer).is(403)
	w.do(http.MethodDelete, "/api/system/tokens/vi?dryRun=true", "", viewer).is(403)
	w.do(http.MethodPost, "/api/system/keys/rotate?dryRun=true", "", operator).is(403)
	if after := w.get("/api/system/info").is(200); decode[api.Info](after).Counts != decode[api.Info](before).Counts {
		t.Errorf("a dry run changed %s to %s", before.body, after.body)
	}

	for _, path := range []string{"/config", "/variables", "/config/resolved", "/config/watch", "/variables?key=API_KEY&service=backend"} {
		and := "?"
		if strings.Contains(path, "?") {
			and = "&"
		}
		for _, who := range []head{viewer, operator} {
			w.do(http.MethodGet, staging+path+and+"includeSecrets=true", "", who).problem(403, lockstep.CodeForbidden, "permission reveal", "admin")
			w.do(http.MethodGet, staging+path+and+"includeSecrets=1", "", who).is(403)
		}
	}
	for _, path := range []string{"/config?includeSecrets=true", "/variables?includeSecrets=true", "/config/resolved?includeSecrets=true"} {
		if r := w.get(staging + path).is(200); !strings.Contains(string(r.body), canary) {
			t.Errorf("an administrator does not see it at %s: %s", path, r.body)
		}
	}
	for _, path := range []string{
		"/config", "/config/versions", "/config/versions/latest", "/config/diff?from=1&to=latest", "/config/resolved?version=latest",
		"/variables", "/variables/API_KEY/explain", "/variables/DSN/explain", "/variables/backend%2FAPI_KEY/uses", "/diff?with=production", "/status", "/config/templates", "/deployments", "/syncs",
	} {
		if r := w.do(http.MethodGet, staging+path, "", viewer).is(200); strings.Contains(string(r.body), canary) {
			t.Errorf("a viewer sees it at %s: %s", path, r.body)
		}
	}
}
