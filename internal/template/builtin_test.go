package template

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// TestBuiltIns: each is a good template, and a configuration takes what it
// makes for every type of environment that it is for.
func TestBuiltIns(t *testing.T) {
	t.Parallel()
	all, err := BuiltIns()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"development", "testing", "staging", "production", "preview", "disaster-recovery"} {
		found := false
		for _, tmpl := range all {
			found = found || tmpl.Name == want+"-baseline" && tmpl.Type == lockstep.TemplateEnvironment
		}
		if !found {
			t.Errorf("there is none for %s", want)
		}
	}
	given := map[string]any{"SENTRY_DSN": "https://public@sentry.example.com/1", "ANALYTICS_ID": "UA-1", "takesOverFor": "main"}
	for _, tmpl := range all {
		t.Run(tmpl.Name, func(t *testing.T) {
			t.Parallel()
			checked, err := Check(t.Context(), ownRenderer(Limits{}), tmpl)
			if err != nil {
				t.Fatal(err)
			}
			if len(checked.Variables) != len(tmpl.Variables) {
				t.Errorf("it uses what it does not declare: %v", checked.Variables)
			}
			set := map[string]any{}
			for _, v := range tmpl.Variables {
				if value, ok := given[v.Key]; ok {
					set[v.Key] = value
				}
			}
			made, err := Make(t.Context(), ownRenderer(Limits{}), tmpl, values(t, tmpl, set))
			if err != nil {
				t.Fatal(err)
			}
			up := lockstep.ConfigUpdate{Sections: made.Sections, Variables: made.Update}
			doc, _, err := config.ApplyUpdate(lockstep.ConfigDocument{}, up, config.Edit{Level: lockstep.LevelEnvironment, Owner: "production", Actor: "ada", At: time.Unix(0, 0)})
			if err != nil {
				t.Fatal(err)
			}
			if tmpl.Type == lockstep.TemplateEnvironment && len(doc.Sections) != 8 {
				t.Errorf("it makes %d sections", len(doc.Sections))
			}
		})
	}
}

// TestKubernetesConfig: what it makes is what replacing the placeholders by
// hand makes.
func TestKubernetesConfig(t *testing.T) {
	t.Parallel()
	all, err := BuiltIns()
	if err != nil {
		t.Fatal(err)
	}
	for _, tmpl := range all {
		if tmpl.Name != "kubernetes-config" {
			continue
		}
		v := values(t, tmpl, map[string]any{"SENTRY_DSN": "https://public@sentry.example.com/1", "ANALYTICS_ID": "UA-1"})
		made, err := Make(t.Context(), ownRenderer(Limits{}), tmpl, v)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("testdata/kubernetes-config.golden.yaml")
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Split(made.Files["config.yaml"], "\n")
		for i, line := range strings.Split(string(want), "\n") {
			if i >= len(got) || got[i] != line {
				t.Fatalf("line %d is not %q", i+1, line)
			}
		}
		if len(made.Files["config.yaml"]) != len(want) {
			t.Errorf("it has %d bytes, want %d", len(made.Files["config.yaml"]), len(want))
		}
	}
}
