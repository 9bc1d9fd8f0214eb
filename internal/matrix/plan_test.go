package matrix_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/matrix"
)

func planFile(t *testing.T, name string) matrix.Desired {
	t.Helper()
	src, err := os.ReadFile("testdata/plan/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(src))
}

func rendered(p matrix.Plan) []byte {
	var b bytes.Buffer
	p.Render(&b)
	return b.Bytes()
}

func TestPlans(t *testing.T) {
	t.Parallel()
	before, after := planFile(t, "old.yaml"), planFile(t, "new.yaml")
	for name, p := range map[string]matrix.Plan{
		"first":  matrix.Diff(matrix.Desired{}, before),
		"change": matrix.Diff(before, after),
		"back":   matrix.Diff(after, before),
		"none":   matrix.Diff(before, before),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, "plan/"+name+".golden", rendered(p))
			raw, err := json.MarshalIndent(p, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "plan/"+name+".golden.json", append(raw, '\n'))
			var back matrix.Plan
			if err := json.Unmarshal(raw, &back); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(rendered(back), rendered(p)) {
				t.Errorf("a plan that went through JSON prints\n%s", rendered(back))
			}
		})
	}
}

func TestPlanCounts(t *testing.T) {
	t.Parallel()
	p := matrix.Diff(planFile(t, "old.yaml"), planFile(t, "new.yaml"))
	if got := []int{p.Count(matrix.Create), p.Count(matrix.Modify), p.Count(matrix.Delete)}; !slices.Equal(got, []int{2, 4, 2}) {
		t.Errorf("create, change, delete: %v", got)
	}
	if got := p.Deleted(); !slices.Equal(got, []string{"development"}) {
		t.Errorf("deleted %v", got)
	}
	if p.Empty() || !matrix.Diff(planFile(t, "old.yaml"), planFile(t, "old.yaml")).Empty() {
		t.Error("Empty is wrong")
	}
}

// TestShips: what a change waits for follows from what it touches.
func TestShips(t *testing.T) {
	t.Parallel()
	const base = `services: {backend: {command: [./b], env: {A: "1"}, replicas: 1}}
environments: {production: {description: one}, staging: }
`
	for name, c := range map[string]struct {
		from, to string
		want     map[string]matrix.Ships
	}{
		"a command":      {"[./b]", "[./b, -v]", map[string]matrix.Ships{"command": matrix.ShipsRelease}},
		"a variable":     {`A: "1"`, `A: "2"`, map[string]matrix.Ships{"services.backend.env.A": matrix.ShipsConfig}},
		"replicas":       {"replicas: 1", "replicas: 2", map[string]matrix.Ships{"replicas.backend": matrix.ShipsDeployment}},
		"a description":  {"one", "two", map[string]matrix.Ships{"description": matrix.ShipsNow}},
		"a strategy":     {"description: one", "description: one, strategy: {primary: rolling}", map[string]matrix.Ships{"strategy.primary": matrix.ShipsNow, "strategy.alternatives": matrix.ShipsNow}},
		"a runtime":      {"services: {backend: {", "runtime: docker\nservices: {backend: {image: b, ", map[string]matrix.Ships{"runtime": matrix.ShipsDeployment, "image": matrix.ShipsRelease}},
		"an environment": {"staging: ", "staging: , preview: ", map[string]matrix.Ships{"services.backend.env.A": matrix.ShipsDeployment, "type": matrix.ShipsNow, "replicas.backend": matrix.ShipsDeployment}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(base, c.from, c.to, 1)
			if changed == base {
				t.Fatal("nothing replaced")
			}
			got := map[string]matrix.Ships{}
			for _, change := range matrix.Diff(parse(t, base), parse(t, changed)).Changes {
				for _, f := range change.Fields {
					got[f.Path] = f.Ships
				}
			}
			for path, want := range c.want {
				if got[path] != want {
					t.Errorf("%s ships %q, want %q (all: %v)", path, got[path], want, got)
				}
			}
		})
	}
}

func TestRenderIsSafe(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 500)
	d := parse(t, "services: {backend: {command: [./b], env: {LONG: "+long+`, EVIL: "\x1b[2J\u202e"}}}`+"\nenvironments: {production: }\n")
	out := string(rendered(matrix.Diff(matrix.Desired{}, d)))
	for line := range strings.Lines(out) {
		if len([]rune(line)) > 80+60 {
			t.Errorf("a long line: %q", line)
		}
	}
	if strings.ContainsAny(out, "\x1b\u202e") || strings.Contains(out, strings.Repeat("x", 81)) {
		t.Errorf("printed as it is: %q", out)
	}
}

// TestDiffSees: differences that are easily taken for none.
func TestDiffSees(t *testing.T) {
	t.Parallel()
	const base = "services: {backend: {command: [./b]}}\nenvironments: {production: {strategy: {primary: recreate}, networking: {a: 1}, services: {backend: {user: u}}}}\n"
	for name, c := range map[string][2]string{
		"warmFor 0":                  {"primary: recreate", "primary: recreate, warmFor: 0"},
		"no routes here":             {"user: u", "user: u, routes: []"},
		"nothing to validate here":   {"user: u", "user: u, validate: []"},
		"an empty overlay of health": {"user: u", "user: u, health: {}"},
		"no routes at all":           {"command: [./b]", "command: [./b], routes: []"},
		"no replicas":                {"user: u", "user: u, replicas: 0"},
		"an empty variable":          {"user: u", "user: u, env: {A: \"\"}"},
		"a number as a text":         {"a: 1", "a: \"1\""},
		"nothing by a number":        {"a: 1", "a: "},
		"false by nothing":           {"a: 1", "a: 1, b: false"},
		"a dependency":               {"networking", "dependencies: {queue: }, networking"},
		"an endpoint":                {"networking", "storage: {endpoint: \"s3:443\"}, networking"},
		"a type":                     {"networking", "type: custom, networking"},
		"a domain":                   {"networking", "domains: [a.example.com], networking"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(base, c[0], c[1], 1)
			p := matrix.Diff(parse(t, base), parse(t, changed))
			if p.Empty() || matrix.Diff(parse(t, changed), parse(t, base)).Empty() {
				t.Errorf("no difference to\n%s", changed)
			}
			if exported := matrix.Export(parse(t, changed)); !matrix.Diff(parse(t, changed), parse(t, string(exported))).Empty() {
				t.Errorf("lost on export:\n%s", exported)
			}
		})
	}
}
