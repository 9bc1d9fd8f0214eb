package template

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/lockstep-dev/lockstep"
)

const written = `name: shop-base
type: custom
environmentTypes: [staging]
variables:
  - key: level
    defaultValue: 7
template:
  sections:
    general:
      label: "a {{.nope}}"
  files:
    kubernetes/config.yaml: |
      kind: ConfigMap
      name: {{.lvel}}
`

func TestReadAndPlace(t *testing.T) {
	t.Parallel()
	s, err := Read("shop.yaml", []byte(written))
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "shop-base" || len(s.Template.Files) != 1 || s.EnvironmentTypes[0] != lockstep.TypeStaging {
		t.Fatalf("got %+v", s.ConfigTemplateConfig)
	}
	tmpl := lockstep.ConfigTemplate{Name: s.Name, Type: s.Type, Template: s.Template, Variables: s.Variables}
	_, err = Make(t.Context(), ownRenderer(Limits{}), tmpl, values(t, tmpl, nil))
	var coded *lockstep.Error
	if !errors.As(err, &coded) || len(coded.Problems) != 2 {
		t.Fatalf("got %v", err)
	}
	for i, want := range [][2]int{{14, 15}, {10, 19}} {
		p := s.Place(coded.Problems[i])
		line := strings.Split(written, "\n")[p.Line-1]
		if p.Line != want[0] || p.Column != want[1] || !strings.HasPrefix(line[p.Column-1:], ".") {
			t.Errorf("got %d:%d (%q): %+v", p.Line, p.Column, line, p)
		}
	}
	if p := s.Place(lockstep.Problem{Field: "variables[0].type"}); p.Line != 5 {
		t.Errorf("got line %d for a key that is not there", p.Line)
	}
	for text, want := range map[string]string{"name: [": "", "name: x\nnane: y\n": "nane"} {
		if _, err := Read("x.yaml", []byte(text)); lockstep.CodeOf(err) != lockstep.CodeInvalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestReadFolder(t *testing.T) {
	t.Parallel()
	s, err := ReadFolder(fstest.MapFS{
		"config.yaml": {Data: []byte("a: {{ENVIRONMENT_NAME}}")}, "terraform/main.tf": {Data: []byte("x")}, ".git/config": {Data: []byte("no")}, ".env": {Data: []byte("no")},
	}, "production")
	if err != nil || s.Name != "production" || len(s.Template.Files) != 2 || s.Template.Files["terraform/main.tf"] != "x" {
		t.Fatalf("got %+v, %v", s.ConfigTemplateConfig, err)
	}
	s, err = ReadFolder(fstest.MapFS{Manifest: {Data: []byte("name: other\ntype: infrastructure\n")}, "a.tf": {Data: []byte("x")}}, "folder")
	if err != nil || s.Name != "other" || s.Type != lockstep.TemplateInfrastructure || len(s.Template.Files) != 1 {
		t.Fatalf("got %+v, %v", s.ConfigTemplateConfig, err)
	}
	if _, err = ReadFolder(fstest.MapFS{"a": {Data: []byte{0xff, 0xfe}}}, "folder"); !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("got %v", err)
	}
}
