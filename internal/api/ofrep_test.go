package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/suite"
	"github.com/lockstep-dev/lockstep/internal/suite/node"
)

const (
	staging = "/api/system/environments/staging"
	flags   = `{"features": {"flags": {
		"checkout": {"enabled": true, "rollout": {"percent": 100}},
		"colour": {"enabled": true, "variants": {"red": "#f00", "blue": "#00f"}, "default": "blue", "targeting": [{"if": "context.plan == \"team\"", "variant": "red"}]},
		"limit": {"enabled": true, "variants": {"low": 1.5, "high": 100}, "default": "high"},
		"banner": {"enabled": false, "variants": {"sale": {"text": "-20%"}}, "default": "sale"}}}}`
)

// flagged is a world whose staging has flags.
func flagged(tb testing.TB) *world {
	tb.Helper()
	w := applied(tb)
	w.do(http.MethodPut, staging+"/config", flags, head{"If-Match": "*"}).is(200)
	return w
}

func TestFlags(t *testing.T) {
	t.Parallel()
	w := flagged(t)
	one := func(key, context string, status int, want string) {
		t.Helper()
		r := w.do(http.MethodPost, staging+"/ofrep/v1/evaluate/flags/"+key, `{"context": `+context+`}`).is(status)
		if !strings.Contains(string(r.body), want) {
			t.Errorf("%s for %s: %s, want %s", key, context, r.body, want)
		}
	}
	one("colour", `{}`, 200, `"reason":"DEFAULT","variant":"blue","value":"#00f"`)
	one("colour", `{"plan": "team"}`, 200, `"reason":"TARGETING_MATCH","variant":"red","value":"#f00"`)
	one("checkout", `{"targetingKey": "ana"}`, 200, `"reason":"SPLIT","variant":"on","value":true`)
	one("checkout", `{}`, 400, `"errorCode":"TARGETING_KEY_MISSING"`)
	one("banner", `{}`, 200, `{"key":"banner","reason":"DISABLED"}`)
	one("chekout", `{}`, 404, `"errorCode":"FLAG_NOT_FOUND"`)

	all := w.do(http.MethodPost, staging+"/ofrep/v1/evaluate/flags", `{"context": {"targetingKey": "ana"}}`).is(200)
	tag := all.header.Get("ETag")
	w.do(http.MethodPost, staging+"/ofrep/v1/evaluate/flags", `{"context": {"targetingKey": "ana"}}`, head{"If-None-Match": tag}).is(304)
	w.do(http.MethodPost, staging+"/ofrep/v1/evaluate/flags", `{"context": {"targetingKey": "ana", "plan": "team"}}`, head{"If-None-Match": tag}).is(200)
	w.do(http.MethodPut, staging+"/config", `{"features": {"flags": {"checkout": {"enabled": false}}}}`, head{"If-Match": "*"}).is(200)
	w.do(http.MethodPost, staging+"/ofrep/v1/evaluate/flags", `{"context": {"targetingKey": "ana"}}`, head{"If-None-Match": tag}).is(200)

	w.do(http.MethodPut, staging+"/config", `{"features": {"flags": {"colour": {"default": "green"}}}}`, head{"If-Match": "*"}).
		problem(422, lockstep.CodeInvalid, "features.flags.colour.default")
	w.do(http.MethodPost, "/api/system/environments/nowhere/ofrep/v1/evaluate/flags", `{}`).is(404)
}

// A base URL has no place for a query: where several projects have an
// environment of a name, the path says which.
func TestFlagsOfOneOfSeveralProjects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, project := range []string{"sunday", "monday"} {
		text := strings.Replace(matrixText, "project: sunday", "project: "+project, 1)
		if project == "monday" {
			text = strings.ReplaceAll(text, "  production:", "  night:")
		}
		w.do(http.MethodPut, "/api/system/matrix", text, head{"If-Match": "*"}).is(200)
		w.do(http.MethodPut, staging+"/config?project="+project, `{"features": {"flags": {"`+project+`": {"enabled": true}}}}`, head{"If-Match": "*"}).is(200)
	}
	at := func(base string) string { return base + "/ofrep/v1/evaluate/flags" }
	for _, project := range []string{"sunday", "monday"} {
		for _, path := range []string{at("/api/system/projects/" + project + "/environments/staging"), at(staging) + "?project=" + project} {
			if r := w.do(http.MethodPost, path, `{}`).is(200); !strings.Contains(string(r.body), `{"flags":[{"key":"`+project+`"`) {
				t.Errorf("%s: %s", path, r.body)
			}
		}
		one := "/api/system/projects/" + project + "/environments/staging/ofrep/v1/evaluate/flags/" + project
		w.do(http.MethodPost, one, `{}`).is(200)
		w.do(http.MethodPost, strings.Replace(one, "flags/"+project, "flags/another", 1), `{}`).is(404)
	}
	w.do(http.MethodPost, at("/api/system/environments/night"), `{}`).is(200)
	w.do(http.MethodPost, at("/api/system/projects/sunday/environments/night"), `{}`).is(404)
	refused := w.do(http.MethodPost, at(staging), `{}`).is(409)
	if says := string(refused.body); !strings.Contains(says, "several projects have an environment staging") || !strings.Contains(says, "/api/system/projects/monday/environments/staging") {
		t.Errorf("%s", says)
	}
}

func TestFlagsOfTheGoClient(t *testing.T) {
	t.Parallel()
	w := flagged(t)
	c, err := client.New(client.Options{Server: w.base, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.Flags(t.Context(), "staging", map[string]any{"targetingKey": "ana", "plan": "team"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range all {
		got = append(got, e.Key+"="+e.Variant+" "+e.Reason)
	}
	if want := []string{"banner= DISABLED", "checkout=on SPLIT", "colour=red TARGETING_MATCH", "limit=high STATIC"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFlagsOfTheOpenFeatureSDK asks as apps do: the official JavaScript SDK
// through its OFREP provider.
func TestFlagsOfTheOpenFeatureSDK(t *testing.T) {
	t.Parallel()
	dir := suite.Need(t, node.Packages)
	w := flagged(t)
	cmd := exec.CommandContext(t.Context(), "node", "-e", `
		const { OpenFeature } = require("@openfeature/server-sdk")
		const { OFREPProvider } = require("@openfeature/ofrep-provider")
		const headers = { Authorization: "Bearer " + process.env.TOKEN }
		void (async () => {
			await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: process.env.BASE, headers }))
			const flags = OpenFeature.getClient()
			const ana = { targetingKey: "ana", plan: "team" }
			const said = (d) => [d.value, d.variant, d.reason, d.errorCode].map((v) => JSON.stringify(v) ?? "-").join(" ")
			process.stdout.write(JSON.stringify({
				boolean: said(await flags.getBooleanDetails("checkout", false, ana)),
				string: said(await flags.getStringDetails("colour", "none", ana)),
				number: said(await flags.getNumberDetails("limit", 0, ana)),
				anonymous: said(await flags.getBooleanDetails("checkout", false)),
				missing: said(await flags.getBooleanDetails("nothing", true, ana)),
				wrongType: said(await flags.getBooleanDetails("colour", true, ana)),
			}))
			await OpenFeature.close()
		})()`)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TOKEN=" + token, "BASE=" + w.base + staging}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var got map[string]string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := map[string]string{
		"boolean": `true "on" "SPLIT" -`, "string": `"#f00" "red" "TARGETING_MATCH" -`, "number": `100 "high" "STATIC" -`,
		"anonymous": `false - "ERROR" "TARGETING_KEY_MISSING"`, "missing": `true - "ERROR" "FLAG_NOT_FOUND"`,
		"wrongType": `true - "ERROR" "TYPE_MISMATCH"`,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}
