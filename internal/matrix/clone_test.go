package matrix_test

import (
	"bytes"
	"reflect"
	"slices"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

func desiredOf(t *testing.T, src []byte) matrix.Desired {
	t.Helper()
	m, err := matrix.Parse(src, "test")
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return m.Desired()
}

func envOf(t *testing.T, d matrix.Desired, name string) matrix.DesiredEnvironment {
	t.Helper()
	i := slices.IndexFunc(d.Environments, func(e matrix.DesiredEnvironment) bool { return e.Name == name })
	if i < 0 {
		t.Fatalf("no environment %s", name)
	}
	return d.Environments[i]
}

// Whatever a file says of an environment, a clone says too; every other
// environment stays what it was, and a clone exports and reads back.
func TestAClonesEnvironmentIsAsItsSource(t *testing.T) {
	t.Parallel()
	cloned := 0
	for file, text := range rightFiles(t) {
		src := []byte(text)
		before := desiredOf(t, src)
		for _, source := range before.Environments {
			out, rewritten, err := matrix.Clone(src, source.Name, matrix.NewEnvironment{Name: "the-clone", Type: lockstep.TypeCustom})
			if lockstep.CodeOf(err) == lockstep.CodeUnsupported {
				continue // its layout has to be edited by hand, and it says so
			}
			if err != nil {
				t.Fatalf("%s: %s: %v", file, source.Name, err)
			}
			cloned++
			after := desiredOf(t, out)
			for _, e := range before.Environments {
				if !reflect.DeepEqual(envOf(t, after, e.Name), e) {
					t.Errorf("%s: a clone of %s changed %s", file, source.Name, e.Name)
				}
			}
			got, want := envOf(t, after, "the-clone"), source
			want.Name, want.Type, want.Spec.Domains, got.Spec.Domains = got.Name, got.Type, nil, nil
			if len(rewritten) == 0 && !reflect.DeepEqual(got, want) {
				t.Errorf("%s: the clone of %s is\n%+v\nwant\n%+v", file, source.Name, got, want)
			}
			again := desiredOf(t, matrix.Export(after))
			if plan := matrix.Diff(again, after); !plan.Empty() {
				t.Errorf("%s: with a clone of %s it exports to something else: %+v", file, source.Name, plan)
			}
		}
	}
	if cloned < 7 {
		t.Errorf("only %d environments could be cloned", cloned)
	}
}

func TestCloneRewritesAddressesOnly(t *testing.T) {
	t.Parallel()
	const src = `project: shop
services:
  web: {command: [web], env: {A: "1"}}
environments:
  prod:
    domains: [prod.example.com, shop.example.com]
    services:
      web:
        env:
          URL: https://api-prod.example.com/prod?x=prod
          DB: prod-db:5432
          WORD: prod
          PRODUCT: product.example.com
          UNDER: a.my_prod.b
    regions: {primary: eu-1}
`
	out, rewritten, err := matrix.Clone([]byte(src), "prod", matrix.NewEnvironment{Name: "prod-2", Type: lockstep.TypeStaging, Region: "eu-2"})
	if err != nil {
		t.Fatal(err)
	}
	e := envOf(t, desiredOf(t, out), "prod-2")
	want := map[string]string{
		"URL": "https://api-prod-2.example.com/prod-2?x=prod-2", "DB": "prod-2-db:5432", "WORD": "prod", "PRODUCT": "product.example.com", "UNDER": "a.my_prod.b",
	}
	if got := e.Config.Services["web"].Env; !reflect.DeepEqual(got, want) {
		t.Errorf("variables %v, want %v", got, want)
	}
	if !slices.Equal(e.Spec.Domains, []string{"prod-2.example.com"}) || e.Spec.Region != "eu-2" || e.Type != lockstep.TypeStaging {
		t.Errorf("clone %+v", e)
	}
	if len(rewritten) != 5 {
		t.Errorf("told of %+v", rewritten)
	}
	for _, name := range []string{"prod", "X", "switch"} {
		if _, _, err := matrix.Clone([]byte(src), "prod", matrix.NewEnvironment{Name: name, Type: lockstep.TypeCustom}); err == nil {
			t.Errorf("a clone is called %s", name)
		}
	}
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	src := []byte("project: shop # kept\nservices: {web: {command: [web], replicas: 4}}\nenvironments: {}\n")
	for _, template := range matrix.Templates() {
		out, err := matrix.Add(src, matrix.NewEnvironment{Name: "made", Template: template, Description: "of a test"})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(out, []byte("# kept")) {
			t.Errorf("%s lost a comment:\n%s", template, out)
		}
		e := envOf(t, desiredOf(t, out), "made")
		if template == "preview" && (e.Type != lockstep.TypePreview || e.Spec.Replicas["web"] != 1) || template == "production" && !e.Spec.ApprovalRequired || e.Description != "of a test" {
			t.Errorf("%s: %+v", template, e)
		}
	}
}

func TestGraftTakesOneEnvironmentOver(t *testing.T) {
	t.Parallel()
	const into = `project: shop
services: {web: {command: [web], replicas: {default: 1, qas: 2}}}
environments:
  live: {validation: basic} # kept
  qas: {validation: basic, description: old}
deployment_strategies:
  qas: {primary: recreate}
`
	const file = `project: shop
services: {web: {command: [other], replicas: {default: 7, qas: 3}}}
environments:
  live: {validation: comprehensive}
  qas: {validation: standard}
`
	out, err := matrix.Graft([]byte(into), []byte(file), "qas")
	if err != nil {
		t.Fatal(err)
	}
	d := desiredOf(t, out)
	qas, live := envOf(t, d, "qas"), envOf(t, d, "live")
	if qas.Spec.Validation != lockstep.ValidationStandard || qas.Description != "" || qas.Spec.Replicas["web"] != 3 || qas.Spec.Strategy.Primary != lockstep.StrategyBlueGreen {
		t.Errorf("grafted %+v", qas)
	}
	if live.Spec.Validation != lockstep.ValidationBasic || live.Spec.Replicas["web"] != 1 || d.Services[0].Command[0] != "web" || !bytes.Contains(out, []byte("# kept")) {
		t.Errorf("the rest has changed:\n%s", out)
	}
	for _, name := range []string{"nowhere", "live-2"} {
		if _, err := matrix.Graft([]byte(into), []byte(file), name); lockstep.CodeOf(err) != lockstep.CodeNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A clone is in no pipeline: what leads releases through one stays behind, and is said.
func TestACloneLeavesItsSourcesWayOfReleasesBehind(t *testing.T) {
	t.Parallel()
	src := []byte(`project: shop
pipeline: [testing, live]
environments:
  testing: {}
  live:
    automation: {deploy: when_proved}
    prerequisites: {soak: 1h}
`)
	out, rewritten, err := matrix.Clone(src, "live", matrix.NewEnvironment{Name: "standby", Type: lockstep.TypeProduction})
	if err != nil {
		t.Fatal(err)
	}
	want := []matrix.Rewrite{{Path: "automation.deploy", From: "when_proved"}, {Path: "prerequisites.soak", From: "1h"}}
	if !slices.Equal(rewritten, want) {
		t.Errorf("rewritten %+v, want %+v", rewritten, want)
	}
	got := envOf(t, desiredOf(t, out), "standby").Spec
	if !reflect.ValueOf(got.Automation).IsZero() || !reflect.ValueOf(got.Prerequisites).IsZero() {
		t.Errorf("the clone has %+v, %+v", got.Automation, got.Prerequisites)
	}
}
