package matrix_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

const commented = `# The shop.
project: shop   # its name

services:
    backend:              # the API
        command: [./b, "{{port}}"]   # no shell
        replicas: 2   # two will do
        env:
            # how much to say
            LOG_LEVEL: info

            RETRIES: 3     # not more
        # after the variables
    page: {command: [./page], routes: [], env: {A: b}}  # in brackets

environments:
    production:
    # the others
    staging: {}
    development:  # mine
        domains:
        - a.example.com   # first
        - b.example.com
        description: >-
          two lines
          of text
`

func TestSet(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path     string
		value    any
		old, new string // the only stretch that changes
	}{
		"a number":                   {"services.backend.replicas", 3, "replicas: 2   # two", "replicas: 3   # two"},
		"a text":                     {"services.backend.env.LOG_LEVEL", "warn", "LOG_LEVEL: info", "LOG_LEVEL: warn"},
		"a text that needs quotes":   {"services.backend.env.RETRIES", "5", "RETRIES: 3     #", "RETRIES: \"5\"     #"},
		"a list":                     {"services.backend.command", []string{"./b", "-v"}, `[./b, "{{port}}"]   # no`, `[./b, -v]   # no`},
		"a number by a mapping":      {"services.backend.replicas", map[string]int{"default": 1, "production": 4}, "replicas: 2   # two will do\n", "replicas: # two will do\n          default: 1\n          production: 4\n"},
		"a new key":                  {"services.backend.port", 3000, "RETRIES: 3     # not more\n", "RETRIES: 3     # not more\n        port: 3000\n"},
		"a new variable":             {"services.backend.env.NEW", "x", "RETRIES: 3     # not more\n", "RETRIES: 3     # not more\n            NEW: x\n"},
		"a duration":                 {"services.backend.stopGrace", 90 * time.Second, "RETRIES: 3     # not more\n", "RETRIES: 3     # not more\n        stopGrace: 1m30s\n"},
		"our duration, nested":       {"services.backend.health.interval", lockstep.Duration(time.Minute), "RETRIES: 3     # not more\n", "RETRIES: 3     # not more\n        health:\n          interval: 1m\n"},
		"in brackets":                {"services.page.env.A", "c, d", "env: {A: b}}", "env: {A: \"c, d\"}}"},
		"new in brackets":            {"services.page.env.B", true, "env: {A: b}}", "env: {A: b, B: true}}"},
		"into an empty list":         {"services.page.routes[0]", "/p", "routes: []", "routes: [/p]"},
		"below nothing":              {"environments.production.services.backend.replicas", 4, "production:\n", "production:\n      services:\n        backend:\n          replicas: 4\n"},
		"below empty brackets":       {"environments.staging.type", "staging", "staging: {}\n", "staging:\n      type: staging\n"},
		"an item":                    {"environments.development.domains[0]", "c.example.com", "- a.example.com", "- c.example.com"},
		"a new item":                 {"environments.development.domains[2]", "c.example.com", "- b.example.com\n", "- b.example.com\n        - c.example.com\n"},
		"block text":                 {"environments.development.description", "short", ">-\n          two lines\n          of text\n", "short\n"},
		"a block list by brackets":   {"environments.development.domains", []string{}, "domains:\n        - a.example.com   # first\n        - b.example.com\n", "domains: []\n"},
		"at the top":                 {"runtime", "docker", "          of text\n", "          of text\nruntime: docker\n"},
		"a new environment":          {"environments.preview", map[string]any{}, "          of text\n", "          of text\n    preview: {}\n"},
		"remove a key":               {"services.backend.replicas", nil, "        replicas: 2   # two will do\n", ""},
		"remove a mapping":           {"services.backend.env", nil, "        env:\n            # how much to say\n            LOG_LEVEL: info\n\n            RETRIES: 3     # not more\n", ""},
		"remove the last in a block": {"environments.development.description", nil, "        description: >-\n          two lines\n          of text\n", ""},
		"remove in brackets":         {"services.page.routes", nil, "routes: [], env", "env"},
		"remove the last":            {"services.page.env", nil, "routes: [], env: {A: b}}", "routes: []}"},
		"remove the only one":        {"services.page.env.A", nil, "env: {A: b}", "env: {}"},
		"remove an item":             {"environments.development.domains[0]", nil, "        - a.example.com   # first\n", ""},
		"remove what is not there":   {"services.backend.user", nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.Count(commented, c.old) != 1 && c.old != "" {
				t.Fatalf("%q stands %d times", c.old, strings.Count(commented, c.old))
			}
			want := strings.Replace(commented, c.old, c.new, 1)
			got, err := matrix.Set([]byte(commented), c.path, c.value)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			windows, err := matrix.Set([]byte("\ufeff"+strings.ReplaceAll(commented, "\n", "\r\n")), c.path, c.value)
			if err != nil {
				t.Fatal(err)
			}
			if string(windows) != "\ufeff"+strings.ReplaceAll(want, "\n", "\r\n") {
				t.Errorf("with a byte order mark and Windows line ends:\n%q", windows)
			}
		})
	}
}

func TestSetInSmallFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		src, path string
		value     any
		want      string
	}{
		{"", "project", "shop", "project: shop\n"},
		{"# only this", "project", "shop", "# only this\nproject: shop\n"},
		{"project: shop", "runtime", "docker", "project: shop\nruntime: docker"},
		{"project: shop", "project", nil, "{}"},
		{"{project: shop}", "runtime", "docker", "{project: shop, runtime: docker}"},
		{"a:\n- b: 1\n  c: 2\n", "a[0].b", nil, "a:\n- c: 2\n"},
		{"a:\n- b: 1\n", "a[0].c", "x", "a:\n- b: 1\n  c: x\n"},
		{"a:\n  - b\n", "a[0]", nil, "a: []\n"},
		{"a:\nb: c\n", "a", "x", "a: x\nb: c\n"},
		{"a: # so\nb: c\n", "a", "x", "a: x # so\nb: c\n"},
		{"a:\n  -\n  - c\n", "a[0]", "x", "a:\n  - x\n  - c\n"},
		{"a: {b, c: d}\n", "a.b", "x", "a: {b: x, c: d}\n"},
		{"a: 'it''s' # so\n", "a", "no", "a: no # so\n"},
		{"a: \"x: y\"\n", "a", "z", "a: z\n"},
		{"a: b\n", `"a.b"`, "c", "a: b\na.b: c\n"},
		{"a: &x b\nc: d\n", "a", "e", "a: &x e\nc: d\n"},
	} {
		want := c.want
		if c.value == "no" {
			want = strings.Replace(want, "no", `"no"`, 1) // a boolean to older readers
		}
		got, err := matrix.Set([]byte(c.src), c.path, c.value)
		if err != nil || string(got) != want {
			t.Errorf("Set(%q, %s, %v)\n got %q (%v)\nwant %q", c.src, c.path, c.value, got, err, want)
		}
	}
}

func TestSetRefuses(t *testing.T) {
	t.Parallel()
	const src = "x-a: &a {k: v}\na: *a\nb: {<<: *a, c: d}\nl: [1]\nt: text\n"
	for name, c := range map[string]struct {
		src, path string
		value     any
		want      lockstep.Code
	}{
		"through an alias":          {src, "a.k", "w", lockstep.CodeUnsupported},
		"a key by merge":            {src, "b.k", "w", lockstep.CodeUnsupported},
		"what an alias shares":      {src, "x-a.k", "w", lockstep.CodeUnsupported},
		"a key in a text":           {src, "t.k", "w", lockstep.CodeInvalid},
		"a key in a list":           {src, "l.k", "w", lockstep.CodeInvalid},
		"an item in a mapping":      {src, "b[0]", "w", lockstep.CodeInvalid},
		"an item beyond the end":    {src, "l[2]", "w", lockstep.CodeInvalid},
		"no path":                   {src, "", "w", lockstep.CodeInvalid},
		"a path that ends in .":     {src, "t.", "w", lockstep.CodeInvalid},
		"a path with two dots":      {src, "b..c", "w", lockstep.CodeInvalid},
		"a path with a bad index":   {src, "l[x]", "w", lockstep.CodeInvalid},
		"a path with an open quote": {src, `"l`, "w", lockstep.CodeInvalid},
		"a NUL":                     {src, "t", "a\x00b", lockstep.CodeInvalid},
		"no UTF-8":                  {src, "t", "\xff", lockstep.CodeInvalid},
		"a function":                {src, "t", func() {}, lockstep.CodeInvalid},
		"a file that is no YAML":    {"a: [", "a", "w", lockstep.CodeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := matrix.Set([]byte(c.src), c.path, c.value)
			if lockstep.CodeOf(err) != c.want || got != nil {
				t.Errorf("got %q, %v; want %s", got, err, c.want)
			}
		})
	}
}

// TestSetEverywhere changes, adds to and removes every value of the real
// files; Set checks each result itself, and all comments stay.
func TestSetEverywhere(t *testing.T) {
	t.Parallel()
	for name, src := range rightFiles(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			paths := matrix.Paths(t, src)
			if len(paths) < 3 {
				t.Fatalf("only %v", paths)
			}
			for _, path := range paths {
				values := []any{"a: b", map[string]string{"new": "y"}, nil}
				if name != "sunday" {
					values = values[1:]
				}
				for _, value := range values {
					got, err := matrix.Set(src, path, value)
					if err != nil {
						if lockstep.CodeOf(err) != lockstep.CodeUnsupported || name == "seed" || name == "sunday" {
							t.Errorf("Set %s to %v: %v", path, value, err)
						}
						continue
					}
					if missing := lost(src, got); value != nil && name == "sunday" && missing != "" {
						t.Errorf("Set %s to %v lost %q", path, value, missing)
					}
				}
			}
		})
	}
}

// lost is a comment line of the one text that the other does not have.
func lost(before, after []byte) string {
	kept := map[string]bool{}
	for line := range strings.Lines(string(after)) {
		kept[strings.TrimSpace(line)] = true
	}
	var comments []string
	for line := range strings.Lines(string(before)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") && !kept[line] {
			comments = append(comments, line)
		}
	}
	return strings.Join(comments, "\n")
}

func TestSettingsAddUp(t *testing.T) {
	t.Parallel()
	src := []byte("environments:\n  production:\n")
	steps := map[string]any{
		"project": "shop", "services.backend.command": []string{"./b", "{{port}}"}, "services.backend.env.LOG_LEVEL": "info",
		"environments.production.services.backend.env.LOG_LEVEL": "warn", "environments.production.domains": []string{"a.example.com"},
		"environments.production.strategy.warmFor": time.Duration(0), "environments.staging.replicas": nil,
	}
	for _, path := range slices.Sorted(maps.Keys(steps)) {
		var err error
		if src, err = matrix.Set(src, path, steps[path]); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	d := parse(t, string(src))
	if d.Project != "shop" || d.Environments[0].Config.Services["backend"].Env["LOG_LEVEL"] != "warn" || *d.Environments[0].Spec.Strategy.WarmFor != 0 {
		t.Errorf("%s\n%+v", src, d)
	}
}
