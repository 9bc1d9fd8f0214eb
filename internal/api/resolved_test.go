package api_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
)

const resolvedPath = staging + "/config/resolved"

// follow lets a world's server hear events, as the real one does.
func (w *world) follow() {
	w.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); w.control.FollowConfigs(ctx) }()
	w.Cleanup(func() { stop(); <-done })
}

func (w *world) setVariables(body string) {
	w.Helper()
	w.do(http.MethodPut, staging+"/variables", `{"variables": `+body+`}`, head{"If-Match": "*"}).is(200)
}

func TestResolvedConfig(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.follow()
	w.setVariables(`{"HOST": "db.{{environment}}.example.com", "URL": "postgres://app@${HOST}/{{project}}?v={{version}}", "backend/PORT_TEXT": "at {{port}}"}`)
	r := w.get(resolvedPath).is(200)
	doc := decode[lockstep.ResolvedConfig](r)
	if doc.Runs || doc.Release != "" || doc.Config != 2 || doc.Environment != "staging" || doc.Project != "sunday" || len(doc.Services) != 2 {
		t.Errorf("%+v", doc)
	}
	env := doc.Services["backend"].Env
	for key, want := range map[string]string{
		"HOST": "db.staging.example.com", "URL": "postgres://app@db.staging.example.com/sunday?v={{version}}", "PORT_TEXT": "at {{port}}",
	} {
		if env[key] != want {
			t.Errorf("%s is %q, want %q", key, env[key], want)
		}
	}
	if _, has := doc.Services["frontend"].Env["PORT_TEXT"]; has {
		t.Error("frontend gets what is backend's")
	}

	// What runs stays what it is until something else is deployed.
	w.deploy("staging", `{"version": "1.0.0", "withConfig": "latest"}`)
	w.work()
	w.setVariables(`{"HOST": "elsewhere"}`)
	running := decode[lockstep.ResolvedConfig](w.get(resolvedPath + "?service=backend").is(200))
	if env := running.Services["backend"].Env; !running.Runs || running.Release != "1.0.0" || running.Config != 2 || env["URL"] != "postgres://app@db.staging.example.com/sunday?v=1.0.0" || len(running.Services) != 1 {
		t.Errorf("%+v", running)
	}
	for version, want := range map[string]string{"latest": "elsewhere", "3": "elsewhere", "2": "db.staging.example.com", "running": "db.staging.example.com"} {
		doc := decode[lockstep.ResolvedConfig](w.get(resolvedPath + "?version=" + version).is(200))
		if got := doc.Services["backend"].Env["HOST"]; got != want {
			t.Errorf("version %s has HOST %q, want %q", version, got, want)
		}
	}

	w.get(resolvedPath+"?service=backed").problem(404, lockstep.CodeNotFound, "did you mean backend?")
	w.get(resolvedPath+"?version=9").problem(404, lockstep.CodeNotFound)
	w.get(resolvedPath+"?version=newest").problem(422, lockstep.CodeInvalid, "latest or running")
	w.get(resolvedPath+"?wait=soon").problem(422, lockstep.CodeInvalid, "30s")
	w.get("/api/system/environments/production/config/resolved?version=running").problem(404, lockstep.CodeNotFound, "nothing runs in production")
	w.setVariables(`{"PAYMENT": {"required": true}}`)
	w.get(resolvedPath+"?version=latest").problem(409, lockstep.CodeConflict, "PAYMENT", "it is required")
}

func TestResolvedConfigETag(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.follow()
	ask := func(tag string, status int) string {
		t.Helper()
		r := w.do(http.MethodGet, resolvedPath, "", head{"If-None-Match": tag}).is(status)
		if status == 304 && len(r.body) > 0 {
			t.Errorf("304 has a body: %s", r.body)
		}
		return r.header.Get("ETag")
	}
	tag := ask("", 200)
	if len(tag) < 20 || strings.HasPrefix(tag, "W/") {
		t.Fatalf("%s is no strong tag", tag)
	}
	for _, known := range []string{tag, `"other", ` + tag, "W/" + tag, "*"} {
		if again := ask(known, 304); again != tag {
			t.Errorf("304 has the tag %s, not %s", again, tag)
		}
	}
	ask(`"other"`, 200)
	w.setVariables(`{"NEW": "1"}`)
	if next := ask(tag, 200); next == tag {
		t.Error("another answer has the same tag")
	}
	if w.do(http.MethodGet, resolvedPath+"?service=backend", "").header.Get("ETag") == tag {
		t.Error("a part has the tag of the whole")
	}
}

func TestResolvedConfigSecrets(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.follow()
	w.setVariables(`{"PASSWORD": {"value": "hunter2${X}", "sensitive": true}, "URL": "pg://app:${PASSWORD}@{{environment}}"}`)
	r := w.get(resolvedPath).is(200)
	plain := decode[lockstep.ResolvedConfig](r).Services["backend"]
	if strings.Contains(string(r.body), "hunter2") || plain.Env["PASSWORD"] != lockstep.Redacted || plain.Env["URL"] != lockstep.Redacted || strings.Join(plain.Secrets, " ") != "PASSWORD URL" {
		t.Errorf("%s", r.body)
	}
	revealed := w.get(resolvedPath + "?includeSecrets=true").is(200)
	env := decode[lockstep.ResolvedConfig](revealed).Services["backend"].Env
	if env["PASSWORD"] != "hunter2${X}" || env["URL"] != "pg://app:hunter2${X}@staging" {
		t.Errorf("revealed: %s", revealed.body)
	}
	events := w.revealed()
	if len(events) != 1 || events[0].Actor != "ana" {
		t.Fatalf("who asked was noted %d times, want once: %+v", len(events), events)
	}
	// What is known already is not revealed again.
	tag := revealed.header.Get("ETag")
	w.do(http.MethodGet, resolvedPath+"?includeSecrets=true", "", head{"If-None-Match": tag}).is(304)
	if n := len(w.revealed()); n != 1 {
		t.Errorf("a 304 was noted as revealing (%d events)", n)
	}
	w.setVariables(`{"PASSWORD": "correct horse"}`)
	again := w.do(http.MethodGet, resolvedPath+"?includeSecrets=true", "", head{"If-None-Match": tag}).is(200)
	if got := decode[lockstep.ResolvedConfig](again).Services["backend"].Env["PASSWORD"]; got != "correct horse" {
		t.Errorf("PASSWORD is %q", got)
	}
	if text := w.log.String(); strings.Contains(text, "hunter2") || strings.Contains(text, "correct horse") {
		t.Error("the log has a secret")
	}
}

func (w *world) revealed() []lockstep.Event {
	w.Helper()
	events, err := w.control.Events(w.Context(), 0, lockstep.EventFilter{}, 500)
	if err != nil {
		w.Fatal(err)
	}
	var out []lockstep.Event
	for _, e := range events {
		if e.Type == lockstep.EventSecretsRevealed {
			out = append(out, e)
		}
	}
	return out
}

// waiting asks and waits for a change, and tells what came.
func (w *world) waiting(tag, wait string) <-chan reply {
	w.Helper()
	out := make(chan reply, 1)
	req := w.request(http.MethodGet, resolvedPath+"?wait="+wait, "", head{"If-None-Match": tag})
	go func() { out <- w.send(req) }()
	return out
}

func comes(t *testing.T, from <-chan reply) reply {
	t.Helper()
	select {
	case r := <-from:
		return r
	case <-time.After(20 * time.Second):
		t.Fatal("no answer came")
		return reply{}
	}
}

func TestResolvedConfigIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.follow()
	tag := w.get(resolvedPath).is(200).header.Get("ETag")
	comes(t, w.waiting(`"other"`, "1m")).is(200) // what is not known comes at once
	comes(t, w.waiting(tag, "20ms")).is(304)
	one, two := w.waiting(tag, "1m"), w.waiting(tag, "1m")
	w.setVariables(`{"NEW": "1"}`)
	for _, from := range []<-chan reply{one, two} {
		r := comes(t, from).is(200)
		if decode[lockstep.ResolvedConfig](r).Services["backend"].Env["NEW"] != "1" {
			t.Errorf("%s", r.body)
		}
		tag = r.header.Get("ETag")
	}
	// Who waits does not keep the server from stopping.
	last := w.waiting(tag, "1m")
	w.handler.CloseStreams()
	comes(t, last).is(304)
}

func TestResolvedConfigIsStreamed(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.follow()
	w.get(staging+"/config/watch?service=backed").problem(404, lockstep.CodeNotFound)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	resp, err := w.client.Do(w.request(http.MethodGet, staging+"/config/watch?service=backend", "").WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func(want string) {
		t.Helper()
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if !strings.Contains(text, want) {
					t.Errorf("%s does not say %s", text, want)
				}
				return
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
	}
	next(`"config":1`)
	w.setVariables(`{"NEW": "1"}`)
	next(`"NEW":"1"`)
}

// TestResolvedConfigOfTwoServers changes on one server what is read, and
// waited for, on another.
func TestResolvedConfigOfTwoServers(t *testing.T) {
	t.Parallel()
	database := store.Options{DatabaseURL: postgres.Database(t)}
	a, b := newWorldIn(t, database), newWorldIn(t, database)
	a.setUp()
	a.follow()
	b.follow()
	for _, value := range []string{"1", "2", "3"} {
		tag := b.get(resolvedPath).is(200).header.Get("ETag")
		waits := b.waiting(tag, "1m")
		a.setVariables(`{"NEW": "` + value + `"}`)
		if got := decode[lockstep.ResolvedConfig](a.get(resolvedPath).is(200)).Services["backend"].Env["NEW"]; got != value {
			t.Errorf("who set %s reads %q", value, got)
		}
		if got := decode[lockstep.ResolvedConfig](comes(t, waits).is(200)).Services["backend"].Env["NEW"]; got != value {
			t.Errorf("who waited at the other server for %s reads %q", value, got)
		}
	}
}

// delivered is the part of a day in which apps ask for what they get.
func (w *world) delivered(system string) {
	w.Helper()
	w.do(http.MethodPost, system+"/variables/read", `{"format": "dotenv", "text": "A=1\n"}`).is(200)
	w.do(http.MethodPost, system+"/variables/write", `{"format": "dotenv", "variables": [{"key": "A", "value": "1"}]}`).is(200)
	doc := decode[lockstep.ResolvedConfig](w.get(system + "/environments/staging/config/resolved").is(200))
	if doc.Environment != "staging" || len(doc.Services) != 2 {
		w.Errorf("resolved %+v", doc)
	}
	stopped := system + "/environments/production"
	w.do(http.MethodPut, stopped+"/config", `{"features": {"flags": {"day": {"enabled": true}}}}`, head{"If-Match": "*"}).is(200)
	w.do(http.MethodPost, stopped+"/ofrep/v1/evaluate/flags", `{"context": {}}`).is(200)
	w.do(http.MethodPost, stopped+"/ofrep/v1/evaluate/flags/day", `{"context": {}}`).is(200)
	inProject := strings.Replace(stopped, "/environments/", "/projects/sunday/environments/", 1)
	w.do(http.MethodPost, inProject+"/ofrep/v1/evaluate/flags", `{"context": {}}`).is(200)
	w.do(http.MethodPost, inProject+"/ofrep/v1/evaluate/flags/day", `{"context": {}}`).is(200)
}
