package main

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const returningMatrix = `
project: shop
services:
  web:
    artifact: ./good
    command: [webapp, --port, "{{port}}"]
    env: {GREETING: hello, RELEASE: "{{version}}", GONE: soon}
    health: {path: /health, interval: 50ms, startTimeout: 20s}
    stopGrace: 7s
    validate: [/]
environments:
  production:
    strategy: {primary: STRATEGY, warmFor: 1m, stableFor: 100ms, drainTimeout: 5s}
`

// TestARollbackReturnsEverythingByteForByte deploys a revision, then one in
// which all is different that a revision has, and rolls back: what runs, what
// it sees, and what is delivered is what it was before. The real server, its
// agent, and an app that tells what it was started with.
func TestARollbackReturnsEverythingByteForByte(t *testing.T) {
	t.Parallel()
	for name, strategy := range map[string]string{"instances that are kept warm": "blue_green", "instances that are started anew": "recreate"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newCanaries(t).returns(strings.ReplaceAll(returningMatrix, "STRATEGY", strategy))
		})
	}
}

func (w *canaries) returns(matrix string) {
	w.Helper()
	w.write("matrix.yaml", matrix)
	w.serve()
	w.run("apply", "-f", w.path("matrix.yaml"), "--yes")
	w.run("release", "create", "1.0.0")
	w.plant("vars", "set", "production", "NASTY", "--secret")
	w.plant("vars", "set", "production", "FILE", "--secret", "--type", "file")
	w.run("vars", "set", "--everywhere", "ORIGIN=https://${LOCKSTEP_ENVIRONMENT}.example.com", "TAKEN_AWAY=${LOCKSTEP_CONFIG_VERSION}")
	w.run("vars", "set", "production", "URL=postgres://app:${NASTY}@db", "ODD=  'two \" $${lines \n\t ")
	w.run("config", "set", "production", "logging.level=debug",
		"features.flags.checkout={enabled: true, rollout: {percent: 30}}", "features.flags.colour={enabled: true, variants: {red: 1, blue: 2}, default: red}")
	w.run("deploy", "production", "1.0.0", "--with-config", "latest")
	before := w.everything()
	if again := w.everything(); !maps.Equal(before, again) {
		w.Fatalf("it differs from one look to the next: %s", differing(before, again))
	}

	// Each part of a revision becomes another.
	w.write("matrix.yaml", strings.NewReplacer(
		`"{{port}}"]`, `"{{port}}", "--"]`, "GREETING: hello", "GREETING: good evening", ", GONE: soon", ", NEW: yes", "interval: 50ms", "interval: 60ms",
		"stopGrace: 7s", "stopGrace: 8s", "validate: [/]", "validate: [/self]").Replace(matrix))
	w.run("apply", "-f", w.path("matrix.yaml"), "--yes")
	w.run("release", "create", "2.0.0", "--artifact", "web="+w.path("better"))
	w.plantAgain("vars", "set", "production", "NASTY", "--secret")
	w.plantAgain("vars", "set", "production", "FILE", "--secret", "--type", "file")
	w.run("vars", "set", "--everywhere", "ORIGIN=https://elsewhere.example.com", "ADDED=1")
	w.run("vars", "unset", "--everywhere", "TAKEN_AWAY")
	w.run("vars", "set", "production", "ODD=even")
	w.run("config", "set", "production", "logging.level=warn",
		"features.flags.checkout={enabled: true, rollout: {percent: 90}}", "features.flags.colour={enabled: true, variants: {red: 1, blue: 2}, default: blue}")
	w.run("deploy", "production", "2.0.0", "--with-config", "latest")
	between := w.everything()
	for what := range before {
		if before[what] == between[what] {
			w.Errorf("%s is no different in the second revision: nothing would be seen of it", what)
		}
	}

	recorded := w.recorded()
	w.run("rollback", "production")
	if after := w.everything(); !maps.Equal(before, after) {
		w.Errorf("a rollback does not return %s", differing(before, after))
	}
	if now := w.recorded(); !maps.Equal(now, recorded) {
		w.Errorf("a rollback changes %s", differing(recorded, now))
	}
}

// everything is what can be seen of a revision that runs, by what it is.
func (w *canaries) everything() map[string]string {
	w.Helper()
	out := map[string]string{}
	var self map[string]json.RawMessage
	w.parse(w.edgeSays("production.shop.localhost", "/self"), &self)
	for what, text := range self {
		out["the app's "+what] = string(text)
	}
	var status struct{ Revision json.RawMessage } // ID, hash and content: service specs, secret versions, flags
	w.parse(w.run("status", "production", "-o", "json"), &status)
	out["the revision"] = string(status.Revision)
	out["what is delivered"] = w.body("/api/system/environments/production/config/resolved?includeSecrets=true")
	var who strings.Builder
	for _, person := range []string{"ana", "bob", "eve", "ida", "joe", "kim", "lea", "max"} {
		who.WriteString(w.run("flags", "production", "--for", person, "-o", "json"))
	}
	out["who gets which flag"] = who.String()
	return out
}

// recorded is the newest configuration, which is not what runs.
func (w *canaries) recorded() map[string]string {
	w.Helper()
	var doc map[string]json.RawMessage
	w.parse(w.body("/api/system/environments/production/config?includeSecrets=true"), &doc)
	delete(doc, "running")
	out := map[string]string{}
	for key, text := range doc {
		out["the recorded "+key] = string(text)
	}
	return out
}

func (w *canaries) parse(text string, into any) {
	w.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		w.Fatalf("%v: %s", err, text)
	}
}

func (w *canaries) body(path string) string {
	w.Helper()
	resp := w.request(http.MethodGet, path, "")
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.Fatalf("GET %s: %d %v\n%s", path, resp.StatusCode, err, text)
	}
	return string(text)
}

// edgeSays asks an environment as its users do.
func (w *canaries) edgeSays(host, path string) string {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), http.MethodGet, "http://"+w.edge+path, nil)
	if err != nil {
		w.Fatal(err)
	}
	req.Host = host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.Fatalf("%s%s: %d %v\n%s", host, path, resp.StatusCode, err, text)
	}
	return string(text)
}

func differing(a, b map[string]string) string {
	var out strings.Builder
	for _, what := range slices.Sorted(maps.Keys(a)) {
		if a[what] != b[what] {
			out.WriteString("\n" + what + ":\n  was " + a[what] + "\n  is  " + b[what])
		}
	}
	return out.String()
}

// tellSelf is what the webapp was started with, but for what every launch has
// of its own.
func tellSelf() ([]byte, error) {
	port := os.Getenv("PORT")
	of := func(s string) string { return strings.ReplaceAll(s, port, "{{port}}") }
	env, values := map[string]string{}, map[string]string{}
	for _, kv := range os.Environ() {
		name, value, _ := strings.Cut(kv, "=")
		switch name {
		case "PORT", "LOCKSTEP_LAUNCH", "LOCKSTEP_INSTANCE":
			continue
		case "FILE":
			text, err := os.ReadFile(value)
			if err != nil {
				return nil, err
			}
			values[name], value = string(text), filepath.Base(value)
		}
		env[name] = of(value)
	}
	args := make([]string, len(os.Args))
	for i, arg := range os.Args {
		args[i] = of(arg)
	}
	files := map[string]string{}
	entries, err := os.ReadDir(".")
	for _, entry := range entries {
		text, unread := os.ReadFile(entry.Name())
		if unread != nil {
			return nil, unread
		}
		files[entry.Name()] = string(text)
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"environment": env, "values in files": values, "arguments": args, "artifact": files})
}
