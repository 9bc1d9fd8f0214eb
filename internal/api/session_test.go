package api_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/api"
)

// browser is somebody's who has signed in.
type browser struct {
	*world
	session api.Session
	cookie  string // as it was set
}

// signIn sends what a page sends, from an origin of ours.
func (w *world) signIn(body string, headers ...head) *browser {
	w.Helper()
	r := w.do(http.MethodPost, "/api/system/session", body, append([]head{{"Authorization": ""}}, headers...)...).is(201)
	return &browser{w, decode[api.Session](r), r.header.Get("Set-Cookie")}
}

// head is what the browser sends with each request.
func (b *browser) head() head {
	pair, _, _ := strings.Cut(b.cookie, ";")
	return head{"Authorization": "", "Cookie": pair, "X-Lockstep-Session": b.session.Key}
}

func (w *world) code() string {
	w.Helper()
	return decode[api.NewCode](w.do(http.MethodPost, "/api/system/session/codes", "").is(201)).Code
}

// token makes a token and says what is sent.
func (w *world) token(name string, role lockstep.Role) string {
	w.Helper()
	r := w.do(http.MethodPost, "/api/system/tokens", `{"name":"`+name+`","role":"`+string(role)+`"}`).is(201)
	return decode[api.CreatedToken](r).Text
}

func bearer(token string) head { return head{"Authorization": "Bearer " + token} }

func TestSomebodySignsInByAToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signIn(`{"token":"` + token + `"}`)
	if s := b.session; s.Name != "ana" || s.Role != lockstep.RoleAdmin || len(s.Permissions) != len(lockstep.Permissions()) || s.Key == "" || s.ExpiresAt == nil {
		t.Errorf("session %+v", s)
	}
	for _, want := range []string{"lockstep=", "; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age=604800"} {
		if !strings.Contains(b.cookie, want) {
			t.Errorf("the cookie %q has no %q", b.cookie, want)
		}
	}
	if strings.Contains(b.cookie, "Secure") || strings.Contains(b.cookie, "Domain") {
		t.Errorf("the cookie is %q", b.cookie)
	}
	w.do(http.MethodGet, "/api/system/projects", "", b.head()).is(200)
	who := decode[api.Session](w.do(http.MethodGet, "/api/system/session", "", b.head()).is(200))
	if who.Key != "" || who.Name != "ana" || who.ExpiresAt == nil {
		t.Errorf("who am I: %+v", who)
	}
	if who := decode[api.Session](w.get("/api/system/session").is(200)); who.Name != "ana" || who.ExpiresAt != nil || who.Key != "" {
		t.Errorf("by a token: %+v", who)
	}

	w.do(http.MethodDelete, "/api/system/session", "").problem(409, lockstep.CodeConflict, "token revoke")
	out := w.do(http.MethodDelete, "/api/system/session", "", b.head()).is(204)
	if c := out.header.Get("Set-Cookie"); !strings.HasPrefix(c, "lockstep=;") || !strings.Contains(c, "Max-Age=0") {
		t.Errorf("signing out sets %q", c)
	}
	w.do(http.MethodGet, "/api/system/projects", "", b.head()).problem(401, lockstep.CodeUnauthenticated, "sign in again")
}

func TestASessionNeedsItsCookieAndItsKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, other := w.signIn(`{"token":"`+token+`"}`), w.signIn(`{"token":"token-of-bo"}`)
	for name, change := range map[string]head{
		"no key":        {"X-Lockstep-Session": ""},
		"no cookie":     {"Cookie": ""},
		"another's key": {"X-Lockstep-Session": other.session.Key},
		"a wrong key":   {"X-Lockstep-Session": b.session.Key + "A"},
		"cookie as key": {"X-Lockstep-Session": strings.TrimPrefix(b.head()["Cookie"], "lockstep=")},
		"wrong token":   {"Authorization": "Bearer x"}, // a session does not stand in for it
	} {
		if r := w.do(http.MethodGet, "/api/system/projects", "", b.head(), change); r.status != 401 {
			t.Errorf("%s: %d", name, r.status)
		}
	}
	w.do(http.MethodGet, "/api/system/projects", "", b.head(), head{"Origin": "http://127.0.0.1:7480"}).is(403)
	w.do(http.MethodGet, "/api/system/projects", "", b.head(), head{"Sec-Fetch-Site": "same-site"}).is(403)
	w.do(http.MethodGet, "/api/system/projects", "", b.head(), head{"Sec-Fetch-Site": "same-origin"}).is(200)
}

func TestOverTLSTheCookieIsTheHostsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	address := strings.TrimPrefix(w.base, "http://")
	for _, with := range []head{{"X-Forwarded-Proto": "https"}, {"Origin": "https://" + address}} {
		b := w.signIn(`{"token":"`+token+`"}`, with)
		if !strings.HasPrefix(b.cookie, "__Host-lockstep=") || !strings.Contains(b.cookie, "; Secure") {
			t.Errorf("%v: the cookie is %q", with, b.cookie)
		}
		w.do(http.MethodGet, "/api/system/projects", "", b.head()).is(200)
		out := w.do(http.MethodDelete, "/api/system/session", "", b.head(), with).is(204)
		if c := out.header.Get("Set-Cookie"); !strings.HasPrefix(c, "__Host-lockstep=;") {
			t.Errorf("signing out sets %q", c)
		}
	}
}

func TestACodeSignsInOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bo := decode[api.NewCode](w.do(http.MethodPost, "/api/system/session/codes", "", bearer("token-of-bo")).is(201))
	if left := time.Until(bo.ExpiresAt); left < 9*time.Minute || left > 10*time.Minute {
		t.Errorf("it holds for %s", left)
	}
	for range 2 { // whoever asks whose it is does not use it up
		seen := w.do(http.MethodPost, "/api/system/session?dryRun=true", `{"code":"`+bo.Code+`"}`, head{"Authorization": ""}).is(201)
		if who := decode[api.Session](seen); who.Name != "bo" || who.Key != "" || seen.header.Get("Set-Cookie") != "" {
			t.Errorf("it is of %+v, and sets %q", who, seen.header.Get("Set-Cookie"))
		}
	}
	b := w.signIn(`{"code":"` + bo.Code + `"}`)
	if b.session.Name != "bo" {
		t.Errorf("signed in as %q", b.session.Name)
	}
	again := head{"Authorization": ""}
	w.do(http.MethodPost, "/api/system/session", `{"code":"`+bo.Code+`"}`, again).problem(401, lockstep.CodeUnauthenticated, "used already")
	w.do(http.MethodPost, "/api/system/session?dryRun=true", `{"code":"`+bo.Code+`"}`, again).problem(401, lockstep.CodeUnauthenticated, "used already")
	w.do(http.MethodPost, "/api/system/session?dryRun=true", `{"token":"guess"}`, again).problem(401, lockstep.CodeUnauthenticated, "does not know")
	w.do(http.MethodPost, "/api/system/session", `{}`, again).problem(422, lockstep.CodeInvalid, "a token or a code")
	w.do(http.MethodPost, "/api/system/session", `{"code":"a","token":"b"}`, again).problem(422, lockstep.CodeInvalid, "a token or a code")
	w.do(http.MethodPost, "/api/system/session/codes", "", b.head()).problem(403, lockstep.CodeForbidden, "with a token")
	for _, secret := range []string{bo.Code, b.session.Key, strings.TrimPrefix(b.head()["Cookie"], "lockstep=")} {
		if strings.Contains(w.log.String(), secret) {
			t.Error("the log has a code, a key or a cookie")
		}
	}
	if !strings.Contains(w.log.String(), "actor=bo") {
		t.Error("the log does not say who signed in")
	}
}

func TestASessionEndsWithItsToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text := w.token("cy", lockstep.RoleViewer)
	b := w.signIn(`{"token":"` + text + `"}`)
	code := decode[api.NewCode](w.do(http.MethodPost, "/api/system/session/codes", "", bearer(text)).is(201)).Code
	w.do(http.MethodGet, "/api/system/projects", "", b.head()).is(200)
	w.do(http.MethodDelete, "/api/system/tokens/cy", "").is(200)
	w.do(http.MethodGet, "/api/system/projects", "", b.head()).problem(401, lockstep.CodeUnauthenticated, "sign in again")
	w.do(http.MethodGet, "/api/system/projects", "", bearer(text)).problem(401, lockstep.CodeUnauthenticated, "revoked", "ana")
	w.do(http.MethodPost, "/api/system/session", `{"code":"`+code+`"}`, head{"Authorization": ""}).is(401)
}

func TestFailingToSignInCostsTimeAndLocksNobodyOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *api.Options) { o.SignInPause = 4 * time.Second })
	fails := func(within time.Duration) int {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		defer cancel()
		req := w.request(http.MethodPost, "/api/system/session", `{"token":"wrong"}`, head{"Authorization": ""})
		resp, err := w.client.Do(req.WithContext(ctx))
		if err != nil {
			return 0 // it waited
		}
		defer resp.Body.Close()
		if after := resp.Header.Get("Retry-After"); resp.StatusCode == http.StatusTooManyRequests && after != "8" {
			t.Errorf("try again after %q", after)
		}
		return resp.StatusCode
	}
	if got := fails(300 * time.Millisecond); got != 0 {
		t.Errorf("the first that fails is answered %d at once", got)
	}
	if got := fails(20 * time.Second); got != 429 {
		t.Errorf("the next one: %d", got)
	}
	w.signIn(`{"token":"` + token + `"}`)
	w.signIn(`{"code":"` + w.code() + `"}`)
}

func TestStreamsEndWithTheirSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *api.Options) { o.Streams.Heartbeat = 20 * time.Millisecond })
	viewer := w.token("cy", lockstep.RoleViewer)
	b := w.signIn(`{"token":"` + token + `"}`)
	open := func(h head) *bufio.Reader {
		t.Helper()
		resp, err := w.client.Do(w.request(http.MethodGet, "/api/system/events", "", h))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		if resp.StatusCode != 200 {
			t.Fatalf("status %d", resp.StatusCode)
		}
		lines := bufio.NewReader(resp.Body)
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		return lines
	}
	ends := func(lines *bufio.Reader) {
		t.Helper()
		over := make(chan struct{})
		go func() {
			defer close(over)
			_, _ = io.Copy(io.Discard, lines)
		}()
		select {
		case <-over:
		case <-time.After(20 * time.Second):
			t.Error("the stream goes on")
		}
	}
	bySession, byToken := open(b.head()), open(bearer(viewer))
	w.do(http.MethodDelete, "/api/system/session", "", b.head()).is(204)
	ends(bySession)
	w.do(http.MethodDelete, "/api/system/tokens/cy", "").is(200)
	ends(byToken)
}

func TestTheDashboardIsServedToWhoeverAsks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *api.Options) {
		o.Dashboard = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("page " + r.URL.Path)) })
	})
	nobody := head{"Authorization": ""}
	for _, path := range []string{"/", "/sign-in", "/environments/staging", "/assets/a.js", "/apis"} {
		// A link from elsewhere leads there, too.
		r := w.do(http.MethodGet, path, "", nobody, head{"Sec-Fetch-Site": "cross-site"}).is(200)
		if string(r.body) != "page "+path {
			t.Errorf("%s: %s", path, r.body)
		}
	}
	w.do(http.MethodGet, "/", "", nobody, head{"Host": "evil.example.com"}).is(403)
	w.do(http.MethodPost, "/", "{}", nobody).is(401)
	for _, path := range []string{"/api/", "/api/system/projects", "/metrics", "/api/nowhere"} {
		w.do(http.MethodGet, path, "", nobody).is(401)
	}
	w.get("/api/nowhere").problem(404, lockstep.CodeNotFound)
	w.do(http.MethodGet, "/healthz", "", nobody).is(200)
	w.do(http.MethodGet, "/api/docs", "", nobody).is(200)
}

// Who waits for a change is asked for again when it comes.
func TestWhoWaitsHasToBeKnownInTheEnd(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.follow()
	viewer := bearer(w.token("vi", lockstep.RoleViewer))
	tag := w.do(http.MethodGet, resolvedPath, "", viewer).is(200).header.Get("ETag")
	req := w.request(http.MethodGet, resolvedPath+"?wait=1m", "", viewer, head{"If-None-Match": tag})
	came := make(chan reply, 1)
	go func() { came <- w.send(req) }()
	for deadline := time.Now().Add(20 * time.Second); w.handler.Waiting() == 0; { // nobody tells when it waits
		if time.Now().After(deadline) {
			t.Fatal("it does not wait")
		}
		runtime.Gosched()
	}
	w.do(http.MethodDelete, "/api/system/tokens/vi", "").is(200)
	w.setVariables(`{"GREETING": "hello"}`)
	comes(t, came).problem(401, lockstep.CodeUnauthenticated, "vi was revoked")
}
