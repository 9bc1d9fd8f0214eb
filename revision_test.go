package lockstep_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lockstep-dev/lockstep"
)

func service(name string, dependsOn ...string) lockstep.ServiceSpec {
	return lockstep.ServiceSpec{Name: name, Command: []string{"./" + name, "{{port}}"}, Routes: []string{"/" + name}, DependsOn: dependsOn}
}

func groupIDs(t *testing.T, services ...lockstep.ServiceSpec) map[string]string {
	t.Helper()
	groups, err := lockstep.RevisionContent{Services: services}.Groups()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, g := range groups {
		out[g.Service] = g.ID
	}
	return out
}

func TestFreezingLaysConfigurationOverTheRelease(t *testing.T) {
	t.Parallel()
	release := lockstep.Release{Version: "2.1.0", Services: []lockstep.ServiceSpec{service("web", "api"), service("api")}}
	release.Services[1].Command = append(release.Services[1].Command, "--tag={{version}}")
	doc := lockstep.ConfigDocument{Services: map[string]lockstep.ServiceConfig{
		"api": {Env: map[string]string{"VERSION": "{{version}}", "PORT_HINT": "{{port}}"}, Health: &lockstep.HealthSpec{Path: "/up"}},
		"web": {Command: []string{"./web", "--slow"}},
	}}
	c := lockstep.NewRevisionContent(release, 3, doc)
	if c.Release != "2.1.0" || c.Config != 3 || c.Format != lockstep.RevisionFormat {
		t.Errorf("got %+v", c)
	}
	api, web := c.Services[0], c.Services[1]
	if api.Name != "api" || web.Name != "web" {
		t.Fatalf("services are not sorted: %s, %s", api.Name, web.Name)
	}
	if api.Env["VERSION"] != "2.1.0" || api.Env["PORT_HINT"] != "{{port}}" || api.Health.Path != "/up" || api.Command[2] != "--tag=2.1.0" {
		t.Errorf("api: %+v", api)
	}
	if !slices.Equal(web.Command, []string{"./web", "--slow"}) {
		t.Errorf("web: %+v", web)
	}
	if release.Services[1].Command[2] != "--tag={{version}}" {
		t.Error("freezing changed the release")
	}
}

func TestAGroupIsSharedUnlessItOrWhatItCallsChanges(t *testing.T) {
	t.Parallel()
	db, api, web := service("store"), service("api", "store"), service("web", "api")
	before := groupIDs(t, db, api, web)

	routed := api
	routed.Routes = []string{"/v2"}
	if after := groupIDs(t, db, routed, web); after["api"] != before["api"] {
		t.Error("a route is not part of what an instance is")
	}
	changed := api
	changed.Env = map[string]string{"LOG_LEVEL": "debug"}
	after := groupIDs(t, db, changed, web)
	if after["api"] == before["api"] {
		t.Error("a changed variable makes another group")
	}
	if after["web"] == before["web"] {
		t.Error("web calls api, so a new api makes a new web")
	}
	if after["store"] != before["store"] {
		t.Error("store calls nobody and did not change")
	}
}

func TestACycleIsNamed(t *testing.T) {
	t.Parallel()
	_, err := lockstep.RevisionContent{Services: []lockstep.ServiceSpec{
		service("a", "b"), service("b", "c"), service("c", "b"),
	}}.Groups()
	if lockstep.CodeOf(err) != lockstep.CodeInvalid || !strings.Contains(err.Error(), "b → c → b") {
		t.Errorf("got %v", err)
	}
}

func TestStartOrderPutsDependenciesFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "services")
		var services []lockstep.ServiceSpec
		for i := range n {
			s := service("s" + string(rune('a'+i)))
			for j := range i { // only earlier ones, so there is no cycle
				if rapid.Bool().Draw(t, "depends") {
					s.DependsOn = append(s.DependsOn, services[j].Name)
				}
			}
			s.DependsOn = append(s.DependsOn, "database") // not ours: skipped
			services = append(services, s)
		}
		order, err := lockstep.StartOrder(rapid.Permutation(services).Draw(t, "order"))
		if err != nil {
			t.Fatal(err)
		}
		if len(order) != n {
			t.Fatalf("%d of %d services", len(order), n)
		}
		at := map[string]int{}
		for i, s := range order {
			at[s.Name] = i
		}
		for _, s := range order {
			for _, dep := range s.DependsOn {
				if i, ours := at[dep]; ours && i > at[s.Name] {
					t.Fatalf("%s starts before %s", s.Name, dep)
				}
			}
		}
	})
}

func TestCanonicalBytesDoNotDependOnOrder(t *testing.T) {
	t.Parallel()
	a, err := lockstep.Canonical(map[string]any{"b": 1, "a": map[string]any{"y": "<&>", "x": 12345678901234567}})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"a":{"x":12345678901234567,"y":"<&>"},"b":1}`
	if string(a) != want {
		t.Errorf("got %s, want %s", a, want)
	}
	type reordered struct {
		B int            `json:"b"`
		A map[string]any `json:"a"`
	}
	one, _ := lockstep.Hash(map[string]any{"b": 1, "a": map[string]any{"x": 1}})
	two, _ := lockstep.Hash(reordered{B: 1, A: map[string]any{"x": 1}})
	if one != two {
		t.Error("the same value has two hashes")
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"dev", "production", "pr-123", "a1b"} {
		if err := lockstep.ValidateEnvironmentName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "ab", "Production", "a_b", "-dev", "dev-", "current", "switch", strings.Repeat("a", 31), "dév", "a b c", "dev\n"} {
		if err := lockstep.ValidateEnvironmentName(bad); lockstep.CodeOf(err) != lockstep.CodeInvalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"", "../1", "1 0", "v1/2", strings.Repeat("1", 129), ".1"} {
		if err := lockstep.ValidateVersion(bad); lockstep.CodeOf(err) != lockstep.CodeInvalid {
			t.Errorf("version %q: %v", bad, err)
		}
	}
}
