package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// canaryMatrix has a hook that gets the secrets and does not tell, and an
// environment in which it fails.
const canaryMatrix = `
project: shop
services:
  web:
    artifact: ./good
    command: [webapp, --port, "{{port}}"]
    health: {path: /health, interval: 50ms, startTimeout: 2s}
environments:
  production:
    hooks:
      - {name: migrate, stage: pre-deployment, run: [sh, -c, 'test -n "$PLAIN" && test -s "$FILE"']}
    strategy: {primary: blue_green, warmFor: 10m, stableFor: 100ms, drainTimeout: 5s}
  staging:
    hooks:
      - {name: tells, stage: pre-deployment, required: true, run: [sh, -c, 'echo "it is $PLAIN"; exit 3']}
    strategy: {primary: recreate, stableFor: 100ms, drainTimeout: 5s}
`

// TestSecretsAreNowhere plants values that cannot occur by chance, lets the
// real server and its agent do all that they do with them, and looks for them
// in everything that anybody could read. Their only place is the environment
// of the apps that get them, and the files of those that are delivered as
// some, while their apps run.
func TestSecretsAreNowhere(t *testing.T) {
	t.Parallel()
	w := newCanaries(t)
	w.write("matrix.yaml", canaryMatrix)
	w.serve()
	w.run("apply", "-f", w.path("matrix.yaml"), "--yes")
	w.run("release", "create", "1.0.0")
	w.run("release", "create", "2.0.0", "--artifact", "web="+w.path("sick"))
	w.plant("vars", "set", "--everywhere", "PLAIN", "--secret")
	w.plant("vars", "set", "production", "NASTY", "--secret")
	w.plant("vars", "set", "production", "web/LINES", "--type", "secret")
	w.plant("vars", "set", "production", "FILE", "--secret", "--type", "file")
	w.run("vars", "set", "production", "URL=postgres://app:${PLAIN}@db/{{environment}}?${NASTY}")

	w.watch()
	w.run("deploy", "production", "1.0.0", "--with-config", "latest")
	w.instancesHaveThem()
	if files := w.delivered(); len(files) != 1 || filepath.Base(files[0]) != "FILE" {
		t.Errorf("the values that lie in files are %v, want FILE of the one instance", files)
	}
	w.fails("deploy", "production", "2.0.0") // takes itself back
	w.crash()
	w.serve()
	w.run("deploy", "production", "1.0.0", "-o", "json")
	w.plantAgain("vars", "set", "--everywhere", "PLAIN", "--secret")
	w.run("deploy", "production", "1.0.0", "--with-config", "latest")
	w.run("rollback", "production")
	w.looksAround()
	w.refusals()
	w.run("vars", "revoke", "production", "PLAIN", "--version", "2", "--force", "--yes")
	w.run("keys", "rotate")
	w.nowhere()

	w.plant("vars", "set", "--everywhere", "PLAIN", "--secret")
	// What a hook writes of its own accord is masked before it is kept; its
	// own file, at the agent, is not Lockstep's to change.
	if out := w.fails("deploy", "staging", "1.0.0", "--with-config", "latest"); !strings.Contains(out, "it is [REDACTED]") {
		t.Errorf("the hook's output is not there:\n%s", out)
	}
	w.except(filepath.Join("agent", "jobs"))
	w.nowhere()

	if files := w.delivered(); len(files) == 0 {
		t.Error("no instance has its file any more")
	}
	w.run("destroy", "production", "--yes")
	w.run("destroy", "staging", "--yes")
	w.skip = nil
	w.nowhere()
	w.nothingIsDelivered()
}

// looksAround asks for everything that shows something, in each form.
func (w *canaries) looksAround() {
	w.Helper()
	deployment := strings.TrimSpace(w.run("deployments", "production"))
	if !strings.Contains(deployment, "1.0.0") {
		w.Errorf("deployments: %s", deployment)
	}
	for _, args := range [][]string{
		{"status", "production"},
		{"deployments", "production"},
		{"logs", "production"},
		{"vars", "list", "production", "--service", "web"},
		{"vars", "explain", "production", "URL"},
		{"vars", "who-uses", "production", "PLAIN"},
		{"config", "diff", "production", "1", "2"},
		{"output", "production", "migrate"},
	} {
		w.try(args...)
	}
	for _, args := range [][]string{
		{"status", "production"},
		{"info", "production"},
		{"health", "production"},
		{"metrics", "production"},
		{"deployments", "production"},
		{"logs", "production"},
		{"export"},
		{"keys", "status"},
		{"release", "show", "1.0.0"},
		{"vars", "list", "production"},
		{"vars", "list", "--everywhere"},
		{"vars", "explain", "production", "PLAIN"},
		{"vars", "who-uses", "production", "web/LINES"},
		{"config", "get", "production"},
		{"config", "versions", "production"},
		{"config", "diff", "production", "1", "2"},
		{"output", "production", "migrate"},
	} {
		w.try(append(args, "-o", "json")...)
	}
	w.run("vars", "list", "production", "-o", "yaml")
	w.try("deploy", "production", "1.0.0", "--with-config", "latest", "--dry-run")
	for _, path := range []string{
		"/metrics", "/api/openapi.json", "/api/system/info", "/api/system/environments", "/api/system/environments/production/config",
		"/api/system/environments/production/status", "/api/system/environments/production/variables", "/api/system/operations",
		"/api/system/deployments", "/api/system/matrix", "/api/system/keys", "/api/system/environments/production/config/versions/2",
	} {
		w.get(path)
	}
	w.events()
}

// refusals are mistakes with values in them.
func (w *canaries) refusals() {
	w.Helper()
	w.rejects(w.values["PLAIN"], "vars", "set", "production", "1BAD", "--secret")
	w.rejects(w.values["PLAIN"], "vars", "set", "production", "NUMBER", "--secret", "--type", "number")
	w.rejects(w.values["NASTY"], "vars", "set", "nowhere", "PLAIN", "--secret")
	w.rejects(w.values["PLAIN"]+"\x00", "vars", "set", "production", "NUL", "--secret")
	w.put("/api/system/environments/production/variables", `{"variables":[{"key":"X","value":"`+w.values["PLAIN"]+`","sensitive":true,"scope":"wrong"}]}`)
	w.put("/api/system/environments/production/variables", `{"variables":[{"key":"X","sensitive":true,"value":["`+w.values["PLAIN"]+`"]}]}`)
	w.put("/api/system/environments/production/variables", `{"variables":"`+w.values["PLAIN"])
	w.try("vars", "revoke", "production", "PLAIN", "--version", "1", "--yes")
	w.try("vars", "get", "production", "PLAIN")
}

func TestCanariesAreFound(t *testing.T) {
	t.Parallel()
	for name, hide := range disguises() {
		for _, before := range []string{"", "x", "xy", "xyz"} {
			if _, found := sought("k4n4r1env0gel7q")([]byte(hide(before + "k4n4r1env0gel7q" + before))); !found {
				t.Errorf("%s behind %q is not found", name, before)
			}
		}
	}
	if what, found := sought("k4n4r1env0gel7q")([]byte(strings.Repeat("something else ", 100))); found {
		t.Errorf("found %s where there is nothing", what)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("…k4n4r1env0gel7q…"), 0o600); err != nil {
		t.Fatal(err)
	}
	if found := searched(t, dir, []string{"k4n4r1env0gel7q"}, nil); len(found) != 1 {
		t.Errorf("in a file: %v", found)
	}
}
