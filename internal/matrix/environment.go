package matrix

import (
	"github.com/lockstep-dev/lockstep"
)

// environment is environments.<name>. Empty strings and nil were not said.
type environment struct {
	name          string
	at            place
	kind          lockstep.EnvironmentType
	description   string
	runtime       lockstep.RuntimeKind
	strategy      strategy
	validation    lockstep.ValidationLevel
	approval      *bool
	prerequisites prerequisites
	automation    automation
	domains       []word
	overlays      []*service
	dependencies  []dependency
	hooks         []hook
	alerts        []alertRule
	recorded      map[string]any
	region        string
	parent        *word

	doc *document
}

func (e *environment) record(name string, v any) {
	if e.recorded == nil {
		e.recorded = map[string]any{}
	}
	e.recorded[name] = v
}

var environmentKeys = keys[environment]{
	{"type", func(v value, e *environment) {
		setChoice(v, "type", lockstep.EnvironmentTypes(), &e.kind)
	}},
	{"description", func(v value, e *environment) { e.description = v.description() }},
	{"parent", func(v value, e *environment) {
		if text, ok := v.text(); ok {
			e.parent = &word{text, v.at()}
		}
	}},
	{"runtime", func(v value, e *environment) { setChoice(v, "runtime", runtimes, &e.runtime) }},
	{"strategy", func(v value, e *environment) { readStrategy(v, &e.strategy) }},
	{"validation", func(v value, e *environment) { setChoice(v, "validation level", validations, &e.validation) }},
	{"approvals", func(v value, e *environment) { approvalKeys.read(v, &e.approval) }},
	{"prerequisites", func(v value, e *environment) {
		e.prerequisites.at = v.at()
		prerequisiteKeys.read(v, &e.prerequisites)
	}},
	{"automation", func(v value, e *environment) {
		e.automation.at = v.at()
		automationKeys.read(v, &e.automation)
	}},
	{"hooks", func(v value, e *environment) { e.hooks = readHooks(v) }},
	{"alerts", func(v value, e *environment) { e.alerts = readAlerts(v) }},
	{"domains", func(v value, e *environment) {
		e.domains = v.set(value.domain)
	}},
	{"services", readOverlays},
	{"regions", readRegions},
	{"clusters", func(v value, e *environment) {
		if _, ok := v.list(); ok {
			if block, ok := v.recorded(); ok {
				e.record("clusters", block)
			}
		}
	}},
	{"databases", readDatabases},
	{"storage", readStorage},
	{"dependencies", readDependencies},
	{"networking", recordBlock("networking")},
	{"monitoring", recordBlock("monitoring")},
	{"security", recordBlock("security")},
}

// description is a text for people.
func (v value) description() string {
	s, ok := v.text()
	if ok && len(s) > maxDescription {
		v.wrong("", "a description is at most %d bytes long", maxDescription)
		return ""
	}
	return s
}

// recordBlock reads a block that is kept as it is written.
func recordBlock(name string) func(value, *environment) {
	return func(v value, e *environment) {
		if block, ok := v.record(); ok && block != nil {
			e.record(name, block)
		}
	}
}

var approvalKeys = keys[*bool]{
	{"required", func(v value, into **bool) {
		if b, ok := v.boolean(); ok {
			*into = &b
		}
	}},
}

func readEnvironments(v value, doc *document) []*environment {
	fields, ok := v.fields()
	if !ok {
		return nil
	}
	if len(fields) > maxEnvironments {
		v.wrong("split them over several projects", "%d environments are more than %d", len(fields), maxEnvironments)
		return nil
	}
	out := make([]*environment, 0, len(fields))
	for _, f := range fields {
		e := &environment{name: f.name, at: f.key, doc: doc}
		v.d.validate(f.key, lockstep.ValidateEnvironmentName(f.name))
		environmentKeys.read(f.value, e)
		out = append(out, e)
	}
	return out
}

func readOverlays(v value, e *environment) {
	fields, ok := v.fields()
	if !ok {
		return
	}
	for _, f := range fields {
		base := e.doc.service(f.name)
		if base == nil {
			v.d.report(f.key, v.d.names.didYouMeanOr(f.name, e.doc.serviceNames()), "no service %s in services", clip(f.name))
			base = &service{}
		}
		over := &service{name: f.name, at: f.key, base: base, said: f.value}
		environmentServiceKeys.read(f.value, over)
		e.overlays = append(e.overlays, over)
	}
}

func readRegions(v value, e *environment) {
	block, ok := v.record()
	if !ok || block == nil {
		return
	}
	e.record("regions", block)
	fields, _ := v.fields()
	for _, f := range fields {
		if f.name == "primary" {
			e.region, _ = f.filled()
		}
	}
}

func (e *environment) overlay(name string) *service {
	for _, o := range e.overlays {
		if o.name == name {
			return o
		}
	}
	return nil
}
