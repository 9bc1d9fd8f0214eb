package matrix

import (
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// document is what a file says, read and checked key by key, with the places
// that the checks between keys need. Nothing is resolved yet.
type document struct {
	project      string
	runtime      lockstep.RuntimeKind
	pipeline     []word
	specific     []word
	services     []*service
	environments []*environment
	strategies   []*strategies
	recipes      []*recipe

	hasEnvironments bool
}

// documentKeys are the top level. Services come before environments, whose
// overlays build on them. Names that start with x- are free: a home for anchors.
var documentKeys = keys[document]{
	{"project", func(v value, d *document) {
		if s, ok := v.filled(); ok && v.d.validate(v.at(), lockstep.ValidateProjectName(s)) {
			d.project = s
		}
	}},
	{"runtime", func(v value, d *document) { setChoice(v, "runtime", runtimes, &d.runtime) }},
	{"pipeline", func(v value, d *document) {
		d.pipeline = v.set(value.filled)
	}},
	{"specific", func(v value, d *document) {
		if d.specific = v.set(value.pathPattern); len(d.specific) > maxSpecific {
			v.wrong("", "has %d patterns, more than the %d that are looked at", len(d.specific), maxSpecific)
		}
	}},
	{"services", func(v value, d *document) { d.services = readServices(v) }},
	{"recipes", func(v value, d *document) { d.recipes = readRecipes(v) }},
	{"environments", func(v value, d *document) {
		d.hasEnvironments = v.n.kind != null
		d.environments = readEnvironments(v, d)
	}},
	{"deployment_strategies", func(v value, d *document) { d.strategies = readStrategies(v) }},
}

var (
	runtimes    = []lockstep.RuntimeKind{lockstep.RuntimeProcess, lockstep.RuntimeDocker, lockstep.RuntimeKubernetes}
	validations = []lockstep.ValidationLevel{lockstep.ValidationBasic, lockstep.ValidationStandard, lockstep.ValidationComprehensive}
)

func setChoice[T ~string](v value, what string, allowed []T, into *T) {
	if c, ok := choice(v, what, allowed); ok {
		*into = c
	}
}

func readDocument(d *decoder, root *node) *document {
	doc := &document{project: lockstep.DefaultProject, runtime: lockstep.RuntimeProcess}
	top := *root
	top.entries = nil
	for _, e := range root.entries {
		if !strings.HasPrefix(e.key.text, "x-") {
			top.entries = append(top.entries, e)
		}
	}
	ok := documentKeys.read(value{d: d, n: &top}, doc)
	if ok && !doc.hasEnvironments {
		d.problems.add(root.start, "environments", "name at least one environment, or write environments: {}", "environments are missing")
	}
	return doc
}

func (doc *document) service(name string) *service {
	for _, s := range doc.services {
		if s.name == name {
			return s
		}
	}
	return nil
}

func (doc *document) serviceNames() []string {
	names := make([]string, len(doc.services))
	for i, s := range doc.services {
		names[i] = s.name
	}
	return names
}

func (doc *document) environmentNames() []string {
	names := make([]string, len(doc.environments))
	for i, e := range doc.environments {
		names[i] = e.name
	}
	return names
}
